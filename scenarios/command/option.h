// Option: one thing that a verb may be given. The same name serves three places, the first that speaks wins: the flag
// --some-name, the environment's ORRERY_SOME_NAME, and the key some-name in ./orrery.toml; else the default stands. A
// verb is a table of these and a function.
//
// CLI11 takes the words of the command line apart and writes the help. It could read the other two places as well, but
// would then report every bad value as that of a flag; here each complaint names the place that is wrong: the flag, the
// variable, or the file with line and column.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "orrery/scenarios/command/values.h"
#include "orrery/sim/complaint.h"

namespace orrery::scenarios::command {

// A word and where it stands: in a file with line and column, or in a variable, whose name is then the file of its
// place; on the command line it has none.
struct Given {
    std::string text{};
    sim::Place place{};
    bool operator==(const Given&) const = default;
};
using GivenList = std::vector<Given>;
// Of something that is only found to be wrong when it is used.
sim::Complaint complaint_of(const Given& given, const std::string& message);

struct Number {
    std::uint64_t* value;
    std::uint64_t least = 0;
    std::uint64_t most = UINT64_MAX;
};
using Parse = std::function<Expected(std::string_view)>;

// What may stand in the place of a word: a shell offers it, and the manual names it. Nothing decides by it.
struct Candidates {
    enum class Path : std::uint8_t { none, file, folder };
    Path path = Path::none;
    // "raft-kv". Or "links=even", a key with one of its values; and "links=", where a value is still to come.
    std::vector<std::string> words{};
    bool is_list = false; // several, joined by commas
};
using Completion = std::function<Candidates()>; // empty: anything

struct Option {
    std::string name;
    std::string help;
    // A flag, a word, a number, a word or a list of words that are understood later, or what Parse reads. A list
    // gathers what all three places say.
    std::variant<bool*, std::string*, Number, Given*, GivenList*, Parse> value;
    Completion completion{};

    bool is_flag() const { return std::holds_alternative<bool*>(value); }
    bool is_list() const { return std::holds_alternative<GivenList*>(value); }
};

struct Verb {
    std::string name;
    std::string help;
    std::vector<std::string> examples;
    std::string operand; // what its other words are: "scenario"; several names: one word each; empty: it takes none
    std::variant<std::monostate, std::string*, std::vector<std::string>*> operands{};
    bool needs_operand = false;
    std::vector<Option> options{};
    std::function<int()> run{};
    Completion completion{};     // of its other words
    bool is_configurable = true; // its options have all three places; else only flags

    // Whether it takes any number of other words.
    bool takes_several() const {
        return std::holds_alternative<std::vector<std::string>*>(operands) && operand.find(' ') == std::string::npos;
    }
};

// What orrery.toml says, by key.
struct Configuration {
    std::string file;
    std::map<std::string, GivenList> values{};
};
// Empty if there is no such file. A key that is not among `known` is complained of.
sim::Checked<Configuration> read_configuration(const std::string& file, const std::vector<std::string>& known);

// Sets the option; or what was expected, if the words are not that.
Expected set(const Option& option, const GivenList& words);
// "ORRERY_SOME_NAME".
std::string environment_name(const Option& option);

// Sets every option of the verb from the strongest place that speaks of it. `flags`: the words of the command line.
sim::Problem fill(const Verb& verb, const std::map<std::string, std::vector<std::string>>& flags,
                  const Configuration& configuration,
                  const std::function<const char*(const std::string&)>& environment);

} // namespace orrery::scenarios::command

// Option: one thing that a verb may be told. The same name serves three places, the first that
// speaks wins: the flag --some-name, the environment's ORRERY_SOME_NAME, and the key some-name in
// ./orrery.toml; else the default stands. A verb is a table of these and a function.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace orrery::scenarios::command {

struct Option {
    std::string name;
    std::string help;
    // A flag, a text, a number, or a list that gathers what all three places say.
    std::variant<bool*, std::string*, std::uint64_t*, std::vector<std::string>*> value;
};

struct Verb {
    std::string name;
    std::string help;
    std::string example;
    std::string operand; // what its other words are: "scenario"; empty: it takes none
    std::variant<std::monostate, std::string*, std::vector<std::string>*> operands{};
    bool needs_operand = false;
    std::vector<Option> options{};
    std::function<int()> run{};
};

// What a place said of an option: more than one text only for lists.
using Texts = std::vector<std::string>;

// What orrery.toml says, by key.
struct FileValue {
    Texts texts;
    std::size_t line = 0;
    std::size_t column = 0;
};
struct Configuration {
    std::string file;
    std::map<std::string, FileValue> values;
};
// Nothing if there is no such file; else its values, or one line that tells what is wrong with it:
// a key that is not among `known` is.
std::variant<Configuration, std::string> read_configuration(const std::string& file,
                                                            const std::vector<std::string>& known);

// Sets the option. Returns what was expected if the text is not that.
std::optional<std::string> set(const Option& option, const Texts& texts);
// "ORRERY_SOME_NAME".
std::string environment_name(const Option& option);

struct Complaint {
    int code = 0; // exit_usage or exit_input
    std::string text;
};
// Fills every option of the verb from the strongest place that speaks of it.
std::optional<Complaint> fill(const Verb& verb, const std::map<std::string, Texts>& flags,
                              const Configuration& configuration,
                              const std::function<const char*(const std::string&)>& environment);

// A whole number, decimal or 0x...
bool parse_whole(std::string_view text, std::uint64_t& number);

} // namespace orrery::scenarios::command

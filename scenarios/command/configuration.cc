// ./orrery.toml as words by key, each word with its place in the file.
#include <algorithm>
#include <filesystem>
#include <toml++/toml.h>

#include "orrery/scenarios/command/option.h"
#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {
namespace {

sim::Place place_of(const std::string& file, const toml::source_position& at) { return {file, at.line, at.column}; }

// False for what no option is: a table, a date, a fraction.
bool add_words(const std::string& file, const toml::node& node, GivenList& words) {
    std::optional<std::string> text = node.value_exact<std::string>();
    if (const auto number = node.value_exact<std::int64_t>()) text = std::to_string(*number);
    if (const auto flag = node.value_exact<bool>()) text = *flag ? "true" : "false";
    if (text) {
        words.push_back({*text, place_of(file, node.source().begin)});
        return true;
    }
    const toml::array* list = node.as_array();
    if (list == nullptr) return false;
    return std::all_of(list->begin(), list->end(),
                       [&](const toml::node& each) { return !each.is_array() && add_words(file, each, words); });
}

} // namespace

sim::Checked<Configuration> read_configuration(const std::string& file, const std::vector<std::string>& known) {
    const auto complaint = [&](const toml::source_position& at, const std::string& message) {
        return sim::Complaint{sim::Cause::input, place_of(file, at), message};
    };
    Configuration configuration{file};
    if (!std::filesystem::exists(file)) return configuration;
    const sim::Checked<std::string> text = engine::read_file(file);
    if (!text) return text.complaint();
    toml::table table;
    try {
        table = toml::parse(*text, file);
    } catch (const toml::parse_error& error) {
        return complaint(error.source().begin, std::string(error.description()));
    }
    for (const auto& [key, node] : table) {
        const std::string name(key.str());
        if (std::find(known.begin(), known.end(), name) == known.end())
            return complaint(key.source().begin,
                             "expected the name of an option, got '" + name + "'" + sim::suggestion(name, known));
        if (!add_words(file, node, configuration.values[name]))
            return complaint(node.source().begin, "expected a text, a whole number, true, false or a list of texts");
    }
    return configuration;
}

} // namespace orrery::scenarios::command

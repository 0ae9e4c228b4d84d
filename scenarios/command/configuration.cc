// ./orrery.toml as texts by key, each with its place in the file.
#include <algorithm>
#include <filesystem>
#include <sstream>
#include <toml++/toml.h>

#include "orrery/scenarios/command/option.h"
#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {

using namespace engine;
namespace {

// False for what no option is: a table, a date, a fraction.
bool texts_of(const toml::node& node, Texts& texts) {
    if (const auto text = node.value_exact<std::string>()) return texts.push_back(*text), true;
    if (const auto number = node.value_exact<std::int64_t>()) return texts.push_back(std::to_string(*number)), true;
    if (const auto flag = node.value_exact<bool>()) return texts.push_back(*flag ? "true" : "false"), true;
    const toml::array* list = node.as_array();
    if (list == nullptr) return false;
    return std::all_of(list->begin(), list->end(),
                       [&](const toml::node& each) { return !each.is_array() && texts_of(each, texts); });
}

std::string place(const std::string& file, const toml::source_position& at) {
    return file + ":" + std::to_string(at.line) + ":" + std::to_string(at.column) + ": ";
}

} // namespace

std::variant<Configuration, std::string> read_configuration(const std::string& file,
                                                            const std::vector<std::string>& known) {
    Configuration configuration{file, {}};
    if (!std::filesystem::exists(file)) return configuration;
    const sim::Checked<std::string> text = read_file(file);
    if (!text) return file + ": cannot be read";
    toml::table table;
    try {
        table = toml::parse(*text, file);
    } catch (const toml::parse_error& error) {
        return place(file, error.source().begin) + std::string(error.description());
    }
    for (const auto& [key, node] : table) {
        const std::string name(key.str());
        if (std::find(known.begin(), known.end(), name) == known.end())
            return place(file, key.source().begin) + "expected the name of an option, got '" + name + "'" +
                   sim::suggestion(name, known);
        FileValue value;
        value.line = node.source().begin.line;
        value.column = node.source().begin.column;
        if (!texts_of(node, value.texts))
            return place(file, node.source().begin) + "expected a text, a whole number, true, false or a list of texts";
        configuration.values[name] = std::move(value);
    }
    return configuration;
}

} // namespace orrery::scenarios::command

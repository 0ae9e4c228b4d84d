#include "orrery/scenarios/command/option.h"

#include <charconv>

#include "orrery/scenarios/command/command.h"

namespace orrery::scenarios::command {

bool parse_whole(std::string_view text, std::uint64_t& number) {
    const bool hexadecimal = text.starts_with("0x");
    if (hexadecimal) text.remove_prefix(2);
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, hexadecimal ? 16 : 10);
    return error == std::errc{} && end == text.data() + text.size();
}

std::optional<std::string> set(const Option& option, const Texts& texts) {
    if (auto* const* list = std::get_if<std::vector<std::string>*>(&option.value)) {
        (*list)->insert((*list)->end(), texts.begin(), texts.end());
        return std::nullopt;
    }
    if (texts.size() != 1) return "one value";
    const std::string& text = texts.front();
    if (auto* const* word = std::get_if<std::string*>(&option.value)) {
        **word = text;
        return std::nullopt;
    }
    if (auto* const* number = std::get_if<std::uint64_t*>(&option.value)) {
        if (parse_whole(text, **number)) return std::nullopt;
        return "a whole number";
    }
    if (text != "true" && text != "false" && text != "1" && text != "0") return "true or false";
    *std::get<bool*>(option.value) = text == "true" || text == "1";
    return std::nullopt;
}

std::string environment_name(const Option& option) {
    std::string name = "ORRERY_";
    for (const char each : option.name) {
        if (each == '-')
            name += '_';
        else
            name += static_cast<char>(each - 'a' + 'A');
    }
    return name;
}

namespace {

// The environment has one text for a list: its words.
Texts words_of(const std::string& text) {
    Texts words;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t end = std::min(text.find(' ', i), text.size());
        if (end > i) words.push_back(text.substr(i, end - i));
        i = end + 1;
    }
    return words;
}

std::string got(const Texts& texts) { return texts.size() == 1 ? ", got '" + texts.front() + "'" : ""; }

} // namespace

std::optional<Complaint> fill(const Verb& verb, const std::map<std::string, Texts>& flags,
                              const Configuration& configuration,
                              const std::function<const char*(const std::string&)>& environment) {
    for (const Option& option : verb.options) {
        const bool is_list = std::holds_alternative<std::vector<std::string>*>(option.value);
        const auto flag = flags.find(option.name);
        const char* said = environment(environment_name(option));
        const auto written = configuration.values.find(option.name);
        // The weakest first: a stronger one overwrites it, and what a list says last counts.
        if (written != configuration.values.end() && (is_list || (said == nullptr && flag == flags.end())))
            if (const auto expected = set(option, written->second.texts))
                return Complaint{exit_input, configuration.file + ":" + std::to_string(written->second.line) + ":" +
                                                 std::to_string(written->second.column) + ": " + option.name +
                                                 " expects " + *expected + got(written->second.texts)};
        if (said != nullptr && (is_list || flag == flags.end())) {
            const Texts texts = is_list ? words_of(said) : Texts{said};
            if (const auto expected = set(option, texts))
                return Complaint{exit_usage, environment_name(option) + " expects " + *expected + got(texts)};
        }
        if (flag == flags.end()) continue;
        if (const auto expected = set(option, flag->second))
            return Complaint{exit_usage, "--" + option.name + " expects " + *expected + got(flag->second)};
    }
    return std::nullopt;
}

} // namespace orrery::scenarios::command

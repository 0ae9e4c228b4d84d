#include "orrery/scenarios/command/option.h"

#include <algorithm>
#include <cctype>

#include "orrery/sim/text.h"

namespace orrery::scenarios::command {
namespace {

Expected set_number(const Number& number, const std::string& text) {
    std::uint64_t read = 0;
    if (sim::parse_integer(text, read) && read >= number.least && read <= number.most) {
        *number.value = read;
        return std::nullopt;
    }
    const std::string most = std::to_string(number.most);
    return number.least == 0 ? "a whole number of at most " + most
                             : "a whole number from " + std::to_string(number.least) + " to " + most;
}

Expected set_flag(bool* flag, const std::string& text) {
    const bool is_on = text == "true" || text == "1";
    if (!is_on && text != "false" && text != "0") return "true or false";
    *flag = is_on;
    return std::nullopt;
}

// The environment has one text for a list: its words.
GivenList words_of(const std::string& variable, const std::string& text) {
    GivenList words;
    for (const std::string_view word : sim::split(text, ' '))
        if (!word.empty()) words.push_back({std::string(word), {variable}});
    return words;
}

std::string expectation(const std::string& what, const std::string& expected, const GivenList& got) {
    return what + " expects " + expected + (got.size() == 1 ? ", got '" + got.front().text + "'" : "");
}

sim::Problem fill_from_file(const Option& option, const GivenList& words) {
    const Expected expected = set(option, words);
    if (!expected) return std::nullopt;
    const sim::Place place = words.empty() ? sim::Place{} : words.front().place;
    return sim::Complaint{sim::Cause::input, place, expectation(option.name, *expected, words)};
}

sim::Problem fill_from_environment(const Option& option, const std::string& text) {
    const std::string variable = environment_name(option);
    const GivenList words = option.is_list() ? words_of(variable, text) : GivenList{{text, {variable}}};
    if (const Expected expected = set(option, words))
        return sim::usage_complaint(expectation(variable, *expected, words));
    return std::nullopt;
}

sim::Problem fill_from_flag(const Option& option, const std::vector<std::string>& texts) {
    if (!option.is_list() && texts.size() > 1) return sim::usage_complaint("--" + option.name + " is given twice");
    GivenList words;
    for (const std::string& text : texts) words.push_back({text, {}});
    if (const Expected expected = set(option, words))
        return sim::usage_complaint(expectation("--" + option.name, *expected, words));
    return std::nullopt;
}

} // namespace

sim::Complaint complaint_of(const Given& given, const std::string& message) {
    return {given.place.line == 0 ? sim::Cause::usage : sim::Cause::input, given.place, message};
}

Expected set(const Option& option, const GivenList& words) {
    if (auto* const* list = std::get_if<GivenList*>(&option.value)) {
        (*list)->insert((*list)->end(), words.begin(), words.end());
        return std::nullopt;
    }
    if (words.size() != 1) return "one value";
    const std::string& text = words.front().text;
    if (auto* const* flag = std::get_if<bool*>(&option.value)) return set_flag(*flag, text);
    if (const auto* number = std::get_if<Number>(&option.value)) return set_number(*number, text);
    if (const auto* parse = std::get_if<Parse>(&option.value)) return (*parse)(text);
    if (text.empty()) return "a value that is not empty"; // an empty word would mean the default
    if (auto* const* word = std::get_if<std::string*>(&option.value)) **word = text;
    if (auto* const* given = std::get_if<Given*>(&option.value)) **given = words.front();
    return std::nullopt;
}

std::string environment_name(const Option& option) {
    std::string name = "ORRERY_";
    for (const char each : option.name)
        name += each == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(each)));
    return name;
}

sim::Problem fill(const Verb& verb, const std::map<std::string, std::vector<std::string>>& flags,
                  const Configuration& configuration,
                  const std::function<const char*(const std::string&)>& environment) {
    for (const Option& option : verb.options) {
        const auto flag = flags.find(option.name);
        const char* variable = environment(environment_name(option));
        const auto written = configuration.values.find(option.name);
        const bool has_flag = flag != flags.end() && !flag->second.empty();
        // The weakest first: in a list, what is said last counts.
        if (written != configuration.values.end() && (option.is_list() || (variable == nullptr && !has_flag)))
            if (sim::Problem problem = fill_from_file(option, written->second)) return problem;
        if (variable != nullptr && (option.is_list() || !has_flag))
            if (sim::Problem problem = fill_from_environment(option, variable)) return problem;
        if (has_flag)
            if (sim::Problem problem = fill_from_flag(option, flag->second)) return problem;
    }
    return std::nullopt;
}

} // namespace orrery::scenarios::command

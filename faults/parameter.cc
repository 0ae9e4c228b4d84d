// One place for each type of value: its bounds, its text, and the words that ask for it.
#include "orrery/faults/parameter.h"

#include "orrery/sim/text.h"

namespace orrery::faults {
namespace {

bool parse_ratio(std::string_view text, sim::Ratio& out) {
    std::string_view above;
    std::string_view below;
    return split_last(text, '/', above, below) && sim::parse_integer(above, out.numerator) &&
           sim::parse_integer(below, out.denominator);
}

std::optional<Value> parse_choice(std::string_view text, const std::vector<std::string>& choices) {
    for (std::uint32_t place = 0; place < choices.size(); ++place)
        if (choices[place] == text) return Choice{place};
    return std::nullopt;
}

HostNames parse_host_names(std::string_view text) {
    HostNames names;
    for (const std::string_view name : sim::split(text, ',')) names.emplace_back(name);
    return names;
}

// Of the type that the parameter has; bounds are not looked at.
std::optional<Value> parse_type(const Parameter& parameter, std::string_view text) {
    if (std::holds_alternative<bool>(parameter.standard)) {
        if (text != "true" && text != "false") return std::nullopt;
        return text == "true";
    }
    if (std::holds_alternative<sim::Duration>(parameter.standard)) {
        sim::Duration length{};
        return sim::parse_duration(text, length) ? std::optional<Value>(length) : std::nullopt;
    }
    if (std::holds_alternative<sim::Ratio>(parameter.standard)) {
        sim::Ratio ratio;
        return parse_ratio(text, ratio) ? std::optional<Value>(ratio) : std::nullopt;
    }
    if (std::holds_alternative<HostNames>(parameter.standard)) {
        if (text.empty()) return std::nullopt;
        return parse_host_names(text);
    }
    if (std::holds_alternative<std::int64_t>(parameter.standard)) {
        std::int64_t number = 0;
        return sim::parse_integer(text, number) ? std::optional<Value>(number) : std::nullopt;
    }
    return parse_choice(text, parameter.choices);
}

} // namespace

std::string length_expected(std::string_view example, sim::Duration least, sim::Duration most) {
    return "a length of time in " + sim::duration_units() + ", like " + std::string(example) + ", from " +
           sim::duration_text(least) + " to " + sim::duration_text(most);
}

Parameter Parameter::flag(std::string name) { return {.name = std::move(name), .standard = false, .example = "true"}; }

Parameter Parameter::host_names(std::string name) {
    return {.name = std::move(name), .standard = HostNames{}, .example = "server1,server2"};
}

Parameter Parameter::choice(std::string name, std::vector<std::string> choices) {
    CHECK(choices.size() > 1);
    const std::string example = choices.back();
    return {.name = std::move(name), .standard = Choice{0}, .example = example, .choices = std::move(choices)};
}

Parameter Parameter::probability(std::string name, sim::Ratio standard) {
    const Parameter made{.name = std::move(name), .standard = standard, .example = "1/20"};
    CHECK(made.admits(standard));
    return made;
}

Parameter Parameter::number(std::string name, std::int64_t standard, std::int64_t least, std::int64_t most) {
    const Parameter made{
        .name = std::move(name), .standard = standard, .example = std::to_string(most), .least = least, .most = most};
    CHECK(made.admits(standard));
    return made;
}

Parameter Parameter::duration(std::string name, sim::Duration standard, sim::Duration least, sim::Duration most) {
    const Parameter made{.name = std::move(name),
                         .standard = standard,
                         .example = sim::duration_text(standard),
                         .least = least.count(),
                         .most = most.count()};
    CHECK(made.admits(standard));
    return made;
}

Parameter Parameter::required_duration(std::string name, std::string example) {
    const Parameter made{.name = std::move(name),
                         .standard = sim::Duration{1},
                         .example = std::move(example),
                         .required = true,
                         .least = 1,
                         .most = length_max.count()};
    CHECK(made.parse(made.example).has_value());
    return made;
}

bool Parameter::admits(const Value& value) const {
    if (value.index() != standard.index()) return false;
    if (const auto* length = std::get_if<sim::Duration>(&value))
        return length->count() >= least && length->count() <= most;
    if (const auto* ratio = std::get_if<sim::Ratio>(&value))
        return ratio->denominator > 0 && ratio->numerator <= ratio->denominator;
    if (const auto* number = std::get_if<std::int64_t>(&value)) return *number >= least && *number <= most;
    if (const auto* choice = std::get_if<Choice>(&value)) return choice->place < choices.size();
    if (const auto* names = std::get_if<HostNames>(&value))
        for (const std::string& each : *names)
            if (each.empty() || each.find_first_of(", \n") != std::string::npos) return false;
    return true;
}

std::string Parameter::expected() const {
    if (std::holds_alternative<bool>(standard)) return "true or false";
    if (std::holds_alternative<sim::Ratio>(standard)) return "a probability like " + example;
    if (std::holds_alternative<HostNames>(standard)) return "the name of a host";
    if (std::holds_alternative<Choice>(standard)) return alternatives(choices);
    if (std::holds_alternative<std::int64_t>(standard))
        return "a whole number from " + std::to_string(least) + " to " + std::to_string(most);
    return length_expected(example, sim::Duration{least}, sim::Duration{most});
}

std::optional<Value> Parameter::parse(std::string_view text) const {
    std::optional<Value> value = parse_type(*this, text);
    if (!value || !admits(*value)) return std::nullopt;
    return value;
}

std::string Parameter::print(const Value& value) const {
    CHECK(value.index() == standard.index());
    if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
    if (const auto* length = std::get_if<sim::Duration>(&value)) return sim::duration_text(*length);
    if (const auto* ratio = std::get_if<sim::Ratio>(&value))
        return std::to_string(ratio->numerator) + "/" + std::to_string(ratio->denominator);
    if (const auto* names = std::get_if<HostNames>(&value)) return sim::join(*names, ",");
    if (const auto* number = std::get_if<std::int64_t>(&value)) return std::to_string(*number);
    const Choice choice = std::get<Choice>(value);
    CHECK(choice.place < choices.size());
    return choices[choice.place];
}

const Value& Parameters::value(std::string_view name) const {
    const auto found = values_.find(name);
    CHECK(found != values_.end());
    return found->second;
}

void Parameters::set_value(std::string_view name, Value value) {
    const auto found = values_.find(name);
    CHECK(found != values_.end());
    CHECK(found->second.index() == value.index());
    found->second = std::move(value);
}

std::string alternatives(const std::vector<std::string>& names) {
    CHECK(!names.empty());
    const std::vector<std::string> first(names.begin(), names.end() - 1);
    return first.empty() ? names.back() : sim::join(first) + " or " + names.back();
}

bool split_last(std::string_view text, char separator, std::string_view& left, std::string_view& right) {
    const std::size_t at = text.rfind(separator);
    if (at == std::string_view::npos || at == 0 || at + 1 == text.size()) return false;
    left = text.substr(0, at);
    right = text.substr(at + 1);
    return true;
}

} // namespace orrery::faults

// Printing and parsing. A line is words; a word after the first two is key=value.
#include "orrery/faults/plan.h"

#include <charconv>
#include <set>

#include "orrery/faults/kinds/kind.h"
#include "orrery/sim/settings.h"
#include "orrery/sim/text.h"

namespace orrery::faults {
namespace {

const Parameters plain{};

std::string print(const std::vector<std::string>& hosts) {
    std::string text;
    for (const std::string& host : hosts) text += (text.empty() ? "" : ",") + host;
    return text;
}

std::string print(const Target& target) {
    if (target.kind == Target::Kind::everyone) return "*";
    if (target.kind == Target::Kind::selector) return target.key + "=" + target.value;
    if (target.kind == Target::Kind::link) return target.hosts[0] + ">" + target.hosts[1];
    return print(target.hosts);
}

std::string print(const Trigger& trigger) {
    switch (trigger.kind) {
    case Trigger::Kind::at:
        return "at=" + sim::duration_text(sim::Duration{trigger.time.nanoseconds});
    case Trigger::Kind::effect:
        return "effect=" + trigger.host + ":" + trigger.name + ":" + std::to_string(trigger.nth);
    case Trigger::Kind::message:
        return "message=" + (trigger.host.empty() ? "" : trigger.host + ">" + trigger.peer + ":") + trigger.name + ":" +
               std::to_string(trigger.nth);
    case Trigger::Kind::point:
        return "point=" + (trigger.host.empty() ? "" : trigger.host + ":") + trigger.name + ":" +
               std::to_string(trigger.nth);
    case Trigger::Kind::state:
        return "state=" + trigger.name + "=" + trigger.value +
               (trigger.nth > 1 ? ":" + std::to_string(trigger.nth) : "");
    }
    return {};
}

bool parse_number(std::string_view text, std::uint64_t& out) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
    return error == std::errc{} && end == text.data() + text.size();
}

// Splits at the last `separator`; false if there is none or a side is empty.
bool split_last(std::string_view text, char separator, std::string_view& left, std::string_view& right) {
    const std::size_t at = text.rfind(separator);
    if (at == std::string_view::npos || at == 0 || at + 1 == text.size()) return false;
    left = text.substr(0, at);
    right = text.substr(at + 1);
    return true;
}

// Each parser returns what was expected, or nothing if all is well.
using Expectation = std::string_view;

Expectation parse_hosts(std::string_view text, std::vector<std::string>& hosts) {
    while (true) {
        const std::size_t comma = text.find(',');
        const std::string_view name = text.substr(0, comma);
        if (name.empty()) return "the name of a host";
        hosts.emplace_back(name);
        if (comma == std::string_view::npos) return {};
        text.remove_prefix(comma + 1);
    }
}

Expectation parse_target(std::string_view text, Fault& fault) {
    Target& target = fault.target;
    if (text == "*") {
        target.kind = Target::Kind::everyone;
        return {};
    }
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos) {
        if (equals == 0 || equals + 1 == text.size())
            return "a target: *, names like server1,server2, a link like server1>server2, or KEY=VALUE";
        target = {
            Target::Kind::selector, {}, std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
        return {};
    }
    target.kind = Target::Kind::hosts;
    std::string_view from;
    std::string_view to;
    if (!split_last(text, '>', from, to)) return parse_hosts(text, target.hosts);
    target = {Target::Kind::link, {std::string(from), std::string(to)}, {}, {}};
    return from.find_first_of(">,") == std::string_view::npos && to.find(',') == std::string_view::npos
               ? Expectation{}
               : "a link like server1>server2";
}

Expectation parse_nth(std::string_view text, Trigger::Kind kind, Fault& fault) {
    std::string_view name;
    std::string_view nth;
    if (!split_last(text, ':', name, nth) || !parse_number(nth, fault.trigger.nth) || fault.trigger.nth == 0)
        return "NAME:NUMBER with a number from 1";
    fault.trigger.kind = kind;
    fault.trigger.name = name;
    return {};
}

Expectation parse_effect(std::string_view text, Fault& fault) {
    const Expectation expected = parse_nth(text, Trigger::Kind::effect, fault);
    if (!expected.empty()) return expected;
    std::string_view host;
    std::string_view effect;
    if (!split_last(std::string_view(fault.trigger.name), ':', host, effect)) return "HOST:send|write|sync:NUMBER";
    if (effect != "send" && effect != "write" && effect != "sync") return "send, write or sync";
    const std::string whose(host);
    const std::string which(effect);
    fault.trigger.host = whose;
    fault.trigger.name = which;
    return {};
}

// The link or the host before a colon is not needed: then anybody's counts.
Expectation parse_message(std::string_view text, Trigger::Kind kind, Fault& fault) {
    Trigger& trigger = fault.trigger;
    const Expectation expected = parse_nth(text, kind, fault);
    std::string_view where;
    std::string_view name;
    if (!expected.empty() || !split_last(std::string_view(trigger.name), ':', where, name)) return expected;
    std::string_view from;
    std::string_view to;
    if (kind == Trigger::Kind::message && !split_last(where, '>', from, to))
        return "FROM>TO:LABEL:NUMBER or LABEL:NUMBER";
    if (where.find_first_of(":,") != std::string_view::npos) return "the name of a host";
    if (from.find('>') != std::string_view::npos) return "two hosts: FROM>TO:LABEL:NUMBER";
    trigger.host = std::string(kind == Trigger::Kind::message ? from : where);
    trigger.peer = std::string(to);
    trigger.name = std::string(name);
    return {};
}

// A number from 2 after the last colon says which time; the first needs none.
Expectation parse_state(std::string_view text, Trigger& trigger) {
    std::string_view name;
    std::string_view value;
    std::string_view before;
    std::string_view nth;
    if (!split_last(text, '=', name, value)) return "KEY=VALUE or KEY=VALUE:NUMBER";
    trigger.kind = Trigger::Kind::state;
    trigger.nth = 1;
    if (split_last(value, ':', before, nth) && parse_number(nth, trigger.nth)) {
        if (trigger.nth < 2) return "a number from 2";
        value = before;
    }
    trigger.name = name;
    trigger.value = value;
    return {};
}

Expectation parse_trigger(std::string_view key, std::string_view text, Fault& fault) {
    if (key == "at") {
        sim::Duration time{};
        if (!sim::parse_duration(text, time) || time.count() < 0) return "a time like 1500ms";
        fault.trigger.kind = Trigger::Kind::at;
        fault.trigger.time = {time.count()};
        return {};
    }
    if (key == "effect") return parse_effect(text, fault);
    if (key == "message") return parse_message(text, Trigger::Kind::message, fault);
    if (key == "point") return parse_message(text, Trigger::Kind::point, fault);
    return parse_state(text, fault.trigger);
}

Expectation parse_flag(std::string_view text, bool& out) {
    if (text != "true" && text != "false") return "true or false";
    out = text == "true";
    return {};
}

Expectation parse_parameter(std::string_view key, std::string_view text, Fault& fault) {
    Parameters& parameters = fault.parameters;
    if (key == "for") {
        const bool good = sim::parse_duration(text, fault.duration) && fault.duration.count() > 0;
        return good ? Expectation{} : "a length of time like 800ms";
    }
    if (key == "after") {
        const bool good = sim::parse_duration(text, fault.trigger.after) && fault.trigger.after.count() > 0;
        return good ? Expectation{} : "a length of time like 20ms";
    }
    if (key == "from") return parse_hosts(text, parameters.from);
    if (key == "hold") return parse_flag(text, parameters.hold);
    if (key == "torn") return parse_flag(text, parameters.torn);
    if (key == "delay")
        return sim::parse_duration(text, parameters.delay) && parameters.delay.count() > 0
                   ? Expectation{}
                   : "a length of time like 50ms";
    if (key == "direction") {
        if (text != "both" && text != "out" && text != "in") return "both, out or in";
        parameters.direction = text == "in" ? Direction::in : text == "out" ? Direction::out : Direction::both;
        return {};
    }
    if (key == "probability") {
        std::string_view above;
        std::string_view below;
        sim::Ratio& ratio = parameters.probability;
        const bool good = split_last(text, '/', above, below) && parse_number(above, ratio.numerator) &&
                          parse_number(below, ratio.denominator) && ratio.denominator > 0 &&
                          ratio.numerator <= ratio.denominator;
        return good ? Expectation{} : "a probability like 1/20";
    }
    return "a parameter of the kind"; // not reached: only those of the kind come here
}

// All keys that a line of this kind may have.
std::string keys_of(const Kind& kind) {
    const std::string own(kind.parameters);
    return "target, at, effect, message, point, state, after, for" + (own.empty() ? "" : ", " + own);
}

bool takes(const Kind& kind, std::string_view key) {
    const std::string keys = " " + keys_of(kind) + ",";
    return keys.find(" " + std::string(key) + ",") != std::string::npos;
}

struct Word {
    std::string_view text;
    std::size_t column = 0;
};

std::vector<Word> words_of(std::string_view line) {
    std::vector<Word> words;
    for (std::size_t i = 0; i < line.size();) {
        const std::size_t end = std::min(line.find(' ', i), line.size());
        if (end > i) words.push_back({line.substr(i, end - i), i + 1});
        i = end + 1;
    }
    return words;
}

Expectation parse_word(std::string_view word, Fault& fault, std::set<std::string_view>& seen) {
    const std::size_t equals = word.find('=');
    if (equals == std::string_view::npos) return "key=value";
    const std::string_view key = word.substr(0, equals);
    const std::string_view value = word.substr(equals + 1);
    const bool triggers = key == "at" || key == "effect" || key == "message" || key == "point" || key == "state";
    if (!seen.insert(triggers ? "trigger" : key).second) return "each key once, and one trigger";
    if (key == "target") return parse_target(value, fault);
    return triggers ? parse_trigger(key, value, fault) : parse_parameter(key, value, fault);
}

} // namespace

std::string print(const Fault& fault) {
    const Parameters& parameters = fault.parameters;
    std::string text = "f" + std::to_string(fault.id) + " " + fault.kind + " target=" + print(fault.target) + " " +
                       print(fault.trigger);
    if (fault.trigger.after.count() > 0) text += " after=" + sim::duration_text(fault.trigger.after);
    if (fault.duration.count() > 0) text += " for=" + sim::duration_text(fault.duration);
    if (parameters.hold) text += " hold=true";
    if (parameters.direction != Direction::both)
        text += parameters.direction == Direction::in ? " direction=in" : " direction=out";
    if (!parameters.from.empty()) text += " from=" + print(parameters.from);
    if (parameters.torn) text += " torn=true";
    if (parameters.probability != plain.probability)
        text += " probability=" + std::to_string(parameters.probability.numerator) + "/" +
                std::to_string(parameters.probability.denominator);
    if (parameters.delay.count() > 0) text += " delay=" + sim::duration_text(parameters.delay);
    return text;
}

std::string print(const Plan& plan) {
    std::string text;
    for (const Fault& fault : plan.faults) text += print(fault) + "\n";
    return text;
}

std::variant<Plan, PlanError> parse_plan(std::string_view text, std::string_view file, std::size_t first_line) {
    Plan plan;
    std::set<sim::world::FaultId> ids;
    for (std::size_t number = first_line; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        const std::vector<Word> words = words_of(line);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (words.empty() || words[0].text.starts_with('#')) continue;
        const auto error = [&](std::size_t column, std::string_view expected) {
            return PlanError{std::string(file), number, column, std::string(expected)};
        };
        Fault fault;
        std::uint64_t id = 0;
        if (!words[0].text.starts_with('f') || !parse_number(words[0].text.substr(1), id) || id == 0 || id > UINT32_MAX)
            return error(words[0].column, "the fault's number like f3");
        fault.id = static_cast<sim::world::FaultId>(id);
        if (!ids.insert(fault.id).second) return error(words[0].column, "a number that no other fault has");
        if (words.size() < 2 || find_kind(words[1].text) == nullptr)
            return error(words.size() < 2 ? line.size() + 1 : words[1].column,
                         "a kind of fault: crash, power, pause, cut, loss, duplication or delay");
        fault.kind = words[1].text;
        const Kind& kind = *find_kind(fault.kind);
        std::set<std::string_view> seen;
        for (std::size_t i = 2; i < words.size(); ++i) {
            const std::string_view key = words[i].text.substr(0, words[i].text.find('='));
            if (!takes(kind, key)) return error(words[i].column, "for " + fault.kind + " one of " + keys_of(kind));
            const Expectation expected = parse_word(words[i].text, fault, seen);
            if (!expected.empty()) return error(words[i].column, expected);
        }
        if (!seen.contains("target")) return error(line.size() + 1, "a target");
        if (!seen.contains("trigger")) return error(line.size() + 1, "a trigger like at=2s");
        if (takes(kind, "delay") && !seen.contains("delay")) return error(line.size() + 1, "a delay like delay=50ms");
        plan.faults.push_back(std::move(fault));
    }
    return plan;
}

} // namespace orrery::faults

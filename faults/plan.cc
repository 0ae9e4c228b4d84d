// Printing and parsing. A line is words, a word after the first two is key=value; keys are those that every
// fault may have, and the parameters that its kind declares.
#include "orrery/faults/plan.h"

#include <algorithm>
#include <set>

#include "orrery/faults/kinds/kind.h"
#include "orrery/sim/text.h"

namespace orrery::faults {
namespace {

constexpr std::string_view effect_names[] = {"send", "write", "sync"};
static_assert(std::size(effect_names) == sim::world::effect_kinds);

std::string print(const Target& target) {
    switch (target.kind) {
    case Target::Kind::everyone:
        return "*";
    case Target::Kind::selector:
        return target.key + "=" + target.value;
    case Target::Kind::link:
        CHECK(target.hosts.size() == 2);
        return target.hosts[0] + ">" + target.hosts[1];
    case Target::Kind::hosts:
        break;
    }
    return sim::join(target.hosts, ",");
}

std::string print(const Trigger& trigger) {
    const std::string nth = std::to_string(trigger.nth);
    switch (trigger.kind) {
    case Trigger::Kind::at:
        return "at=" + sim::duration_text(trigger.time - sim::WorldTime{});
    case Trigger::Kind::effect:
        return "effect=" + trigger.host + ":" + std::string(effect_names[static_cast<std::size_t>(trigger.effect)]) +
               ":" + nth;
    case Trigger::Kind::message:
        return "message=" + (trigger.host.empty() ? "" : trigger.host + ">" + trigger.peer + ":") + trigger.name + ":" +
               nth +
               (trigger.since == sim::WorldTime{} ? ""
                                                  : " since=" + sim::duration_text(trigger.since - sim::WorldTime{}));
    case Trigger::Kind::point:
        return "point=" + (trigger.host.empty() ? "" : trigger.host + ":") + trigger.name + ":" + nth;
    case Trigger::Kind::state:
        break;
    }
    return "state=" + trigger.name + "=" + trigger.value + (trigger.nth > 1 ? ":" + nth : "");
}

// Each parser returns what was expected, or nothing if all is well.
using Expectation = std::string;

Expectation parse_hosts(std::string_view text, HostNames& hosts) {
    for (const std::string_view name : sim::split(text, ',')) hosts.emplace_back(name);
    const bool whole = !hosts.empty() && std::find(hosts.begin(), hosts.end(), "") == hosts.end();
    return whole ? "" : "the name of a host";
}

Expectation parse_target(std::string_view text, Target& target) {
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
               ? ""
               : "a link like server1>server2";
}

// NAME:NTH; what the name is made of is for the others.
Expectation parse_nth(std::string_view text, std::string_view& name, std::uint64_t& nth) {
    std::string_view number;
    if (!split_last(text, ':', name, number) || !sim::parse_integer(number, nth) || nth == 0)
        return "NAME:NUMBER with a number from 1";
    return {};
}

Expectation parse_time(std::string_view text, Trigger& trigger) {
    sim::Duration time{};
    if (!sim::parse_duration(text, time) || time.count() < 0 || time > length_max)
        return "a time in " + sim::duration_units() + ", like 1500ms, at most " + sim::duration_text(length_max);
    trigger.kind = Trigger::Kind::at;
    trigger.time = {time.count()};
    return {};
}

Expectation parse_effect(std::string_view text, Trigger& trigger) {
    std::string_view name;
    if (Expectation expected = parse_nth(text, name, trigger.nth); !expected.empty()) return expected;
    std::string_view host;
    std::string_view effect;
    if (!split_last(name, ':', host, effect)) return "HOST:send|write|sync:NUMBER";
    const auto found = std::find(std::begin(effect_names), std::end(effect_names), effect);
    if (found == std::end(effect_names)) return "send, write or sync";
    trigger.kind = Trigger::Kind::effect;
    trigger.host = host;
    trigger.effect = static_cast<sim::world::EffectKind>(found - std::begin(effect_names));
    return {};
}

Expectation parse_length(std::string_view text, sim::Duration& length, std::string_view example) {
    const bool good = sim::parse_duration(text, length) && length.count() > 0 && length <= length_max;
    return good ? "" : length_expected(example, sim::Duration{1}, length_max);
}

// The link before a label is not needed: then every link's messages count.
Expectation parse_message(std::string_view text, Trigger& trigger) {
    std::string_view name;
    if (Expectation expected = parse_nth(text, name, trigger.nth); !expected.empty()) return expected;
    trigger.kind = Trigger::Kind::message;
    std::string_view link;
    std::string_view from;
    std::string_view to;
    std::string_view label = name;
    if (split_last(name, ':', link, label)) {
        if (!split_last(link, '>', from, to)) return "FROM>TO:LABEL:NUMBER or LABEL:NUMBER";
        if (link.find_first_of(":,") != std::string_view::npos) return "the name of a host";
        if (from.find('>') != std::string_view::npos) return "two hosts: FROM>TO:LABEL:NUMBER";
    }
    trigger.host = from;
    trigger.peer = to;
    trigger.name = label;
    return {};
}

Expectation parse_since(std::string_view text, Trigger& trigger) {
    sim::Duration since{};
    if (Expectation expected = parse_length(text, since, "2s"); !expected.empty()) return expected;
    trigger.since = sim::WorldTime{} + since;
    return {};
}

// Nor the host before a fault point.
Expectation parse_point(std::string_view text, Trigger& trigger) {
    std::string_view name;
    if (Expectation expected = parse_nth(text, name, trigger.nth); !expected.empty()) return expected;
    trigger.kind = Trigger::Kind::point;
    std::string_view host;
    std::string_view point = name;
    if (split_last(name, ':', host, point) && host.find_first_of(":,") != std::string_view::npos)
        return "the name of a host";
    trigger.host = host;
    trigger.name = point;
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
    if (split_last(value, ':', before, nth) && sim::parse_integer(nth, trigger.nth)) {
        if (trigger.nth < 2) return "a number from 2";
        value = before;
    }
    trigger.name = name;
    trigger.value = value;
    return {};
}

// The keys that a fault of every kind may have, in the order in which messages name them.
struct Key {
    std::string_view name;
    bool triggers;
    Expectation (*parse)(std::string_view text, Fault& fault);
};
constexpr Key common_keys[] = {
    {"target", false, [](std::string_view text, Fault& fault) { return parse_target(text, fault.target); }},
    {"at", true, [](std::string_view text, Fault& fault) { return parse_time(text, fault.trigger); }},
    {"effect", true, [](std::string_view text, Fault& fault) { return parse_effect(text, fault.trigger); }},
    {"message", true, [](std::string_view text, Fault& fault) { return parse_message(text, fault.trigger); }},
    {"since", false, [](std::string_view text, Fault& fault) { return parse_since(text, fault.trigger); }},
    {"point", true, [](std::string_view text, Fault& fault) { return parse_point(text, fault.trigger); }},
    {"state", true, [](std::string_view text, Fault& fault) { return parse_state(text, fault.trigger); }},
    {"after", false,
     [](std::string_view text, Fault& fault) { return parse_length(text, fault.trigger.after, "20ms"); }},
    {"for", false, [](std::string_view text, Fault& fault) { return parse_length(text, fault.duration, "800ms"); }},
};

const Key* find_common(std::string_view name) {
    const auto found =
        std::find_if(std::begin(common_keys), std::end(common_keys), [&](const Key& key) { return key.name == name; });
    return found == std::end(common_keys) ? nullptr : found;
}

// A fault that strikes one message has none of them but what names it.
bool may_have(const Kind& kind, const Key& key) {
    return !kind.strikes_message() || key.name == "message" || key.name == "since";
}

// "one of", and all keys that a line of this kind may have.
std::string keys_of(const Kind& kind) {
    std::vector<std::string> all;
    for (const Key& key : common_keys)
        if (may_have(kind, key)) all.emplace_back(key.name);
    for (const Parameter& parameter : kind.parameters) all.push_back(parameter.name);
    return all.size() == 1 ? "only " + all.front() : "one of " + sim::join(all);
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

// One line of a plan, and what is wrong with it if anything: complaints are about a column of the line.
class LineReader {
public:
    LineReader(std::string_view line, sim::Place place, const KindList& kinds)
        : kinds_(kinds), words_(words_of(line)), end_(line.size() + 1), place_(std::move(place)) {}

    bool is_empty() const { return words_.empty() || words_[0].text.starts_with('#'); }
    // `taken`: the numbers of the faults before it; this one's is added.
    sim::Checked<Fault> read(std::set<sim::world::FaultId>& taken) {
        CHECK(!is_empty());
        sim::world::FaultId id = 0;
        if (sim::Problem problem = read_id(id)) return *problem;
        if (!taken.insert(id).second) return wrong(words_[0].column, "a number that no other fault has");
        const Kind* kind = words_.size() < 2 ? nullptr : kinds_.find(words_[1].text);
        if (kind == nullptr)
            return wrong(words_.size() < 2 ? end_ : words_[1].column,
                         "a kind of fault: " + alternatives(kinds_.names()));
        Fault fault = kind->fault(id);
        fault.source = {place_.file, place_.line, words_[0].column, {}};
        for (std::size_t i = 2; i < words_.size(); ++i)
            if (sim::Problem problem = read_word(words_[i], *kind, fault)) return *problem;
        if (sim::Problem problem = missing(*kind, fault)) return *problem;
        return fault;
    }

private:
    sim::Complaint wrong(std::size_t column, const std::string& expected) const {
        return {sim::Cause::input, {place_.file, place_.line, column}, "expected " + expected};
    }
    sim::Problem read_id(sim::world::FaultId& id) const {
        std::uint64_t number = 0;
        const Word& word = words_[0];
        if (!word.text.starts_with('f') || !sim::parse_integer(word.text.substr(1), number) || number == 0 ||
            number > UINT32_MAX)
            return wrong(word.column, "the fault's number like f3");
        id = static_cast<sim::world::FaultId>(number);
        return std::nullopt;
    }
    sim::Problem read_word(const Word& word, const Kind& kind, Fault& fault) {
        const std::size_t equals = word.text.find('=');
        const std::string_view name = word.text.substr(0, equals);
        const Key* common = find_common(name);
        if (common != nullptr && !may_have(kind, *common)) common = nullptr;
        const Parameter* parameter = kind.find(name);
        CHECK(common == nullptr || parameter == nullptr); // a kind declares no key that every fault has
        if (common == nullptr && parameter == nullptr)
            return wrong(word.column, "for " + kind.name + " " + keys_of(kind));
        if (equals == std::string_view::npos) return wrong(word.column, "key=value");
        const bool triggers = common != nullptr && common->triggers;
        std::map<std::string, std::size_t, std::less<>>& columns = fault.source.columns;
        if (columns.contains(name) || (triggers && triggered_))
            return wrong(word.column, "each key once, and one trigger");
        triggered_ = triggered_ || triggers;
        columns[std::string(name)] = word.column + equals + 1;
        const std::string_view text = word.text.substr(equals + 1);
        if (common != nullptr) {
            const Expectation expected = common->parse(text, fault);
            if (!expected.empty()) return wrong(word.column, expected);
            return std::nullopt;
        }
        std::optional<Value> value = parameter->parse(text);
        if (!value) return wrong(word.column, parameter->expected());
        fault.parameters.set_value(name, std::move(*value));
        return std::nullopt;
    }
    sim::Problem missing(const Kind& kind, const Fault& fault) const {
        const auto since = fault.source.columns.find("since");
        if (since != fault.source.columns.end() && fault.trigger.kind != Trigger::Kind::message)
            return wrong(since->second, "since only beside message=");
        if (kind.strikes_message()) {
            if (!triggered_) return wrong(end_, "a message like message=server0>server1:raft.append:40");
        } else {
            if (!fault.source.columns.contains("target")) return wrong(end_, "a target");
            if (!triggered_) return wrong(end_, "a trigger like at=2s");
        }
        for (const Parameter& parameter : kind.parameters)
            if (parameter.required && !fault.source.columns.contains(parameter.name))
                return wrong(end_, "a " + parameter.name + " like " + parameter.name + "=" + parameter.example);
        return std::nullopt;
    }

    const KindList& kinds_;
    std::vector<Word> words_;
    std::size_t end_; // the column behind the line
    sim::Place place_;
    bool triggered_ = false;
};

} // namespace

std::string print(const Fault& fault, const KindList& kinds) {
    const Kind& kind = kinds.of(fault);
    std::string text = "f" + std::to_string(fault.id) + " " + fault.kind + " ";
    if (!kind.strikes_message()) text += "target=" + print(fault.target) + " ";
    text += print(fault.trigger);
    if (fault.trigger.after.count() > 0) text += " after=" + sim::duration_text(fault.trigger.after);
    if (fault.duration.count() > 0) text += " for=" + sim::duration_text(fault.duration);
    for (const Parameter& parameter : kind.parameters) {
        const Value& value = fault.parameters.value(parameter.name);
        if (parameter.required || value != parameter.standard)
            text += " " + parameter.name + "=" + parameter.print(value);
    }
    return text;
}

std::string print(const Plan& plan, const KindList& kinds) {
    std::string text;
    for (const Fault& fault : plan.faults) text += print(fault, kinds) + "\n";
    return text;
}

sim::Checked<Plan> parse_plan(std::string_view text, std::string_view file, std::size_t first_line,
                              const KindList& kinds) {
    Plan plan;
    std::set<sim::world::FaultId> taken;
    for (std::size_t number = first_line; !text.empty(); ++number) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        std::string_view line = text.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        text.remove_prefix(std::min(end + 1, text.size()));
        LineReader reader(line, {std::string(file), number}, kinds);
        if (reader.is_empty()) continue;
        sim::Checked<Fault> fault = reader.read(taken);
        if (!fault.ok()) return fault.complaint();
        plan.faults.push_back(std::move(*fault));
    }
    return plan;
}

} // namespace orrery::faults

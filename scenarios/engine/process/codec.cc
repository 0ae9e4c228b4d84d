// Each struct is taken apart once, by a function `fields` that serves writing and reading alike. The structured
// bindings name every member: one that is added to a struct and not here does not compile.
#include "orrery/scenarios/engine/process/codec.h"

#include <algorithm>
#include <concepts>

namespace orrery::scenarios::engine {
namespace {

template <class T>
concept Plain = std::integral<T> || std::is_enum_v<T> || std::same_as<T, std::string> || std::same_as<T, sim::Duration>;
template <class T>
concept Optional = requires(T& value) {
    value.has_value();
};
template <class T>
concept Pair = requires(T& value) {
    value.second;
};
template <class T>
concept Sequence = requires(T& value) {
    value.emplace_back();
};
template <class T>
concept Map = requires {
    typename T::mapped_type;
};
template <class T>
concept Set = requires {
    typename T::key_type;
}
&&!Map<T>;

// Writes whatever it is called with, in the order of the calls.
class Packer {
public:
    explicit Packer(sim::Bytes& out) : writer_(out) {}
    template <class... Parts>
    void operator()(Parts&... parts) {
        (write(parts), ...);
    }

private:
    template <class T>
    void write(T& value);
    void write_value(reports::Value& value);
    void write_parameters(faults::Parameters& parameters);
    sim::Writer writer_;
};

// Reads it back. What the other end did not write leaves it incomplete, and everything after that at zero.
class Unpacker {
public:
    explicit Unpacker(sim::ByteView bytes) : reader_(bytes) {}
    template <class... Parts>
    void operator()(Parts&... parts) {
        (read(parts), ...);
    }
    bool is_complete() const { return ok_ && reader_.ok() && reader_.at_end(); }

private:
    template <class T>
    void read(T& value);
    void read_value(reports::Value& value);
    void read_parameters(faults::Parameters& parameters);
    template <std::size_t type = 0>
    void read_alternative(std::size_t wanted, faults::Value& value);
    std::uint32_t read_count();
    sim::Reader reader_;
    bool ok_ = true;
};

// --- the structs that cross ---

template <class Archive>
void fields(Archive& archive, sim::WorldTime& time) {
    archive(time.nanoseconds);
}
template <class Archive>
void fields(Archive& archive, sim::Ratio& ratio) {
    auto& [numerator, denominator] = ratio;
    archive(numerator, denominator);
}
template <class Archive>
void fields(Archive& archive, sim::Override& each) {
    auto& [event, site, count, outcome, choices] = each;
    archive(event, site, count, outcome, choices);
}
template <class Archive>
void fields(Archive& archive, sim::Reseed& each) {
    auto& [time, salt] = each;
    archive(time, salt);
}
template <class Archive>
void fields(Archive& archive, FixedSite& each) {
    auto& [site, host, percent] = each;
    archive(site, host, percent);
}
template <class Archive>
void fields(Archive& archive, reports::models::Words& words) {
    auto& [f, key, argument, process] = words;
    archive(f, key, argument, process);
}
template <class Archive>
void fields(Archive& archive, Invocation& each) {
    auto& [time, words] = each;
    archive(time, words);
}
template <class Archive>
void fields(Archive& archive, ClientOperation& each) {
    auto& [client, number] = each;
    archive(client, number);
}
template <class Archive>
void fields(Archive& archive, faults::Target& target) {
    auto& [kind, hosts, key, value] = target;
    archive(kind, hosts, key, value);
}
template <class Archive>
void fields(Archive& archive, faults::Trigger& trigger) {
    auto& [kind, time, host, peer, effect, name, value, nth, since, after] = trigger;
    archive(kind, time, host, peer, effect, name, value, nth, since, after);
}
template <class Archive>
void fields(Archive& archive, faults::Choice& choice) {
    auto& [place] = choice;
    archive(place);
}
template <class Archive>
void fields(Archive& archive, faults::Source& source) {
    auto& [file, line, column, columns] = source;
    archive(file, line, column, columns);
}
template <class Archive>
void fields(Archive& archive, faults::Fault& fault) {
    auto& [id, kind, target, trigger, duration, parameters, source] = fault;
    archive(id, kind, target, trigger, duration, parameters, source);
}
template <class Archive>
void fields(Archive& archive, faults::Plan& plan) {
    auto& [faults] = plan;
    archive(faults);
}
template <class Archive>
void fields(Archive& archive, sim::Finding& finding) {
    auto& [judge, kind, rule, text, time, event, sequence] = finding;
    archive(judge, kind, rule, text, time, event, sequence);
}
template <class Archive>
void fields(Archive& archive, sim::world::Checkpoint& checkpoint) {
    auto& [events, time, hosts] = checkpoint;
    archive(events, time, hosts);
}
template <class Archive>
void fields(Archive& archive, sim::world::Efficacy& efficacy) {
    auto& [armed, fired, effective] = efficacy;
    archive(armed, fired, effective);
}
template <class Archive>
void fields(Archive& archive, LoggedEvent& each) {
    auto& [event, digest] = each;
    archive(event, digest);
}
template <class Archive>
void fields(Archive& archive, sim::world::Strike& strike) {
    auto& [kind, longer, twin] = strike;
    archive(kind, longer, twin);
}
template <class Archive>
void fields(Archive& archive, sim::world::StruckMessage& struck) {
    auto& [fault, strike, from, to, label, nth, since, nth_since, time, event] = struck;
    archive(fault, strike, from, to, label, nth, since, nth_since, time, event);
}
template <class Archive>
void fields(Archive& archive, sim::Place& place) {
    auto& [file, line, column] = place;
    archive(file, line, column);
}
template <class Archive>
void fields(Archive& archive, sim::Complaint& complaint) {
    auto& [cause, place, message] = complaint;
    archive(cause, place, message);
}
template <class Archive>
void fields(Archive& archive, reports::Place& place) {
    auto& [line, column] = place;
    archive(line, column);
}
template <class Archive>
void fields(Archive& archive, reports::Entry& entry) {
    auto& [type, process, f, key, value, time, index, place, order] = entry;
    archive(type, process, f, key, value, time, index, place, order);
}
template <class Archive>
void fields(Archive& archive, reports::Source::Skipped& skipped) {
    auto& [what, count] = skipped;
    archive(what, count);
}
template <class Archive>
void fields(Archive& archive, reports::Source& source) {
    auto& [numbered, counted, told, skipped, back_in_time, processes] = source;
    archive(numbered, counted, told, skipped, back_in_time, processes);
}
template <class Archive>
void fields(Archive& archive, reports::History& history) {
    auto& [model, settings, initial, entries, source] = history;
    archive(model, settings, initial, entries, source);
}
template <class Archive>
void fields(Archive& archive, reports::Counterexample::Refusal& refusal) {
    auto& [operation, reason] = refusal;
    archive(operation, reason);
}
template <class Archive>
void fields(Archive& archive, reports::Counterexample::DeadEnd& dead_end) {
    auto& [state, refusals] = dead_end;
    archive(state, refusals);
}
template <class Archive>
void fields(Archive& archive, reports::Counterexample& counterexample) {
    auto& [key, operations, edges, minimal, order, unpassable, dead_ends, kind, story, confirmed] = counterexample;
    archive(key, operations, edges, minimal, order, unpassable, dead_ends, kind, story, confirmed);
}
template <class Archive>
void fields(Archive& archive, reports::Anomaly& anomaly) {
    auto& [kind, key, operations, reasons, story] = anomaly;
    archive(kind, key, operations, reasons, story);
}
template <class Archive>
void fields(Archive& archive, reports::Blocked& blocked) {
    auto& [key, deepest, window, width, unknown, states, cost, suggestions, out_of_memory] = blocked;
    archive(key, deepest, window, width, unknown, states, cost, suggestions, out_of_memory);
}
template <class Archive>
void fields(Archive& archive, reports::Verdict& verdict) {
    auto& [outcome, judge, model, basis, nodes, operations, keys, certificate, counterexample, anomalies, broken,
           also_broken, blocked, error, unanswered] = verdict;
    archive(outcome, judge, model, basis, nodes, operations, keys, certificate, counterexample, anomalies, broken,
            also_broken, blocked, error, unanswered);
}
template <class Archive>
void fields(Archive& archive, reports::trace::Field& field) {
    auto& [name, text, number] = field;
    archive(name, text, number);
}
template <class Archive>
void fields(Archive& archive, reports::trace::Row& row) {
    auto& [kind, time, event, cause, origin, host, peer, message, fault, goal, name, values, content, process, client,
           operation] = row;
    archive(kind, time, event, cause, origin, host, peer, message, fault, goal, name, values, content, process, client,
            operation);
}
template <class Archive>
void fields(Archive& archive, reports::trace::Step& step) {
    auto& [event, cause, time, host] = step;
    archive(event, cause, time, host);
}
template <class Archive>
void fields(Archive& archive, reports::trace::Recording& recording) {
    auto& [rows, steps, steps_dropped] = recording;
    archive(rows, steps, steps_dropped);
}
template <class Archive>
void fields(Archive& archive, Repeated& repeated) {
    auto& [host, kind, name, count] = repeated;
    archive(host, kind, name, count);
}
template <class Archive>
void fields(Archive& archive, SpentBudget& spent) {
    auto& [events, time, last, since, busiest] = spent;
    archive(events, time, last, since, busiest);
}
// The plan stays where it is: see the header.
template <class Archive>
void fields(Archive& archive, RunResult& result) {
    auto& [verdict, findings, undecided, spent, plan, history, judgement, hosts, checkpoints, digest, events, time,
           answered, notes, goals, efficacies, unmet, recording, log, struck, sites] = result;
    (void)plan;
    archive(verdict, findings, undecided, spent, history, judgement, hosts, checkpoints, digest, events, time, answered,
            notes, goals, efficacies, unmet, recording, log, struck, sites);
}
template <class Archive>
void fields(Archive& archive, RunInput& input) {
    auto& [scenario, settings, seed, plan, overrides, fixed, reseeds, skipped, operations, chosen] = input;
    (void)scenario; // by name, and only if this program has it
    (void)settings; // whose values are behind its calls
    archive(seed, plan, overrides, fixed, reseeds, skipped, operations, chosen);
}

// --- writing and reading ---

void Packer::write_value(reports::Value& value) {
    reports::Value::Kind kind = value.kind();
    write(kind);
    if (value.is_boolean()) writer_(value.boolean());
    if (value.is_integer()) writer_(value.integer());
    if (value.is_text()) writer_(value.text());
    if (value.is_list()) {
        reports::Value::List list = value.list();
        write(list);
    }
    if (value.is_map()) {
        reports::Value::Map map = value.map();
        write(map);
    }
}

// A name, the place of the value's type among those that there are, and the value.
void Packer::write_parameters(faults::Parameters& parameters) {
    writer_(static_cast<std::uint32_t>(parameters.values().size()));
    for (const auto& [each, stored] : parameters.values()) {
        std::string name = each;
        faults::Value value = stored;
        write(name);
        writer_(static_cast<std::uint8_t>(value.index()));
        std::visit([&](auto& alternative) { write(alternative); }, value);
    }
}

template <class T>
void Packer::write(T& value) {
    if constexpr (Plain<T>) {
        writer_(value);
    } else if constexpr (std::same_as<T, reports::Value>) {
        write_value(value);
    } else if constexpr (std::same_as<T, faults::Parameters>) {
        write_parameters(value);
    } else if constexpr (Optional<T>) {
        writer_(value.has_value());
        if (value.has_value()) write(*value);
    } else if constexpr (Pair<T>) {
        write(value.first);
        write(value.second);
    } else if constexpr (Sequence<T> || Map<T> || Set<T>) {
        CHECK(value.size() <= UINT32_MAX);
        writer_(static_cast<std::uint32_t>(value.size()));
        for (auto& each : value) {
            if constexpr (Map<T>) {
                auto key = each.first;
                write(key);
                write(each.second);
            } else {
                auto& element = const_cast<typename T::value_type&>(each); // a set's; it is only read
                write(element);
            }
        }
    } else {
        fields(*this, value);
    }
}

// Every element takes a byte at least: a count beyond the rest is damage, and would eat the memory.
std::uint32_t Unpacker::read_count() {
    const auto count = reader_.number<std::uint32_t>();
    ok_ = ok_ && reader_.ok() && count <= reader_.rest().size();
    return ok_ ? count : 0;
}

void Unpacker::read_value(reports::Value& value) {
    auto kind = reports::Value::Kind::nil;
    bool truth = false;
    std::int64_t integer = 0;
    std::string text;
    reports::Value::List list;
    reports::Value::Map map;
    read(kind);
    switch (kind) {
    case reports::Value::Kind::nil:
        value = {};
        return;
    case reports::Value::Kind::boolean:
        read(truth);
        value = truth;
        return;
    case reports::Value::Kind::integer:
        read(integer);
        value = integer;
        return;
    case reports::Value::Kind::text:
        read(text);
        value = std::move(text);
        return;
    case reports::Value::Kind::list:
        read(list);
        value = std::move(list);
        return;
    case reports::Value::Kind::map:
        read(map);
        value = std::move(map);
        return;
    }
    ok_ = false;
}

template <std::size_t type>
void Unpacker::read_alternative(std::size_t wanted, faults::Value& value) {
    if constexpr (type < std::variant_size_v<faults::Value>) {
        if (wanted == type)
            read(value.emplace<type>());
        else
            read_alternative<type + 1>(wanted, value);
    } else {
        ok_ = false;
    }
}

void Unpacker::read_parameters(faults::Parameters& parameters) {
    std::vector<std::pair<std::string, faults::Value>> values;
    std::vector<faults::Parameter> declared;
    for (std::uint32_t left = read_count(); ok_ && left > 0; --left) {
        auto& [name, value] = values.emplace_back();
        std::uint8_t type = 0;
        read(name);
        read(type);
        read_alternative(type, value);
        faults::Parameter parameter;
        parameter.name = name;
        parameter.standard = value;
        declared.push_back(std::move(parameter));
    }
    parameters = faults::Parameters(declared);
}

template <class T>
void Unpacker::read(T& value) {
    if constexpr (Plain<T>) {
        reader_(value);
    } else if constexpr (std::same_as<T, reports::Value>) {
        read_value(value);
    } else if constexpr (std::same_as<T, faults::Parameters>) {
        read_parameters(value);
    } else if constexpr (Optional<T>) {
        bool present = false;
        reader_(present);
        value.reset();
        if (present) read(value.emplace());
    } else if constexpr (Pair<T>) {
        read(value.first);
        read(value.second);
    } else if constexpr (Sequence<T>) {
        value.clear();
        for (std::uint32_t left = read_count(); ok_ && left > 0; --left) read(value.emplace_back());
    } else if constexpr (Map<T>) {
        value.clear();
        for (std::uint32_t left = read_count(); ok_ && left > 0; --left) {
            typename T::key_type key{};
            read(key);
            read(value[key]);
        }
    } else if constexpr (Set<T>) {
        value.clear();
        for (std::uint32_t left = read_count(); ok_ && left > 0; --left) {
            typename T::key_type key{};
            read(key);
            value.insert(std::move(key));
        }
    } else {
        fields(*this, value);
    }
}

} // namespace

sim::Bytes encode(const RunInput& input) {
    CHECK(input.scenario != nullptr);
    sim::Bytes bytes;
    Packer pack(bytes);
    RunInput copy = input;
    std::string scenario = input.scenario->name;
    auto settings = input.settings.values();
    pack(scenario, settings);
    fields(pack, copy);
    return bytes;
}

std::optional<RunInput> decode_input(sim::ByteView bytes) {
    Unpacker unpack(bytes);
    RunInput input;
    std::string scenario;
    std::map<std::string, std::string> settings;
    unpack(scenario, settings);
    fields(unpack, input);
    input.scenario = find_scenario(scenario);
    if (!unpack.is_complete() || input.scenario == nullptr) return std::nullopt;
    for (auto& [name, value] : settings) input.settings.set(name, value);
    return input;
}

sim::Bytes encode(Summary summary, Detail detail) {
    if (summary.verdict != RunVerdict::passed) detail = std::max(detail, Detail::repeat);
    if (detail < Detail::repeat) summary.checkpoints.clear();
    if (detail < Detail::repeat) summary.hosts.clear();
    if (detail < Detail::history) summary.history = {};
    if (detail < Detail::history) summary.judgement = {};
    if (detail < Detail::events) summary.recording = {};
    sim::Bytes bytes;
    Packer pack(bytes);
    RunResult& result = summary;
    pack(result, summary.problem, summary.lost, summary.place, summary.counted, summary.left_undone);
    return bytes;
}

std::optional<Summary> decode_summary(sim::ByteView bytes) {
    Unpacker unpack(bytes);
    Summary summary;
    RunResult& result = summary;
    unpack(result, summary.problem, summary.lost, summary.place, summary.counted, summary.left_undone);
    if (!unpack.is_complete()) return std::nullopt;
    return summary;
}

} // namespace orrery::scenarios::engine

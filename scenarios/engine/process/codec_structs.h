// The structs that cross between processes. Each is taken apart once, by a function `fields` that serves writing and
// reading alike. The structured bindings name every member: one that is added to a struct and not here does not
// compile.
#pragma once

#include "orrery/scenarios/engine/process/summary.h"

namespace orrery::scenarios::engine {

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
void fields(Archive& archive, reports::Word& word) {
    std::string text = word;
    archive(text);
    word = text;
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
    auto& [numbered, counted, told, nil_unread, skipped, back_in_time, processes] = source;
    archive(numbered, counted, told, nil_unread, skipped, back_in_time, processes);
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
void fields(Archive& archive, sim::Telling& telling) {
    auto& [weight, words, replaces] = telling;
    archive(weight, words, replaces);
}
template <class Archive>
void fields(Archive& archive, reports::trace::Row& row) {
    auto& [kind, time, event, cause, origin, host, peer, message, fault, goal, name, values, content, process, client,
           operation, telling] = row;
    archive(kind, time, event, cause, origin, host, peer, message, fault, goal, name, values, content, process, client,
            operation, telling);
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
           answered, refused, unknown, notes, goals, efficacies, unmet, recording, log, struck, sites, points] = result;
    (void)plan;
    archive(verdict, findings, undecided, spent, history, judgement, hosts, checkpoints, digest, events, time, answered,
            refused, unknown, notes, goals, efficacies, unmet, recording, log, struck, sites, points);
}
template <class Archive>
void fields(Archive& archive, RunInput& input) {
    auto& [scenario, settings, seed, plan, overrides, fixed, reseeds, skipped, operations, chosen] = input;
    (void)scenario; // by name, and only if this program has it
    (void)settings; // whose values are behind its calls
    archive(seed, plan, overrides, fixed, reseeds, skipped, operations, chosen);
}

} // namespace orrery::scenarios::engine

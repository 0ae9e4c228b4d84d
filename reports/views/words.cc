// A sentence has two halves: what was returned, and - by the class of the violation - what makes that impossible.
#include "orrery/reports/views/words.h"

#include "orrery/reports/views/source_places.h"
#include "orrery/reports/views/style.h"
#include "orrery/sim/text.h"

namespace orrery::reports::views {

using judges::linearizable::changes;
using judges::linearizable::leaves;
using judges::linearizable::precedes;

namespace {

std::string who_did(const Call& call, const Participants& participants) {
    return participants.client(call.process) + "'s " + invocation(call);
}

std::string returned(const Call& call, const Participants& participants) {
    return who_did(call, participants) + " returned " + call.result.rendered() + " " +
           when_returned(call, participants);
}

// The acknowledged change that returned last before the impossible operation began.
const Call* last_change(const MinimalHistory& minimal) {
    const Call& impossible = minimal.impossible();
    const Call* last = nullptr;
    for (std::size_t place = 0; place < minimal.calls.size(); ++place) {
        const Call& call = minimal.calls[place];
        if (changes(call, minimal.effects[place]) && call.f != impossible.f && precedes(call, impossible) &&
            !leaves(call, minimal.effects[place], impossible.result) &&
            (last == nullptr || last->returned < call.returned))
            last = &call;
    }
    return last;
}

// The read that returned something else before, and certainly something newer.
const Call* last_witness(const MinimalHistory& minimal) {
    const Call& impossible = minimal.impossible();
    const Call* last = nullptr;
    for (const Call& call : minimal.calls)
        if (call.outcome == Call::Outcome::ok && call.f == impossible.f && call.result != impossible.result &&
            precedes(call, impossible) && (last == nullptr || last->returned < call.returned))
            last = &call;
    return last;
}

const Call* setter(const MinimalHistory& minimal, const Value& value) {
    for (std::size_t place = 0; place < minimal.calls.size(); ++place) {
        const Call& call = minimal.calls[place];
        if (call.f != minimal.impossible().f && leaves(call, minimal.effects[place], value)) return &call;
    }
    return nullptr;
}

std::string although_stale(const MinimalHistory& minimal, const Participants& participants) {
    const Call& impossible = minimal.impossible();
    const Call* change = last_change(minimal);
    const Call* origin = setter(minimal, impossible.result);
    if (const Call* witness = last_witness(minimal))
        return ", although " + participants.client(witness->process) + " had already been told " +
               witness->result.rendered() + " " + when_returned(*witness, participants) +
               ": what had been replaced came back";
    if (change != nullptr && (origin == nullptr || precedes(*origin, *change)))
        return ", although " + who_did(*change, participants) + " had replaced that and was acknowledged " +
               when_returned(*change, participants);
    return ", which had been replaced before";
}

std::size_t count_of(const std::string& piece, const std::string& text) {
    std::size_t count = 0;
    for (std::size_t at = text.find(piece); at != std::string::npos; at = text.find(piece, at + piece.size())) ++count;
    return count;
}

std::string although_twice(const MinimalHistory& minimal, const Participants& participants) {
    const Value& result = minimal.impossible().result;
    for (const Call& call : minimal.calls) {
        if (!result.is_text() || !call.argument.is_text() || call.argument.text().empty()) continue;
        const std::size_t times = count_of(call.argument.text(), result.text());
        if (times > 1)
            return ", in which " + who_did(call, participants) + " is there " + std::to_string(times) + " times";
    }
    return although_stale(minimal, participants);
}

// Of an object that holds many values.
std::string_view although_held(ViolationClass kind) {
    if (kind == ViolationClass::value_from_nowhere) return ", but nobody ever put that in";
    if (kind == ViolationClass::future_read) return ", which was put in only later";
    if (kind == ViolationClass::effect_twice) return ", which was taken out once more than it was put in";
    if (kind == ViolationClass::stale_read) return ", although more had been shown before";
    if (kind == ViolationClass::lost_write) return ", although more must have been in";
    return ", which no order of the operations can explain";
}

std::string although(const MinimalHistory& minimal, const Participants& participants) {
    const ViolationClass kind = minimal.kind;
    const Call* change = last_change(minimal);
    if (minimal.object == MinimalHistory::Object::many_values) return std::string(although_held(kind));
    if (minimal.object != MinimalHistory::Object::one_value) return ", which no order of the operations can explain";
    if (kind == ViolationClass::value_from_nowhere) return ", but nobody ever wrote that";
    if (kind == ViolationClass::future_read) return ", which was written only later";
    if (kind == ViolationClass::effect_twice) return although_twice(minimal, participants);
    if (kind == ViolationClass::stale_read) return although_stale(minimal, participants);
    if (kind != ViolationClass::broken_compare_and_swap && change != nullptr)
        return ", although " + who_did(*change, participants) + " had been acknowledged " +
               when_returned(*change, participants) +
               (kind == ViolationClass::lost_write ? ": that write is lost" : "");
    return ", which no order of the operations can explain";
}

} // namespace

std::string at(sim::WorldTime time, const Participants& participants) {
    return participants.timed ? "at " + in_seconds(time) : "at step " + std::to_string(time.nanoseconds);
}

std::string when_returned(const Call& call, const Participants& participants) {
    const bool known = participants.history != nullptr && call.return_entry;
    const std::string place = known ? source_place(*participants.history, *call.return_entry) : "";
    if (place.empty()) return at(call.returned, participants);
    return participants.timed ? at(call.returned, participants) + " (" + place + ")" : "at " + place;
}

std::string with_clients(std::string_view text, const Participants& participants) {
    constexpr std::string_view word = "process ";
    std::string result;
    while (true) {
        const std::size_t at = text.find(word);
        if (at == std::string_view::npos) return result + std::string(text);
        const std::size_t from = at + word.size();
        const std::size_t end = std::min(text.find_first_not_of("0123456789", from), text.size());
        std::int64_t process = 0;
        result += text.substr(0, at);
        result += sim::parse_integer(text.substr(from, end - from), process) ? participants.client(process)
                                                                             : std::string(text.substr(at, end - at));
        text.remove_prefix(end);
    }
}

std::string invocation(const Call& call) {
    std::string text = call.f;
    if (!call.key.is_nil()) text += " " + call.key.rendered();
    if (!call.argument.is_nil()) text += " " + call.argument.rendered();
    return text;
}

std::string response(const Call& call) {
    if (call.outcome == Call::Outcome::unknown) return "?";
    if (call.outcome == Call::Outcome::fail) return "failed";
    return call.result.is_nil() && !call.argument.is_nil() ? "" : call.result.rendered();
}

std::string whole(const Call& call) {
    // A transaction's steps come back with what they read: they are said once.
    const bool is_steps = call.argument.is_list() && call.result.is_list() && !call.argument.list().empty() &&
                          call.argument.list().size() == call.result.list().size();
    if (call.outcome == Call::Outcome::ok && is_steps) return call.f + " " + call.result.rendered();
    const std::string returned = response(call);
    return invocation(call) + (returned.empty() ? "" : " -> " + returned);
}

std::string in_words(const MinimalHistory& minimal, const Participants& participants) {
    return returned(minimal.impossible(), participants) + although(minimal, participants) + "." +
           (minimal.instead.empty() ? "" : " In whatever order the others took effect, it " + minimal.instead + ".");
}

} // namespace orrery::reports::views

#include "orrery/reports/views/words.h"

#include "orrery/reports/views/style.h"

namespace orrery::reports::views {
namespace {

std::string who_did(const Call& call, const Cast& cast) { return cast.client(call.process) + "'s " + question(call); }

std::string returned(const Call& call, const Cast& cast) {
    return who_did(call, cast) + " returned " + call.result.rendered() + " " + at(call.returned, cast);
}

// The acknowledged change that returned last before the impossible operation began.
const Call* last_change(const Essence& essence) {
    const Call& impossible = essence.impossible();
    const Call* last = nullptr;
    for (const Call& call : essence.calls)
        if (changes(call, impossible) && precedes(call, impossible) && !sets(call, impossible.result) &&
            (last == nullptr || last->returned < call.returned))
            last = &call;
    return last;
}

// Who had seen something else before, and surely something newer than what was read.
const Call* last_witness(const Essence& essence) {
    const Call& impossible = essence.impossible();
    const Call* last = nullptr;
    for (const Call& call : essence.calls)
        if (call.outcome == Call::Outcome::ok && call.f == impossible.f && call.result != impossible.result &&
            precedes(call, impossible) && (last == nullptr || last->returned < call.returned))
            last = &call;
    return last;
}

const Call* setter(const Essence& essence, const Value& value) {
    for (const Call& call : essence.calls)
        if (&call != &essence.impossible() && call.f != essence.impossible().f && sets(call, value)) return &call;
    return nullptr;
}

std::string although_stale(const Essence& essence, const Cast& cast) {
    const Call& impossible = essence.impossible();
    const Call* change = last_change(essence);
    const Call* origin = setter(essence, impossible.result);
    if (const Call* witness = last_witness(essence))
        return ", although " + cast.client(witness->process) + " had already been told " + witness->result.rendered() +
               " " + at(witness->returned, cast) + ": what had been replaced came back";
    if (change != nullptr && (origin == nullptr || precedes(*origin, *change)))
        return ", although " + who_did(*change, cast) + " had replaced that and was acknowledged " +
               at(change->returned, cast);
    return ", which had been replaced before";
}

std::size_t count_of(const std::string& piece, const std::string& text) {
    std::size_t count = 0;
    for (std::size_t at = text.find(piece); at != std::string::npos; at = text.find(piece, at + piece.size())) ++count;
    return count;
}

std::string although_twice(const Essence& essence, const Cast& cast) {
    const Value& result = essence.impossible().result;
    for (const Call& call : essence.calls) {
        if (!result.is_text() || !call.argument.is_text() || call.argument.text().empty()) continue;
        const std::size_t times = count_of(call.argument.text(), result.text());
        if (times > 1) return ", in which " + who_did(call, cast) + " is there " + std::to_string(times) + " times";
    }
    return although_stale(essence, cast);
}

// Of an object that holds many values.
std::string_view although_held(std::string_view kind) {
    if (kind == "value from nowhere") return ", but nobody ever put that in";
    if (kind == "future read") return ", which was put in only later";
    if (kind == "effect twice") return ", which was taken out once more than it was put in";
    if (kind == "stale read") return ", although more had been shown before";
    if (kind == "lost write") return ", although more must have been in";
    return ", which no order of the operations can explain";
}

std::string although(const Essence& essence, const Cast& cast) {
    const std::string& kind = essence.kind;
    const Call* change = last_change(essence);
    const std::string& model = essence.verdict.model;
    if (model == "queue" || model == "stack" || model == "set") return std::string(although_held(kind));
    if (!is_register(model)) return ", which no order of the operations can explain";
    if (kind == "value from nowhere") return ", but nobody ever wrote that";
    if (kind == "future read") return ", which was written only later";
    if (kind == "effect twice") return although_twice(essence, cast);
    if (kind == "stale read") return although_stale(essence, cast);
    if (kind != "broken compare-and-swap" && change != nullptr)
        return ", although " + who_did(*change, cast) + " had been acknowledged " + at(change->returned, cast) +
               (kind == "lost write" ? ": that write is lost" : "");
    return ", which no order of the operations can explain";
}

// What the object would have answered, if all ways to get there agree on it.
std::string instead(const Essence& essence) {
    const Counterexample& example = *essence.verdict.counterexample;
    std::string reason;
    for (const auto& end : example.dead_ends)
        for (const auto& refusal : end.refusals) {
            if (refusal.operation != example.unpassable) continue;
            if (!reason.empty() && reason != refusal.reason) return {};
            reason = refusal.reason;
        }
    return reason.empty() ? "" : " In whatever order the others took effect, it " + reason + ".";
}

} // namespace

std::string at(sim::WorldTime time, const Cast& cast) {
    return cast.timed ? "at " + in_seconds(time) : "at step " + std::to_string(time.nanoseconds);
}

std::string question(const Call& call) {
    std::string text = call.f;
    if (!call.key.is_nil()) text += " " + call.key.rendered();
    if (!call.argument.is_nil()) text += " " + call.argument.rendered();
    return text;
}

std::string answer(const Call& call) {
    if (call.outcome == Call::Outcome::unknown) return " -> ?";
    if (call.outcome == Call::Outcome::fail) return " -> failed";
    return call.result.is_nil() && !call.argument.is_nil() ? "" : " -> " + call.result.rendered();
}

std::string in_words(const Essence& essence, const Cast& cast) {
    return returned(essence.impossible(), cast) + although(essence, cast) + "." + instead(essence);
}

} // namespace orrery::reports::views

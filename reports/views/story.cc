#include "orrery/reports/views/story.h"

#include <algorithm>

namespace orrery::reports::views {
namespace {

constexpr std::size_t operations_max = 24; // the last ones; a terminal has no more lines

// Milliseconds with three decimals: integers all the way.
std::string milliseconds(sim::WorldTime time) {
    if (time.nanoseconds == INT64_MAX) return "never";
    const std::int64_t micro = time.nanoseconds / 1000;
    std::string rest = std::to_string(micro % 1000);
    return std::to_string(micro / 1000) + "." + std::string(3 - rest.size(), '0') + rest;
}

std::string padded(std::string text, std::size_t width) {
    if (text.size() < width) text.insert(0, width - text.size(), ' ');
    return text;
}

std::string violation(const Counterexample& example, const std::vector<Call>& calls) {
    std::string text = example.story + "\n";
    if (!example.key.is_nil()) text += "on key " + example.key.rendered() + ", ";
    text += "from (ms) to, and what a client saw:\n";
    std::vector<std::size_t> shown = example.operations;
    if (shown.size() > operations_max) {
        // Those that began last are nearest to what cannot be passed.
        std::stable_sort(shown.begin(), shown.end(),
                         [&](std::size_t a, std::size_t b) { return calls[a].invoked > calls[b].invoked; });
        shown.resize(operations_max);
        std::sort(shown.begin(), shown.end());
        text += "  ... " + std::to_string(example.operations.size() - operations_max) + " earlier ones left out\n";
    }
    for (const std::size_t each : shown)
        text += padded(milliseconds(calls[each].invoked), 12) + padded(milliseconds(calls[each].returned), 12) + "  " +
                calls[each].rendered() + (each == example.unpassable ? "   <- cannot be explained\n" : "\n");
    for (const auto& end : example.dead_ends) {
        text += "after the longest legal order the object is " + end.state + ", and\n";
        for (const auto& refusal : end.refusals)
            text += "  " + calls[refusal.operation].rendered() + ": " + refusal.reason + "\n";
        break;
    }
    return text;
}

} // namespace

std::string story(const Verdict& verdict, const std::vector<Call>& calls) {
    if (!verdict.error.empty()) return verdict.error;
    if (verdict.violated()) return violation(*verdict.counterexample, calls);
    if (verdict.passed() || !verdict.blocked) return {};
    std::string text = "undecided after " + std::to_string(verdict.nodes) + " configurations";
    if (verdict.blocked->deepest) text += "; legal up to " + calls[*verdict.blocked->deepest].rendered();
    for (const std::string& each : verdict.blocked->suggestions) text += "\n  try: " + each;
    return text;
}

} // namespace orrery::reports::views

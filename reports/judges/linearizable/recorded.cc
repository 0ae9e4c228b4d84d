// The judge works with places in its own list of operations; the verdict is renumbered to places in the calls.
#include "orrery/reports/judges/linearizable/recorded.h"

#include "orrery/reports/judges/judge.h"
#include "orrery/sim/check.h"
#include "orrery/sim/text.h"

namespace orrery::reports::judges::linearizable {

namespace {

std::string known_models() {
    std::vector<std::string_view> names;
    for (const models::Language* each : models::languages()) names.push_back(each->name());
    return sim::join(names);
}

// From places in what was judged to places in the calls of the history.
void renumber(Verdict& verdict, const std::vector<std::size_t>& places) {
    const auto all = [&](std::vector<std::size_t>& operations) {
        for (std::size_t& each : operations) {
            CHECK(each < places.size());
            each = places[each];
        }
    };
    all(verdict.certificate);
    if (verdict.counterexample) {
        Counterexample& found = *verdict.counterexample;
        all(found.operations);
        all(found.order);
        found.unpassable = places[found.unpassable];
        for (auto& [earlier, later] : found.edges) {
            earlier = places[earlier];
            later = places[later];
        }
        for (auto& end : found.dead_ends)
            for (auto& refusal : end.refusals) refusal.operation = places[refusal.operation];
    }
    if (verdict.blocked) {
        all(verdict.blocked->window);
        if (verdict.blocked->deepest) verdict.blocked->deepest = places[*verdict.blocked->deepest];
    }
}

} // namespace

Verdict judge_history(const Case& given) {
    const auto* language = given.options.language != nullptr ? given.options.language : models::language(given.model);
    if (language == nullptr) {
        const std::string model(given.model);
        const std::string what = model.empty() ? "the history names no model" : "no model is called " + model;
        return cannot_judge(given, {given.history.entries.size(), 0, what + "; there are " + known_models()});
    }
    std::vector<std::size_t> places;
    auto read = language->read(given.history, given.calls, places);
    if (const auto* error = std::get_if<HistoryError>(&read)) return cannot_judge(given, *error);
    const auto& operations = *std::get_if<std::unique_ptr<models::Operations>>(&read);
    Verdict verdict = judge_operations(*operations, {.budget = given.options.budget,
                                                     .memory = given.options.memory,
                                                     .shortcuts = given.options.shortcuts,
                                                     .threads = given.options.threads,
                                                     .split = given.options.split});
    renumber(verdict, places);
    return verdict;
}

} // namespace orrery::reports::judges::linearizable

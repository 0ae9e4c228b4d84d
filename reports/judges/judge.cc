#include "orrery/reports/judges/judge.h"

namespace orrery::reports::judges {

namespace {

Verdict cannot_judge(std::string model, std::string error, Place place = {}) {
    Verdict verdict;
    verdict.judge = "linearizable";
    verdict.model = std::move(model);
    verdict.error = std::move(error);
    verdict.error_place = place;
    return verdict;
}

Verdict cannot_judge(std::string model, const History& history, const HistoryError& error) {
    const bool placed = error.entry < history.entries.size();
    return cannot_judge(std::move(model), error.text, placed ? history.entries[error.entry].place : Place{});
}

std::string known_models() {
    std::string all;
    for (const models::Language* each : models::languages())
        all += (all.empty() ? "" : ", ") + std::string(each->name());
    return all;
}

// From places in what was judged to places in the calls of the history.
void renumber(Verdict& verdict, const std::vector<std::size_t>& places) {
    const auto all = [&](std::vector<std::size_t>& operations) {
        for (std::size_t& each : operations) each = places[each];
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

Verdict judge(const History& history, const JudgeOptions& options) {
    const std::string& wanted = options.model.empty() ? history.model : options.model;
    const models::Language* language = options.language != nullptr ? options.language : models::language(wanted);
    if (language == nullptr) {
        const std::string what = wanted.empty() ? "the history names no model" : "no model is called " + wanted;
        return cannot_judge(wanted, what + "; there are " + known_models());
    }
    const std::string model(language->name());
    auto paired = calls(history);
    if (const auto* error = std::get_if<HistoryError>(&paired)) return cannot_judge(model, history, *error);
    std::vector<std::size_t> places;
    auto read = language->read(history, *std::get_if<std::vector<Call>>(&paired), places);
    if (const auto* error = std::get_if<HistoryError>(&read)) return cannot_judge(model, history, *error);
    const auto& operations = *std::get_if<std::unique_ptr<models::Operations>>(&read);
    Verdict verdict = linearizable(*operations, {.budget = options.budget, .split = options.split});
    renumber(verdict, places);
    return verdict;
}

} // namespace orrery::reports::judges

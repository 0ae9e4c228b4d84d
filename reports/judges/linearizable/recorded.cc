// The judge works with places in its own list of operations; the verdict is renumbered to places in the calls.
#include "orrery/reports/judges/linearizable/recorded.h"

#include "orrery/reports/judges/judge.h"
#include "orrery/reports/judges/places.h"
#include "orrery/sim/text.h"

namespace orrery::reports::judges::linearizable {

namespace {

std::string known_models() {
    std::vector<std::string_view> names;
    for (const models::Language* each : models::languages()) names.push_back(each->name());
    return sim::join(names);
}

} // namespace

Verdict judge_history(const Case& given) {
    const auto* language = given.options.language != nullptr ? given.options.language : models::language(given.model);
    if (language == nullptr) {
        const std::string model(given.model);
        const std::string what = model.empty() ? "the history names no model" : "no model is called " + model;
        return cannot_judge(what + "; there are " + known_models());
    }
    std::vector<std::size_t> places;
    auto read = language->read(given.history, given.calls, places);
    if (!read) return cannot_judge(read.complaint());
    const std::unique_ptr<models::Operations>& operations = *read;
    Verdict verdict = judge_operations(*operations, {.budget = given.options.budget,
                                                     .memory = given.options.memory,
                                                     .shortcuts = given.options.shortcuts,
                                                     .threads = given.options.threads,
                                                     .split = given.options.split});
    renumber(verdict, places);
    return verdict;
}

} // namespace orrery::reports::judges::linearizable

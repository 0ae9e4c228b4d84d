#include "orrery/reports/judges/registry.h"

#include <algorithm>

#include "orrery/reports/judges/recorded.h"

namespace orrery::reports::judges {

const std::vector<Judge>& registry() {
    static const std::vector<Judge> all = {
        {"linearizable", "each operation took effect at one instant between its invocation and its return", {}, {},
         linearizable_record},
    };
    return all;
}

const Judge* find_judge(std::string_view name) {
    for (const Judge& each : registry())
        if (each.name == name) return &each;
    return nullptr;
}

std::string_view judge_of(std::string_view model) {
    for (const Judge& each : registry())
        if (std::find(each.standard.begin(), each.standard.end(), model) != each.standard.end()) return each.name;
    return "linearizable";
}

bool takes(const Judge& judge, std::string_view model) {
    return judge.models.empty() || model.empty() ||
           std::find(judge.models.begin(), judge.models.end(), model) != judge.models.end();
}

Verdict cannot_judge(const Case& given, const HistoryError& error) {
    Verdict verdict;
    verdict.error = error.text;
    if (error.entry < given.history.entries.size()) verdict.error_place = given.history.entries[error.entry].place;
    return verdict;
}

} // namespace orrery::reports::judges

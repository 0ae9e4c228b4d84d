#include "orrery/reports/judges/judge.h"
#include "orrery/reports/judges/recorded.h"
#include "orrery/reports/judges/sessions/sequential.h"
#include "orrery/reports/judges/time_text.h"

namespace orrery::reports::judges {

Verdict judge_bounded_staleness(const Case& given) {
    const std::optional<sim::Duration> bound = duration_of(given.parameter);
    if (!bound)
        return cannot_judge(given, {SIZE_MAX, 0,
                                    "bounded-staleness takes a time: bounded-staleness=5s, =100ms, not " +
                                        (given.parameter.empty() ? "nothing" : std::string(given.parameter))});
    std::vector<Call> calls = given.calls;
    const auto* language = given.options.language != nullptr ? given.options.language : models::language(given.model);
    std::vector<std::size_t> places;
    if (language == nullptr) return linearizable_record(given); // tells what is wrong
    const auto read = language->read(given.history, calls, places);
    if (const auto* error = std::get_if<HistoryError>(&read)) return cannot_judge(given, *error);
    const models::Operations& operations = **std::get_if<std::unique_ptr<models::Operations>>(&read);
    for (std::size_t each = 0; each < operations.size(); ++each)
        if (operations.verb(each).effect == models::Verb::Effect::reads) {
            Call& call = calls[places[each]];
            const std::int64_t earliest = INT64_MIN / 2;
            call.invoked.nanoseconds = std::max(earliest, call.invoked.nanoseconds - bound->count());
        }
    return linearizable_record({given.history, calls, given.judge, given.model, given.parameter, given.options});
}

} // namespace orrery::reports::judges

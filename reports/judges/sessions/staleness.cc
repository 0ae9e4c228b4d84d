// Both kinds of staleness become linearizability: of stretched intervals, or of an object that remembers versions.
#include "orrery/reports/judges/judge.h"
#include "orrery/reports/judges/linearizable/recorded.h"
#include "orrery/reports/judges/sessions/sequential.h"
#include "orrery/reports/models/cas_register.h"
#include "orrery/reports/models/kv.h"
#include "orrery/reports/models/register.h"
#include "orrery/reports/models/stale.h"

namespace orrery::reports::judges::sessions {

namespace {

// So many versions old: 2 is the value before the latest as well.
template <class M>
Verdict judge_versions(const Case& given, std::int64_t versions) {
    static const models::TypedLanguage<models::Stale<M>> language;
    History history = given.history;
    Value::List initial = {versions};
    if (history.initial) initial.push_back(*history.initial);
    history.initial = Value(std::move(initial));
    JudgeOptions options = given.options;
    options.language = &language;
    options.shortcuts = false; // they know only objects that tell the latest value
    return linearizable::judge_history({history, given.calls, given.judge, given.model, given.parameter, options});
}

Verdict judge_time(const Case& given, sim::Duration bound) {
    std::vector<Call> calls = given.calls;
    const auto* language = given.options.language != nullptr ? given.options.language : models::language(given.model);
    std::vector<std::size_t> places;
    if (language == nullptr) return linearizable::judge_history(given); // says what is wrong
    const auto read = language->read(given.history, calls, places);
    if (!read) return cannot_judge(read.complaint());
    const models::Operations& operations = **read;
    for (std::size_t each = 0; each < operations.size(); ++each)
        if (operations.verb(each).effect == models::Verb::Effect::reads) {
            Call& call = calls[places[each]];
            const std::int64_t earliest = INT64_MIN / 2;
            call.invoked.nanoseconds = std::max(earliest, call.invoked.nanoseconds - bound.count());
        }
    return linearizable::judge_history(
        {given.history, calls, given.judge, given.model, given.parameter, given.options});
}

} // namespace

Verdict judge_bounded_staleness(const Case& given) {
    const std::optional<std::int64_t> versions = versions_of(given.parameter);
    if (versions && given.model == models::AnyRegister::name)
        return judge_versions<models::AnyRegister>(given, *versions);
    if (versions && given.model == models::AnyCasRegister::name)
        return judge_versions<models::AnyCasRegister>(given, *versions);
    if (versions && given.model == models::Kv::name) return judge_versions<models::Kv>(given, *versions);
    const std::string_view model = given.model;
    if (versions)
        return cannot_judge(sim::usage_complaint("versions are counted of a register, cas-register or kv, not of a " +
                                                 std::string(model)));
    const std::optional<sim::Duration> bound = duration_of(given.parameter);
    CHECK(bound.has_value()); // the registry has seen to it
    return judge_time(given, *bound);
}

} // namespace orrery::reports::judges::sessions

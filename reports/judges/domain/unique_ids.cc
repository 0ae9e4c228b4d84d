// Every id that was returned is looked up among those before it.
#include <map>

#include "orrery/reports/judges/domain/domain.h"
#include "orrery/reports/judges/domain/objections.h"

namespace orrery::reports::judges::domain {

Verdict judge_unique_ids(const Case& given) {
    std::map<Value, std::size_t> first;
    Objections objections;
    for (std::size_t place = 0; place < given.calls.size(); ++place) {
        const Call& call = given.calls[place];
        if (call.f != "generate") return not_known(given, call, "generate -> VALUE");
        if (!is_ok(call)) continue;
        const auto [same, is_new] = first.try_emplace(call.result, place);
        CHECK(first.size() <= place + 1);
        if (!is_new)
            objections.add("duplicate id", {same->second, place}, call.result.rendered() + " was given out twice",
                           call.result);
    }
    return objections.verdict(given);
}

} // namespace orrery::reports::judges::domain

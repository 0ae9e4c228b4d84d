// The events of every watcher are held against the puts that made their revisions.
#include <map>

#include "orrery/reports/judges/domain/domain.h"
#include "orrery/reports/judges/domain/objections.h"

namespace orrery::reports::judges::domain {
namespace {

struct Event {
    std::int64_t revision = 0;
    Value key;
    Value value;
};

std::optional<std::vector<Event>> events_of(const Value& response) {
    if (!response.is_list()) return {};
    std::vector<Event> events;
    for (const Value& each : response.list()) {
        if (!each.is_list() || each.list().size() != 3 || !each.list()[0].is_integer()) return {};
        events.push_back({each.list()[0].integer(), each.list()[1], each.list()[2]});
    }
    return events;
}

class Watches {
public:
    explicit Watches(const Case& given) : given_(given) {}

    Verdict judge() {
        for (std::size_t place = 0; place < given_.calls.size(); ++place) {
            const Call& call = given_.calls[place];
            if (call.f == "put" && (!is_ok(call) || call.result.is_integer())) {
                if (is_ok(call)) puts_[call.result.integer()] = place;
            } else if (call.f != "watch" || (is_ok(call) && !events_of(call.result))) {
                return not_known(given_, call, "put VALUE -> revision, watch FROM -> [[revision key value] ...]");
            }
        }
        for (std::size_t place = 0; place < given_.calls.size(); ++place)
            if (given_.calls[place].f == "watch" && is_ok(given_.calls[place]))
                judge_watch(place, *events_of(given_.calls[place].result));
        return objections_.verdict(given_);
    }

private:
    void judge_watch(std::size_t place, const std::vector<Event>& events) {
        const std::string who = "the watch of process " + std::to_string(given_.calls[place].process);
        for (std::size_t each = 0; each < events.size(); ++each) {
            const std::string revision = std::to_string(events[each].revision);
            if (each > 0 && events[each].revision == events[each - 1].revision)
                objections_.add("duplicate event", {place}, who + " was told of revision " + revision + " twice");
            else if (each > 0 && events[each].revision < events[each - 1].revision)
                objections_.add("events out of order", {place},
                                who + " was told of revision " + revision + " after " +
                                    std::to_string(events[each - 1].revision));
            judge_event(place, events[each], who);
        }
        if (events.empty()) return;
        const Value& from = given_.calls[place].argument;
        const std::int64_t first = from.is_integer() ? from.integer() : events.front().revision;
        for (auto put = puts_.lower_bound(first); put != puts_.end() && put->first <= events.back().revision; ++put)
            if (std::none_of(events.begin(), events.end(),
                             [&](const Event& each) { return each.revision == put->first; }))
                objections_.add("gap", {place, put->second},
                                who + " was never told of revision " + std::to_string(put->first));
    }
    void judge_event(std::size_t place, const Event& event, const std::string& who) {
        const auto put = puts_.find(event.revision);
        if (put == puts_.end()) return; // of a put without a result, or of another kind of change
        const Call& call = given_.calls[put->second];
        if (call.key != event.key || call.argument != event.value)
            objections_.add("wrong event", {place, put->second},
                            who + " was told another key or value for revision " + std::to_string(event.revision) +
                                " than was put");
        else if (call.invoked > given_.calls[place].returned)
            objections_.add("future revision", {place, put->second},
                            who + " was told of revision " + std::to_string(event.revision) + " before it was put");
    }

    const Case& given_;
    std::map<std::int64_t, std::size_t> puts_; // by revision
    Objections objections_;
};

} // namespace

Verdict judge_watch(const Case& given) { return Watches(given).judge(); }

} // namespace orrery::reports::judges::domain

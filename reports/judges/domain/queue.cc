// For every value: how often it was enqueued and dequeued. The order of values is not judged here.
#include <map>

#include "orrery/reports/judges/domain/domain.h"
#include "orrery/reports/judges/domain/objections.h"

namespace orrery::reports::judges::domain {
namespace {

struct Item {
    std::vector<std::size_t> enqueued; // those that did not fail
    std::vector<std::size_t> failed;
    std::vector<std::size_t> dequeued;
    std::size_t sure = 0; // acknowledged
};

// Of clients that say at the end that there is no more, as Jepsen's do.
bool is_exhausted(const Value& value) { return value == Value(":exhausted") || value == Value("exhausted"); }

// What a drain says that it took. Nothing: it does not say.
std::optional<Value::List> drained(const Value& result) {
    if (!result.is_list()) return {};
    Value::List values = result.list();
    if (!values.empty() && is_exhausted(values.back())) values.pop_back();
    return values;
}

} // namespace

Verdict judge_queue(const Case& given) {
    std::map<Value, Item> items;
    bool unknown_dequeues = false; // each may have taken something, as a drain that does not say what
    std::optional<std::size_t> drain;
    for (std::size_t place = 0; place < given.calls.size(); ++place) {
        const Call& call = given.calls[place];
        if (call.f == "enqueue") {
            Item& item = items[call.argument];
            (call.outcome == Call::Outcome::fail ? item.failed : item.enqueued).push_back(place);
            item.sure += is_ok(call);
        } else if (call.f == "dequeue") {
            if (is_ok(call) && !call.result.is_nil()) items[call.result].dequeued.push_back(place);
            unknown_dequeues = unknown_dequeues || call.outcome == Call::Outcome::unknown;
        } else if (call.f == "drain" && (!is_ok(call) || call.result.is_list() || is_exhausted(call.result))) {
            const auto values = is_ok(call) ? drained(call.result) : std::nullopt;
            if (is_ok(call)) drain = place;
            unknown_dequeues = unknown_dequeues || (!values && call.outcome != Call::Outcome::fail);
            if (!values) continue;
            for (const Value& each : *values) items[each].dequeued.push_back(place);
        } else {
            return not_known(given, call, "enqueue VALUE, dequeue -> VALUE, drain -> [VALUE ...]");
        }
    }
    Objections objections;
    for (const auto& [value, item] : items) {
        if (!item.dequeued.empty() && item.enqueued.empty()) {
            std::vector<std::size_t> seen = item.failed;
            seen.push_back(item.dequeued.front());
            objections.add("value from nowhere", std::move(seen),
                           value.rendered() + " was dequeued, and nobody enqueued it", value);
        } else if (item.dequeued.size() > item.enqueued.size()) {
            objections.add("duplicate", item.dequeued,
                           value.rendered() + " was dequeued more often than it was enqueued", value);
        } else if (!item.dequeued.empty() &&
                   given.calls[item.dequeued.front()].returned < given.calls[item.enqueued.front()].invoked) {
            objections.add("future read", {item.dequeued.front(), item.enqueued.front()},
                           value.rendered() + " was dequeued before it was enqueued", value);
        }
    }
    // What is left when the queue was drained, and no dequeue without a result may have it, is lost.
    for (const auto& [value, item] : items) {
        CHECK(item.sure <= item.enqueued.size());
        if (!drain || unknown_dequeues || item.dequeued.size() >= item.sure) continue;
        if (given.calls[item.enqueued.front()].returned >= given.calls[*drain].invoked) continue;
        objections.add("lost element", {item.enqueued.front(), *drain},
                       value.rendered() + " was enqueued, and never came out", value);
    }
    return objections.verdict(given);
}

} // namespace orrery::reports::judges::domain

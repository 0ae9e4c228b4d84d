// Queue: values go in and come out in one and the same order. So value a must come before value b if a was put in
// before b in real time, or taken out before b. Each of the two is an interval order.
//
// Lemma. If the two orders together have a cycle, they have one of two values. Proof: in a longer cycle, two steps of
// the same kind a < b and c < d can be replaced by one, since in an interval order a < d or c < b.
//
// Example of what is not allowed: enqueue 1, then enqueue 2, then dequeue -> 2, then dequeue -> 1. Value 1 is put in
// first and value 2 taken out first: a cycle of two, and those four operations are the violation. If the enqueues
// overlap, real time does not order them and 2, 1 is an order.
//
// A miss counts as a value that is put in and taken out at its instant: all that was in before must be out by then.
#include <algorithm>
#include <functional>
#include <queue>

#include "orrery/reports/judges/linearizable/containers/lifetimes.h"
#include "orrery/sim/check.h"

namespace orrery::reports::judges::linearizable::containers {

namespace {

// Walks along the lifetimes in the order of one of their ends, past those that are emitted.
class Walk {
public:
    Walk(const std::vector<Lifetime>& lifetimes, std::int64_t Lifetime::*end) : lifetimes_(lifetimes), end_(end) {
        for (std::uint32_t each = 0; each < lifetimes.size(); ++each) order_.push_back(each);
        std::stable_sort(order_.begin(), order_.end(),
                         [&](std::uint32_t a, std::uint32_t b) { return lifetimes[a].*end < lifetimes[b].*end; });
    }
    bool finished() const { return place_ == order_.size(); }
    std::uint32_t here() const { return order_[place_]; }
    std::int64_t end() const { return lifetimes_[here()].*end_; }
    void step() { ++place_; }

private:
    const std::vector<Lifetime>& lifetimes_;
    std::int64_t Lifetime::*end_;
    std::vector<std::uint32_t> order_;
    std::size_t place_ = 0;
};

// Emits values one after the other: each the first to be put in, and the first to be taken out, of all that are
// left. If there is none, then the one that must be put in first and the one that must be taken out first are two.
class QueueOrder {
public:
    explicit QueueOrder(const std::vector<Lifetime>& lifetimes)
        : lifetimes_(lifetimes), emitted_(lifetimes.size()), first_in_(lifetimes.size()), first_out_(lifetimes.size()),
          inserted_from_(lifetimes, &Lifetime::inserted_from), inserted_until_(lifetimes, &Lifetime::inserted_until),
          taken_from_(lifetimes, &Lifetime::taken_from), taken_until_(lifetimes, &Lifetime::taken_until) {}

    // False if there is no order; then `inserted_first` and `taken_first` are the two.
    bool run() {
        while (order.size() < lifetimes_.size()) {
            inserted_first = earliest(inserted_until_);
            taken_first = earliest(taken_until_);
            admit(inserted_from_, lifetimes_[inserted_first].inserted_until, first_in_, first_out_);
            admit(taken_from_, lifetimes_[taken_first].taken_until, first_out_, first_in_);
            if (ready_.empty()) return false;
            CHECK(!emitted_[ready_.top()]);
            order.push_back(ready_.top());
            emitted_[ready_.top()] = true;
            ready_.pop();
        }
        return true;
    }

    std::vector<std::uint32_t> order;
    std::uint32_t inserted_first = 0;
    std::uint32_t taken_first = 0;

private:
    std::uint32_t earliest(Walk& walk) {
        while (emitted_[walk.here()]) walk.step();
        return walk.here();
    }
    // Those that begin no later than the earliest end of what is left have nothing before them.
    void admit(Walk& walk, std::int64_t until, std::vector<bool>& first, const std::vector<bool>& also) {
        for (; !walk.finished() && walk.end() <= until; walk.step()) {
            first[walk.here()] = true;
            if (also[walk.here()]) ready_.push(walk.here());
        }
    }

    const std::vector<Lifetime>& lifetimes_;
    std::vector<bool> emitted_;
    std::vector<bool> first_in_;
    std::vector<bool> first_out_;
    Walk inserted_from_;
    Walk inserted_until_;
    Walk taken_from_;
    Walk taken_until_;
    std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> ready_;
};

struct Event {
    std::int64_t instant;
    std::size_t rank; // of its value
    bool taking;
    std::uint32_t operation;

    auto operator<=>(const Event&) const = default;
};

// Everything at the earliest instant that the order allows; values keep their rank at the same instant.
std::vector<std::uint32_t> emit(const std::vector<Lifetime>& lifetimes, const std::vector<std::uint32_t>& order) {
    std::vector<Event> events;
    std::int64_t inserted = INT64_MIN;
    std::int64_t taken = INT64_MIN;
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
        const Lifetime& lifetime = lifetimes[order[rank]];
        inserted = std::max(inserted, lifetime.inserted_from);
        taken = std::max(taken, lifetime.taken_from);
        const bool miss = lifetime.inserter == lifetime.taker;
        if (lifetime.inserter != no_operation && !miss) events.push_back({inserted, rank, false, lifetime.inserter});
        if (lifetime.taker != no_operation) events.push_back({taken, rank, true, lifetime.taker});
    }
    std::sort(events.begin(), events.end());
    std::vector<std::uint32_t> operations;
    for (const Event& each : events) operations.push_back(each.operation);
    return operations;
}

} // namespace

Contained order_queue(const Lifetimes& lifetimes) {
    std::vector<Lifetime> all = lifetimes.all();
    for (const Miss& miss : lifetimes.misses())
        all.push_back({miss.instant, miss.instant, miss.instant, miss.instant, miss.operation, miss.operation});
    QueueOrder order(all);
    if (order.run()) return {Contained::Outcome::found, emit(all, order.order)};
    CHECK(order.inserted_first != order.taken_first); // a value alone is no cycle
    const Lifetime both[] = {all[order.inserted_first], all[order.taken_first]};
    return lifetimes.impossible(both);
}

} // namespace orrery::reports::judges::linearizable::containers

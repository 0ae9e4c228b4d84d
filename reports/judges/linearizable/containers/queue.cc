// Queue: values go in and come out in one and the same order. So of two values one is first if it was put in
// before the other in real time, or taken out before it. These are two orders of intervals, and together they
// have a circle only if they have one of two values: in a longer one, two of the steps in the same order can be
// replaced by one, because of any two intervals before two others one is before both, or the other is.
//
// A miss is a value that is put in and taken out at its instant: what is in before it is gone by then.
#include <algorithm>
#include <functional>
#include <queue>

#include "orrery/reports/judges/linearizable/containers/orders.h"

namespace orrery::reports::judges {

namespace {

// Walks along the lives in the order of one of their ends, past those that are emitted.
class Walk {
public:
    Walk(const std::vector<Life>& lives, std::int64_t Life::*end) : lives_(lives), end_(end) {
        for (std::uint32_t each = 0; each < lives.size(); ++each) order_.push_back(each);
        std::stable_sort(order_.begin(), order_.end(),
                         [&](std::uint32_t a, std::uint32_t b) { return lives[a].*end < lives[b].*end; });
    }
    bool finished() const { return place_ == order_.size(); }
    std::uint32_t here() const { return order_[place_]; }
    std::int64_t end() const { return lives_[here()].*end_; }
    void step() { ++place_; }

private:
    const std::vector<Life>& lives_;
    std::int64_t Life::*end_;
    std::vector<std::uint32_t> order_;
    std::size_t place_ = 0;
};

// Emits values one after the other: each the first to be put in, and the first to be taken out, of all that are
// left. If there is none, then the one that must be put in first and the one that must be taken out first are two.
class QueueOrder {
public:
    explicit QueueOrder(const std::vector<Life>& lives)
        : lives_(lives), emitted_(lives.size()), first_in_(lives.size()), first_out_(lives.size()),
          born_from_(lives, &Life::born_from), born_until_(lives, &Life::born_until),
          gone_from_(lives, &Life::gone_from), gone_until_(lives, &Life::gone_until) {}

    // False if there is no order; then `born_first` and `gone_first` are the two.
    bool run() {
        while (order.size() < lives_.size()) {
            born_first = earliest(born_until_);
            gone_first = earliest(gone_until_);
            admit(born_from_, lives_[born_first].born_until, first_in_, first_out_);
            admit(gone_from_, lives_[gone_first].gone_until, first_out_, first_in_);
            if (ready_.empty()) return false;
            order.push_back(ready_.top());
            emitted_[ready_.top()] = true;
            ready_.pop();
        }
        return true;
    }

    std::vector<std::uint32_t> order;
    std::uint32_t born_first = 0;
    std::uint32_t gone_first = 0;

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

    const std::vector<Life>& lives_;
    std::vector<bool> emitted_;
    std::vector<bool> first_in_;
    std::vector<bool> first_out_;
    Walk born_from_;
    Walk born_until_;
    Walk gone_from_;
    Walk gone_until_;
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
std::vector<std::uint32_t> emit(const std::vector<Life>& lives, const std::vector<std::uint32_t>& order) {
    std::vector<Event> events;
    std::int64_t born = INT64_MIN;
    std::int64_t gone = INT64_MIN;
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
        const Life& life = lives[order[rank]];
        born = std::max(born, life.born_from);
        gone = std::max(gone, life.gone_from);
        const bool miss = life.inserter == life.taker;
        if (life.inserter != nobody && !miss) events.push_back({born, rank, false, life.inserter});
        if (life.taker != nobody) events.push_back({gone, rank, true, life.taker});
    }
    std::sort(events.begin(), events.end());
    std::vector<std::uint32_t> operations;
    for (const Event& each : events) operations.push_back(each.operation);
    return operations;
}

} // namespace

Contained order_queue(const Lives& lives) {
    std::vector<Life> all = lives.all();
    for (const Miss& miss : lives.misses())
        all.push_back({miss.instant, miss.instant, miss.instant, miss.instant, miss.operation, miss.operation});
    QueueOrder order(all);
    if (order.run()) return {Contained::Outcome::found, emit(all, order.order)};
    const Life both[] = {all[order.born_first], all[order.gone_first]};
    return lives.impossible(both);
}

} // namespace orrery::reports::judges

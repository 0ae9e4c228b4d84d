// Stack: a value that can be put in and taken out at once is never in the way of others. Of what is left, the one
// that is lowest in a stack goes in and comes out when no other is in: at two instants at which no other is
// certainly in. Conversely, take any value with two such instants. Every other lies, or can be pushed by moving
// its ends to the instant itself, on one side of each; so the others have an order exactly if they have one
// together with it. So values are taken away one after the other, until none is left - or only such as are in
// each other's way.
//
// The order then is built from the outside: the instants of the values taken away earlier part the time, and
// a later one fits between two neighbours of them.
#include <algorithm>
#include <map>

#include "orrery/reports/judges/linearizable/containers/orders.h"

namespace orrery::reports::judges {

namespace {

// How many values are certainly in at each of some places in time; tells of every place when it becomes none.
class Coverage {
public:
    explicit Coverage(std::size_t places) {
        while (size_ < places) size_ *= 2;
        least_.assign(2 * size_, 0);
        extra_.assign(2 * size_, 0);
        for (std::size_t each = places; each < size_; ++each) silence(each);
    }
    // At the places [begin, end).
    void add(std::size_t begin, std::size_t end, std::int32_t change) { add(1, 0, size_, begin, end, change); }
    // A place with none that was not told before; `size_` or beyond if there is no such place.
    std::size_t next_free() {
        if (least_[1] != 0) return SIZE_MAX;
        std::size_t node = 1;
        while (node < size_) {
            const std::int32_t wanted = least_[node] - extra_[node];
            node = 2 * node + (least_[2 * node] == wanted ? 0 : 1);
        }
        silence(node - size_);
        return node - size_;
    }

private:
    static constexpr std::int32_t told = INT32_MAX / 2;

    void silence(std::size_t place) {
        std::size_t node = size_ + place;
        least_[node] = told;
        while (node > 1) pull(node /= 2);
    }
    void pull(std::size_t node) { least_[node] = std::min(least_[2 * node], least_[2 * node + 1]) + extra_[node]; }
    void add(std::size_t node, std::size_t low, std::size_t high, std::size_t begin, std::size_t end,
             std::int32_t change) {
        if (end <= low || high <= begin) return;
        if (begin <= low && high <= end) {
            least_[node] += change;
            extra_[node] += change;
            return;
        }
        const std::size_t middle = (low + high) / 2;
        add(2 * node, low, middle, begin, end, change);
        add(2 * node + 1, middle, high, begin, end, change);
        pull(node);
    }

    std::size_t size_ = 1;
    std::vector<std::int32_t> least_; // below a node, with what was added to all of it
    std::vector<std::int32_t> extra_; // what was added to all of it
};

// Intervals of places that wait for one of their places.
class Waiting {
public:
    // (begin, end, who), both ends included.
    struct Range {
        std::size_t begin, end;
        std::uint32_t who;
    };
    explicit Waiting(std::vector<Range> ranges) : ranges_(std::move(ranges)) {
        std::stable_sort(ranges_.begin(), ranges_.end(),
                         [](const Range& a, const Range& b) { return a.begin < b.begin; });
        while (size_ < ranges_.size()) size_ *= 2;
        furthest_.assign(2 * size_, 0);
        for (std::size_t each = 0; each < ranges_.size(); ++each) furthest_[size_ + each] = ranges_[each].end + 1;
        for (std::size_t node = size_ - 1; node > 0; --node) pull(node);
    }
    // Lets those go that have the place among theirs.
    template <class Each>
    void release(std::size_t place, Each each) {
        const auto begun = std::partition_point(ranges_.begin(), ranges_.end(),
                                                [&](const Range& range) { return range.begin <= place; });
        release(1, 0, size_, static_cast<std::size_t>(begun - ranges_.begin()), place, each);
    }

private:
    void pull(std::size_t node) { furthest_[node] = std::max(furthest_[2 * node], furthest_[2 * node + 1]); }
    template <class Each>
    void release(std::size_t node, std::size_t low, std::size_t high, std::size_t count, std::size_t place,
                 Each& each) {
        if (low >= count || furthest_[node] <= place) return;
        if (node >= size_) {
            furthest_[node] = 0;
            return each(ranges_[low].who);
        }
        const std::size_t middle = (low + high) / 2;
        release(2 * node, low, middle, count, place, each);
        release(2 * node + 1, middle, high, count, place, each);
        pull(node);
    }

    std::vector<Range> ranges_;
    std::size_t size_ = 1;
    std::vector<std::size_t> furthest_; // of a node: the largest end below it, plus one; zero: none waits
};

struct Taken {
    std::uint32_t life;
    std::int64_t born;
    std::int64_t gone;
};

// Takes lives away from the outside. `stuck` is what is left in each other's way.
class Peeling {
public:
    explicit Peeling(const std::vector<Life>& lives)
        : lives_(lives), times_(times_of(lives)), coverage_(times_.size()),
          born_(ranges(&Life::born_from, &Life::born_until)), gone_(ranges(&Life::gone_from, &Life::gone_until)),
          found_(lives.size()) {
        for (std::uint32_t each = 0; each < lives.size(); ++each) {
            found_[each].life = each;
            if (lives[each].certain())
                coverage_.add(place(lives[each].born_until) + 1, place(lives[each].gone_from), 1);
        }
    }
    void run() {
        std::vector<std::uint8_t> halves(lives_.size());
        const auto half = [&](std::uint32_t each) {
            if (++halves[each] < 2 || !lives_[each].certain()) return;
            taken.push_back(found_[each]);
            coverage_.add(place(lives_[each].born_until) + 1, place(lives_[each].gone_from), -1);
        };
        for (std::size_t at = coverage_.next_free(); at != SIZE_MAX; at = coverage_.next_free()) {
            born_.release(at, [&](std::uint32_t each) {
                found_[each].born = times_[at];
                half(each);
            });
            gone_.release(at, [&](std::uint32_t each) {
                found_[each].gone = times_[at];
                half(each);
            });
        }
        for (std::uint32_t each = 0; each < lives_.size(); ++each)
            if (halves[each] < 2 && lives_[each].certain()) stuck.push_back(lives_[each]);
    }

    std::vector<Taken> taken; // in order
    std::vector<Life> stuck;

private:
    static std::vector<std::int64_t> times_of(const std::vector<Life>& lives) {
        std::vector<std::int64_t> times;
        for (const Life& each : lives)
            times.insert(times.end(), {each.born_from, each.born_until, each.gone_from, each.gone_until});
        std::sort(times.begin(), times.end());
        times.erase(std::unique(times.begin(), times.end()), times.end());
        return times;
    }
    std::size_t place(std::int64_t time) const {
        return static_cast<std::size_t>(std::lower_bound(times_.begin(), times_.end(), time) - times_.begin());
    }
    std::vector<Waiting::Range> ranges(std::int64_t Life::*from, std::int64_t Life::*until) const {
        std::vector<Waiting::Range> all;
        for (std::uint32_t each = 0; each < lives_.size(); ++each)
            all.push_back({place(lives_[each].*from), place(lives_[each].*until), each});
        return all;
    }

    const std::vector<Life>& lives_;
    std::vector<std::int64_t> times_;
    Coverage coverage_;
    Waiting born_;
    Waiting gone_;
    std::vector<Taken> found_;
};

// The fewest of those that are stuck which still are: leaves out halves, quarters, ..., single ones.
std::vector<Life> smallest_stuck(std::vector<Life> stuck) {
    const auto without = [&](std::size_t begin, std::size_t end) {
        std::vector<Life> rest(stuck.begin(), stuck.begin() + static_cast<std::ptrdiff_t>(begin));
        rest.insert(rest.end(), stuck.begin() + static_cast<std::ptrdiff_t>(end), stuck.end());
        Peeling peeling(rest);
        peeling.run();
        return std::move(peeling.stuck);
    };
    const auto sweep = [&](std::size_t size) {
        const std::size_t before = stuck.size();
        for (std::size_t begin = 0; begin < stuck.size();) {
            std::vector<Life> rest = without(begin, std::min(begin + size, stuck.size()));
            if (rest.empty())
                begin += size;
            else
                stuck = std::move(rest);
        }
        return stuck.size() < before;
    };
    for (std::size_t size = stuck.size() / 2; size > 1; size /= 2) (void)sweep(size);
    while (sweep(1)) continue;
    return stuck;
}

std::vector<std::uint32_t> emit(const Lives& lives, const std::vector<Taken>& taken) {
    std::multimap<std::int64_t, std::uint32_t> order; // by instant; what is inserted at a place stays there
    for (const Miss& miss : lives.misses()) order.emplace(miss.instant, miss.operation);
    const auto put = [&](auto before, std::int64_t born, std::int64_t gone, const Life& life) {
        if (life.inserter != nobody) order.emplace_hint(before, born, life.inserter);
        if (life.taker != nobody) order.emplace_hint(before, gone, life.taker);
    };
    for (const Taken& each : taken) {
        const Life& life = lives.all()[each.life];
        const auto next = order.upper_bound(life.born_until);
        const std::int64_t from = next == order.begin() ? INT64_MIN : std::prev(next)->first;
        const std::int64_t until = next == order.end() ? INT64_MAX : next->first;
        put(next, std::max(each.born, from), std::min(each.gone, until), life);
    }
    for (const Life& life : lives.all()) {
        if (life.certain()) continue;
        const std::int64_t instant = std::max(life.born_from, life.gone_from);
        put(order.upper_bound(instant), instant, instant, life);
    }
    std::vector<std::uint32_t> operations;
    for (const auto& [instant, operation] : order) operations.push_back(operation);
    return operations;
}

} // namespace

Contained order_stack(const Lives& lives) {
    Peeling peeling(lives.all());
    peeling.run();
    if (peeling.stuck.empty()) return {Contained::Outcome::found, emit(lives, peeling.taken)};
    return lives.impossible(smallest_stuck(std::move(peeling.stuck)));
}

} // namespace orrery::reports::judges

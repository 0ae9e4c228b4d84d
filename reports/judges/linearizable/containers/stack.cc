// Stack: values are taken away from the outside of the stack inwards, until none is left or the rest is stuck.
//
// A value is certainly in during the open interval from the end of its insertion to the beginning of its taking.
//
// Lemma. Let v have an instant i in its insertion and an instant j in its taking, at both of which no other value is
// certainly in. Then all values have a legal order exactly if the others have one without v.
//   Proof. Put v in at i and take it out at j. Another value is not certainly in at i, so one of its ends can be moved
//   to
// i itself and it lies wholly before i or wholly after it; the same holds for j. So it lies before v, inside v or
// after v, and never crosses v. Conversely, an order of all values is one of the others when v is left out.
//   Such a v exists in every legal order: the one that is lowest in the stack when it is put in, and until it goes.
//
// Example of what is allowed: push 1, push 2, pop -> 2, pop -> 1, one after the other at [0,1] [2,3] [4,5] [6,7]. Value
// 1 is certainly in during (1,6), value 2 during (3,4). Value 1 goes in by 1 and comes out from 6 on, when value 2 is
// not certainly in: it is taken away. Value 2 is then alone and is taken away as well. Nothing is left.
//
// Example of what is not: push 1, push 2, pop -> 1, pop -> 2 at the same times. Value 1 is certainly in during (1,4),
// value 2 during (3,6). Value 1 comes out within [4,5], when value 2 is certainly in; value 2 goes in within [2,3],
// when value 1 is. Neither can be taken away: the two are stuck, and their four operations are the core of the
// violation.
//
// The order is then built in the order in which values were taken away: their instants cut the time into pieces, and a
// value that was taken away later fits between two neighbouring cuts.
#include <algorithm>
#include <map>

#include "orrery/reports/judges/linearizable/containers/lifetimes.h"
#include "orrery/reports/judges/linearizable/minimise.h"
#include "orrery/sim/check.h"

namespace orrery::reports::judges::linearizable::containers {

namespace {

// How many values are certainly in at each of some places in time. Reports each place once, when there are none.
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
    // A place with none that was not reported before; `size_` or beyond if there is no such place.
    std::size_t next_free() {
        if (least_[1] != 0) return SIZE_MAX;
        std::size_t node = 1;
        while (node < size_) {
            const std::int32_t wanted = least_[node] - extra_[node];
            node = 2 * node + (least_[2 * node] == wanted ? 0 : 1);
        }
        CHECK(least_[node] == 0);
        silence(node - size_);
        return node - size_;
    }

private:
    static constexpr std::int32_t reported = INT32_MAX / 2;

    void silence(std::size_t place) {
        std::size_t node = size_ + place;
        least_[node] = reported;
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

struct Placed {
    std::uint32_t lifetime;
    std::int64_t inserted;
    std::int64_t taken;
};

// Takes lifetimes away from the outside. `stuck` is what is left in each other's way.
class Peeling {
public:
    explicit Peeling(const std::vector<Lifetime>& lifetimes)
        : lifetimes_(lifetimes), times_(times_of(lifetimes)), coverage_(times_.size()),
          inserted_(ranges(&Lifetime::inserted_from, &Lifetime::inserted_until)),
          taken_(ranges(&Lifetime::taken_from, &Lifetime::taken_until)), found_(lifetimes.size()) {
        for (std::uint32_t each = 0; each < lifetimes.size(); ++each) {
            found_[each].lifetime = each;
            if (lifetimes[each].certain())
                coverage_.add(place(lifetimes[each].inserted_until) + 1, place(lifetimes[each].taken_from), 1);
        }
    }
    void run() {
        std::vector<std::uint8_t> halves(lifetimes_.size());
        const auto half = [&](std::uint32_t each) {
            if (++halves[each] < 2 || !lifetimes_[each].certain()) return;
            placed.push_back(found_[each]);
            coverage_.add(place(lifetimes_[each].inserted_until) + 1, place(lifetimes_[each].taken_from), -1);
        };
        for (std::size_t at = coverage_.next_free(); at != SIZE_MAX; at = coverage_.next_free()) {
            inserted_.release(at, [&](std::uint32_t each) {
                found_[each].inserted = times_[at];
                half(each);
            });
            taken_.release(at, [&](std::uint32_t each) {
                found_[each].taken = times_[at];
                half(each);
            });
        }
        for (std::uint32_t each = 0; each < lifetimes_.size(); ++each) {
            CHECK(halves[each] <= 2); // an insertion and a taking find an instant once each
            if (halves[each] < 2 && lifetimes_[each].certain()) stuck.push_back(lifetimes_[each]);
        }
    }

    std::vector<Placed> placed; // in order
    std::vector<Lifetime> stuck;

private:
    static std::vector<std::int64_t> times_of(const std::vector<Lifetime>& lifetimes) {
        std::vector<std::int64_t> times;
        for (const Lifetime& each : lifetimes)
            times.insert(times.end(), {each.inserted_from, each.inserted_until, each.taken_from, each.taken_until});
        std::sort(times.begin(), times.end());
        times.erase(std::unique(times.begin(), times.end()), times.end());
        return times;
    }
    std::size_t place(std::int64_t time) const {
        return static_cast<std::size_t>(std::lower_bound(times_.begin(), times_.end(), time) - times_.begin());
    }
    std::vector<Waiting::Range> ranges(std::int64_t Lifetime::*from, std::int64_t Lifetime::*until) const {
        std::vector<Waiting::Range> all;
        for (std::uint32_t each = 0; each < lifetimes_.size(); ++each)
            all.push_back({place(lifetimes_[each].*from), place(lifetimes_[each].*until), each});
        return all;
    }

    const std::vector<Lifetime>& lifetimes_;
    std::vector<std::int64_t> times_;
    Coverage coverage_;
    Waiting inserted_;
    Waiting taken_;
    std::vector<Placed> found_;
};

// As few of the stuck ones as still are stuck.
std::vector<Lifetime> smallest_stuck(std::vector<Lifetime> stuck) {
    minimise(stuck, [&](std::size_t begin, std::size_t end) -> std::optional<std::vector<Lifetime>> {
        std::vector<Lifetime> rest(stuck.begin(), stuck.begin() + static_cast<std::ptrdiff_t>(begin));
        rest.insert(rest.end(), stuck.begin() + static_cast<std::ptrdiff_t>(end), stuck.end());
        Peeling peeling(rest);
        peeling.run();
        if (peeling.stuck.empty()) return std::nullopt;
        return std::move(peeling.stuck);
    });
    return stuck;
}

std::vector<std::uint32_t> emit(const Lifetimes& lifetimes, const std::vector<Placed>& placed) {
    std::multimap<std::int64_t, std::uint32_t> order; // by instant; what is inserted at a place stays there
    for (const Miss& miss : lifetimes.misses()) order.emplace(miss.instant, miss.operation);
    const auto put = [&](auto before, std::int64_t inserted, std::int64_t taken, const Lifetime& lifetime) {
        CHECK(inserted <= taken);
        if (lifetime.inserter != no_operation) order.emplace_hint(before, inserted, lifetime.inserter);
        if (lifetime.taker != no_operation) order.emplace_hint(before, taken, lifetime.taker);
    };
    for (const Placed& each : placed) {
        const Lifetime& lifetime = lifetimes.all()[each.lifetime];
        const auto next = order.upper_bound(lifetime.inserted_until);
        const std::int64_t from = next == order.begin() ? INT64_MIN : std::prev(next)->first;
        const std::int64_t until = next == order.end() ? INT64_MAX : next->first;
        put(next, std::max(each.inserted, from), std::min(each.taken, until), lifetime);
    }
    for (const Lifetime& lifetime : lifetimes.all()) {
        if (lifetime.certain()) continue;
        const std::int64_t instant = std::max(lifetime.inserted_from, lifetime.taken_from);
        put(order.upper_bound(instant), instant, instant, lifetime);
    }
    std::vector<std::uint32_t> operations;
    for (const auto& [instant, operation] : order) operations.push_back(operation);
    return operations;
}

} // namespace

Contained order_stack(const Lifetimes& lifetimes) {
    Peeling peeling(lifetimes.all());
    peeling.run();
    CHECK(peeling.placed.size() + peeling.stuck.size() <= lifetimes.all().size());
    if (peeling.stuck.empty()) return {Contained::Outcome::found, emit(lifetimes, peeling.placed)};
    return lifetimes.impossible(smallest_stuck(std::move(peeling.stuck)));
}

} // namespace orrery::reports::judges::linearizable::containers

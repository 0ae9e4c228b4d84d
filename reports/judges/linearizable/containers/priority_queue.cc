// Priority queue: what is taken is the least of all that are in. So a value can be taken at an instant if no lesser one
// is in then, and greater ones do not matter.
//
// A value is certainly in from the latest instant at which it can have been put in to the earliest at which it can be
// taken. Values are placed from the least to the greatest, each taken at the earliest instant of its operation at which
// no lesser value is certainly in. If it must wait there, then for lesser values, so it is in nobody's way who would
// not wait for these as well; and if it can be put in just before it is taken, it is in nobody's way at all. Nothing is
// gained by taking it later. So if a value finds no instant, there is none; and a miss is a value that is greater than
// all others.
//
// Example: insert 1, insert 2, delete-min -> 2, delete-min -> 1, one after the other. Value 1 blocks from the end of
// its insertion to the beginning of the last operation; delete-min -> 2 has no instant outside of that. Its core is the
// two values. If insert 1 lasted until after delete-min -> 2 had begun, 1 could be put in later, and all would be well.
#include <algorithm>
#include <map>

#include "orrery/reports/judges/linearizable/containers/lifetimes.h"
#include "orrery/sim/check.h"

namespace orrery::reports::judges::linearizable::containers {

namespace {

// Open intervals, those that overlap joined.
class BlockedTimes {
public:
    void block(std::int64_t from, std::int64_t until) {
        if (from >= until) return;
        auto each = until_.lower_bound(from);
        if (each != until_.begin() && std::prev(each)->second > from) --each;
        while (each != until_.end() && each->first < until) {
            from = std::min(from, each->first);
            until = std::max(until, each->second);
            each = until_.erase(each);
        }
        CHECK(until_.emplace(from, until).second);
    }
    // The earliest instant from this one on that is free.
    std::int64_t free_from(std::int64_t instant) const {
        const auto behind = until_.lower_bound(instant);
        if (behind == until_.begin()) return instant;
        return std::max(instant, std::prev(behind)->second);
    }

private:
    std::map<std::int64_t, std::int64_t> until_; // by where they begin
};

// What happens at the same instant happens in this order: those that blocked until then leave, the least first;
// values come and go at once; misses find nothing; those that block from then on come.
enum class Phase : std::uint8_t { leaves, comes_and_goes, misses, comes };

struct Step {
    std::int64_t instant = 0;
    Phase phase{};
    std::uint32_t rank = 0;
    bool takes = false;
    std::uint32_t operation = no_operation;

    auto operator<=>(const Step&) const = default;
};

class PriorityQueueOrder {
public:
    explicit PriorityQueueOrder(const Lifetimes& lifetimes) : lifetimes_(lifetimes), all_(lifetimes.all()) {
        std::sort(all_.begin(), all_.end(), [](const Lifetime& a, const Lifetime& b) { return a.rank < b.rank; });
        for (std::size_t each = 1; each < all_.size(); ++each) CHECK(all_[each - 1].rank < all_[each].rank);
    }

    Contained run() {
        for (std::size_t each = 0; each < all_.size(); ++each) {
            taken_.push_back(place(all_[each]));
            if (taken_.back() > all_[each].taken_until) return impossible(each);
            blocked_.block(all_[each].inserted_until, all_[each].taken_from);
        }
        for (const Miss& miss : lifetimes_.misses()) {
            const models::Interval& interval = lifetimes_.interval(miss.operation);
            const std::int64_t instant = blocked_.free_from(interval.invoked.nanoseconds);
            if (instant > interval.returned.nanoseconds) return impossible(miss);
            steps_.push_back({instant, Phase::misses, 0, true, miss.operation});
        }
        return {Contained::Outcome::found, order()};
    }

private:
    // When it is taken. One that no known operation took leaves when something else may have taken it, or never.
    std::int64_t place(const Lifetime& lifetime) const {
        return lifetime.taker == no_operation ? lifetime.taken_from : blocked_.free_from(lifetime.taken_from);
    }
    std::vector<std::uint32_t> order() {
        for (std::size_t each = 0; each < all_.size(); ++each) {
            const Lifetime& lifetime = all_[each];
            const std::int64_t taken = taken_[each];
            const bool blocks = lifetime.inserted_until < taken;
            const Phase comes = blocks ? Phase::comes : Phase::comes_and_goes;
            if (lifetime.inserter != no_operation)
                steps_.push_back(
                    {blocks ? lifetime.inserted_until : taken, comes, lifetime.rank, false, lifetime.inserter});
            const Phase leaves = blocks ? Phase::leaves : Phase::comes_and_goes;
            if (lifetime.taker != no_operation) steps_.push_back({taken, leaves, lifetime.rank, true, lifetime.taker});
        }
        std::sort(steps_.begin(), steps_.end());
        std::vector<std::uint32_t> operations;
        for (const Step& each : steps_) operations.push_back(each.operation);
        return operations;
    }

    Contained impossible(std::size_t value) const {
        CHECK(all_[value].taken_until < INT64_MAX); // what nobody must take can wait
        std::vector<Lifetime> core = covering(value, all_[value].taken_from, all_[value].taken_until);
        core.push_back(all_[value]);
        return lifetimes_.impossible(core);
    }
    Contained impossible(const Miss& miss) const {
        const models::Interval& interval = lifetimes_.interval(miss.operation);
        const auto core = covering(all_.size(), interval.invoked.nanoseconds, interval.returned.nanoseconds);
        return lifetimes_.impossible(core, miss.operation);
    }
    // Of the values below, the fewest that leave no instant of [from, until]: always the one that stays longest.
    std::vector<Lifetime> covering(std::size_t below, std::int64_t from, std::int64_t until) const {
        std::vector<Lifetime> chain;
        while (from <= until) {
            const Lifetime* longest = nullptr;
            for (std::size_t each = 0; each < below; ++each)
                if (all_[each].certain_at(from) && (longest == nullptr || all_[each].taken_from > longest->taken_from))
                    longest = &all_[each];
            CHECK(longest != nullptr); // else this instant would have been free
            chain.push_back(*longest);
            from = longest->taken_from;
        }
        return chain;
    }

    const Lifetimes& lifetimes_;
    std::vector<Lifetime> all_; // the least first
    std::vector<std::int64_t> taken_;
    BlockedTimes blocked_;
    std::vector<Step> steps_;
};

} // namespace

Contained order_priority_queue(const Lifetimes& lifetimes) { return PriorityQueueOrder(lifetimes).run(); }

} // namespace orrery::reports::judges::linearizable::containers

// Each end of a lifetime is an interval: some instant of its operation. The ends are narrowed to what the other end
// allows; what a lifetime alone makes impossible is found here.
//
// Help::in_turn. An unknown operation on a queue may have taken a value at any time after it began, or none. Let v1,
// v2,
// ... be the values that no known operation took, in the order of the latest instants at which they can have been put
// in, and r1 <= r2 <= ... the beginnings of the unknown operations that want to take. Claim: if any choice of what they
// took explains the history, then this does: the first takes v1, the second v2, and so on while both last.
//   - A lifetime that ends only becomes easier to place: it no longer covers a miss for ever, and need not come after
//     all that were taken. So as many values are taken as there are operations.
//   - What orders a waiting value before others - a value that was surely put in after it and was taken, a miss that
//     surely comes after it was put in - depends only on when it was put in at the latest, and the earlier that is, the
//     sooner it must be out. So if a value that waits longer is taken by the operation that begins later, the two may
//     change places.
// Example: enqueue 1, enqueue 2, an unknown dequeue, dequeue -> 2. Value 1 waits, and the unknown operation took it.
// Had that begun only after the dequeue -> 2 had returned, nothing could have taken 1 before 2.
#include "orrery/reports/judges/linearizable/containers/lifetimes.h"

#include <algorithm>

#include "orrery/sim/check.h"

namespace orrery::reports::judges::linearizable::containers {

using models::ContainerEffect;

// False if values are not all different, or something is done that this knows nothing of.
bool Lifetimes::collect_one(std::uint32_t operation, std::vector<std::uint32_t>& inserters,
                            std::vector<std::uint32_t>& takers) {
    const ContainerEffect& effect = effects_.all[operation];
    const bool unknown = intervals_[operation].unknown;
    const auto claim = [&](std::vector<std::uint32_t>& of) {
        if (of[effect.value] != no_operation) return false;
        of[effect.value] = operation;
        return true;
    };
    switch (effect.kind) {
    case ContainerEffect::Kind::insert:
        return effect.value >= effects_.initial && claim(inserters);
    case ContainerEffect::Kind::take:
        if (unknown) unknown_takers_.push_back(operation);
        if (unknown || claim(takers)) return true;
        wrong_ = {Contained::Outcome::impossible, {}, {takers[effect.value], operation}}; // taken twice
        return true;
    case ContainerEffect::Kind::miss:
        misses_.push_back({operation, 0});
        return true;
    default:
        return false;
    }
}

void Lifetimes::make_lifetimes(const std::vector<std::uint32_t>& inserters, const std::vector<std::uint32_t>& takers) {
    std::int64_t helped_from = INT64_MAX; // when an unknown operation can first have taken something
    for (const std::uint32_t each : unknown_takers_)
        helped_from = std::min(helped_from, intervals_[each].invoked.nanoseconds);
    for (std::uint32_t value = 0; value < effects_.values; ++value) {
        Lifetime lifetime{.inserter = inserters[value], .taker = takers[value]};
        const bool initial = value < effects_.initial;
        if (lifetime.taker == no_operation && lifetime.inserter != no_operation &&
            intervals_[lifetime.inserter].unknown)
            continue;
        if (lifetime.taker == no_operation && lifetime.inserter == no_operation && !initial) continue;
        if (initial) {
            lifetime.inserted_from = lifetime.inserted_until = INT64_MIN + static_cast<std::int64_t>(value);
        } else if (lifetime.inserter != no_operation) {
            lifetime.inserted_from = intervals_[lifetime.inserter].invoked.nanoseconds;
            lifetime.inserted_until = intervals_[lifetime.inserter].returned.nanoseconds;
        }
        if (lifetime.taker != no_operation) {
            lifetime.taken_from = intervals_[lifetime.taker].invoked.nanoseconds;
            lifetime.taken_until = intervals_[lifetime.taker].returned.nanoseconds;
        } else if (help_ == Help::any) {
            lifetime.taken_from = helped_from;
        }
        if (!effects_.ranks.empty()) lifetime.rank = effects_.ranks[value];
        lifetime.inserted_until = std::min(lifetime.inserted_until, lifetime.taken_until);
        lifetime.taken_from = std::max(lifetime.taken_from, lifetime.inserted_from);
        lifetimes_.push_back(lifetime);
    }
}

void Lifetimes::take_in_turn() {
    CHECK(waiting_.empty());
    for (std::uint32_t each = 0; each < lifetimes_.size(); ++each)
        if (lifetimes_[each].taker == no_operation) waiting_.push_back(each);
    std::stable_sort(waiting_.begin(), waiting_.end(), [&](std::uint32_t a, std::uint32_t b) {
        return lifetimes_[a].inserted_until < lifetimes_[b].inserted_until;
    });
    std::stable_sort(unknown_takers_.begin(), unknown_takers_.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return intervals_[a].invoked < intervals_[b].invoked; });
    for (std::uint32_t turn = 0; turn < waiting_.size(); ++turn) {
        Lifetime& lifetime = lifetimes_[waiting_[turn]];
        lifetime.turn = turn;
        if (turn >= unknown_takers_.size()) continue;
        lifetime.taker = unknown_takers_[turn];
        lifetime.taken_from = std::max(lifetime.inserted_from, intervals_[lifetime.taker].invoked.nanoseconds);
        lifetime.taken_until = INT64_MAX - 1; // at some time, so before all that are never taken
    }
}

Contained Lifetimes::impossible(std::span<const Lifetime> lifetimes, std::uint32_t miss) const {
    Contained found{Contained::Outcome::impossible};
    const auto add = [&](std::uint32_t operation) {
        if (operation != no_operation) found.core.push_back(operation);
    };
    std::size_t turns = 0; // so many other values are taken first by unknown operations
    for (const Lifetime& lifetime : lifetimes) {
        add(lifetime.inserter);
        add(lifetime.taker);
        if (lifetime.turn != no_operation) turns = std::max<std::size_t>(turns, lifetime.turn);
    }
    add(miss);
    if (help_ != Help::none) std::for_each(unknown_takers_.begin(), unknown_takers_.end(), add);
    for (std::size_t turn = 0; turn < std::min(turns, unknown_takers_.size()); ++turn)
        add(lifetimes_[waiting_[turn]].inserter);
    std::sort(found.core.begin(), found.core.end());
    found.core.erase(std::unique(found.core.begin(), found.core.end()), found.core.end());
    return found;
}

// A value that was taken although it was never put in, or before it was.
std::optional<Contained> Lifetimes::find_impossible_lifetime() const {
    for (const Lifetime& lifetime : lifetimes_) {
        const bool initial = lifetime.taker == no_operation || effects_.all[lifetime.taker].value < effects_.initial;
        if (lifetime.inserter == no_operation && !initial) return impossible({&lifetime, 1});
        if (lifetime.taken_until < lifetime.inserted_from) return impossible({&lifetime, 1});
    }
    return std::nullopt;
}

// Gives each miss an instant at which no value is certainly in. Every other value can then be put in after it or
// taken out before it.
std::optional<Contained> Lifetimes::place_misses() {
    if (misses_.empty()) return std::nullopt;
    std::vector<std::pair<std::int64_t, std::int64_t>> covered; // open intervals, apart from each other
    for (const Lifetime& lifetime : lifetimes_)
        if (lifetime.certain()) covered.emplace_back(lifetime.inserted_until, lifetime.taken_from);
    std::sort(covered.begin(), covered.end());
    std::size_t last = 0;
    for (std::size_t each = 1; each < covered.size(); ++each) {
        if (covered[each].first < covered[last].second)
            covered[last].second = std::max(covered[last].second, covered[each].second);
        else
            covered[++last] = covered[each];
    }
    if (!covered.empty()) covered.resize(last + 1);
    for (Miss& miss : misses_) {
        const models::Interval& interval = intervals_[miss.operation];
        miss.instant = interval.invoked.nanoseconds;
        const auto behind = std::partition_point(covered.begin(), covered.end(),
                                                 [&](const auto& each) { return each.first < miss.instant; });
        if (behind != covered.begin()) miss.instant = std::max(miss.instant, (behind - 1)->second);
        if (miss.instant > interval.returned.nanoseconds) return this->covered(miss.operation);
    }
    return std::nullopt;
}

// The fewest values that leave the miss no instant: always the one that stays longest.
Contained Lifetimes::covered(std::uint32_t miss) const {
    std::vector<Lifetime> chain;
    const models::Interval& interval = intervals_[miss];
    for (std::int64_t instant = interval.invoked.nanoseconds; instant <= interval.returned.nanoseconds;) {
        const Lifetime* longest = nullptr;
        for (const Lifetime& lifetime : lifetimes_)
            if (lifetime.certain_at(instant) && (longest == nullptr || lifetime.taken_from > longest->taken_from))
                longest = &lifetime;
        CHECK(longest != nullptr); // else this instant would have been free for the miss
        chain.push_back(*longest);
        instant = longest->taken_from;
    }
    return impossible(chain, miss);
}

bool Lifetimes::collect() {
    std::vector<std::uint32_t> inserters(effects_.values, no_operation);
    std::vector<std::uint32_t> takers(effects_.values, no_operation);
    for (std::uint32_t each = 0; each < effects_.all.size(); ++each)
        if (!collect_one(each, inserters, takers)) return false;
    if (wrong_) {
        const std::uint32_t inserter = inserters[effects_.all[wrong_->core[0]].value];
        if (inserter != no_operation) wrong_->core.push_back(inserter);
        std::sort(wrong_->core.begin(), wrong_->core.end());
    }
    make_lifetimes(inserters, takers);
    CHECK(lifetimes_.size() <= effects_.values);
    if (help_ == Help::in_turn) take_in_turn();
    return true;
}

bool Lifetimes::read(Help help) {
    CHECK(lifetimes_.empty());
    CHECK(intervals_.size() == effects_.all.size());
    CHECK(help != Help::in_turn || effects_.discipline == models::Discipline::first_in_first_out);
    help_ = help;
    if (!collect()) return false;
    if (!wrong_) wrong_ = find_impossible_lifetime();
    if (!wrong_) wrong_ = place_misses();
    return true;
}

} // namespace orrery::reports::judges::linearizable::containers

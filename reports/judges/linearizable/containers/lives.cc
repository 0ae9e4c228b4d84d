#include "orrery/reports/judges/linearizable/containers/lives.h"

#include <algorithm>

namespace orrery::reports::judges {

using models::Handling;

// False if values are not all different, or something is done that this knows nothing of.
bool Lives::collect_one(std::uint32_t operation, std::vector<std::uint32_t>& inserters,
                        std::vector<std::uint32_t>& takers) {
    const Handling& handling = contents_.all[operation];
    const bool unknown = intervals_[operation].unknown;
    const auto claim = [&](std::vector<std::uint32_t>& of) {
        if (of[handling.value] != nobody) return false;
        of[handling.value] = operation;
        return true;
    };
    switch (handling.kind) {
    case Handling::Kind::insert:
        return handling.value >= contents_.initial && claim(inserters);
    case Handling::Kind::take:
        if (unknown) unknown_takers_.push_back(operation);
        if (unknown || claim(takers)) return true;
        wrong_ = {Contained::Outcome::impossible, {}, {takers[handling.value], operation}}; // taken twice
        return true;
    case Handling::Kind::miss:
        misses_.push_back({operation, 0});
        return true;
    default:
        return false;
    }
}

void Lives::make_lives(const std::vector<std::uint32_t>& inserters, const std::vector<std::uint32_t>& takers) {
    std::int64_t helped_from = INT64_MAX; // when an unknown operation can first have taken something
    for (const std::uint32_t each : unknown_takers_)
        helped_from = std::min(helped_from, intervals_[each].invoked.nanoseconds);
    for (std::uint32_t value = 0; value < contents_.values; ++value) {
        Life life{.inserter = inserters[value], .taker = takers[value]};
        const bool initial = value < contents_.initial;
        if (life.taker == nobody && life.inserter != nobody && intervals_[life.inserter].unknown) continue;
        if (life.taker == nobody && life.inserter == nobody && !initial) continue;
        if (initial) {
            life.born_from = life.born_until = INT64_MIN + static_cast<std::int64_t>(value);
        } else if (life.inserter != nobody) {
            life.born_from = intervals_[life.inserter].invoked.nanoseconds;
            life.born_until = intervals_[life.inserter].returned.nanoseconds;
        }
        if (life.taker != nobody) {
            life.gone_from = intervals_[life.taker].invoked.nanoseconds;
            life.gone_until = intervals_[life.taker].returned.nanoseconds;
        } else if (taken_by_unknown_) {
            life.gone_from = helped_from;
        }
        life.born_until = std::min(life.born_until, life.gone_until);
        life.gone_from = std::max(life.gone_from, life.born_from);
        lives_.push_back(life);
    }
}

Contained Lives::impossible(std::span<const Life> lives, std::uint32_t miss) const {
    Contained found{Contained::Outcome::impossible};
    for (const Life& life : lives)
        for (const std::uint32_t each : {life.inserter, life.taker})
            if (each != nobody) found.core.push_back(each);
    if (miss != nobody) found.core.push_back(miss);
    if (taken_by_unknown_) found.core.insert(found.core.end(), unknown_takers_.begin(), unknown_takers_.end());
    std::sort(found.core.begin(), found.core.end());
    return found;
}

// A value that was taken although nobody had put it in, or before anybody had.
std::optional<Contained> Lives::find_impossible_life() const {
    for (const Life& life : lives_) {
        const bool initial = life.taker == nobody || contents_.all[life.taker].value < contents_.initial;
        if (life.inserter == nobody && !initial) return impossible({&life, 1});
        if (life.gone_until < life.born_from) return impossible({&life, 1});
    }
    return std::nullopt;
}

// Gives each miss an instant at which no value is certainly in. Every other value can then be put in after it or
// taken out before it.
std::optional<Contained> Lives::place_misses() {
    if (misses_.empty()) return std::nullopt;
    std::vector<std::pair<std::int64_t, std::int64_t>> covered; // open intervals, apart from each other
    for (const Life& life : lives_)
        if (life.certain()) covered.emplace_back(life.born_until, life.gone_from);
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
Contained Lives::covered(std::uint32_t miss) const {
    std::vector<Life> chain;
    const models::Interval& interval = intervals_[miss];
    for (std::int64_t instant = interval.invoked.nanoseconds; instant <= interval.returned.nanoseconds;) {
        const Life* longest = nullptr;
        for (const Life& life : lives_)
            if (life.certain_at(instant) && (longest == nullptr || life.gone_from > longest->gone_from))
                longest = &life;
        chain.push_back(*longest);
        instant = longest->gone_from;
    }
    return impossible(chain, miss);
}

bool Lives::collect() {
    std::vector<std::uint32_t> inserters(contents_.values, nobody);
    std::vector<std::uint32_t> takers(contents_.values, nobody);
    for (std::uint32_t each = 0; each < contents_.all.size(); ++each)
        if (!collect_one(each, inserters, takers)) return false;
    if (wrong_) {
        const std::uint32_t inserter = inserters[contents_.all[wrong_->core[0]].value];
        if (inserter != nobody) wrong_->core.push_back(inserter);
        std::sort(wrong_->core.begin(), wrong_->core.end());
    }
    make_lives(inserters, takers);
    return true;
}

bool Lives::read(bool taken_by_unknown) {
    taken_by_unknown_ = taken_by_unknown;
    if (!collect()) return false;
    if (!wrong_) wrong_ = find_impossible_life();
    if (!wrong_) wrong_ = place_misses();
    return true;
}

} // namespace orrery::reports::judges

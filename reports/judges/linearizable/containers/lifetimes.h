// Lifetimes: when each value of a queue, a stack or a priority queue was in: from the operation that put it in to the
// one that took it out.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "orrery/reports/judges/linearizable/containers/containers.h"

namespace orrery::reports::judges::linearizable::containers {

constexpr std::uint32_t no_operation = UINT32_MAX;

// It is put in at some instant of [inserted_from, inserted_until] and taken out at one of [taken_from, taken_until]:
// both begin no sooner and end no later than the other allows. During the open interval (inserted_until, taken_from) it
// is certainly in; there is none if the one comes after the other.
struct Lifetime {
    std::int64_t inserted_from = INT64_MIN;
    std::int64_t inserted_until = INT64_MAX;
    std::int64_t taken_from = INT64_MAX; // never taken: both are INT64_MAX
    std::int64_t taken_until = INT64_MAX;
    std::uint32_t inserter = no_operation; // no_operation: it was in at the start
    std::uint32_t taker = no_operation;
    std::uint32_t rank = 0;            // of its value, where the effects have ranks
    std::uint32_t turn = no_operation; // Help::in_turn, and no known operation took it: its place among such values

    bool certain() const { return inserted_until < taken_from; }
    bool certain_at(std::int64_t instant) const { return inserted_until < instant && instant < taken_from; }
};

// An attempt to take that found nothing: there is an instant, in its interval, at which no value is in.
struct Miss {
    std::uint32_t operation = no_operation;
    std::int64_t instant = 0;
};

class Lifetimes {
public:
    Lifetimes(std::span<const models::Interval> intervals, const models::ContainerEffects& effects)
        : intervals_(intervals), effects_(effects) {}

    // What unknown operations took of the values that no known one took.
    enum class Help : std::uint8_t {
        none,
        any,    // each may have taken any, and as many as it likes: more than is possible, so only `impossible` counts
        in_turn // of a queue: see lifetimes.cc
    };

    // Reads the operations. False if they have no lifetimes: values came twice, or other things were done.
    bool read(Help help);
    // What a single lifetime shows, or the values that leave no instant to a miss. Nothing: go on.
    const std::optional<Contained>& wrong() const { return wrong_; }

    const std::vector<Lifetime>& all() const { return lifetimes_; }
    const std::vector<Miss>& misses() const { return misses_; }
    const models::Interval& interval(std::uint32_t operation) const { return intervals_[operation]; }
    bool has_unknown_takers() const { return !unknown_takers_.empty(); }
    // The operations that show a violation: of these lifetimes, and the unknown ones that could have helped.
    Contained impossible(std::span<const Lifetime> lifetimes, std::uint32_t miss = no_operation) const;

private:
    bool collect();
    void take_in_turn();
    bool collect_one(std::uint32_t operation, std::vector<std::uint32_t>& inserters,
                     std::vector<std::uint32_t>& takers);
    void make_lifetimes(const std::vector<std::uint32_t>& inserters, const std::vector<std::uint32_t>& takers);
    std::optional<Contained> find_impossible_lifetime() const;
    std::optional<Contained> place_misses();
    Contained covered(std::uint32_t miss) const;

    std::span<const models::Interval> intervals_;
    const models::ContainerEffects& effects_;
    Help help_ = Help::none;
    std::vector<Lifetime> lifetimes_;
    std::vector<std::uint32_t> waiting_; // in_turn: the lifetimes without a known taker, in their turns
    std::vector<Miss> misses_;
    std::vector<std::uint32_t> unknown_takers_;
    std::optional<Contained> wrong_;
};

} // namespace orrery::reports::judges::linearizable::containers

// Lives: the values of a queue or a stack, each from the operation that put it in to the one that took it out.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "orrery/reports/judges/linearizable/containers/containers.h"

namespace orrery::reports::judges {

constexpr std::uint32_t nobody = UINT32_MAX;

// It is put in at some instant of [born_from, born_until] and taken out at one of [gone_from, gone_until]: both
// begin no sooner and end no later than the other allows. During the open interval (born_until, gone_from)
// it is certainly in; there is none if the one comes after the other.
struct Life {
    std::int64_t born_from = INT64_MIN;
    std::int64_t born_until = INT64_MAX;
    std::int64_t gone_from = INT64_MAX; // never taken: both are INT64_MAX
    std::int64_t gone_until = INT64_MAX;
    std::uint32_t inserter = nobody; // nobody: it was in at the start
    std::uint32_t taker = nobody;

    bool certain() const { return born_until < gone_from; }
    bool certain_at(std::int64_t instant) const { return born_until < instant && instant < gone_from; }
};

// An attempt to take that found nothing: there is an instant, in its interval, at which no value is in.
struct Miss {
    std::uint32_t operation = nobody;
    std::int64_t instant = 0;
};

class Lives {
public:
    Lives(std::span<const models::Interval> intervals, const models::Contents& contents)
        : intervals_(intervals), contents_(contents) {}

    // Reads the operations. False if they have no lives: values came twice, or other things were done. With
    // `taken_by_unknown`, values that nobody took may have been taken by any unknown operation: that allows more than
    // is possible, so that only `impossible` means anything.
    bool read(bool taken_by_unknown);
    // What a single life shows, or the values that leave no instant to a miss. Nothing: go on.
    const std::optional<Contained>& wrong() const { return wrong_; }

    const std::vector<Life>& all() const { return lives_; }
    const std::vector<Miss>& misses() const { return misses_; }
    bool has_unknown_takers() const { return !unknown_takers_.empty(); }
    // The operations that show a violation: of these lives, and the unknown ones that could have helped.
    Contained impossible(std::span<const Life> lives, std::uint32_t miss = nobody) const;

private:
    bool collect();
    bool collect_one(std::uint32_t operation, std::vector<std::uint32_t>& inserters,
                     std::vector<std::uint32_t>& takers);
    void make_lives(const std::vector<std::uint32_t>& inserters, const std::vector<std::uint32_t>& takers);
    std::optional<Contained> find_impossible_life() const;
    std::optional<Contained> place_misses();
    Contained covered(std::uint32_t miss) const;

    std::span<const models::Interval> intervals_;
    const models::Contents& contents_;
    bool taken_by_unknown_ = false;
    std::vector<Life> lives_;
    std::vector<Miss> misses_;
    std::vector<std::uint32_t> unknown_takers_;
    std::optional<Contained> wrong_;
};

} // namespace orrery::reports::judges

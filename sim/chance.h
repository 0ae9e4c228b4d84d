// Chance: the one place where a run decides what could have gone otherwise.
//
// A draw is a pure function of seed, event, site, and how often this event drew at this site. There is no generator
// with a state, so there is nothing to restart or to copy, and no draw shifts another one. An event keeps its draws
// under every edit outside its causal past:
//
//     event 7 draws "latency" -> 3, "latency" -> 9       count 0, count 1
//     event 8 draws "latency" -> 5                       stays 5 if event 7 draws once more, or never
//
// An override replaces the outcome of one draw. A fixed draw replaces all of a site, everywhere or on one host: with
// "latency" fixed in the middle all messages take the same time. A reseed changes the seed for every later draw, and
// none is fixed from then on: what may come is open again.
#pragma once

#include <cstdint>
#include <set>
#include <string_view>
#include <vector>

#include "orrery/sim/check.h"
#include "orrery/sim/types.h"

namespace orrery::sim {

__extension__ using Wide = unsigned __int128;

// Multiplies to 128 bits and folds the halves: the mixing step of wyhash (Wang Yi, public domain).
constexpr std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}
// A well mixed 64-bit function of two words: two folds, so that no single zero factor erases both.
constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    return fold(fold(a ^ 0xa0761d6478bd642fu, b ^ 0xe7037ed1a0b428dbu) ^ 0x8ebc6af09c88c6e3u,
                a ^ b ^ 0x589965cc75374cc3u);
}
constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b, std::uint64_t c) { return mix(mix(a, b), c); }

// Replaces the outcome that the seed gives to one draw.
struct Override {
    std::uint64_t event = 0;
    std::uint64_t site = 0; // Site::hash
    std::uint32_t count = 0;
    std::uint64_t outcome = 0;
    std::uint64_t choices = 0; // the n it was chosen from
    bool operator==(const Override&) const = default;
};

// From `time` on, every draw uses the seed mixed with `salt`.
struct Reseed {
    WorldTime time{};
    std::uint64_t salt = 0;
    bool operator==(const Reseed&) const = default;
};

// Who draws, where it matters; the index of a host.
constexpr std::uint32_t nobody = UINT32_MAX;

// Every draw at a site has the same outcome.
struct FixedDraw {
    std::uint64_t site = 0;      // Site::hash
    std::uint32_t host = nobody; // nobody: on every host that has none of its own
    std::uint32_t percent = 0;   // how far along its choices: 0 is the first, 100 the last
    bool operator==(const FixedDraw&) const = default;
};

// A site at which a host drew.
struct DrawnSite {
    std::string_view name;
    std::uint32_t host = nobody; // nobody: the world
    auto operator<=>(const DrawnSite&) const = default;
};

class Chance {
public:
    explicit Chance(std::uint64_t seed, std::vector<Override> overrides = {}, std::vector<FixedDraw> fixed = {});

    // One of 0 .. n-1; n > 0. Multiply-shift, no rejection: the bias is below n / 2^64.
    [[gnu::always_inline]] std::uint64_t draw(std::uint64_t event, const Site& site, std::uint32_t count,
                                              std::uint64_t n, std::uint32_t host = nobody) {
        const std::uint64_t outcome = outcome_of(event, site, count, n);
        if (is_edited_) [[unlikely]]
            return edited(event, site, count, n, outcome, host);
        return outcome;
    }
    // True with the given probability. No such draw is fixed: it would happen always, or never.
    bool happens(std::uint64_t event, const Site& site, std::uint32_t count, Ratio probability) {
        const std::uint64_t outcome = outcome_of(event, site, count, probability.denominator);
        const bool is_plain = overrides_.empty();
        return (is_plain ? outcome : overridden(event, site, count, probability.denominator, outcome)) <
               probability.numerator;
    }
    void reseed(std::uint64_t salt) {
        seed_ = mix(seed_, salt);
        fixed_.clear();
    }
    std::uint64_t seed() const { return seed_; }

    // Overrides that met no draw, or a draw among another number of choices.
    std::vector<Override> unmet() const;
    // From now on it is kept who drew where. What `happens` is left out.
    void record_sites() { is_edited_ = records_sites_ = true; }
    const std::set<DrawnSite>& sites() const { return sites_; }

private:
    [[gnu::always_inline]] std::uint64_t outcome_of(std::uint64_t event, const Site& site, std::uint32_t count,
                                                    std::uint64_t n) const {
        CHECK(n > 0);
        const std::uint64_t raw = mix(seed_ ^ event, site.hash + count);
        return static_cast<std::uint64_t>((static_cast<Wide>(raw) * n) >> 64);
    }
    std::uint64_t edited(std::uint64_t event, const Site& site, std::uint32_t count, std::uint64_t n,
                         std::uint64_t otherwise, std::uint32_t host);
    std::uint64_t fixed(const Site& site, std::uint64_t n, std::uint64_t otherwise, std::uint32_t host) const;
    std::uint64_t overridden(std::uint64_t event, const Site& site, std::uint32_t count, std::uint64_t n,
                             std::uint64_t otherwise);

    std::uint64_t seed_;
    std::vector<Override> overrides_; // sorted by (event, site, count)
    std::vector<bool> met_;
    std::vector<FixedDraw> fixed_;
    bool is_edited_ = false;
    bool records_sites_ = false;
    std::set<DrawnSite> sites_;
};

} // namespace orrery::sim

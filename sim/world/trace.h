// Trace: the fingerprint of a run. One digest per host over what happened there - time, identity,
// kind, payload, notes and states, never slots, addresses or sequence numbers - and up to 64
// checkpoints, so that two runs that should agree and do not are localised to a host and an
// interval. Recording never changes it.
#pragma once

#include <cstdint>
#include <vector>

#include "orrery/sim/chance.h"
#include "orrery/sim/types.h"

namespace orrery::sim::world {

struct Checkpoint {
    std::uint64_t events = 0;
    WorldTime time{};
    std::vector<std::uint64_t> hosts; // digest per host
    bool operator==(const Checkpoint&) const = default;
};

class Trace {
public:
    static constexpr std::size_t checkpoints_max = 64;
    static constexpr std::uint64_t interval_first = 256;

    // A step of a hash over a row of words: no zero of one erases what was before it.
    static constexpr std::uint64_t follow(std::uint64_t hash, std::uint64_t word) {
        return fold(hash ^ 0xa0761d6478bd642fu, word ^ 0xe7037ed1a0b428dbu) + (hash << 1 | hash >> 63);
    }
    void resize(std::size_t hosts) { hosts_.resize(hosts, 0x4f72726572790002u); }
    void add(std::uint32_t host, std::uint64_t a, std::uint64_t b) {
        std::uint64_t& digest = hosts_[host];
        digest = fold(digest ^ a ^ 0xa0761d6478bd642fu, b ^ 0xe7037ed1a0b428dbu) + (digest << 1 | digest >> 63);
    }
    // Call when `events` has reached next_checkpoint().
    void checkpoint(std::uint64_t events, WorldTime time) {
        checkpoints_.push_back({events, time, hosts_});
        if (checkpoints_.size() == checkpoints_max) {
            // Keep every second one and wait twice as long from now on.
            for (std::size_t i = 0; i < checkpoints_max / 2; ++i) checkpoints_[i] = std::move(checkpoints_[2 * i + 1]);
            checkpoints_.resize(checkpoints_max / 2);
            interval_ *= 2;
        }
        next_ = checkpoints_.back().events + interval_;
    }
    std::uint64_t next_checkpoint() const { return next_; }
    const std::vector<Checkpoint>& checkpoints() const { return checkpoints_; }
    const std::vector<std::uint64_t>& hosts() const { return hosts_; }
    std::uint64_t digest() const {
        std::uint64_t all = 0x4f72726572790003u;
        for (const std::uint64_t host : hosts_) all = mix(all, host);
        return all;
    }

private:
    std::vector<std::uint64_t> hosts_;
    std::vector<Checkpoint> checkpoints_;
    std::uint64_t interval_ = interval_first;
    std::uint64_t next_ = interval_first;
};

} // namespace orrery::sim::world

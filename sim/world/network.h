// The state of links that differ from plain ones: cuts and rates, as counted layers that faults add
// and take away. Links that no fault ever touched have no state and cost nothing.
//
// A datagram is affected by a cut iff its link was cut at any instant from its sending to its
// arrival: a link keeps how often it was cut, and a message remembers that number.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "orrery/sim/world/event.h"

namespace orrery::sim::world {

// Where chance decides about messages: keyed by the message's own identity.
namespace link_sites {
inline constexpr Site latency{"latency"};
inline constexpr Site slowest{"slowest"}; // of a link, keyed by its ends
inline constexpr Site loss{"loss"};
inline constexpr Site duplication{"duplication"};
inline constexpr Site delay{"delay"};
inline constexpr Site delay_length{"delay_length"};
} // namespace link_sites

enum class CutMode : std::uint8_t { drop, hold };
enum class RateKind : std::uint8_t { loss, duplication, delay };

struct Rate {
    RateKind kind{};
    Ratio probability{};
    Duration delay_max{}; // delay: a hit waits for up to this much longer
    FaultId fault = 0;
};

struct Cut {
    CutMode mode{};
    FaultId fault = 0;
    std::uint64_t number = 0; // among the cuts of its link, from 1
};

struct Link {
    std::vector<Cut> cuts;   // the layers now in force
    std::uint64_t epoch = 0; // how many cuts there ever were
    Cut last{};              // the cut that messages of an earlier epoch met
    Cut dropped{};           // the last one that drops
    std::vector<Rate> rates;
    std::vector<Event*> held; // in the order in which they were held

    bool is_cut() const { return !cuts.empty(); }
    // The layer that tells whose work a wait is: the youngest in force, or the last there was.
    const Cut& latest() const { return cuts.empty() ? last : cuts.back(); }
    // As seen by a message that leaves now: every cut with a higher number meets it. A layer in force
    // that drops meets it already.
    std::uint64_t epoch_of_departure() const {
        for (const Cut& cut : cuts)
            if (cut.mode == CutMode::drop) return cut.number - 1;
        return epoch;
    }
};

class Network {
public:
    bool is_plain() const { return links_.empty(); }
    Link* find(HostIndex from, HostIndex to) {
        const auto found = links_.find({from, to});
        return found == links_.end() ? nullptr : &found->second;
    }
    void cut(HostIndex from, HostIndex to, Cut layer) {
        Link& link = links_[{from, to}];
        layer.number = ++link.epoch;
        link.cuts.push_back(layer);
        link.last = layer;
        if (layer.mode == CutMode::drop) link.dropped = layer;
    }
    // Takes away the layers of `fault`; true if the link is whole again by that.
    bool heal(HostIndex from, HostIndex to, FaultId fault) {
        Link* link = find(from, to);
        if (link == nullptr || link->cuts.empty()) return false;
        std::erase_if(link->cuts, [&](const Cut& cut) { return cut.fault == fault; });
        return link->cuts.empty();
    }
    void add_rate(HostIndex from, HostIndex to, Rate rate) { links_[{from, to}].rates.push_back(rate); }
    void remove_rates(HostIndex from, HostIndex to, FaultId fault) {
        if (Link* link = find(from, to))
            std::erase_if(link->rates, [&](const Rate& rate) { return rate.fault == fault; });
    }
    std::map<std::pair<HostIndex, HostIndex>, Link>& links() { return links_; }

private:
    std::map<std::pair<HostIndex, HostIndex>, Link> links_;
};

} // namespace orrery::sim::world

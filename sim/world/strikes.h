// Strikes: single messages, to each of which a fault does one thing. A message is named by what a person can say of it,
// the nth of its label on its link since the start of the run:
//
//     server2>server0:raft.vote_reply:3
//
// or the nth since a later moment, so that what happened long before does not change which one it is.
//
// And the other way round: the record, under such names, of the messages that rules and dropping cuts changed. So a
// rate that hit a thousand messages can be told as single strikes, of which few matter.
//
// Nothing is counted in a world in which nobody strikes and nobody records.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "orrery/sim/world/event.h"
#include "orrery/sim/world/watch.h"

namespace orrery::sim::world {

// What becomes of a message, by a rule of its link or by a strike.
enum class RuleKind : std::uint8_t { loss, duplication, delay };

struct Strike {
    RuleKind kind{};
    Duration longer{};      // delay: by exactly so much
    std::uint32_t twin = 0; // duplication: which twin comes as well; each has an identity and a latency of its own
    bool operator==(const Strike&) const = default;
};

// A message that was struck, or that a rule or a dropping cut changed as if it had been.
struct StruckMessage {
    FaultId fault = 0; // whose rule or cut it was
    Strike strike{};
    HostIndex from = 0;
    HostIndex to = 0;
    std::string label;
    std::uint64_t nth = 0;       // of those of its label on its link
    WorldTime since{};           // the beginning of the millisecond in which it left ...
    std::uint64_t nth_since = 0; // ... and its number from there on
    WorldTime time{};            // when it happened to the message: as it left, or as it met the cut
    std::uint64_t event = 0;     // the identity of the message
    bool operator==(const StruckMessage&) const = default;
};

class Strikes {
public:
    static constexpr HostIndex any = UINT32_MAX; // as the host of a watch

    struct Armed {
        Strike strike{};
        FaultId fault = 0;
        std::function<bool()> begins; // called when the message leaves: whether it is still to be struck
    };

    void add(const MessageWatch& which, Armed armed);
    void start_recording() { is_recording_ = true; }
    bool is_recording() const { return is_recording_; }

    // A message leaves for the first time. What strikes it, in the order in which it was added, until the next leaves.
    const std::vector<const Armed*>& message_leaves(const Event& event, WorldTime now);
    // Links can do nothing more to it.
    void message_arrived(std::uint64_t event) {
        if (is_recording_) under_way_.erase(event);
    }

    // --- the record ---
    void record(const Event& event, const Strike& strike, FaultId fault, WorldTime now);
    // The twin leaves that was just recorded.
    void record_twin(const Event& event, std::uint64_t twin);
    std::vector<StruckMessage> take_struck();

private:
    // Of the messages of one label: those on one link, or between any two hosts, from a moment on.
    struct Counter {
        HostIndex from = any;
        HostIndex to = any;
        WorldTime since{};
        std::uint64_t count = 0;
        std::multimap<std::uint64_t, Armed> strikes{}; // by the number of the message
    };
    // A message that may still meet a cut.
    struct UnderWay {
        std::uint64_t nth = 0;
        WorldTime since{};
        std::uint64_t nth_since = 0;
        std::size_t doubling = SIZE_MAX; // of a twin: the place of its doubling in the record
    };
    // How many messages of a label left on a link: in all, and in the last millisecond in which any did.
    struct Departures {
        std::uint64_t count = 0;
        WorldTime since{};
        std::uint64_t count_since = 0;
    };
    Counter& counter(const MessageWatch& which);
    void note_departure(const Event& event, WorldTime now);

    std::map<std::uint64_t, std::vector<Counter>> counters_; // by the hash of their label
    std::vector<const Armed*> due_;
    bool is_recording_ = false;
    std::map<std::tuple<HostIndex, HostIndex, std::uint64_t>, Departures> departures_; // by sender, receiver, label
    std::map<std::uint64_t, UnderWay> under_way_;                                      // by identity
    std::vector<StruckMessage> struck_;
};

} // namespace orrery::sim::world

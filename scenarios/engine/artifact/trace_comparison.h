// Where two traces of one input part: the first event that one run began and the other did not, or in which the two did
// not do the same. One trace was written by the source that made the repro, the other by this one, so their difference
// is what the changes between the two sources did to the run.
//
// Runs agree from their start up to that event, and what differs later follows from it or from another such change.
// Hosts are compared by their names.
#pragma once

#include <optional>
#include <string>

#include "orrery/scenarios/engine/artifact/trace_file.h"

namespace orrery::scenarios::engine {

// A trace that was read back.
struct KeptTrace {
    TraceHead head{};
    reports::trace::Recording recording{};
};
sim::Checked<KeptTrace> read_kept_trace(const std::string& file);

struct Parted {
    // Of one of the two runs.
    struct Side {
        std::optional<reports::trace::Step> step{}; // the event; none: the run has ended
        std::optional<reports::trace::Row> row{};   // what it showed there first that the other did not; none: nothing
        std::string host{};                         // where the event acts; empty: at no host
        std::string shown{};                        // the row in words
        std::string cause{};                        // what the event's cause showed first, in words; empty: nothing

        // "event 0123456789abcdef at 1.322 s on server1, caused by ..."
        std::string text() const;
    };
    std::uint64_t agreed = 0; // so many events are the same in both
    bool same_event = false;  // both began this event, and did not do the same in it
    Side then{};
    Side now{};

    std::string text() const; // several lines
};
// Nothing if they are the same.
std::optional<Parted> parted(const KeptTrace& then, const KeptTrace& now);

} // namespace orrery::scenarios::engine

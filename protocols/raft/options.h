// What may be set of a core. All members of a cluster are set alike, but for `self`.
#pragma once

#include "orrery/protocols/raft/configuration.h"

namespace orrery::raft {

struct CoreOptions {
    Member self = 0;
    Member count = 3;
    std::uint32_t election_ticks = 8; // without a leader before it campaigns; at most twice as many
    std::uint32_t heartbeat_ticks = 2;
    std::size_t batch = 256;                      // most entries of one append
    std::size_t append_bytes_max = 32 << 10;      // of the commands of one append, unless it is a single one
    std::size_t in_flight_max = 64;               // appends to a member that replicates, which it has not answered
    std::size_t in_flight_bytes_max = 1 << 20;    // and the bytes of their commands; one always may be under way
    std::size_t uncommitted_bytes_max = 64 << 20; // of commands: a leader takes no more before some are committed
    std::uint64_t chunk_bytes = 32 << 10;         // of a snapshot
    std::uint64_t chunk_window = 8;               // chunks under way to one member
    // Section 9.6 of the dissertation: before it campaigns it asks whether it would be elected, so that a member that
    // was cut off and comes back deposes no leader. Members that hear from a leader say no, so without check_quorum a
    // leader that can send but not hear keeps its followers for ever.
    bool pre_vote = false;
    // Section 6.2: a leader that a majority does not answer for election_ticks steps down. Section 4.2.3: who has heard
    // from a leader in its last election_ticks ignores candidates.
    bool check_quorum = false;
    // Section 6.4.1: a leader answers reads without asking anyone while a majority has promised to elect nobody else.
    // It is safe if in the time of election_ticks of one member at least 7/8 of that many pass at any other, and if
    // `tick` has counted what passed before each `read`. Only with check_quorum, which is the promise.
    bool lease_reads = false;
    // A member that does not lead gives what is proposed there to the leader. It may come into the log twice, or nobody
    // may learn that it has: commands must be such that this does no harm.
    bool forwards = false;
    std::uint32_t rank = 0; // so many election timeouts it waits longer than others before it campaigns
    // Voters that keep no data. A witness votes and acknowledges entries, of which it gets the terms and digests only;
    // it never campaigns, answers no reads and has no snapshot to give. Those who do
    // are a majority by themselves: configurations of which that is not true are refused.
    Members witnesses{};
    Configuration first{}; // who belongs to the cluster before any change; if it has no voters, all are
};

} // namespace orrery::raft

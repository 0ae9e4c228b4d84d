// Storage: term, vote and log on the disk, as records of one journal, so that one sync makes all of a round durable.
//
// A record is the hard state, the entries of one write with the index of the first, or a beginning: the log is empty up
// to that index, because a snapshot has taken its place. Reading goes through the records in order: entries take the
// place of those with their indexes and of all behind them. Each segment begins with the hard state, so that those
// before it can go.
//
//     hard 1/s0   entries 1..2   hard 2/s1   entry 2 (of term 2)   begins after 9   entries 10..14
#pragma once

#include <optional>
#include <vector>

#include "orrery/protocols/raft/log.h"
#include "orrery/protocols/replication/journal.h"
#include "orrery/sim/env.h"

namespace orrery::raft {

class Storage {
public:
    using Damage = replication::Journal::Damage;
    struct Recovered {
        HardState hard;
        std::vector<Entry> entries;   // behind the mark
        std::uint64_t torn = 0;       // bytes after the last whole record: cut off
        std::optional<Damage> damage; // then there is nothing else, and nothing may be written
    };
    // The last entry that the newest snapshot holds.
    struct Start {
        Index index = 0;
        Term term = 0;
    };
    Storage(sim::Env& env, std::string owner) : journal_(env, "raft.log", std::move(owner)) {}

    // Errors, here and below: of the disk.
    sim::Result<Recovered> open(Start start);
    // Writes the hard state if it is another than before, and the entries behind log.stable() up to `last`. Durable
    // after sync.
    sim::Status write(const HardState& hard, const Log& log, Index last) {
        add(hard, log, last);
        return journal_.write();
    }
    sim::Status sync() {
        const sim::Status synced = journal_.sync();
        is_begun_ = is_begun_ || synced.ok();
        return synced;
    }
    // A snapshot has taken the place of all that was written, up to `start`.
    void begin_after(Start start);
    // Begins a new segment, if the present one is worth it.
    sim::Status roll();
    // A snapshot up to `index` is durable: segments that only say what was before go. May run while others of these
    // calls do, but one at a time.
    sim::Status drop(Index index);

private:
    struct Segment {
        std::uint64_t number = 0;
        Index last = 0; // the highest index of its entries
    };
    void add(const HardState& hard, const Log& log, Index last);
    void append_hard();
    void write_entries(const Log& log, Index first, Index last);

    replication::Journal journal_;
    HardState hard_;
    std::vector<Segment> segments_;
    bool is_begun_ = false; // the last segment is durable as far as its hard state
};

} // namespace orrery::raft

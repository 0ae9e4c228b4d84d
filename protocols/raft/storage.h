// Storage: term, vote and log on the disk.
//
// raft.state has two slots of one sector, written in turn: a crash in the middle of a write leaves the other slot
// whole. raft.log is a sequence of records (length, checksum, index, term, command), of indexes 1, 2, 3 and so on.
// Reading stops at the first record that is not whole, does not follow, or is zero: a torn tail, or a size that grew
// without its content. A record's checksum covers the checksum of the record before it, so that a record left over
// from before a truncation never follows one that was written after it.
#pragma once

#include <vector>

#include "orrery/protocols/raft/log.h"
#include "orrery/sim/env.h"

namespace orrery::raft {

class Storage {
public:
    struct Recovered {
        HardState hard;
        std::vector<Entry> entries;
        std::uint64_t torn = 0; // bytes after the last whole record: cut off
    };
    explicit Storage(sim::Env& env) : env_(env) {}

    sim::Result<Recovered> open();
    // Written, but not durable before sync_hard.
    sim::Status write_hard(const HardState& hard);
    // Makes the file hold the log's entries up to `last`, and no others. Those up to log.stable() are in it already.
    // Durable after sync_entries.
    sim::Status write_entries(const Log& log, Index last);
    sim::Status sync_hard() { return state_.sync(); }
    sim::Status sync_entries() { return log_.sync(); }

private:
    sim::Status read_hard(HardState& hard);
    sim::Status read_entries(Recovered& recovered);

    sim::Env& env_;
    sim::File state_;
    sim::File log_;
    std::uint64_t sequence_ = 0; // of the last write of raft.state: its lowest bit is the slot
    struct Mark {
        std::uint64_t end = 0; // of the record in the file, in bytes
        std::uint64_t checksum = 0;
    };
    std::vector<Mark> marks_; // of each record in the file
};

} // namespace orrery::raft

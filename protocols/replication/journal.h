// A journal: records that were written one after the other, in files of bounded size (segments), so that old ones can
// be dropped. What is read back after a crash is the records up to some point at or after the last sync.
//
// A segment NAME.NUMBER is a sequence of frames; the first says which format this is and whose journal. Each frame
// holds how many syncs had been done when it was written. That tells a torn tail from corruption: a frame that is not
// whole, and nothing behind it that was written after a later sync, is the torn end of what was never synced, and is
// cut off. If something behind it was written later, what is damaged had been durable, and the journal cannot be used.
// (The idea after Alagappan and others, Protocol-Aware Recovery for Consensus-Based Storage, FAST 2018. Damage to the
// records of the last sync cannot be told from a torn tail and is taken for one.)
//
//     segment 7:  [header 7] [a, 12 syncs] [b, 12 syncs] [c, 13 syncs] [torn
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "orrery/sim/env.h"

namespace orrery::replication {

class Journal {
public:
    static constexpr std::uint32_t format = 1;

    // Why a journal cannot be used.
    struct Damage {
        enum class Cause : std::uint8_t {
            corrupt, // at `offset` of `file`: a record that was durable is not whole
            missing, // a segment is not there: `file`
            foreign, // `file` is the journal of `found`
            newer,   // `file` is of format `found`
        };
        Cause cause = Cause::corrupt;
        std::string file;
        std::uint64_t offset = 0;
        std::string found{};
        std::string expected{};
    };
    struct Opened {
        std::vector<sim::Bytes> records;
        std::uint64_t torn = 0;       // bytes that were cut off
        std::optional<Damage> damage; // then there are no records, and nothing may be written
    };

    // `owner` is whoever may use it, in words: it is compared whole.
    Journal(sim::Env& env, std::string name, std::string owner);

    // Reads all there is, and makes it durable: what a process wrote and crashed before it synced can be read now, and
    // could still be lost with the next loss of power. Errors: of the disk.
    sim::Result<Opened> open();
    // Records to be written by the next `write`. Not empty (CHECK).
    void append(const sim::Bytes& record);
    // Hands them to the disk; durable after sync. After an error the journal must not be used.
    sim::Status write();
    sim::Status sync();

    // The segment that is written now. Numbers grow by one.
    std::uint64_t segment() const { return segment_; }
    std::uint64_t segment_bytes() const { return end_; } // in it
    // Begins the next segment. All that was written before is durable then.
    sim::Status roll();
    // Segments before this one go. It is not above segment() (CHECK).
    sim::Status drop_before(std::uint64_t segment);

private:
    sim::Status begin_segment(std::uint64_t number);
    sim::Status read_segment(std::uint64_t number, bool is_last, Opened& opened);

    sim::Env& env_;
    std::string name_;
    std::string owner_;
    sim::File file_;
    std::uint64_t first_segment_ = 0;
    std::uint64_t segment_ = 0;
    std::uint64_t end_ = 0;       // of what was written to the segment
    std::uint64_t syncs_ = 0;     // that were done before what is written now
    sim::Bytes pending_;
};

} // namespace orrery::replication

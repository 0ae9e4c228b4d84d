// A journal: records that were written one after the other, in files of bounded size (segments), so that old ones can
// be dropped. What is read back after a crash is the records up to some point at or after the last sync.
//
// A segment NAME.NUMBER is a sequence of frames; the first says which format this is and whose journal. Each frame
// says up to where the segment was durable when it was written. That tells a torn tail from corruption. If a frame is
// not whole, and none behind it says that it had been durable, it is the torn end of what was never synced, and is cut
// off. Otherwise the journal cannot be used: what is damaged may have been promised to others. (The idea after
// Alagappan and others, Protocol-Aware Recovery for Consensus-Based Storage, FAST 2018. Damage to the records of the
// last sync cannot be told from a torn tail, and is taken for one.)
//
//     segment 7:  [header] [a, durable 0] [b, 0] [c, 96] [torn
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "orrery/sim/codec.h"
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
    // A record to be written by the next `write`. Not empty, and not while `sync` waits (CHECK).
    void append(sim::ByteView record);
    // The same of a record that is written in between. The writer is not used after `end_record`.
    sim::Writer begin_record();
    void end_record();
    // Hands them to the disk; durable after sync. After an error the journal must not be used.
    sim::Status write();
    sim::Status sync();

    // The oldest segment that is there, and the one that is written now. Numbers grow by one.
    std::uint64_t first_segment() const { return first_segment_; }
    std::uint64_t segment() const { return segment_; }
    std::uint64_t segment_bytes() const { return end_; } // in it
    // Begins the next segment. All that was written before is durable then.
    sim::Status roll();
    // Segments before this one go. It is not above segment() (CHECK), and something in it is durable (CHECK): so a
    // first segment that is empty has lost those before it, but for number 1.
    sim::Status drop_before(std::uint64_t segment);

private:
    static constexpr std::size_t spare_max = 4096; // a larger buffer is not kept
    std::string path_of(std::uint64_t number) const;
    sim::Status begin_segment(std::uint64_t number);
    sim::Status read_segment(std::uint64_t number, bool is_last, Opened& opened);
    std::optional<Damage> damage_of_header(const std::string& path, sim::ByteView record) const;

    sim::Env& env_;
    std::string name_;
    std::string owner_;
    sim::File file_;
    std::uint64_t first_segment_ = 0;
    std::uint64_t segment_ = 0;
    std::uint64_t end_ = 0;     // of what was written to the segment
    std::uint64_t durable_ = 0; // up to here
    bool is_syncing_ = false;
    sim::Bytes pending_;
    sim::Bytes spare_;       // empty: room for what is pending next
    std::size_t record_ = 0; // where the frame begins in it that is being written
};

// In line, as every return after a switch of fibers is one that the processor did not foresee.
[[gnu::always_inline]] inline sim::Status Journal::write() {
    if (pending_.empty()) return sim::success();
    sim::Bytes bytes = std::move(pending_);
    pending_ = std::move(spare_);
    const std::uint64_t offset = end_;
    end_ += bytes.size();
    const sim::Status written = file_.write_at(offset, bytes);
    if (bytes.size() > spare_max) return written;
    spare_ = std::move(bytes);
    spare_.clear();
    return written;
}

[[gnu::always_inline]] inline sim::Status Journal::sync() {
    is_syncing_ = true;
    const sim::Status synced = file_.sync();
    is_syncing_ = false;
    if (synced.ok()) durable_ = end_;
    return synced;
}

// Says it in a note, for people and monitors.
void note_damage(sim::Env& env, const Journal::Damage& damage);

} // namespace orrery::replication

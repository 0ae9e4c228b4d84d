// Snapshots of a machine's state as files: the newest is kept. A snapshot is NAME.INDEX, a sequence of frames: a header
// with the index and what the protocol adds (its mark), then the state in pieces. It gets its name when it is whole and
// durable, so one that is there under its name and is not whole is damaged.
//
// The file as it is can be sent piece by piece: read() gives the pieces and receive() takes them.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "orrery/protocols/replication/state_machine.h"
#include "orrery/sim/env.h"

namespace orrery::replication {

class Snapshots {
public:
    struct Kept {
        Index index = 0; // the state is that after this index
        sim::Bytes mark;
        sim::Bytes state;
    };
    struct Opened {
        std::optional<Kept> newest;
        std::string damaged{}; // this file is no whole snapshot; then there is no newest
    };
    Snapshots(sim::Env& env, std::string name) : env_(env), name_(std::move(name)) {}

    // Errors, here and below: of the disk.
    sim::Result<Opened> open();
    Index index() const { return index_; }       // of the newest; 0: there is none
    std::uint64_t size() const { return size_; } // of its file, in bytes

    // Makes it the newest, unless one of that index or above is there. One call at a time; the others below may run
    // meanwhile.
    sim::Status keep(Index index, sim::ByteView mark, sim::ByteView state);
    // Up to `most` bytes of the newest's file; empty at its end.
    sim::Result<sim::Bytes> read(std::uint64_t offset, std::size_t most);

    // Bytes of the snapshot of `index` and of that size which have come; 0 for every other.
    std::uint64_t received(Index index, std::uint64_t size) const {
        return index == receiving_ && size == receiving_size_ ? received_ : 0;
    }
    // Bytes from received() on. An offset of 0 begins anew.
    sim::Status receive(Index index, std::uint64_t size, std::uint64_t offset, sim::ByteView bytes);
    // All have come: makes it durable and the newest. Empty, and it is forgotten: it is no whole snapshot, or
    // `is_possible(kept)` says no.
    template <class IsPossible>
    sim::Result<std::optional<Kept>> finish(IsPossible is_possible) {
        sim::Result<std::optional<Kept>> received = read_received();
        if (!received.ok() || !*received) return received;
        if (!is_possible(**received)) return std::optional<Kept>{};
        if (const sim::Status kept = keep_received((*received)->index); !kept.ok()) return kept.error();
        return received;
    }

private:
    std::string path_of(Index index) const;
    sim::Status adopt(const std::string& path, Index index, std::uint64_t size);
    sim::Result<std::optional<Kept>> read_received();
    sim::Status keep_received(Index index);

    sim::Env& env_;
    std::string name_;
    Index index_ = 0;
    std::uint64_t size_ = 0;
    std::shared_ptr<sim::File> file_; // of the newest
    Index receiving_ = 0;
    std::uint64_t receiving_size_ = 0;
    std::uint64_t received_ = 0;
    sim::File incoming_;
};

} // namespace orrery::replication

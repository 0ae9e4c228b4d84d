// Both files are made of frames: [length][checksum][content]. What follows the last whole frame of the log is cut off
// when the file is opened, so that the next record lands where recovery will look for it.
#include "orrery/protocols/raft/storage.h"

#include <algorithm>

#include "orrery/protocols/replication/frames.h"

namespace orrery::raft {

using replication::append_frame;
using replication::read_frame;

namespace {

constexpr std::uint64_t slot_bytes = 512;

struct Slot {
    std::uint64_t sequence = 0;
    Term term = 0;
    std::uint32_t vote = 0;
    static constexpr auto members() {
        return std::tuple{sim::member("sequence", &Slot::sequence), sim::member("term", &Slot::term),
                          sim::member("vote", &Slot::vote)};
    }
};

struct Record {
    Index index = 0;
    Entry entry;
    static constexpr auto members() {
        return std::tuple{sim::member("index", &Record::index), sim::member("entry", &Record::entry)};
    }
};

} // namespace

sim::Result<Storage::Recovered> Storage::open() {
    CHECK(marks_.empty());
    CHECK(sequence_ == 0);
    auto state = env_.open("raft.state", sim::OpenMode::create);
    if (!state.ok()) return state.error();
    state_ = std::move(*state);
    auto log = env_.open("raft.log", sim::OpenMode::create);
    if (!log.ok()) return log.error();
    log_ = std::move(*log);
    if (const auto synced = env_.sync_directory(""); !synced.ok()) return synced.error();
    Recovered recovered;
    if (const auto read = read_hard(recovered.hard); !read.ok()) return read.error();
    if (const auto read = read_entries(recovered); !read.ok()) return read.error();
    // What a process wrote and crashed before it synced can be read now, and can still be lost with the next loss of
    // power. It must be durable before the core acts on it.
    if (const auto synced = sync_hard(); !synced.ok()) return synced.error();
    if (const auto synced = sync_entries(); !synced.ok()) return synced.error();
    return recovered;
}

sim::Status Storage::read_hard(HardState& hard) {
    for (std::uint64_t number = 0; number < 2; ++number) {
        const auto bytes = state_.read_at(number * slot_bytes, slot_bytes);
        if (!bytes.ok()) return bytes.error();
        std::uint64_t checksum = 0;
        const auto slot = sim::decode<Slot>(read_frame(*bytes, checksum));
        if (!slot || slot->sequence < sequence_) continue;
        sequence_ = slot->sequence;
        hard = {slot->term, slot->vote};
    }
    return sim::success();
}

sim::Status Storage::write_hard(const HardState& hard) {
    CHECK(hard.term > 0 || hard.vote == 0);
    ++sequence_;
    sim::Bytes bytes;
    (void)append_frame(bytes, sim::encode(Slot{sequence_, hard.term, hard.vote}), 0);
    CHECK(bytes.size() <= slot_bytes); // one sector: written whole or not at all, and the other slot stays as it is
    return state_.write_at(sequence_ % 2 * slot_bytes, bytes);
}

sim::Status Storage::read_entries(Recovered& recovered) {
    const sim::Result<sim::Bytes> read = replication::read_whole(log_);
    if (!read.ok()) return read.error();
    const sim::Bytes& all = *read;
    std::uint64_t end = 0;
    std::uint64_t checksum = 0;
    while (true) {
        const sim::ByteView content = read_frame(all.view().subspan(end), checksum);
        auto record = sim::decode<Record>(content);
        if (!record || record->index != recovered.entries.size() + 1) break;
        end += replication::frame_header_bytes + content.size();
        recovered.entries.push_back(std::move(record->entry));
        marks_.push_back({end, checksum});
    }
    CHECK(end <= all.size());
    CHECK(marks_.size() == recovered.entries.size());
    recovered.torn = all.size() - end;
    return recovered.torn == 0 ? sim::success() : log_.truncate(end);
}

sim::Status Storage::write_entries(const Log& log, Index last) {
    const Index stable = log.stable();
    CHECK(stable <= marks_.size());
    CHECK(stable <= last);
    CHECK(last <= log.last_index());
    const Mark before = stable == 0 ? Mark{} : marks_[stable - 1];
    if (stable < marks_.size()) {
        marks_.resize(stable);
        if (const auto cut = log_.truncate(before.end); !cut.ok()) return cut;
    }
    sim::Bytes bytes;
    std::uint64_t checksum = before.checksum;
    for (Index index = stable + 1; index <= last; ++index) {
        checksum = append_frame(bytes, sim::encode(Record{index, log.entry(index).copy()}), checksum);
        marks_.push_back({before.end + bytes.size(), checksum});
    }
    CHECK(marks_.size() == last); // a record for each index, without a gap
    CHECK(last == 0 || marks_.back().end == before.end + bytes.size());
    return bytes.empty() ? sim::success() : log_.write_at(before.end, bytes);
}

} // namespace orrery::raft

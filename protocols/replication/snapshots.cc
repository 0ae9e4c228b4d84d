#include "orrery/protocols/replication/snapshots.h"

#include "orrery/protocols/replication/flaws.def"

#include <algorithm>
#include <charconv>

#include "orrery/protocols/replication/frames.h"

namespace orrery::replication {
namespace {

constexpr std::size_t piece_bytes = 64 * 1024;
constexpr std::uint32_t snapshot_format = 1;
constexpr std::string_view writing_suffix = ".writing";
constexpr std::string_view receiving_suffix = ".receiving";

struct SnapshotHeader {
    std::uint32_t format = 0;
    Index index = 0;
    std::uint64_t state_bytes = 0;
    sim::Bytes mark;
    static constexpr auto members() {
        return std::tuple{sim::member("format", &SnapshotHeader::format), sim::member("index", &SnapshotHeader::index),
                          sim::member("state_bytes", &SnapshotHeader::state_bytes),
                          sim::member("mark", &SnapshotHeader::mark)};
    }
};

// Empty if the file is no whole snapshot.
std::optional<Snapshots::Kept> kept_of(sim::ByteView all) {
    std::uint64_t checksum = 0;
    const sim::ByteView head = read_frame(all, checksum);
    auto header = sim::decode<SnapshotHeader>(head);
    if (!header || header->format != snapshot_format || header->index == 0) return std::nullopt;
    all = all.subspan(frame_header_bytes + head.size());
    Snapshots::Kept kept{header->index, std::move(header->mark), {}};
    while (!all.empty()) {
        const sim::ByteView piece = read_frame(all, checksum);
        if (piece.empty()) return std::nullopt;
        kept.state.append(piece);
        all = all.subspan(frame_header_bytes + piece.size());
    }
    if (kept.state.size() != header->state_bytes) return std::nullopt;
    return kept;
}

} // namespace

// 20 digits, so that the order of the names is that of the indexes.
std::string Snapshots::path_of(Index index) const {
    const std::string digits = std::to_string(index);
    CHECK(digits.size() <= 20);
    return name_ + "." + std::string(20 - digits.size(), '0') + digits;
}

sim::Result<Snapshots::Opened> Snapshots::open() {
    CHECK(index_ == 0);
    const auto paths = env_.list(name_ + ".");
    if (!paths.ok()) return paths.error();
    std::string newest;
    for (const std::string& path : *paths)
        if (path.size() == name_.size() + 21) newest = std::max(newest, path);
    if (newest.empty()) return Opened{};
    auto file = env_.open(newest, sim::OpenMode::read);
    if (!file.ok()) return file.error();
    const sim::Result<sim::Bytes> all = read_whole(*file);
    if (!all.ok()) return all.error();
    std::optional<Kept> kept = kept_of(*all);
    if (!kept || path_of(kept->index) != newest) return Opened{std::nullopt, newest};
    if (const auto adopted = adopt(newest, kept->index, all->size()); !adopted.ok()) return adopted.error();
    return Opened{std::move(kept), {}};
}

// What has its name becomes the newest, and those before it go.
sim::Status Snapshots::adopt(const std::string& path, Index index, std::uint64_t size) {
    auto file = env_.open(path, sim::OpenMode::read);
    if (!file.ok()) return file.error();
    if (!FLAW(replication_snapshot_name_not_synced))
        if (const auto synced = env_.sync_directory(""); !synced.ok()) return synced;
    if (index <= index_) return sim::success(); // another was faster; this one goes with the next
    file_ = std::make_shared<sim::File>(std::move(*file));
    index_ = index;
    size_ = size;
    const auto paths = env_.list(name_ + ".");
    if (!paths.ok()) return paths.error();
    for (const std::string& each : *paths)
        if (each.size() == path.size() && each < path)
            if (const auto removed = env_.remove(each); !removed.ok() && removed.error() != sim::Error::not_found)
                return removed;
    return sim::success();
}

sim::Status Snapshots::keep(Index index, sim::ByteView mark, sim::ByteView state) {
    CHECK(index > 0);
    if (index <= index_) return sim::success();
    const std::string path = name_ + std::string(writing_suffix);
    auto file = env_.open(path, sim::OpenMode::create);
    if (!file.ok()) return file.error();
    if (const auto cut = file->truncate(0); !cut.ok()) return cut;
    std::uint64_t end = 0;
    std::uint64_t checksum = 0;
    sim::Bytes bytes;
    checksum = append_frame(bytes, sim::encode(SnapshotHeader{snapshot_format, index, state.size(), sim::Bytes(mark)}),
                            checksum);
    do {
        const sim::ByteView piece = state.first(std::min(state.size(), piece_bytes));
        if (!piece.empty()) checksum = append_frame(bytes, sim::Bytes(piece), checksum);
        state = state.subspan(piece.size());
        if (const auto written = file->write_at(end, bytes); !written.ok()) return written;
        end += bytes.size();
        bytes.clear();
    } while (!state.empty());
    if (!FLAW(replication_snapshot_not_synced))
        if (const auto synced = file->sync(); !synced.ok()) return synced;
    if (index <= index_) return sim::success(); // a newer one was received meanwhile
    if (const auto renamed = env_.rename(path, path_of(index)); !renamed.ok()) return renamed;
    return adopt(path_of(index), index, end);
}

sim::Result<sim::Bytes> Snapshots::read(std::uint64_t offset, std::size_t most) {
    CHECK(index_ > 0);
    const std::shared_ptr<sim::File> held = file_; // it may be replaced meanwhile
    return held->read_at(offset, most);
}

sim::Status Snapshots::receive(Index index, std::uint64_t size, std::uint64_t offset, sim::ByteView bytes) {
    CHECK(index > 0);
    if (offset == 0) {
        auto file = env_.open(name_ + std::string(receiving_suffix), sim::OpenMode::create);
        if (!file.ok()) return file.error();
        incoming_ = std::move(*file);
        receiving_ = index;
        receiving_size_ = size;
        received_ = 0;
        if (const auto cut = incoming_.truncate(0); !cut.ok()) return cut;
    }
    CHECK(offset == received(index, size));
    CHECK(offset + bytes.size() <= size);
    if (const auto written = incoming_.write_at(offset, bytes); !written.ok()) return written;
    received_ += bytes.size();
    return sim::success();
}

sim::Result<std::optional<Snapshots::Kept>> Snapshots::read_received() {
    CHECK(receiving_ > 0);
    CHECK(received_ == receiving_size_);
    const Index index = std::exchange(receiving_, 0);
    const sim::Result<sim::Bytes> all = read_whole(incoming_);
    if (!all.ok()) return all.error();
    std::optional<Kept> kept = kept_of(*all);
    if (!kept || kept->index != index) return std::optional<Kept>{};
    return kept;
}

sim::Status Snapshots::keep_received(Index index) {
    if (index <= index_) return sim::success();
    if (const auto synced = incoming_.sync(); !synced.ok()) return synced;
    if (index <= index_) return sim::success(); // a newer one was kept meanwhile
    const std::string path = path_of(index);
    if (const auto renamed = env_.rename(name_ + std::string(receiving_suffix), path); !renamed.ok()) return renamed;
    return adopt(path, index, receiving_size_);
}

} // namespace orrery::replication

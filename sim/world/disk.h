// The disk of one host, as passive data: no time, no tasks. The world adds latency and suspension.
//
// Size, name and content are separate facts. What a process sees is the visible state; what a loss
// of power leaves is drawn per fact: each sector of 512 bytes written since it was last synced is
// kept, lost, or (if the fault tears) left as a prefix of the new and the rest old; each size is
// kept or lost; each create, rename and remove that no sync_directory covered is kept or lost, and
// those kept are replayed in order. A kept size over lost content reads as zeros.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/sim/bytes.h"
#include "orrery/sim/types.h"

namespace orrery::sim::world {

constexpr std::size_t sector_bytes = 512;
using Sector = std::array<std::uint8_t, sector_bytes>;

// A sector that was written since it was last synced.
struct UnsyncedSector {
    UnsyncedSector() {} // `durable` is written before it is read
    UnsyncedSector(std::uint64_t which, std::uint64_t last_written, const Sector& content)
        : number(which), written(last_written), durable(content) {}

    std::uint64_t number = 0;
    std::uint64_t written = 0; // number of its last write
    Sector durable;            // what a sync has last made of it
};

// A sync that has begun and not ended. What it is to make durable is what is seen, but for what was written again
// since.
struct OpenSync {
    std::uint64_t name = 0;
    std::uint64_t until = 0;              // number of the last write that it covers
    std::vector<UnsyncedSector> replaced; // as they were when it began, in `durable`
};

// One file's content. Shared by its name and by open handles: removed files live until closed.
struct FileContent {
    std::vector<std::uint8_t> visible;
    std::uint64_t durable_size = 0;
    std::vector<UnsyncedSector> unsynced; // by their numbers
    std::vector<OpenSync> syncs;
    std::uint64_t size_written = 0; // number of the last unsynced change of size; 0: none
    std::uint64_t synced = 0;       // number of the last write that a sync covered
};
using FileReference = std::shared_ptr<FileContent>;

// What a sync covers: the writes that had returned when it was called. It is completed, or given up, or forgotten.
struct SyncTicket {
    FileReference file;
    std::uint64_t name = 0;
    std::uint64_t until = 0; // number of the last write covered
    std::uint64_t size = 0;
};

struct PowerLoss {
    std::function<std::uint64_t(Site, std::uint64_t)> draw; // one of 0 .. n-1
    bool torn = false;
};

class Disk {
public:
    static constexpr std::uint64_t capacity = std::uint64_t{64} << 20;

    Result<FileReference> open(std::string_view path, OpenMode mode);
    Result<Bytes> read(const FileContent& file, std::uint64_t offset, std::size_t size) const;
    Status write(FileContent& file, std::uint64_t offset, ByteView bytes);
    Status truncate(FileContent& file, std::uint64_t size);
    SyncTicket begin_sync(const FileReference& file);
    // Nothing, if it was forgotten.
    static void complete_sync(const SyncTicket& ticket);
    static void give_up_sync(const SyncTicket& ticket);
    // Nobody waits any more for those that have begun.
    void forget_syncs();

    Status rename(std::string_view from, std::string_view to);
    Status remove(std::string_view path);
    std::vector<std::string> list(std::string_view prefix) const;
    // The number of directory operations so far; complete covers those up to it below `directory`.
    std::uint64_t begin_sync_directory() const { return operations_; }
    void complete_sync_directory(std::string_view directory, std::uint64_t until);

    // Power fails. Returns how many facts changed: 0 means that it took nothing.
    std::uint64_t lose_unsynced(const PowerLoss& loss);
    std::uint64_t bytes_used() const;

private:
    // Create: `to` with its file. Rename: `from` and `to`. Remove: `from`.
    struct NameOperation {
        std::uint64_t number = 0;
        std::string from;
        std::string to;
        FileReference file;
        bool durable = false;
    };
    using Names = std::map<std::string, FileReference, std::less<>>;
    // A file stands where the path needs a folder, or files stand below it.
    bool is_obstructed(std::string_view path) const;
    void operate(std::string_view from, std::string_view to, FileReference file);
    void make_durable(std::size_t place);
    static void apply(Names& names, const NameOperation& operation);
    bool has_room(const FileContent& file, std::uint64_t size);
    void mark(FileContent& file, std::uint64_t sector) const;
    static std::uint64_t lose_content(FileContent& file, const PowerLoss& loss);

    Names names_;                        // what processes see
    Names durable_names_;                // what a loss of power leaves at least
    std::vector<NameOperation> pending_; // since then, in order; the first is not durable
    std::uint64_t operations_ = 0;
    std::uint64_t used_at_most_ = 0; // not less than bytes_used(), which takes longer
    std::uint64_t writes_ = 0;
    std::uint64_t syncs_ = 0;
};

} // namespace orrery::sim::world

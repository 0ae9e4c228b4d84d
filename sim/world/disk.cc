// Visible state first, then what a loss of power may take of it.
#include "orrery/sim/world/disk.h"

#include <algorithm>

namespace orrery::sim::world {
namespace {

// The content of one sector of `bytes`, zero beyond the end.
void copy_sector(const std::vector<std::uint8_t>& bytes, std::uint64_t number, Sector& sector) {
    const std::uint64_t begin = number * sector_bytes;
    const std::size_t count = begin < bytes.size() ? std::min<std::size_t>(sector_bytes, bytes.size() - begin) : 0;
    std::copy_n(bytes.data() + (count > 0 ? begin : 0), count, sector.begin());
    std::fill(sector.begin() + static_cast<std::ptrdiff_t>(count), sector.end(), std::uint8_t{0});
}
Sector sector_of(const std::vector<std::uint8_t>& bytes, std::uint64_t number) {
    Sector sector;
    copy_sector(bytes, number, sector);
    return sector;
}

// After a large file was synced its memory is not kept for the next time.
constexpr std::size_t unsynced_kept = 64;

bool is_below(std::string_view path, std::string_view directory) {
    if (directory.empty()) return path.find('/') == std::string_view::npos;
    return path.size() > directory.size() + 1 && path.starts_with(directory) && path[directory.size()] == '/' &&
           path.find('/', directory.size() + 1) == std::string_view::npos;
}

} // namespace

Result<FileReference> Disk::open(std::string_view path, OpenMode mode) {
    const auto found = names_.find(path);
    if (found != names_.end()) {
        if (mode == OpenMode::create_new) return Error::exists;
        return FileReference(found->second);
    }
    if (mode == OpenMode::read || mode == OpenMode::read_write) return Error::not_found;
    if (is_obstructed(path)) return Error::input_output;
    auto file = std::make_shared<FileContent>();
    operate({}, path, file);
    return file;
}

bool Disk::is_obstructed(std::string_view path) const {
    for (std::size_t end = path.find('/'); end != std::string_view::npos; end = path.find('/', end + 1))
        if (names_.find(path.substr(0, end)) != names_.end()) return true;
    const std::string folder = std::string(path) + "/";
    const auto below = names_.lower_bound(folder);
    return below != names_.end() && below->first.starts_with(folder);
}

Result<Bytes> Disk::read(const FileContent& file, std::uint64_t offset, std::size_t size) const {
    if (offset >= file.visible.size()) return Bytes{};
    const std::size_t count = std::min<std::size_t>(size, file.visible.size() - offset);
    return Bytes(ByteView(file.visible.data() + offset, count));
}

// The sector is about to be written. Syncs under way that cover what it holds keep that.
void Disk::mark(FileContent& file, std::uint64_t sector) const {
    const auto is_before = [](const UnsyncedSector& each, std::uint64_t number) { return each.number < number; };
    auto place = file.unsynced.end();
    if (!file.unsynced.empty() && file.unsynced.back().number >= sector)
        place = std::lower_bound(file.unsynced.begin(), file.unsynced.end(), sector, is_before);
    if (place == file.unsynced.end() || place->number != sector) {
        place = file.unsynced.emplace(place);
        place->number = sector;
        place->written = writes_;
        copy_sector(file.visible, sector, place->durable);
        return;
    }
    for (OpenSync& sync : file.syncs) {
        if (place->written > sync.until) continue; // it has been kept
        sync.replaced.push_back({sector, place->written, sector_of(file.visible, sector)});
    }
    place->written = writes_;
}

// Files that were removed and are open still do not count.
bool Disk::has_room(const FileContent& file, std::uint64_t size) {
    const std::uint64_t now = file.visible.size();
    if (size <= now) return true;
    if (used_at_most_ + (size - now) > capacity) used_at_most_ = bytes_used();
    if (used_at_most_ + (size - now) > capacity) return false;
    used_at_most_ += size - now; // who asks makes it so long
    return true;
}

Status Disk::write(FileContent& file, std::uint64_t offset, ByteView bytes) {
    if (bytes.empty()) return success();
    if (offset > capacity || bytes.size() > capacity - offset) return Error::no_space;
    const std::uint64_t end = offset + bytes.size();
    if (!has_room(file, end)) return Error::no_space;
    ++writes_;
    for (std::uint64_t sector = offset / sector_bytes; sector * sector_bytes < end; ++sector) mark(file, sector);
    if (end > file.visible.size()) file.size_written = writes_;
    if (offset == file.visible.size()) {
        file.visible.insert(file.visible.end(), bytes.begin(), bytes.end());
        return success();
    }
    if (end > file.visible.size()) file.visible.resize(end, 0);
    std::copy(bytes.begin(), bytes.end(), file.visible.begin() + static_cast<std::ptrdiff_t>(offset));
    return success();
}

Status Disk::truncate(FileContent& file, std::uint64_t size) {
    if (!has_room(file, size)) return Error::no_space;
    if (size == file.visible.size()) return success();
    ++writes_;
    // The bytes that go, and the tail of the last sector, change; what was durable stays known.
    const std::uint64_t end = std::max<std::uint64_t>(size, file.visible.size());
    for (std::uint64_t sector = size / sector_bytes; sector * sector_bytes < end; ++sector) mark(file, sector);
    file.visible.resize(size, 0);
    file.size_written = writes_;
    return success();
}

SyncTicket Disk::begin_sync(const FileReference& file) {
    SyncTicket ticket{file, ++syncs_, writes_, file->visible.size()};
    file->syncs.push_back({ticket.name, ticket.until, {}});
    return ticket;
}

void Disk::complete_sync(const SyncTicket& ticket) {
    FileContent& file = *ticket.file;
    const auto is_it = [&](const OpenSync& each) { return each.name == ticket.name; };
    const auto open = std::find_if(file.syncs.begin(), file.syncs.end(), is_it);
    if (open == file.syncs.end()) return;
    const std::vector<UnsyncedSector> replaced = std::move(open->replaced);
    file.syncs.erase(open);
    if (ticket.until < file.synced) return; // a sync that began later was faster: nothing goes back
    file.synced = ticket.until;
    // What was written again since stays unsynced: the sync covers what was there then.
    for (UnsyncedSector& each : file.unsynced)
        for (const UnsyncedSector& then : replaced)
            if (then.number == each.number) each.durable = then.durable;
    std::erase_if(file.unsynced, [&](const UnsyncedSector& each) { return each.written <= ticket.until; });
    if (file.unsynced.empty() && file.unsynced.capacity() > unsynced_kept) file.unsynced.shrink_to_fit();
    file.durable_size = ticket.size;
    if (file.size_written <= ticket.until) file.size_written = 0;
}

void Disk::give_up_sync(const SyncTicket& ticket) {
    std::erase_if(ticket.file->syncs, [&](const OpenSync& each) { return each.name == ticket.name; });
}

void Disk::forget_syncs() {
    for (const auto& [path, file] : names_) file->syncs.clear();
}

void Disk::apply(Names& names, const NameOperation& operation) {
    if (operation.file != nullptr) {
        names[operation.to] = operation.file;
        return;
    }
    const auto found = names.find(operation.from);
    if (found == names.end()) return; // the operation that made it was lost
    const FileReference file = found->second;
    names.erase(found);
    if (!operation.to.empty()) names[operation.to] = file;
}

void Disk::operate(std::string_view from, std::string_view to, FileReference file) {
    pending_.push_back({++operations_, std::string(from), std::string(to), std::move(file), false});
    apply(names_, pending_.back());
}

Status Disk::rename(std::string_view from, std::string_view to) {
    if (names_.find(from) == names_.end()) return Error::not_found;
    if (from == to) return success();
    if (is_obstructed(to)) return Error::input_output;
    operate(from, to, nullptr);
    return success();
}

Status Disk::remove(std::string_view path) {
    if (names_.find(path) == names_.end()) return Error::not_found;
    operate(path, {}, nullptr);
    return success();
}

std::vector<std::string> Disk::list(std::string_view prefix) const {
    std::vector<std::string> result;
    for (auto entry = names_.lower_bound(prefix); entry != names_.end() && entry->first.starts_with(prefix); ++entry)
        result.push_back(entry->first);
    return result;
}

// Durable operations stay in the log behind one that is not, because a loss of power replays in order.
void Disk::complete_sync_directory(std::string_view directory, std::uint64_t until) {
    for (auto each = pending_.rbegin(); each != pending_.rend(); ++each) {
        const std::string& path = each->to.empty() ? each->from : each->to;
        const bool covered = each->number <= until && is_below(path, directory);
        if (covered && !each->durable) make_durable(static_cast<std::size_t>(pending_.rend() - each) - 1);
    }
    std::size_t count = 0;
    while (count < pending_.size() && pending_[count].durable) apply(durable_names_, pending_[count++]);
    pending_.erase(pending_.begin(), pending_.begin() + static_cast<std::ptrdiff_t>(count));
}

// With an operation goes what made the name that it takes away: a file cannot arrive without having
// been there.
void Disk::make_durable(std::size_t place) {
    NameOperation& operation = pending_[place];
    operation.durable = true;
    if (operation.from.empty()) return;
    for (std::size_t i = place; i-- > 0;) {
        if (pending_[i].to != operation.from) continue;
        if (!pending_[i].durable) make_durable(i);
        return;
    }
}

std::uint64_t Disk::lose_content(FileContent& file, const PowerLoss& loss) {
    std::uint64_t changed = 0;
    std::uint64_t size = file.visible.size();
    if (file.size_written != 0 && file.durable_size != size && loss.draw("size", 2) == 0) {
        size = file.durable_size;
        ++changed;
    }
    const std::vector<std::uint8_t> before = file.visible;
    file.visible.resize(size, 0);
    for (const auto& [number, written, old] : file.unsynced) {
        const std::uint64_t outcome = loss.draw("sector", loss.torn ? 3 : 2);
        if (outcome == 1) continue; // the new image was kept
        Sector now = old;
        if (outcome == 2) { // torn: a prefix of the new, the rest old
            const Sector fresh = sector_of(before, number);
            std::copy_n(fresh.begin(), loss.draw("torn", sector_bytes - 1) + 1, now.begin());
        }
        const std::uint64_t begin = number * sector_bytes;
        if (begin >= size) continue; // nothing of it is seen
        const auto length = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(sector_bytes, size - begin));
        const auto seen = file.visible.begin() + static_cast<std::ptrdiff_t>(begin);
        if (std::equal(seen, seen + length, now.begin())) continue;
        std::copy_n(now.begin(), length, seen);
        ++changed;
    }
    file.unsynced.clear();
    file.syncs.clear();
    file.durable_size = size;
    file.size_written = 0;
    return changed;
}

std::uint64_t Disk::lose_unsynced(const PowerLoss& loss) {
    std::uint64_t changed = 0;
    for (const NameOperation& operation : pending_) {
        if (operation.durable || loss.draw("directory", 2) == 1)
            apply(durable_names_, operation);
        else
            ++changed;
    }
    pending_.clear();
    names_ = durable_names_;
    used_at_most_ = capacity; // sizes and names that were gone may be back: it is to be counted anew
    // One file may stand under two names: by pointer only to visit it once, in order of the names.
    std::vector<const FileContent*> seen;
    for (auto& [path, file] : names_) {
        if (std::find(seen.begin(), seen.end(), file.get()) != seen.end()) continue;
        seen.push_back(file.get());
        changed += lose_content(*file, loss);
    }
    return changed;
}

std::uint64_t Disk::bytes_used() const {
    std::uint64_t total = 0;
    for (const auto& [path, file] : names_) total += file->visible.size();
    return total;
}

} // namespace orrery::sim::world

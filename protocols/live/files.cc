#include "orrery/protocols/live/files.h"

#include "orrery/sim/text.h"

namespace orrery::live {

sim::Result<std::uint32_t> Files::open(std::string_view path, sim::OpenMode mode, sim::Deadline deadline) {
    CHECK(sim::is_path_inside(path));
    sim::Result<HeldFile> opened =
        on_disk(deadline, [this, name = std::string(path), mode] { return disk_->open(name, mode); });
    if (!opened.ok()) return opened.error();
    std::size_t slot = 0;
    while (slot < files_.size() && files_[slot].held != nullptr) ++slot;
    if (slot == files_.size()) files_.emplace_back();
    files_[slot] = {std::move(*opened), mode};
    return static_cast<std::uint32_t>(slot);
}

sim::Result<sim::Bytes> Files::read(std::uint32_t slot, std::uint64_t offset, std::size_t size,
                                    sim::Deadline deadline) {
    const sim::Result<Content> content =
        on_disk(deadline, [held = file(slot), offset, size] { return held->read(offset, size); });
    if (!content.ok()) return content.error();
    return sim::Bytes(sim::ByteView(*content));
}

sim::Status Files::write(std::uint32_t slot, std::uint64_t offset, sim::ByteView bytes, sim::Deadline deadline) {
    CHECK(is_writable(slot));
    return on_disk(deadline, [held = file(slot), offset, content = Content(bytes.begin(), bytes.end())] {
        return held->write(offset, content);
    });
}

sim::Status Files::truncate(std::uint32_t slot, std::uint64_t size, sim::Deadline deadline) {
    CHECK(is_writable(slot));
    return on_disk(deadline, [held = file(slot), size] { return held->truncate(size); });
}

sim::Status Files::sync(std::uint32_t slot, sim::Deadline deadline) {
    return on_disk(deadline, [held = file(slot)] { return held->sync(); });
}

sim::Result<std::uint64_t> Files::size(std::uint32_t slot, sim::Deadline deadline) {
    return on_disk(deadline, [held = file(slot)] { return held->size(); });
}

void Files::close(std::uint32_t slot) {
    CHECK(file(slot) != nullptr);
    files_[slot] = {};
}

sim::Status Files::rename(std::string_view from, std::string_view to, sim::Deadline deadline) {
    CHECK(sim::is_path_inside(from));
    CHECK(sim::is_path_inside(to));
    return on_disk(deadline, [this, source = std::string(from), target = std::string(to)] {
        return disk_->rename(source, target);
    });
}

sim::Status Files::remove(std::string_view path, sim::Deadline deadline) {
    CHECK(sim::is_path_inside(path));
    return on_disk(deadline, [this, name = std::string(path)] { return disk_->remove(name); });
}

sim::Result<std::vector<std::string>> Files::list(std::string_view prefix, sim::Deadline deadline) {
    return on_disk(deadline, [this, name = std::string(prefix)] { return disk_->list(name); });
}

sim::Status Files::sync_directory(std::string_view directory, sim::Deadline deadline) {
    CHECK(directory.empty() || sim::is_path_inside(directory));
    return on_disk(deadline, [this, name = std::string(directory)] { return disk_->sync(name); });
}

} // namespace orrery::live

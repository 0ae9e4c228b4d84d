#include "orrery/sim/world/files.h"

#include <algorithm>
#include <utility>

#include "orrery/sim/hash.h"
#include "orrery/sim/text.h"

namespace orrery::sim::world {

Result<std::uint32_t> Files::open(std::string_view path, OpenMode mode, Deadline deadline) {
    CHECK(sim::is_path_inside(path));
    const std::string name(path);
    Result<FileReference> opened = at_once(deadline, [&] { return disk().open(name, mode); });
    if (!opened.ok()) return opened.error();
    CHECK(*opened != nullptr);
    std::size_t slot = 0;
    while (slot < files_.size() && files_[slot].content != nullptr) ++slot;
    if (slot == files_.size()) files_.emplace_back();
    files_[slot] = {std::move(*opened), mode};
    return static_cast<std::uint32_t>(slot);
}

Result<Bytes> Files::read(std::uint32_t slot, std::uint64_t offset, std::size_t size, Deadline deadline) {
    return at_once(deadline, [&] { return disk().read(*file(slot), offset, size); });
}

Status Files::truncate(std::uint32_t slot, std::uint64_t size, Deadline deadline) {
    CHECK(is_writable(slot));
    return at_once(deadline, [&] { return disk().truncate(*file(slot), size); });
}

Result<std::uint64_t> Files::size(std::uint32_t slot, Deadline deadline) {
    return at_once(deadline, [&]() -> Result<std::uint64_t> { return std::uint64_t{file(slot)->visible.size()}; });
}

void Files::close(std::uint32_t slot) {
    CHECK(file(slot) != nullptr);
    files_[slot] = {};
}

Status Files::rename(std::string_view from, std::string_view to, Deadline deadline) {
    CHECK(sim::is_path_inside(from));
    CHECK(sim::is_path_inside(to));
    const std::string source(from);
    const std::string target(to);
    return at_once(deadline, [&] { return disk().rename(source, target); });
}

Status Files::remove(std::string_view path, Deadline deadline) {
    CHECK(sim::is_path_inside(path));
    const std::string name(path);
    return at_once(deadline, [&] { return disk().remove(name); });
}

Result<std::vector<std::string>> Files::list(std::string_view prefix, Deadline deadline) {
    const std::string name(prefix);
    return at_once(deadline, [&]() -> Result<std::vector<std::string>> { return disk().list(name); });
}

Status Files::sync_directory(std::string_view directory, Deadline deadline) {
    CHECK(directory.empty() || is_path_inside(directory));
    const std::string name(directory);
    const std::uint64_t until = disk().begin_sync_directory();
    host().count_effect(EffectKind::sync);
    return on_disk(parts_.options.sync_min, parts_.options.sync_max, deadline, [&]() -> Status {
        disk().complete_sync_directory(name, until);
        return success();
    });
}

} // namespace orrery::sim::world

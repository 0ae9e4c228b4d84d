#include "orrery/sim/world/files.h"

#include <algorithm>
#include <utility>

#include "orrery/sim/hash.h"
#include "orrery/sim/text.h"

namespace orrery::sim::world {

Status Files::wait(Duration least, Duration most, Deadline deadline) {
    CHECK(most >= least);
    TaskState& task = tasks_.running();
    if (Tasks::take_cancellation(task)) return Error::cancelled;
    Kernel& kernel = parts_.kernel;
    const std::int64_t now = host().local_time(kernel.now().nanoseconds);
    const auto lengths = static_cast<std::uint64_t>((most - least).count()) + 1;
    const auto extra = lengths == 1 ? 0 : static_cast<std::int64_t>(kernel.draw("disk", lengths, host_));
    const std::int64_t done = now + least.count() + extra;
    const std::int64_t limit = deadline.is_never() ? done : host().clock.world(deadline.at).nanoseconds;
    Event* event = kernel.make_numbered(limit < done ? EventKind::timer : EventKind::disk, host_,
                                        Kernel::child_key(EventKind::disk, task.key), task.next_wait(kernel.running()));
    event->task = &task;
    event->time = std::min(done, std::max(limit, now));
    CHECK(task.timer == nullptr);
    task.timer = event;
    kernel.put(event);
    if (!tasks_.suspend(task, Waiting::disk)) return task.outcome;
    return success();
}

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

// The content is in the disk's cache when the call returns; a crash before that may leave it out.
Status Files::write(std::uint32_t slot, std::uint64_t offset, ByteView bytes, Deadline deadline) {
    CHECK(is_writable(slot));
    const Bytes kept(bytes);
    parts_.kernel.trace().add(host_, mix(hash_bytes(kept), offset), parts_.kernel.running());
    host().count_effect(EffectKind::write);
    return at_once(deadline, [&] { return disk().write(*file(slot), offset, kept); });
}

Status Files::truncate(std::uint32_t slot, std::uint64_t size, Deadline deadline) {
    CHECK(is_writable(slot));
    return at_once(deadline, [&] { return disk().truncate(*file(slot), size); });
}

Status Files::sync(std::uint32_t slot, Deadline deadline) {
    const SyncTicket ticket = disk().begin_sync(file(slot));
    host().count_effect(EffectKind::sync);
    const Status waited = wait(parts_.options.sync_min, parts_.options.sync_max, deadline);
    if (waited.ok() || is_done_late())
        Disk::complete_sync(ticket);
    else
        Disk::give_up_sync(ticket);
    return waited;
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

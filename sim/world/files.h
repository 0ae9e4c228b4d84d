// Files: the open files of one process. Each call takes the disk's time; what a call does to the disk happens when
// that time is over.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "orrery/sim/env.h"
#include "orrery/sim/hash.h"
#include "orrery/sim/tasks.h"
#include "orrery/sim/world/parts.h"

namespace orrery::sim::world {

class Files {
public:
    Files(Parts& parts, HostIndex host, Tasks& tasks) : parts_(parts), host_(host), tasks_(tasks) {
        disk().forget_syncs(); // those of the process before
    }
    Files(const Files&) = delete;
    Files& operator=(const Files&) = delete;

    // --- the calls of Env; a slot is one that open gave, and is not closed ---
    Result<std::uint32_t> open(std::string_view path, OpenMode mode, Deadline deadline);
    Result<Bytes> read(std::uint32_t slot, std::uint64_t offset, std::size_t size, Deadline deadline);
    Status write(std::uint32_t slot, std::uint64_t offset, ByteView bytes, Deadline deadline);
    Status truncate(std::uint32_t slot, std::uint64_t size, Deadline deadline);
    Status sync(std::uint32_t slot, Deadline deadline);
    Result<std::uint64_t> size(std::uint32_t slot, Deadline deadline);
    void close(std::uint32_t slot);
    Status rename(std::string_view from, std::string_view to, Deadline deadline);
    Status remove(std::string_view path, Deadline deadline);
    Result<std::vector<std::string>> list(std::string_view prefix, Deadline deadline);
    Status sync_directory(std::string_view directory, Deadline deadline);

private:
    Host& host() { return parts_.hosts[host_]; }
    Disk& disk() { return host().disk; }
    const FileReference& file(std::uint32_t slot) const {
        CHECK(slot < files_.size());
        CHECK(files_[slot].content != nullptr);
        return files_[slot].content;
    }
    bool is_writable(std::uint32_t slot) const { return files_[slot].mode != OpenMode::read; }
    // Waits as long as the disk takes, between the two.
    Status wait(Duration least, Duration most, Deadline deadline);
    // Waits for the disk, then does `act`. Ended early, it is drawn whether the act happens all the same.
    template <class Act>
    [[gnu::always_inline]] auto on_disk(Duration least, Duration most, Deadline deadline, Act act) -> decltype(act()) {
        const Status waited = wait(least, most, deadline);
        if (waited.ok()) return act();
        if (is_done_late()) (void)act();
        return waited.error();
    }
    bool is_done_late() { return parts_.kernel.draw("disk_late", 2, host_) == 1; }
    template <class Act>
    [[gnu::always_inline]] auto at_once(Deadline deadline, Act act) -> decltype(act()) {
        constexpr Duration quick{20'000}; // into the page cache, or out of it
        return on_disk(quick, quick, deadline, act);
    }

    Parts& parts_;
    HostIndex host_;
    Tasks& tasks_;
    struct OpenFile {
        FileReference content;
        OpenMode mode{};
    };
    std::vector<OpenFile> files_;
};

// In line, as every return after a switch of fibers is one that the processor did not foresee.
[[gnu::always_inline]] inline Status Files::wait(Duration least, Duration most, Deadline deadline) {
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

// The content is in the disk's cache when the call returns; a crash before that may leave it out.
[[gnu::always_inline]] inline Status Files::write(std::uint32_t slot, std::uint64_t offset, ByteView bytes,
                                                  Deadline deadline) {
    CHECK(is_writable(slot));
    parts_.kernel.trace().add(host_, mix(hash_bytes(bytes), offset), parts_.kernel.running());
    host().count_effect(EffectKind::write);
    return at_once(deadline, [&] { return disk().write(*file(slot), offset, bytes); }); // lent until this returns
}

[[gnu::always_inline]] inline Status Files::sync(std::uint32_t slot, Deadline deadline) {
    const SyncTicket ticket = disk().begin_sync(file(slot));
    host().count_effect(EffectKind::sync);
    const Status waited = wait(parts_.options.sync_min, parts_.options.sync_max, deadline);
    if (waited.ok() || is_done_late())
        Disk::complete_sync(ticket);
    else
        Disk::give_up_sync(ticket);
    return waited;
}

} // namespace orrery::sim::world

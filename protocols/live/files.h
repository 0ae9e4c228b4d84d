// Files: the open files of one Env, and the tasks that wait for its disk. A call travels to the disk's thread and back
// as one object, which both sides hold: a task whose call ended early takes its name off it and is not looked for.
#pragma once

#include <boost/asio/post.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "orrery/protocols/live/disk.h"
#include "orrery/protocols/live/loop.h"
#include "orrery/protocols/live/seat.h"
#include "orrery/sim/bytes.h"

namespace orrery::live {

class Files {
public:
    // `disk`: null if the process has no disk; then every call fails with input_output.
    Files(Loop& loop, sim::Tasks& tasks, std::unique_ptr<Disk> disk)
        : loop_(loop), tasks_(tasks), disk_(std::move(disk)) {
        if (disk_ != nullptr) thread_.emplace();
    }
    Files(const Files&) = delete;
    Files& operator=(const Files&) = delete;

    // --- the calls of Env; a slot is one that open gave, and is not closed ---
    sim::Result<std::uint32_t> open(std::string_view path, sim::OpenMode mode, sim::Deadline deadline);
    sim::Result<sim::Bytes> read(std::uint32_t slot, std::uint64_t offset, std::size_t size, sim::Deadline deadline);
    sim::Status write(std::uint32_t slot, std::uint64_t offset, sim::ByteView bytes, sim::Deadline deadline);
    sim::Status truncate(std::uint32_t slot, std::uint64_t size, sim::Deadline deadline);
    sim::Status sync(std::uint32_t slot, sim::Deadline deadline);
    sim::Result<std::uint64_t> size(std::uint32_t slot, sim::Deadline deadline);
    void close(std::uint32_t slot);
    sim::Status rename(std::string_view from, std::string_view to, sim::Deadline deadline);
    sim::Status remove(std::string_view path, sim::Deadline deadline);
    sim::Result<std::vector<std::string>> list(std::string_view prefix, sim::Deadline deadline);
    sim::Status sync_directory(std::string_view directory, sim::Deadline deadline);

private:
    template <class Answer>
    struct Call {
        std::optional<Answer> answer; // the disk's thread writes it, then posts
        bool is_over = false;         // the post has arrived
        Seat caller;
    };
    // Has `act` run by the disk's thread. Ended early, it has happened or will happen, or not, and nobody hears of it.
    template <class Act>
    auto on_disk(sim::Deadline deadline, Act act) -> decltype(act()) {
        using Answer = decltype(act());
        sim::TaskState& task = tasks_.running();
        if (sim::Tasks::take_cancellation(task)) return sim::Error::cancelled;
        if (disk_ == nullptr) return sim::Error::input_output;
        if (deadline.at <= Loop::now()) return sim::Error::timed_out;
        auto call = std::make_shared<Call<Answer>>();
        thread_->submit([this, call, act = std::move(act)] {
            call->answer.emplace(act());
            boost::asio::post(loop_.io(), [this, call] {
                call->is_over = true;
                call->caller.call(tasks_);
            });
        });
        if (!call->caller.wait(tasks_, task, sim::Waiting::disk, deadline)) return task.outcome;
        CHECK(call->is_over);
        return std::move(*call->answer);
    }
    struct OpenFile {
        HeldFile held;
        sim::OpenMode mode{};
    };
    const HeldFile& file(std::uint32_t slot) const {
        CHECK(slot < files_.size());
        CHECK(files_[slot].held != nullptr);
        return files_[slot].held;
    }
    bool is_writable(std::uint32_t slot) const { return files_[slot].mode != sim::OpenMode::read; }

    Loop& loop_;
    sim::Tasks& tasks_;
    std::unique_ptr<Disk> disk_;
    std::vector<OpenFile> files_;
    std::optional<DiskThread> thread_; // goes first: it uses the others
};

} // namespace orrery::live

// Process: one boot of a host's program. It joins the program's tasks, sockets, streams and files to the world and
// is the Env through which the program sees them. Dies with the boot.
//
// The world reaches a process by a short, closed list of calls, those under "for the world" below and two by way of
// its tasks (Tasks::turn, Tasks::time_out) and its streams (ConnectionOwner): a second kind of tenant, an unmodified
// program, has to answer these and nothing else.
#pragma once

#include <string>
#include <vector>

#include "orrery/sim/env.h"
#include "orrery/sim/tasks.h"
#include "orrery/sim/world/files.h"
#include "orrery/sim/world/parts.h"
#include "orrery/sim/world/sockets.h"
#include "orrery/sim/world/streams.h"

namespace orrery::sim::world {

class Process final : public Env, private TaskClock {
public:
    Process(Parts& parts, Host& host);
    ~Process() override;

    // --- for the world ---
    // Runs main, within the boot's own event, until it waits for the first time.
    void start();
    [[gnu::always_inline]] void deliver(Event* event) { sockets_.deliver(event); }
    // Mutes the program, then disposes of it. `is_heard`: the peers of its streams hear of it.
    void kill(bool is_heard);
    // It died by itself - a failed CHECK, an exception - and the world is to kill it after the running event.
    bool is_dying() const { return dying_; }
    bool has_work() const { return tasks_.alive() > 0; }
    bool listens_at(std::uint64_t port) const { return sockets_.slot_of(port) != Sockets::none; }
    std::size_t tasks_alive() const { return tasks_.alive(); }
    TaskState* find(Task task) { return tasks_.find(task); }

    // --- Env ---
    const Identity& self() const override { return identity_; }
    Peers peers(std::string_view role) const override;
    const Settings& settings() const override { return parts_.options.settings; }
    Monotonic now() override { return host_.clock.monotonic(local_now()); }
    Wall wall() override { return host_.clock.wall(local_now()); }
    std::uint64_t draw(Site site, std::uint64_t n) override;
    void note_fields(const NoteKind& kind, std::span<const Field> fields) override;
    void state(const StateKey& key, Field value) override;
    Result<Socket> bind(std::uint64_t port) override;
    Task spawn(std::string_view name, std::function<void()> run) override { return tasks_.spawn(name, std::move(run)); }
    Task current() const override { return tasks_.running().handle(); }
    void wake(Task task) override { tasks_.wake(task); }
    void cancel(Task task) override { tasks_.cancel(task); }
    bool is_alive(Task task) const override { return tasks_.find(task) != nullptr; }
    void charge(Duration work) override;
    Status park(Deadline deadline) override;
    Status sleep_until(Deadline deadline) override;
    Result<Stream> connect(Address to, Deadline deadline) override;
    Result<Stream> accept(Socket& socket, Deadline deadline) override;
    Result<File> open(std::string_view path, OpenMode mode, Deadline deadline) override;
    Status rename(std::string_view from, std::string_view to, Deadline deadline) override;
    Status remove(std::string_view path, Deadline deadline) override;
    Result<std::vector<std::string>> list(std::string_view prefix, Deadline deadline) override;
    Status sync_directory(std::string_view directory, Deadline deadline) override;
    Status fault_point(const StateKey& name, Deadline deadline) override;

protected:
    Status socket_send(std::uint32_t slot, Address to, const Label& label, Bytes&& bytes) override;
    Result<Datagram> socket_receive(std::uint32_t slot, Deadline deadline) override;
    Address socket_address(std::uint32_t slot) const override { return identity_.address.at(sockets_.port(slot)); }
    void socket_close(std::uint32_t slot) override;
    Result<Bytes> stream_read(std::uint32_t slot, std::size_t size_max, Deadline deadline) override;
    Status stream_write(std::uint32_t slot, ByteView bytes, const Label& label, Deadline deadline) override;
    Status stream_shutdown(std::uint32_t slot) override;
    Address stream_peer(std::uint32_t slot) const override { return streams_.peer(slot); }
    void stream_close(std::uint32_t slot) override;
    Result<Bytes> file_read(std::uint32_t slot, std::uint64_t offset, std::size_t size, Deadline deadline) override;
    Status file_write(std::uint32_t slot, std::uint64_t offset, ByteView bytes, Deadline deadline) override;
    Status file_truncate(std::uint32_t slot, std::uint64_t size, Deadline deadline) override;
    Status file_sync(std::uint32_t slot, Deadline deadline) override;
    Result<std::uint64_t> file_size(std::uint32_t slot, Deadline deadline) override;
    void file_close(std::uint32_t slot) override;

private:
    // --- TaskClock ---
    void identify(TaskState& task) override;
    void schedule_wake(TaskState& task) override;
    bool schedule_timer(TaskState& task, Waiting what, Deadline deadline) override;
    void withdraw_timer(TaskState& task) override;
    void withdraw_wake(TaskState& task) override;
    void forget(TaskState& task) override;
    void task_failed(std::string rule, std::string text) override;

    [[gnu::noinline]] Status reach_point(TaskState& task, const StateKey& name, Deadline deadline);
    WorldTime local_now() const { return {host_.local_time(parts_.kernel.now().nanoseconds)}; }
    bool is_dead() const { return tasks_.is_dead(); }
    Error dead_end() const noexcept;

    Sockets sockets_;
    Tasks tasks_;
    Parts& parts_;
    Host& host_;
    Streams streams_;
    Files files_;
    Identity identity_;
    bool dying_ = false;
};

} // namespace orrery::sim::world

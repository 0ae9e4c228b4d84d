// Process: one boot of a host's program - its tasks, sockets and open files - and the simulated Env
// through which that program sees the world. Dies with the boot.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "orrery/sim/env.h"
#include "orrery/sim/fiber.h"
#include "orrery/sim/world/host.h"
#include "orrery/sim/world/stream.h"
#include "orrery/sim/world/world.h"

namespace orrery::sim::world {

// What a suspended task waits for.
enum class Waiting : std::uint8_t { nothing, start, park, sleep, receive, disk, stream };

struct TaskState {
    Fiber fiber;
    Process* process = nullptr;
    std::uint32_t slot = 0;
    std::uint32_t generation = 0;
    Waiting waiting = Waiting::nothing;
    bool permit = false;
    bool cancelled = false;
    bool alive = false;
    Error outcome{}; // why the wait ended, if not well
    bool failed = false;
    Event* timer = nullptr;      // on the agenda
    Event* wake = nullptr;       // on the agenda
    std::uint64_t born = 0;      // place in the order of spawns
    std::uint64_t key = 0;       // names the task in identities: its spawner, name and ordinal
    std::uint64_t waited_in = 0; // the event in which it waited last, and how often
    std::uint32_t waits = 0;
    std::string name;
    std::function<void()> run;

    // How often it has waited before in the running event: names its timer.
    std::uint32_t next_wait(std::uint64_t event) {
        if (waited_in == event) return ++waits;
        waited_in = event;
        return waits = 0;
    }
};

class Process final : public Env {
public:
    Process(World& world, Host& host);
    ~Process() override;

    // --- for the world ---
    void start();
    [[gnu::always_inline]] void resume(TaskState& task) {
        task.waiting = Waiting::nothing;
        running_ = &task;
        check_throws = true;
        task.fiber.switch_in();
        check_throws = false;
        running_ = nullptr;
        if (task.fiber.is_finished()) [[unlikely]]
            finish(task);
    }
    // A datagram has arrived.
    [[gnu::always_inline]] void deliver(Event* event) {
        Mailbox* found = nullptr;
        for (Mailbox& box : mailboxes_) {
            if (box.port != event->port) continue;
            if (TaskState* receiver = std::exchange(box.receiver, nullptr)) [[likely]] {
                box.arrived = event;
                ready(*receiver);
                return;
            }
            found = &box;
            break;
        }
        queue_datagram(found, event);
    }
    void wake_by_event(TaskState& task);
    void disk_done(TaskState& task) { resume(task); }
    void time_out(TaskState& task);
    bool take_connection(Connection& connection);
    void take_segment(Connection& connection, std::uint8_t end, Event& event);
    void wake_stream(StreamEnd& end);
    void drop_streams(bool tell);
    void kill(CrashDisposal disposal); // mute, then dispose of every task
    bool is_dying() const { return dying_; }
    bool has_work() const { return tasks_alive_ > 0; }
    std::size_t tasks_alive() const { return tasks_alive_; }
    TaskState* find(Task task);
    Host& host() { return host_; }

    // --- Env ---
    const Identity& self() const override { return identity_; }
    std::span<const Address> peers(std::string_view role) const override;
    const Settings& settings() const override { return world_.options_.settings; }
    Monotonic now() override { return host_.clock.monotonic(local_now()); }
    Wall wall() override { return host_.clock.wall(local_now()); }
    std::uint64_t draw(Site site, std::uint64_t n) override;
    void note_fields(const NoteKind& kind, std::span<const Field> fields) override;
    void state(const StateKey& key, Field value) override;
    Result<Socket> bind(std::uint64_t port) override;
    Task spawn(std::string_view name, std::function<void()> run) override;
    Task current() const override;
    void wake(Task task) override;
    void cancel(Task task) override;
    bool is_alive(Task task) const override;
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
    Address socket_address(std::uint32_t slot) const override;
    void socket_close(std::uint32_t slot) override;
    Result<Bytes> stream_read(std::uint32_t slot, std::size_t size_max, Deadline deadline) override;
    Status stream_write(std::uint32_t slot, ByteView bytes, const Label& label, Deadline deadline) override;
    Status stream_shutdown(std::uint32_t slot) override;
    Address stream_peer(std::uint32_t slot) const override;
    void stream_close(std::uint32_t slot) override;
    Result<Bytes> file_read(std::uint32_t slot, std::uint64_t offset, std::size_t size, Deadline deadline) override;
    Status file_write(std::uint32_t slot, std::uint64_t offset, ByteView bytes, Deadline deadline) override;
    Status file_truncate(std::uint32_t slot, std::uint64_t size, Deadline deadline) override;
    Status file_sync(std::uint32_t slot, Deadline deadline) override;
    Result<std::uint64_t> file_size(std::uint32_t slot, Deadline deadline) override;
    void file_close(std::uint32_t slot) override;

private:
    static constexpr std::size_t mailbox_max = 4096;
    static constexpr std::size_t backlog_max = 128;
    static constexpr std::uint64_t port_ephemeral = 49'152;

    struct Mailbox {
        std::uint64_t port = 0; // 0: the slot is free
        TaskState* receiver = nullptr;
        Event* arrived = nullptr; // handed to the waiting receiver
        EventQueue queue;
        TaskState* acceptor = nullptr;
        std::vector<std::uint32_t> backlog; // slots of streams that nobody has accepted yet
    };

    static void run_task(void* task);
    WorldTime local_now() const {
        return host_.busy_until > world_.now_.nanoseconds ? WorldTime{host_.busy_until} : world_.now_;
    }
    std::vector<TaskState*> youngest_first();
    // Suspends the running task. True: resumed well; false: task.outcome says why not.
    bool wait(TaskState& task, Waiting what, Deadline deadline);
    bool set_timer(TaskState& task, Waiting what, Deadline deadline);
    // Resumed from the event loop, well.
    [[gnu::always_inline]] void ready(TaskState& task) {
        world_.withdraw(task.timer);
        resume(task);
    }
    void queue_datagram(Mailbox* box, Event* event);
    void fail(TaskState& task, Error error);
    void finish(TaskState& task);
    void died(std::string kind, std::string rule, std::string text);
    std::uint32_t hold(Connection& connection, std::uint8_t end);
    Status disk_wait(Duration least, Duration most, Deadline deadline);
    // Waits for the disk, then does `act`. Ended early, it is drawn whether the act happens all the same.
    template <class Act>
    auto on_disk(Duration least, Duration most, Deadline deadline, Act act) -> decltype(act()) {
        if (dead_) return dead_end();
        const Status waited = disk_wait(least, most, deadline);
        if (waited.ok()) return act();
        if (world_.draw_here("disk_late", 2) == 1) (void)act();
        return waited.error();
    }
    Error dead_end() const noexcept;
    // Every suspending call asks first, also one that would not have to wait.
    static bool take_cancellation(TaskState& task) { return std::exchange(task.cancelled, false); }
    Status wait_status(TaskState& task, Waiting what, Deadline deadline) {
        if (wait(task, what, deadline)) return success();
        return task.outcome;
    }

    World& world_;
    Host& host_;
    Identity identity_;
    TaskState* running_ = nullptr;
    bool dead_ = false;
    bool dying_ = false; // died by itself; the world buries it after the running event
    std::size_t tasks_alive_ = 0;
    std::vector<std::unique_ptr<TaskState>> tasks_;
    std::vector<std::uint32_t> free_tasks_;
    std::vector<Mailbox> mailboxes_;
    std::vector<FileReference> files_;
    std::vector<StreamSlot> streams_;
    std::uint64_t spawned_ = 0;
    std::uint64_t ephemeral_ = port_ephemeral;
    mutable std::map<std::string, std::vector<Address>, std::less<>> peers_;
};

[[gnu::always_inline]] inline bool Process::wait(TaskState& task, Waiting what, Deadline deadline) {
    if (take_cancellation(task)) {
        task.outcome = Error::cancelled;
        return false;
    }
    if (!deadline.is_never() && !set_timer(task, what, deadline)) return false;
    task.waiting = what;
    task.failed = false;
    task.fiber.switch_out();
    return !task.failed;
}

} // namespace orrery::sim::world

#include "orrery/sim/world/process.h"

#include <algorithm>
#include <utility>

namespace orrery::sim::world {

Process::Process(Parts& parts, Host& host)
    : sockets_(parts, host.index, tasks_), tasks_(*this, parts.stacks), parts_(parts), host_(host),
      streams_(parts, host.index, tasks_, sockets_), files_(parts, host.index, tasks_) {
    CHECK(host.streams == nullptr);
    host.streams = &streams_;
    identity_ = {host.spec.name, host.spec.role, host.spec.index, Parts::address_of(host.index), host.boot};
}

Process::~Process() {
    CHECK(tasks_.alive() == 0);
    host_.streams = nullptr;
}

void Process::start() {
    tasks_.start_now(spawn("main", [this] { host_.spec.main(*this); }));
}

void Process::kill(bool is_heard) {
    streams_.drop_all(is_heard);
    tasks_.kill(host_.spec.disposal);
}

// --- the clock of the tasks: events of the world -----------------------------------------------------

void Process::identify(TaskState& task) {
    const std::uint64_t key = mix(name_hash("task"), name_hash(task.name), host_.index);
    task.key = mix(parts_.kernel.running(), key, parts_.kernel.next_ordinal(key));
}

void Process::schedule_wake(TaskState& task) {
    CHECK(task.wake == nullptr);
    Event* event = parts_.kernel.make(EventKind::wake, host_.index, task.key);
    event->task = &task;
    event->time = local_now().nanoseconds;
    task.wake = event;
    parts_.kernel.put(event);
}

bool Process::schedule_timer(TaskState& task, Waiting what, Deadline deadline) {
    CHECK(task.timer == nullptr);
    const WorldTime at = host_.clock.world(deadline.at);
    const WorldTime now = local_now();
    if (at <= now && what != Waiting::sleep) return false;
    Kernel& kernel = parts_.kernel;
    const std::uint64_t key = Kernel::child_key(EventKind::timer, task.key);
    const std::uint32_t ordinal = task.next_wait(kernel.running());
    const std::int64_t time = std::max(at, now).nanoseconds;
    task.timer = std::exchange(task.resting, nullptr);
    if (task.timer != nullptr) [[likely]] {
        kernel.set_again(static_cast<Event*>(task.timer), key, ordinal, time);
        return true;
    }
    Event* timer = kernel.make_numbered(EventKind::timer, host_.index, key, ordinal);
    timer->task = &task;
    timer->time = time;
    task.timer = timer;
    kernel.put(timer);
    return true;
}

void Process::withdraw_timer(TaskState& task) {
    auto* const timer = static_cast<Event*>(std::exchange(task.timer, nullptr));
    if (timer->kind != EventKind::timer || task.resting != nullptr || !parts_.kernel.may_rest()) {
        parts_.kernel.withdraw(timer);
        return;
    }
    parts_.kernel.rest(timer);
    task.resting = timer;
}

void Process::forget(TaskState& task) {
    if (task.resting == nullptr) return;
    parts_.kernel.withdraw_resting(static_cast<Event*>(std::exchange(task.resting, nullptr)));
}

void Process::withdraw_wake(TaskState& task) {
    parts_.kernel.withdraw(static_cast<Event*>(std::exchange(task.wake, nullptr)));
}

void Process::task_failed(std::string rule, std::string text) {
    CHECK(!is_dead());
    const std::string where = host_.spec.name + " in its task '" + tasks_.running().name + "': ";
    parts_.observers.report({"process", "process died", std::move(rule), where + text});
    dying_ = true;
    parts_.burial_due = true;
}

// In a dead process only tasks that unwind still run: a destructor, or code that caught the unwinding and goes on.
// Neither may wait for anything. (It cannot be said by an exception: this ends the run.)
Error Process::dead_end() const noexcept {
    const bool suspends_while_unwinding = tasks_.is_running();
    CHECK(!suspends_while_unwinding);
    return Error::dead;
}

// --- calls that return at once -----------------------------------------------------------------------

Peers Process::peers(std::string_view role) const {
    const auto found = parts_.roles.find(role);
    if (found == parts_.roles.end()) return {};
    const std::vector<Address>& members = found->second;
    if (role != host_.spec.role) return {members, members.size()};
    const auto self = std::lower_bound(members.begin(), members.end(), identity_.address);
    CHECK(self != members.end());
    CHECK(*self == identity_.address);
    return {members, static_cast<std::size_t>(self - members.begin())};
}

std::uint64_t Process::draw(Site site, std::uint64_t n) {
    if (is_dead()) return 0; // reaches nothing
    return parts_.kernel.draw(site, n, host_.index);
}

void Process::note_fields(const NoteKind& kind, std::span<const Field> fields) {
    if (is_dead()) return;
    std::uint64_t hash = kind.hash;
    for (const Field& field : fields)
        hash = Trace::follow(hash, field.is_text ? name_hash(field.text) : static_cast<std::uint64_t>(field.integer));
    parts_.kernel.trace().add(host_.index, hash, parts_.kernel.running());
    if (kind.goal) parts_.observers.count_goal(kind.name);
    if (!parts_.observers.is_watched()) return;
    Observation seen = parts_.observers.observation(Observation::Kind::note, host_);
    seen.name = kind.name;
    seen.note = &kind;
    seen.fields = fields;
    parts_.observers.observe(seen);
}

void Process::state(const StateKey& key, Field value) {
    if (is_dead()) return;
    parts_.kernel.trace().add(host_.index, key.hash,
                              value.is_text ? name_hash(value.text) : static_cast<std::uint64_t>(value.integer));
    Gauge& gauge = host_.gauge(key.name);
    gauge.is_text = value.is_text;
    gauge.integer = value.integer;
    if (value.is_text) gauge.text = value.text;
    if (parts_.watches.has_states()) [[unlikely]]
        parts_.watches.state_reported(host_, key, value);
    if (!parts_.observers.is_watched()) return;
    Observation seen = parts_.observers.observation(Observation::Kind::state, host_);
    seen.name = key.name;
    seen.fields = {&value, 1};
    parts_.observers.observe(seen);
}

void Process::charge(Duration work) {
    if (is_dead()) return;
    CHECK(work.count() >= 0);
    host_.busy_until = (local_now() + work).nanoseconds;
}

Result<Socket> Process::bind(std::uint64_t port) {
    if (is_dead()) return Error::dead;
    const Result<std::uint32_t> slot = sockets_.bind(port);
    if (!slot.ok()) return slot.error();
    return Socket(*this, *slot);
}

Status Process::socket_send(std::uint32_t slot, Address to, const Label& label, Bytes&& bytes) {
    if (is_dead()) return Error::dead;
    return sockets_.send(slot, to, label, std::move(bytes));
}

void Process::socket_close(std::uint32_t slot) {
    if (is_dead()) return;
    sockets_.close(slot);
    streams_.close_backlog(slot);
}

Status Process::stream_shutdown(std::uint32_t slot) {
    if (is_dead()) return Error::dead;
    return streams_.shutdown(slot);
}

void Process::stream_close(std::uint32_t slot) {
    if (!is_dead()) streams_.close(slot);
}

void Process::file_close(std::uint32_t slot) {
    if (!is_dead()) files_.close(slot);
}

// --- calls that suspend ------------------------------------------------------------------------------

Status Process::park(Deadline deadline) {
    if (is_dead()) return dead_end();
    return tasks_.park(deadline);
}

Status Process::sleep_until(Deadline deadline) {
    if (is_dead()) return dead_end();
    return tasks_.sleep_until(deadline);
}

Result<Datagram> Process::socket_receive(std::uint32_t slot, Deadline deadline) {
    if (is_dead()) return dead_end();
    return sockets_.receive(slot, deadline);
}

Result<Stream> Process::connect(Address to, Deadline deadline) {
    if (is_dead()) return dead_end();
    const Result<std::uint32_t> slot = streams_.connect(to, deadline);
    if (!slot.ok()) return slot.error();
    return Stream(*this, *slot);
}

Result<Stream> Process::accept(Socket& socket, Deadline deadline) {
    if (is_dead()) return dead_end();
    const Result<std::uint32_t> slot = streams_.accept(socket.slot(), deadline);
    if (!slot.ok()) return slot.error();
    return Stream(*this, *slot);
}

Result<Bytes> Process::stream_read(std::uint32_t slot, std::size_t size_max, Deadline deadline) {
    if (is_dead()) return dead_end();
    return streams_.read(slot, size_max, deadline);
}

Status Process::stream_write(std::uint32_t slot, ByteView bytes, const Label& label, Deadline deadline) {
    if (is_dead()) return dead_end();
    return streams_.write(slot, bytes, label, deadline);
}

Result<File> Process::open(std::string_view path, OpenMode mode, Deadline deadline) {
    if (is_dead()) return dead_end();
    const Result<std::uint32_t> slot = files_.open(path, mode, deadline);
    if (!slot.ok()) return slot.error();
    return File(*this, *slot);
}

Result<Bytes> Process::file_read(std::uint32_t slot, std::uint64_t offset, std::size_t size, Deadline deadline) {
    if (is_dead()) return dead_end();
    return files_.read(slot, offset, size, deadline);
}

Status Process::file_write(std::uint32_t slot, std::uint64_t offset, ByteView bytes, Deadline deadline) {
    if (is_dead()) return dead_end();
    return files_.write(slot, offset, bytes, deadline);
}

Status Process::file_truncate(std::uint32_t slot, std::uint64_t size, Deadline deadline) {
    if (is_dead()) return dead_end();
    return files_.truncate(slot, size, deadline);
}

Status Process::file_sync(std::uint32_t slot, Deadline deadline) {
    if (is_dead()) return dead_end();
    return files_.sync(slot, deadline);
}

Result<std::uint64_t> Process::file_size(std::uint32_t slot, Deadline deadline) {
    if (is_dead()) return dead_end();
    return files_.size(slot, deadline);
}

Status Process::rename(std::string_view from, std::string_view to, Deadline deadline) {
    if (is_dead()) return dead_end();
    return files_.rename(from, to, deadline);
}

Status Process::remove(std::string_view path, Deadline deadline) {
    if (is_dead()) return dead_end();
    return files_.remove(path, deadline);
}

Result<std::vector<std::string>> Process::list(std::string_view prefix, Deadline deadline) {
    if (is_dead()) return dead_end();
    return files_.list(prefix, deadline);
}

Status Process::sync_directory(std::string_view directory, Deadline deadline) {
    if (is_dead()) return dead_end();
    return files_.sync_directory(directory, deadline);
}

Status Process::fault_point(const StateKey& name, Deadline deadline) {
    if (is_dead()) return dead_end();
    TaskState& task = tasks_.running();
    if (Tasks::take_cancellation(task)) return Error::cancelled;
    if (!parts_.watches.has_points()) [[likely]]
        return success();
    return reach_point(task, name, deadline);
}

Status Process::reach_point(TaskState& task, const StateKey& name, Deadline deadline) {
    if (parts_.watches.point_reached(host_, task, name) == 0) return success();
    if (tasks_.wait(task, Waiting::point, deadline)) return success();
    return task.outcome;
}

} // namespace orrery::sim::world

// The calls of Env that reach out of the process: chance, notes, datagrams, files.
#include <algorithm>
#include <utility>

#include "orrery/sim/world/process.h"

namespace orrery::sim::world {
namespace {

constexpr Duration disk_quick{20'000}; // a read or a write into the page cache

} // namespace

std::span<const Address> Process::peers(std::string_view role) const {
    const auto found = peers_.find(role);
    if (found != peers_.end()) return found->second;
    std::vector<Address>& list = peers_[std::string(role)];
    for (HostIndex i = 0; i < world_.host_count(); ++i)
        if (i != host_.index && world_.host(i).spec.role == role) list.push_back(world_.address(i));
    return list;
}

std::uint64_t Process::draw(Site site, std::uint64_t n) {
    if (dead_) return 0; // reaches nothing
    return world_.draw_here(site, n);
}

void Process::note_fields(const NoteKind& kind, std::span<const Field> fields) {
    if (dead_) return;
    std::uint64_t hash = kind.hash;
    for (const Field& field : fields)
        hash = mix(hash, field.is_text ? name_hash(field.text) : static_cast<std::uint64_t>(field.integer));
    world_.trace_.add(host_.index, hash, world_.running_);
    if (kind.goal) ++world_.goals_[std::string(kind.name)];
    if (!world_.is_watched()) return;
    Observation seen = world_.observation(Observation::Kind::note, host_);
    seen.name = kind.name;
    seen.note = &kind;
    seen.fields = fields;
    world_.observe(seen);
}

void Process::state(const StateKey& key, Field value) {
    if (dead_) return;
    world_.trace_.add(host_.index, key.hash,
                      value.is_text ? name_hash(value.text) : static_cast<std::uint64_t>(value.integer));
    Gauge& gauge = host_.gauge(key.name);
    gauge.is_text = value.is_text;
    gauge.integer = value.integer;
    if (value.is_text) gauge.text = value.text;
    if (!world_.is_watched()) return;
    Observation seen = world_.observation(Observation::Kind::state, host_);
    seen.name = key.name;
    seen.fields = {&value, 1};
    world_.observe(seen);
}

Result<Socket> Process::bind(std::uint64_t port) {
    if (dead_) return Error::dead;
    const auto taken = [&](std::uint64_t number) {
        return std::any_of(mailboxes_.begin(), mailboxes_.end(),
                           [&](const Mailbox& box) { return box.port == number; });
    };
    while (port == 0 && taken(ephemeral_)) ++ephemeral_;
    if (port == 0) port = ephemeral_++;
    std::size_t slot = mailboxes_.size();
    for (std::size_t i = 0; i < mailboxes_.size(); ++i) {
        if (mailboxes_[i].port == port) return Error::address_in_use;
        if (mailboxes_[i].port == 0 && slot == mailboxes_.size()) slot = i;
    }
    if (slot == mailboxes_.size()) mailboxes_.emplace_back();
    mailboxes_[slot].port = port;
    return Socket(*this, static_cast<std::uint32_t>(slot));
}

Address Process::socket_address(std::uint32_t slot) const { return identity_.address.at(mailboxes_[slot].port); }

void Process::socket_close(std::uint32_t slot) {
    if (dead_) return;
    Mailbox& box = mailboxes_[slot];
    CHECK(box.receiver == nullptr);
    CHECK(box.acceptor == nullptr);
    while (Event* event = box.queue.pop()) world_.drop(event);
    box.port = 0;
    for (const std::uint32_t waiting : std::exchange(box.backlog, {})) {
        world_.break_stream(*streams_[waiting].connection, streams_[waiting].end, Error::reset, true);
        stream_close(waiting);
    }
}

Status Process::disk_wait(Duration least, Duration most, Deadline deadline) {
    CHECK(running_ != nullptr);
    TaskState& task = *running_;
    if (take_cancellation(task)) return Error::cancelled;
    const auto width = static_cast<std::uint64_t>((most - least).count()) + 1;
    const auto extra = static_cast<std::int64_t>(world_.draw_here("disk", width));
    const WorldTime done = local_now() + least + Duration{extra};
    const WorldTime limit = deadline.is_never() ? done : host_.clock.world(deadline.at);
    Event* event = world_.make_numbered(limit < done ? EventKind::timer : EventKind::disk, host_.index,
                                        World::child_key(EventKind::disk, task.key), task.next_wait(world_.running_));
    event->task = &task;
    event->time = std::min(done, std::max(limit, local_now())).nanoseconds;
    task.timer = event;
    world_.put(event);
    task.waiting = Waiting::disk;
    task.failed = false;
    task.fiber.switch_out();
    if (task.failed) return task.outcome;
    return success();
}

Result<File> Process::open(std::string_view path, OpenMode mode, Deadline deadline) {
    const std::string name(path);
    Result<FileReference> file = on_disk(disk_quick, disk_quick, deadline, [&] { return host_.disk.open(name, mode); });
    if (!file.ok()) return file.error();
    std::size_t slot = 0;
    while (slot < files_.size() && files_[slot] != nullptr) ++slot;
    if (slot == files_.size()) files_.emplace_back();
    files_[slot] = std::move(*file);
    return File(*this, static_cast<std::uint32_t>(slot));
}

Status Process::rename(std::string_view from, std::string_view to, Deadline deadline) {
    const std::string source(from);
    const std::string target(to);
    return on_disk(disk_quick, disk_quick, deadline, [&] { return host_.disk.rename(source, target); });
}

Status Process::remove(std::string_view path, Deadline deadline) {
    const std::string name(path);
    return on_disk(disk_quick, disk_quick, deadline, [&] { return host_.disk.remove(name); });
}

Result<std::vector<std::string>> Process::list(std::string_view prefix, Deadline deadline) {
    const std::string name(prefix);
    return on_disk(disk_quick, disk_quick, deadline,
                   [&]() -> Result<std::vector<std::string>> { return host_.disk.list(name); });
}

Status Process::sync_directory(std::string_view directory, Deadline deadline) {
    if (dead_) return dead_end();
    const std::string name(directory);
    const std::uint64_t until = host_.disk.begin_sync_directory();
    world_.count_effect(host_, EffectKind::sync);
    return on_disk(world_.options_.sync_min, world_.options_.sync_max, deadline, [&]() -> Status {
        host_.disk.complete_sync_directory(name, until);
        return success();
    });
}

Status Process::fault_point(const StateKey&, Deadline) {
    if (dead_) return dead_end();
    CHECK(running_ != nullptr);
    if (take_cancellation(*running_)) return Error::cancelled;
    return success();
}

Result<Bytes> Process::file_read(std::uint32_t slot, std::uint64_t offset, std::size_t size, Deadline deadline) {
    return on_disk(disk_quick, disk_quick, deadline, [&] { return host_.disk.read(*files_[slot], offset, size); });
}

// The content is in the disk's cache when the call returns; a crash before that may leave it out.
Status Process::file_write(std::uint32_t slot, std::uint64_t offset, ByteView bytes, Deadline deadline) {
    if (dead_) return dead_end();
    const Bytes kept(bytes);
    const std::uint64_t hash = Trace::hash_bytes(kept.data(), kept.size());
    world_.trace_.add(host_.index, mix(hash, offset), world_.running_);
    world_.count_effect(host_, EffectKind::write);
    return on_disk(disk_quick, disk_quick, deadline, [&] { return host_.disk.write(*files_[slot], offset, kept); });
}

Status Process::file_truncate(std::uint32_t slot, std::uint64_t size, Deadline deadline) {
    return on_disk(disk_quick, disk_quick, deadline, [&] { return host_.disk.truncate(*files_[slot], size); });
}

Status Process::file_sync(std::uint32_t slot, Deadline deadline) {
    if (dead_) return dead_end();
    const SyncTicket ticket = host_.disk.begin_sync(files_[slot]);
    world_.count_effect(host_, EffectKind::sync);
    return on_disk(world_.options_.sync_min, world_.options_.sync_max, deadline, [&]() -> Status {
        Disk::complete_sync(ticket);
        return success();
    });
}

Result<std::uint64_t> Process::file_size(std::uint32_t slot, Deadline deadline) {
    return on_disk(disk_quick, disk_quick, deadline,
                   [&]() -> Result<std::uint64_t> { return std::uint64_t{files_[slot]->visible.size()}; });
}

void Process::file_close(std::uint32_t slot) {
    if (!dead_) files_[slot] = nullptr;
}

} // namespace orrery::sim::world

// Env hands each call to the part that answers it. First it asks whether the process is dead.
#include "orrery/protocols/live/env.h"

#include <sys/random.h>

#include <utility> // boost 1.74 forgets it
//
#include <boost/asio/post.hpp>

#include "orrery/protocols/live/files.h"
#include "orrery/protocols/live/streams.h"
#include "orrery/protocols/live/write_back.h"
#include "orrery/sim/chance.h"

namespace orrery::live {
namespace {

std::uint64_t chance_of_the_system() {
    std::uint64_t number = 0;
    while (number == 0) CHECK(::getrandom(&number, sizeof number, 0) == sizeof number);
    return number;
}

// The machine has that address, if a socket can be bound to it.
sim::Problem objection_to(const Ip& ip, const Member& member) {
    boost::asio::io_context io;
    boost::asio::ip::udp::socket socket(io);
    boost::system::error_code error;
    const boost::asio::ip::udp::endpoint endpoint(ip, 0);
    socket.open(endpoint.protocol(), error);
    if (!error) socket.bind(endpoint, error);
    if (!error) return {};
    return sim::Complaint{sim::Cause::input, member.place,
                          "'" + member.host + "' is no address of this machine: " + error.message()};
}

// Null if it has none.
sim::Checked<std::unique_ptr<Disk>> disk_of(const Options& options) {
    if (options.data.empty()) return std::unique_ptr<Disk>();
    sim::Checked<std::unique_ptr<Folder>> folder = Folder::own(options.data);
    if (!folder.ok()) return folder.complaint();
    if (!options.loses_unsynced) return std::unique_ptr<Disk>(std::move(*folder));
    sim::Checked<std::unique_ptr<WriteBack>> disk = WriteBack::above(std::move(*folder));
    if (!disk.ok()) return disk.complaint();
    return std::unique_ptr<Disk>(std::move(*disk));
}

} // namespace

// In the order of need: what comes later uses what comes before, and goes first.
struct Env::Parts {
    Parts(Options given, std::vector<Ip> ips, std::size_t self, std::unique_ptr<Disk> disk)
        : options(std::move(given)), seed(options.seed ? *options.seed : chance_of_the_system()), scratch(scratch_size),
          book(options.cluster, std::move(ips), self), tasks(loop, stacks), ports(loop, tasks, book, scratch),
          streams(loop, tasks, book, scratch, ports, options.user_timeout), files(loop, tasks, std::move(disk)) {
        loop.attach(tasks);
        identity = {options.role + std::to_string(options.index),
                    options.role,
                    options.index,
                    book.self(),
                    chance_of_the_system(),
                    cluster_number(options.cluster, options.role)};
    }

    Options options;
    std::uint64_t seed;
    std::uint64_t draws = 0;
    sim::Identity identity{};
    Scratch scratch;
    AddressBook book;
    sim::StackArena stacks;
    Loop loop;
    sim::Tasks tasks;
    Ports ports;
    Streams streams;
    Files files;
    bool has_run = false;
    bool listens = false; // or is about to be told that it does
};

sim::Checked<std::unique_ptr<Env>> Env::make(Options options) {
    const Member* member = options.cluster.find(options.role, options.index);
    if (member == nullptr)
        return sim::usage_complaint("the cluster has no " + options.role + " " + std::to_string(options.index));
    sim::Checked<std::vector<Ip>> ips = resolve(options.cluster);
    if (!ips.ok()) return ips.complaint();
    const auto self = static_cast<std::size_t>(member - options.cluster.members.data());
    if (const sim::Problem problem = objection_to((*ips)[self], *member)) return *problem;
    sim::Checked<std::unique_ptr<Disk>> disk = disk_of(options);
    if (!disk.ok()) return disk.complaint();
    auto parts = std::make_unique<Parts>(std::move(options), std::move(*ips), self, std::move(*disk));
    return std::unique_ptr<Env>(new Env(std::move(parts)));
}

Env::Env(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Env::~Env() { CHECK(parts_->tasks.alive() == 0); }

Ending Env::run(std::function<void(sim::Env&)> main) {
    CHECK(!std::exchange(parts_->has_run, true));
    sim::prepare_switching();
    sim::Tasks& tasks = parts_->tasks;
    Loop& loop = parts_->loop;
    const sim::Task task = tasks.spawn("main", [this, run = std::move(main)] { run(*this); });
    int stops = 0;
    loop.run(
        [&] {
            const bool is_stopped = stops > 1 || (stops == 1 && tasks.find(task) == nullptr);
            return is_stopped || tasks.alive() == 0;
        },
        [&] {
            if (++stops == 1) tasks.cancel(task);
        });
    if (!tasks.is_dead()) tasks.kill(sim::CrashDisposal::unwind);
    parts_->streams.reset_all();
    parts_->ports.close_all();
    sim::Bytes::release_pool();
    if (const std::optional<Death>& death = loop.death())
        return {Ending::Kind::died, death->task, death->rule, death->text};
    return {stops > 0 ? Ending::Kind::stopped : Ending::Kind::finished};
}

void Env::stop() noexcept { parts_->loop.stop(); }

bool Env::is_dead() const { return parts_->tasks.is_dead() || parts_->loop.death().has_value(); }

// In a dead process only tasks that unwind still run, and none of them may wait for anything.
sim::Error Env::dead_end() const noexcept {
    const bool suspends_while_unwinding = parts_->tasks.is_dead() && parts_->tasks.is_running();
    CHECK(!suspends_while_unwinding);
    return sim::Error::dead;
}

// --- calls that return at once -----------------------------------------------------------------------

const sim::Identity& Env::self() const { return parts_->identity; }
sim::Peers Env::peers(std::string_view role) const { return parts_->book.peers(role); }
const sim::Settings& Env::settings() const { return parts_->options.settings; }
sim::Monotonic Env::now() { return Loop::now(); }

sim::Wall Env::wall() {
    const std::chrono::nanoseconds since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return {since_epoch.count()};
}

std::uint64_t Env::draw(sim::Site site, std::uint64_t n) {
    CHECK(n > 0);
    if (is_dead()) return 0;
    const std::uint64_t raw = sim::mix(parts_->seed, site.hash, ++parts_->draws);
    return static_cast<std::uint64_t>((static_cast<sim::Wide>(raw) * n) >> 64);
}

void Env::note_fields(const sim::NoteKind& kind, std::span<const sim::Field> fields) {
    if (!is_dead() && parts_->options.watcher != nullptr)
        parts_->options.watcher->noted(parts_->identity, kind, fields);
}

void Env::state(const sim::StateKey& key, sim::Field value) {
    if (!is_dead() && parts_->options.watcher != nullptr) parts_->options.watcher->stated(parts_->identity, key, value);
}

sim::Result<sim::Socket> Env::bind(std::uint64_t port) {
    if (is_dead()) return sim::Error::dead;
    const sim::Result<std::uint32_t> slot = parts_->ports.bind(port);
    if (!slot.ok()) return slot.error();
    if (port != 0 && !std::exchange(parts_->listens, true) && parts_->options.watcher != nullptr)
        boost::asio::post(parts_->loop.io(), [this] { parts_->options.watcher->listens(parts_->identity); });
    return sim::Socket(*this, *slot);
}

sim::Task Env::spawn(std::string_view name, std::function<void()> run) {
    if (is_dead()) return {};
    return parts_->tasks.spawn(name, std::move(run));
}
sim::Task Env::current() const { return parts_->tasks.running().handle(); }
void Env::wake(sim::Task task) {
    if (!is_dead()) parts_->tasks.wake(task);
}
void Env::cancel(sim::Task task) {
    if (!is_dead()) parts_->tasks.cancel(task);
}
bool Env::is_alive(sim::Task task) const { return parts_->tasks.find(task) != nullptr; }
void Env::charge(sim::Duration work) { CHECK(work.count() >= 0); }

void Env::tell_effect(Effect effect) const {
    if (parts_->options.watcher != nullptr) parts_->options.watcher->takes_effect(parts_->identity, effect);
}

// The label is for watchers: it does not travel.
sim::Status Env::socket_send(std::uint32_t slot, sim::Address to, const sim::Label& label, sim::Bytes&& bytes) {
    if (is_dead()) return sim::Error::dead;
    if (parts_->options.watcher != nullptr) parts_->options.watcher->sends(parts_->identity, to, label);
    const sim::Status sent = parts_->ports.send(slot, to, bytes);
    tell_effect(Effect::send);
    return sent;
}
sim::Address Env::socket_address(std::uint32_t slot) const { return parts_->ports.address(slot); }
void Env::socket_close(std::uint32_t slot) {
    if (!is_dead()) parts_->ports.close(slot);
}
sim::Status Env::stream_shutdown(std::uint32_t slot) {
    if (is_dead()) return sim::Error::dead;
    return parts_->streams.shutdown(slot);
}
sim::Address Env::stream_peer(std::uint32_t slot) const { return parts_->streams.peer(slot); }
void Env::stream_close(std::uint32_t slot) {
    if (!is_dead()) parts_->streams.close(slot);
}
void Env::file_close(std::uint32_t slot) {
    if (!is_dead()) parts_->files.close(slot);
}

// --- calls that suspend ------------------------------------------------------------------------------

sim::Status Env::park(sim::Deadline deadline) {
    if (is_dead()) return dead_end();
    return parts_->tasks.park(deadline);
}
sim::Status Env::sleep_until(sim::Deadline deadline) {
    if (is_dead()) return dead_end();
    return parts_->tasks.sleep_until(deadline);
}
sim::Result<sim::Datagram> Env::socket_receive(std::uint32_t slot, sim::Deadline deadline) {
    if (is_dead()) return dead_end();
    return parts_->ports.receive(slot, deadline);
}
sim::Result<sim::Stream> Env::connect(sim::Address to, sim::Deadline deadline) {
    if (is_dead()) return dead_end();
    const sim::Result<std::uint32_t> slot = parts_->streams.connect(to, deadline);
    if (!slot.ok()) return slot.error();
    return sim::Stream(*this, *slot);
}
sim::Result<sim::Stream> Env::accept(sim::Socket& socket, sim::Deadline deadline) {
    if (is_dead()) return dead_end();
    const sim::Result<std::uint32_t> slot = parts_->streams.accept(socket.slot(), deadline);
    if (!slot.ok()) return slot.error();
    return sim::Stream(*this, *slot);
}
sim::Result<sim::Bytes> Env::stream_read(std::uint32_t slot, std::size_t size_max, sim::Deadline deadline) {
    if (is_dead()) return dead_end();
    return parts_->streams.read(slot, size_max, deadline);
}
sim::Status Env::stream_write(std::uint32_t slot, sim::ByteView bytes, const sim::Label& label,
                              sim::Deadline deadline) {
    if (is_dead()) return dead_end();
    if (parts_->options.watcher != nullptr)
        parts_->options.watcher->sends(parts_->identity, parts_->streams.peer(slot), label);
    const sim::Status written = parts_->streams.write(slot, bytes, deadline);
    if (written.ok()) tell_effect(Effect::send);
    return written;
}
sim::Result<sim::File> Env::open(std::string_view path, sim::OpenMode mode, sim::Deadline deadline) {
    if (is_dead()) return dead_end();
    const sim::Result<std::uint32_t> slot = parts_->files.open(path, mode, deadline);
    if (!slot.ok()) return slot.error();
    return sim::File(*this, *slot);
}
sim::Result<sim::Bytes> Env::file_read(std::uint32_t slot, std::uint64_t offset, std::size_t size,
                                       sim::Deadline deadline) {
    if (is_dead()) return dead_end();
    return parts_->files.read(slot, offset, size, deadline);
}
sim::Status Env::file_write(std::uint32_t slot, std::uint64_t offset, sim::ByteView bytes, sim::Deadline deadline) {
    if (is_dead()) return dead_end();
    tell_effect(Effect::write);
    return parts_->files.write(slot, offset, bytes, deadline);
}
sim::Status Env::file_truncate(std::uint32_t slot, std::uint64_t size, sim::Deadline deadline) {
    if (is_dead()) return dead_end();
    return parts_->files.truncate(slot, size, deadline);
}
sim::Status Env::file_sync(std::uint32_t slot, sim::Deadline deadline) {
    if (is_dead()) return dead_end();
    tell_effect(Effect::sync);
    return parts_->files.sync(slot, deadline);
}
sim::Result<std::uint64_t> Env::file_size(std::uint32_t slot, sim::Deadline deadline) {
    if (is_dead()) return dead_end();
    return parts_->files.size(slot, deadline);
}
sim::Status Env::rename(std::string_view from, std::string_view to, sim::Deadline deadline) {
    if (is_dead()) return dead_end();
    return parts_->files.rename(from, to, deadline);
}
sim::Status Env::remove(std::string_view path, sim::Deadline deadline) {
    if (is_dead()) return dead_end();
    return parts_->files.remove(path, deadline);
}
sim::Result<std::vector<std::string>> Env::list(std::string_view prefix, sim::Deadline deadline) {
    if (is_dead()) return dead_end();
    return parts_->files.list(prefix, deadline);
}
sim::Status Env::sync_directory(std::string_view directory, sim::Deadline deadline) {
    if (is_dead()) return dead_end();
    tell_effect(Effect::sync);
    return parts_->files.sync_directory(directory, deadline);
}

// Whoever watches may make the process stand still here.
sim::Status Env::fault_point(const sim::StateKey& name, sim::Deadline) {
    if (is_dead()) return dead_end();
    if (sim::Tasks::take_cancellation(parts_->tasks.running())) return sim::Error::cancelled;
    if (parts_->options.watcher != nullptr) parts_->options.watcher->reached(parts_->identity, name);
    return sim::success();
}

} // namespace orrery::live

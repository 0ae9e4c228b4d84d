// The live Env: the same door as the simulated one, before real sockets, clocks and files.
//
//     Checked<std::unique_ptr<live::Env>> env = live::Env::make({.role = "server", .index = 0, .cluster = cluster,
//                                                                .data = "data/server0"});
//     const live::Ending ending = (*env)->run(server_main);      // until main and its tasks have ended, or stop()
//
// One thread runs an Env: its tasks, its sockets, its timers. A second one, inside, makes the blocking calls of files.
// A process may have several Envs, each run by a thread of its own; they share nothing. What is global is either of
// each thread (the pool of Bytes) or does not change while they run (flaws, settings).
//
// A crash of the simulated world is here the end of the process, of which the kernel tells its peers. In one process
// with others, an Env whose main was stopped, or that died of a failed CHECK, mutes and unwinds its tasks in the same
// way as the simulated one, and resets its streams.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "orrery/protocols/live/cluster.h"
#include "orrery/sim/env.h"

namespace orrery::live {

// What a process does to what is outside of it.
enum class Effect : std::uint8_t { send, write, sync };

// Hears what a process says about itself, and what it does, on the thread that runs it. What is passed is borrowed for
// the call. A process whose watcher does not return stands still there.
class Watcher {
public:
    virtual ~Watcher() = default;
    // A datagram is about to leave, or data of a stream.
    virtual void sends(const sim::Identity&, sim::Address, const sim::Label&) {}
    // Data have left; or a file is about to be written, or a file or folder to be synced.
    virtual void takes_effect(const sim::Identity&, Effect) {}
    // It has come to a fault point.
    virtual void reached(const sim::Identity&, const sim::StateKey&) {}
    virtual void noted(const sim::Identity& who, const sim::NoteKind& kind, std::span<const sim::Field> fields) = 0;
    virtual void stated(const sim::Identity& who, const sim::StateKey& key, const sim::Field& value) = 0;
    // Once: it has bound a port that others know, and so all that it binds in the same turn.
    virtual void listens(const sim::Identity&) {}
};

struct Options {
    std::string role;
    std::uint32_t index = 0;
    Cluster cluster{}; // names this process too
    sim::Settings settings{};
    std::string data{};                         // the folder that is its disk; empty: it has none
    bool loses_unsynced = false;                // a crash takes from it what was not synced: see write_back.h
    std::optional<std::uint64_t> seed{};        // of its draws; without one the operating system gives one
    Watcher* watcher = nullptr;                 // outlives the Env
    sim::Duration user_timeout{10'000'000'000}; // a stream breaks whose peer was silent for so long
};

struct Ending {
    enum class Kind : std::uint8_t {
        finished, // main and all tasks ended
        stopped,  // stop() was called, and main ended; what tasks were left were unwound
        died,     // an exception or a failed CHECK left a task
    };
    Kind kind = Kind::finished;
    std::string task{}; // of a death: which task
    std::string rule{}; // and of what: "uncaught std::out_of_range"
    std::string text{};
};

class Env final : public sim::Env {
public:
    static sim::Checked<std::unique_ptr<Env>> make(Options options);
    ~Env() override;

    // Runs the process, once. Blocks.
    Ending run(std::function<void(sim::Env&)> main);
    // Cancels main; called again, ends the process without waiting for it. From any thread, and from a handler of
    // signals. Before run(), it is kept.
    void stop() noexcept;

    // --- sim::Env ---
    const sim::Identity& self() const override;
    sim::Peers peers(std::string_view role) const override;
    const sim::Settings& settings() const override;
    sim::Monotonic now() override;
    sim::Wall wall() override;
    std::uint64_t draw(sim::Site site, std::uint64_t n) override;
    void note_fields(const sim::NoteKind& kind, std::span<const sim::Field> fields) override;
    void state(const sim::StateKey& key, sim::Field value) override;
    sim::Result<sim::Socket> bind(std::uint64_t port) override;
    sim::Task spawn(std::string_view name, std::function<void()> run) override;
    sim::Task current() const override;
    void wake(sim::Task task) override;
    void cancel(sim::Task task) override;
    bool is_alive(sim::Task task) const override;
    void charge(sim::Duration work) override;
    sim::Status park(sim::Deadline deadline) override;
    sim::Status sleep_until(sim::Deadline deadline) override;
    sim::Result<sim::Stream> connect(sim::Address to, sim::Deadline deadline) override;
    sim::Result<sim::Stream> accept(sim::Socket& socket, sim::Deadline deadline) override;
    sim::Result<sim::File> open(std::string_view path, sim::OpenMode mode, sim::Deadline deadline) override;
    sim::Status rename(std::string_view from, std::string_view to, sim::Deadline deadline) override;
    sim::Status remove(std::string_view path, sim::Deadline deadline) override;
    sim::Result<std::vector<std::string>> list(std::string_view prefix, sim::Deadline deadline) override;
    sim::Status sync_directory(std::string_view directory, sim::Deadline deadline) override;
    sim::Status fault_point(const sim::StateKey& name, sim::Deadline deadline) override;

protected:
    sim::Status socket_send(std::uint32_t slot, sim::Address to, const sim::Label& label, sim::Bytes&& bytes) override;
    sim::Result<sim::Datagram> socket_receive(std::uint32_t slot, sim::Deadline deadline) override;
    sim::Address socket_address(std::uint32_t slot) const override;
    void socket_close(std::uint32_t slot) override;
    sim::Result<sim::Bytes> stream_read(std::uint32_t slot, std::size_t size_max, sim::Deadline deadline) override;
    sim::Status stream_write(std::uint32_t slot, sim::ByteView bytes, const sim::Label& label,
                             sim::Deadline deadline) override;
    sim::Status stream_shutdown(std::uint32_t slot) override;
    sim::Address stream_peer(std::uint32_t slot) const override;
    void stream_close(std::uint32_t slot) override;
    sim::Result<sim::Bytes> file_read(std::uint32_t slot, std::uint64_t offset, std::size_t size,
                                      sim::Deadline deadline) override;
    sim::Status file_write(std::uint32_t slot, std::uint64_t offset, sim::ByteView bytes,
                           sim::Deadline deadline) override;
    sim::Status file_truncate(std::uint32_t slot, std::uint64_t size, sim::Deadline deadline) override;
    sim::Status file_sync(std::uint32_t slot, sim::Deadline deadline) override;
    sim::Result<std::uint64_t> file_size(std::uint32_t slot, sim::Deadline deadline) override;
    void file_close(std::uint32_t slot) override;

private:
    struct Parts; // so that whoever includes this page does not include all of Asio
    explicit Env(std::unique_ptr<Parts> parts);
    bool is_dead() const;
    sim::Error dead_end() const noexcept;
    void tell_effect(Effect effect) const;

    std::unique_ptr<Parts> parts_;
};

} // namespace orrery::live

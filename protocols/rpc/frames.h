// Frames on a stream: a 32-bit length, then so many bytes. `write` puts a frame into a queue that a task of its own
// drains, so that a caller who gives up leaves no half frame behind, and the stream is closed only after the last
// frame. `write` never waits, and so never refuses for want of room: callers await `room` first, which bounds the
// queue.
#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "orrery/sim/codec.h"
#include "orrery/sim/sync.h"

namespace orrery::rpc {

class Frames : public std::enable_shared_from_this<Frames> {
public:
    static constexpr std::uint32_t frame_max = std::uint32_t{16} << 20; // bytes
    static constexpr std::size_t queued_max = 64 * 1024;                // bytes; beyond it there is no room

    // Runs the writer in a task of its own.
    using Spawn = std::function<void(std::function<void()>)>;

    // `first`: what was read of the stream before.
    Frames(sim::Env& env, sim::Stream stream, sim::Bytes first, Spawn spawn_writer)
        : stream_(std::move(stream)), spawn_writer_(std::move(spawn_writer)), room_(env), buffer_(std::move(first)) {}
    Frames(sim::Env& env, sim::Stream stream)
        : Frames(env, std::move(stream), {},
                 [&env](std::function<void()> write) { env.spawn("rpc.write", std::move(write)); }) {}

    // For one reader. Fails with `closed` when the peer has written its last frame, and with `reset` when the stream
    // broke, ended inside a frame, or carries a length above frame_max.
    sim::Result<sim::Bytes> read(sim::Deadline deadline = {});
    // Returns once less than `queued_max` waits to be sent. While the peer does not read, it does not return.
    sim::Status room(sim::Deadline deadline = {});
    // Does not suspend. Fails if the stream is known to be broken. Success means that the frame was queued, not that
    // it will arrive.
    sim::Status write(sim::ByteView content, const sim::Label& label);

private:
    struct Queued {
        sim::Bytes frame;
        const sim::Label* label = nullptr;
    };
    void drain();

    sim::Stream stream_;
    Spawn spawn_writer_;
    sim::Signal room_;
    sim::Bytes buffer_;     // as read
    std::size_t taken_ = 0; // bytes at its start that were handed out as frames
    std::deque<Queued> queue_;
    std::size_t queued_ = 0; // bytes, also of the frame that is being sent
    bool draining_ = false;
    bool broken_ = false;
};

} // namespace orrery::rpc

// Frames on a stream: a 32-bit length, then so many bytes. What is written goes into a queue that a
// task of its own drains, so that nobody who gives up waiting leaves half a frame behind, and the
// stream is closed only after the last frame. The queue is bounded by those who write: each sees
// first whether there is room.
#pragma once

#include <deque>
#include <memory>

#include "orrery/sim/codec.h"
#include "orrery/sim/sync.h"

namespace orrery::rpc {

class Frames : public std::enable_shared_from_this<Frames> {
public:
    static constexpr std::uint32_t frame_max = std::uint32_t{16} << 20; // bytes
    static constexpr std::size_t queued_max = 64 * 1024;                // bytes; beyond it there is no room

    Frames(sim::Env& env, sim::Stream stream) : env_(env), stream_(std::move(stream)), room_(env) {}

    // For one reader. `closed`: the peer has written its last frame. `reset`: it broke, in a frame or
    // between, or what comes is no frame.
    sim::Result<sim::Bytes> read(sim::Deadline deadline = {});
    // Returns once less than `queued_max` waits to be sent: a peer that does not read holds this back.
    sim::Status room(sim::Deadline deadline = {});
    // At once; fails if the stream is known to be broken. Success says only that it was queued.
    sim::Status write(sim::ByteView content, const sim::Label& label);

private:
    struct Queued {
        sim::Bytes frame;
        const sim::Label* label = nullptr;
    };
    void drain();

    sim::Env& env_;
    sim::Stream stream_;
    sim::Signal room_;
    sim::Bytes buffer_;     // as read
    std::size_t taken_ = 0; // bytes of it that were handed out as frames
    std::deque<Queued> queue_;
    std::size_t queued_ = 0; // bytes, also of the frame that is being sent
    bool draining_ = false;
    bool broken_ = false;
};

} // namespace orrery::rpc

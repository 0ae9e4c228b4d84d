// The reader keeps what it has read and not yet handed out. The writer is a task that exists only while there is
// something to write.
#include "orrery/protocols/rpc/frames.h"

namespace orrery::rpc {

sim::Result<sim::Bytes> Frames::read(sim::Deadline deadline) {
    constexpr std::size_t read_max = 16 * 1024;
    while (true) {
        CHECK(taken_ <= buffer_.size());
        sim::Reader reader(buffer_.view().subspan(taken_));
        const auto size = reader.number<std::uint32_t>();
        if (reader.ok() && size > frame_max) return sim::Error::reset;
        if (reader.ok() && reader.rest().size() >= size) {
            taken_ += sizeof size + size;
            return sim::Bytes(reader.rest().first(size));
        }
        const sim::Result<sim::Bytes> more = stream_.read(read_max, deadline);
        if (!more.ok()) return more.error();
        buffer_ = sim::Bytes(buffer_.view().subspan(std::exchange(taken_, 0)));
        if (more->empty()) return buffer_.empty() ? sim::Error::closed : sim::Error::reset;
        buffer_.append(*more);
    }
}

sim::Status Frames::room(sim::Deadline deadline) {
    while (!broken_ && queued_ >= queued_max)
        if (const sim::Status waited = room_.wait(deadline); !waited.ok()) return waited;
    return broken_ ? sim::Status(sim::Error::reset) : sim::success();
}

sim::Status Frames::write(sim::ByteView content, const sim::Label& label) {
    CHECK(content.size() <= frame_max);
    if (broken_) return sim::Error::reset;
    sim::Bytes frame;
    sim::Writer(frame).raw(content);
    CHECK(frame.size() == sizeof(std::uint32_t) + content.size());
    queued_ += frame.size();
    queue_.push_back({std::move(frame), &label});
    if (!std::exchange(draining_, true)) spawn_writer_([self = shared_from_this()] { self->drain(); });
    return sim::success();
}

void Frames::drain() {
    CHECK(draining_);
    while (!queue_.empty()) {
        const Queued next = std::move(queue_.front());
        queue_.pop_front();
        if (!broken_ && !stream_.write(next.frame, *next.label).ok()) broken_ = true;
        CHECK(queued_ >= next.frame.size());
        queued_ -= next.frame.size();
        room_.signal();
    }
    CHECK(queued_ == 0);
    draining_ = false;
}

} // namespace orrery::rpc

// Decoder: the receiving half of a gob stream.
//
//     gob::Decoder decoder;                                one for each connection
//     decoder.feed(bytes);                                 as they come, cut anywhere
//     while (decoder.ready()) problem = decoder.take(request);
//     if (decoder.error()) ...                             the connection is of no more use
//
// `ready` takes in the definitions of types that stand before a value. `take` reads the value into an object: fields
// are found by name, what the sender left out stays as it was, what only the sender has is skipped. A problem of `take`
// concerns this value alone; the object may be partly changed then.
//
// The bytes may come from anybody. Memory is bounded by `Limits`, stack by depth_max, time by the bytes that came.
#pragma once

#include "orrery/protocols/gob/value_reader.h"

namespace orrery::gob {

class Decoder {
public:
    explicit Decoder(Limits limits = {}) : limits_(limits), types_(limits.definitions_max) {}

    void feed(sim::ByteView bytes);
    // A whole value has come.
    bool ready();
    // What makes the stream unreadable from here on. `ready` is false then.
    const Problem& error() const { return error_; }
    // Nothing of a value has come that was not taken: here a stream may end.
    bool is_between_values() const { return taken_ == buffer_.size() && !definitions_pending_; }

    // The next value; call it if `ready`.
    template <class T>
    [[nodiscard]] Problem take(T& value) {
        if constexpr (sim::codec::is_optional<T>) {
            if (!value.has_value()) value.emplace();
            return take(*value);
        } else {
            const Type& type = describe<T>();
            Input in = take_message();
            const Plan* plan = begin(in, type);
            if (plan == nullptr) return std::move(in).problem();
            ValueReader reader(in, skipper_, limits_);
            reader.read(value, *plan);
            return std::move(in).problem();
        }
    }
    // Passes over the next value, whatever it is.
    [[nodiscard]] Problem discard() {
        return take_as_sent([this](Input& in, const SenderType& type) { skipper_.skip(in, type); });
    }
    // Hands the next value to `read`, with the type that its sender has defined: void(Input&, const SenderType&).
    template <class Read>
    [[nodiscard]] Problem take_as_sent(Read read) {
        Input in = take_message();
        if (const SenderType* type = begin_as_sent(in)) read(in, *type);
        return std::move(in).problem();
    }

private:
    struct Message {
        std::size_t begin = 0; // in buffer_
        std::size_t size = 0;
    };
    std::optional<Message> whole_message();
    bool fail(Error error);
    Input take_message();
    const Plan* begin(Input& in, const Type& ours);
    const SenderType* begin_as_sent(Input& in);

    Limits limits_;
    SenderTypes types_;
    Skipper skipper_;
    sim::Bytes buffer_;                // as fed
    std::size_t taken_ = 0;            // bytes at its start that were taken
    bool definitions_pending_ = false; // some came, and the value that needs them did not
    std::optional<Message> value_;     // what `ready` found
    Problem error_;
};

} // namespace orrery::gob

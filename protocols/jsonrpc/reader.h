// Reader: cuts one JSON value after the other from a stream of bytes.
#pragma once

#include "orrery/protocols/gob/problem.h"
#include "orrery/protocols/jsonrpc/scanner.h"
#include "orrery/sim/bytes.h"

namespace orrery::jsonrpc {

// As for gob: texts are what Go says.
using gob::Error;
using gob::ErrorKind;
using gob::Problem;

// What one stream, and one value, may cost.
struct Limits {
    std::size_t value_max = std::size_t{64} << 20;   // bytes
    std::size_t depth_max = 10'000;                  // lists and objects inside each other, as in Go
    std::size_t memory_max = std::size_t{256} << 20; // bytes of the elements of one value that is read
    std::size_t nesting_max = 32; // structs inside structs: each takes stack, and a fiber has 64 KiB of it
};

class Reader {
public:
    explicit Reader(Limits limits = {}) : limits_(limits), scanner_(limits.depth_max) {}

    void feed(sim::ByteView bytes);
    // The next value, without the space around it, if all of it has come. It stands until the next feed.
    std::optional<std::string_view> next();
    // Why no value can follow any more.
    const Problem& error() const { return error_; }
    // Nothing of a value has come that was not taken: here a stream may end.
    bool is_between_values() const { return scanner_.is_between_values() && scanned_ == buffer_.size(); }

private:
    std::string_view take(std::size_t end);
    void fail(ErrorKind kind, std::string text);

    Limits limits_;
    Scanner scanner_;
    sim::Bytes buffer_;
    std::size_t begin_ = 0;   // of the value that is being scanned
    std::size_t scanned_ = 0; // bytes that the scanner has seen
    Problem error_;
};

// A text that is to be one value, and nothing else.
Problem check_whole(std::string_view text);

} // namespace orrery::jsonrpc

// Frames: records one after the other in a file, so that whoever reads it again knows where the whole ones end. A frame
// is [length: 4 bytes][checksum: 8 bytes][content]. The checksum covers the content and the checksum of the frame
// before it: a frame that is left over from before a truncation never follows one that was written after it.
//
//     sim::Bytes bytes;
//     std::uint64_t last = append_frame(bytes, first, 0);
//     last = append_frame(bytes, second, last);
#pragma once

#include "orrery/sim/codec.h"
#include "orrery/sim/env.h"

namespace orrery::replication {

constexpr std::size_t frame_header_bytes = 12;

// Appends a frame behind one whose checksum is `previous` (0: it is the first), and returns its own checksum. `content`
// is not empty (CHECK): a length of zero marks bytes of a file that grew and were not written.
std::uint64_t append_frame(sim::Bytes& out, sim::ByteView content, std::uint64_t previous);
// The same of a content that is appended to `out` between these two. The first returns where the frame begins.
std::size_t begin_frame(sim::Bytes& out);
std::uint64_t end_frame(sim::Bytes& out, std::size_t begin, std::uint64_t previous);
// The content of the frame at the start of `bytes`; empty if there is no whole one. `previous` is the checksum of the
// frame before it, and becomes that of this one.
sim::ByteView read_frame(sim::ByteView bytes, std::uint64_t& previous);
// All that a file holds. Errors: input_output, cancelled, dead.
sim::Result<sim::Bytes> read_whole(sim::File& file);

} // namespace orrery::replication

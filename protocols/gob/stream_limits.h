// What one stream may cost its reader. Go allows 8 GiB for a message; a server that anybody can reach needs less.
#pragma once

#include <cstddef>

namespace orrery::gob {

struct Limits {
    std::size_t message_max = std::size_t{64} << 20; // bytes of one message, both ways
    // Bytes that the elements of one decoded value may take, since a byte on the wire can become a large struct.
    std::size_t memory_max = std::size_t{256} << 20;
    // Bytes of all type definitions of one stream, and 64 more for each: they are kept as long as the stream.
    std::size_t definitions_max = std::size_t{256} << 10;
    // Structs inside structs, both ways. Only a type that contains itself gets deep; each level takes stack, and a
    // fiber has 64 KiB of it.
    std::size_t depth_max = 32;
};

} // namespace orrery::gob

// A hash of bytes that is the same in every build and fast enough to be taken of everything: of payloads, for the
// trace; of records, to find them damaged; of commands, to tell them apart. Sixteen bytes at a time, little-endian
// whatever the machine, the length mixed in. It is no protection against who wants to find two texts of one hash.
#pragma once

#include <cstdint>

#include "orrery/sim/bytes.h"
#include "orrery/sim/chance.h"

namespace orrery::sim {

inline std::uint64_t hash_bytes(ByteView bytes) {
    const auto word_at = number_at<std::uint64_t>;
    const std::uint8_t* data = bytes.data();
    std::size_t size = bytes.size();
    std::uint64_t hash = size * 0x9e3779b97f4a7c15u;
    for (; size >= 16; data += 16, size -= 16)
        hash = fold(hash ^ word_at(data) ^ 0x8ebc6af09c88c6e3u, word_at(data + 8) ^ 0xe7037ed1a0b428dbu);
    if (size >= 8) {
        hash = fold(hash ^ word_at(data), 0xe7037ed1a0b428dbu);
        data += 8;
        size -= 8;
    }
    if (size == 0) return hash;
    std::uint64_t tail = data[0]; // some bytes may be met twice, in the same place
    if (size >= 4) {
        const std::uint64_t last = number_at<std::uint32_t>(data + size - 4);
        tail = number_at<std::uint32_t>(data) | last << (8 * (size - 4));
    } else {
        tail |= static_cast<std::uint64_t>(data[size / 2]) << (8 * (size / 2));
        tail |= static_cast<std::uint64_t>(data[size - 1]) << (8 * (size - 1));
    }
    return fold(hash ^ tail, 0x8ebc6af09c88c6e3u);
}

} // namespace orrery::sim

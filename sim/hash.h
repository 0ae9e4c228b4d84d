// A hash of bytes that is the same in every build and fast enough to be taken of everything: of payloads, for the
// trace; of records, to find them damaged; of commands, to tell them apart. Sixteen bytes at a time, little-endian
// whatever the machine, the length mixed in. It is no protection against who wants to find two texts of one hash.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "orrery/sim/bytes.h"
#include "orrery/sim/chance.h"

namespace orrery::sim {

inline std::uint64_t hash_bytes(ByteView bytes) {
    const auto word_at = [](const std::uint8_t* at) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, 8);
        if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
        return word;
    };
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
    std::uint64_t tail = 0;
    for (std::size_t i = 0; i < size; ++i) tail |= static_cast<std::uint64_t>(data[i]) << (8 * i);
    return fold(hash ^ tail, 0x8ebc6af09c88c6e3u);
}

} // namespace orrery::sim

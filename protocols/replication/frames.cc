#include "orrery/protocols/replication/frames.h"

#include <cstring>

#include "orrery/protocols/replication/flaws.def"
#include "orrery/sim/hash.h"

namespace orrery::replication {
namespace {

std::uint64_t checksum_of(sim::ByteView content, std::uint64_t previous) {
    return sim::hash_bytes(content) ^ (previous << 1 | previous >> 63);
}

// As the codec writes it.
void put_number(std::uint8_t* at, std::uint64_t number, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) at[i] = static_cast<std::uint8_t>(number >> (8 * i));
}

constexpr std::size_t read_bytes = 1 << 20; // at once

} // namespace

std::uint64_t append_frame(sim::Bytes& out, sim::ByteView content, std::uint64_t previous) {
    const std::size_t begin = begin_frame(out);
    out.append(content);
    return end_frame(out, begin, previous);
}

std::size_t begin_frame(sim::Bytes& out) {
    const std::size_t begin = out.size();
    std::memset(out.extend(frame_header_bytes), 0, frame_header_bytes);
    return begin;
}

std::uint64_t end_frame(sim::Bytes& out, std::size_t begin, std::uint64_t previous) {
    CHECK(out.size() > begin + frame_header_bytes);
    const sim::ByteView content = out.view().subspan(begin + frame_header_bytes);
    CHECK(content.size() <= UINT32_MAX);
    const std::uint64_t checksum = checksum_of(content, previous);
    put_number(out.data() + begin, content.size(), 4);
    put_number(out.data() + begin + 4, checksum, 8);
    return checksum;
}

sim::ByteView read_frame(sim::ByteView bytes, std::uint64_t& previous) {
    sim::Reader reader(bytes);
    const auto length = reader.number<std::uint32_t>();
    const auto checksum = reader.number<std::uint64_t>();
    if (!reader.ok() || length == 0 || length > reader.rest().size()) return {};
    const sim::ByteView content = reader.rest().first(length);
    if (checksum_of(content, previous) != checksum && !FLAW(replication_checksums_ignored)) return {};
    previous = checksum;
    return content;
}

sim::Result<sim::Bytes> read_whole(sim::File& file) {
    sim::Bytes all;
    while (true) {
        const auto bytes = file.read_at(all.size(), read_bytes);
        if (!bytes.ok()) return bytes.error();
        if (bytes->empty()) return all;
        all.append(*bytes);
    }
}

} // namespace orrery::replication

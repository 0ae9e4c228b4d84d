#include "orrery/protocols/replication/frames.h"

#include "orrery/protocols/replication/flaws.def"
#include "orrery/sim/note.h"

namespace orrery::replication {
namespace {

std::uint64_t checksum_of(std::string_view content, std::uint64_t previous) {
    return sim::name_hash(content) ^ (previous << 1 | previous >> 63);
}

constexpr std::size_t read_bytes = 1 << 20; // at once

} // namespace

std::uint64_t append_frame(sim::Bytes& out, const sim::Bytes& content, std::uint64_t previous) {
    CHECK(!content.empty());
    CHECK(content.size() <= UINT32_MAX);
    const std::uint64_t checksum = checksum_of(content.text(), previous);
    sim::Writer writer(out);
    writer.number(static_cast<std::uint32_t>(content.size()));
    writer.number(checksum);
    CHECK(out.size() >= frame_header_bytes);
    out.append(content);
    return checksum;
}

sim::ByteView read_frame(sim::ByteView bytes, std::uint64_t& previous) {
    sim::Reader reader(bytes);
    const auto length = reader.number<std::uint32_t>();
    const auto checksum = reader.number<std::uint64_t>();
    if (!reader.ok() || length == 0 || length > reader.rest().size()) return {};
    const sim::ByteView content = reader.rest().first(length);
    if (checksum_of(sim::text_of(content), previous) != checksum && !FLAW(replication_checksums_ignored)) return {};
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

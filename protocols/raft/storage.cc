#include "orrery/protocols/raft/storage.h"

#include <algorithm>

namespace orrery::raft {
namespace {

constexpr std::uint64_t slot_bytes = 512;
constexpr std::size_t read_bytes = 1 << 20;
constexpr std::size_t header_bytes = 12; // length and checksum

struct Slot {
    std::uint64_t sequence = 0;
    Term term = 0;
    std::uint32_t vote = 0;
    static constexpr auto members() {
        return std::tuple{sim::member("sequence", &Slot::sequence), sim::member("term", &Slot::term),
                          sim::member("vote", &Slot::vote)};
    }
};

struct Record {
    Index index = 0;
    Entry entry;
    static constexpr auto members() {
        return std::tuple{sim::member("index", &Record::index), sim::member("entry", &Record::entry)};
    }
};

// [length][checksum of the content][content]; a length of zero is no record.
void frame(sim::Bytes& out, const sim::Bytes& content) {
    sim::Writer writer(out);
    writer.number(static_cast<std::uint32_t>(content.size()));
    writer.number(sim::name_hash(content.text()));
    out.append(content);
}

// The content of the frame at the start of `bytes`; empty if there is no whole one.
sim::ByteView unframe(sim::ByteView bytes) {
    sim::Reader reader(bytes);
    const auto length = reader.number<std::uint32_t>();
    const auto checksum = reader.number<std::uint64_t>();
    if (!reader.ok() || length == 0 || length > reader.rest().size()) return {};
    const sim::ByteView content = reader.rest().first(length);
    return sim::name_hash(sim::text_of(content)) == checksum ? content : sim::ByteView{};
}

} // namespace

sim::Result<Storage::Recovered> Storage::open() {
    auto state = env_.open("raft.state", sim::OpenMode::create);
    if (!state.ok()) return state.error();
    state_ = std::move(*state);
    auto log = env_.open("raft.log", sim::OpenMode::create);
    if (!log.ok()) return log.error();
    log_ = std::move(*log);
    if (const auto synced = env_.sync_directory(""); !synced.ok()) return synced.error();
    Recovered recovered;
    if (const auto read = read_hard(recovered.hard); !read.ok()) return read.error();
    if (const auto read = read_entries(recovered.entries); !read.ok()) return read.error();
    return recovered;
}

sim::Status Storage::read_hard(HardState& hard) {
    for (std::uint64_t number = 0; number < 2; ++number) {
        const auto bytes = state_.read_at(number * slot_bytes, slot_bytes);
        if (!bytes.ok()) return bytes.error();
        const auto slot = sim::decode<Slot>(unframe(*bytes));
        if (!slot || slot->sequence < sequence_) continue;
        sequence_ = slot->sequence;
        hard = {slot->term, slot->vote};
    }
    return sim::success();
}

sim::Status Storage::write_hard(const HardState& hard) {
    ++sequence_;
    sim::Bytes bytes;
    frame(bytes, sim::encode(Slot{sequence_, hard.term, hard.vote}));
    return state_.write_at(sequence_ % 2 * slot_bytes, bytes);
}

sim::Status Storage::read_entries(std::vector<Entry>& entries) {
    sim::Bytes all;
    while (true) {
        const auto bytes = log_.read_at(all.size(), read_bytes);
        if (!bytes.ok()) return bytes.error();
        if (bytes->empty()) break;
        all.append(*bytes);
    }
    std::uint64_t end = 0;
    while (true) {
        const sim::ByteView content = unframe(all.view().subspan(end));
        auto record = sim::decode<Record>(content);
        if (!record || record->index != entries.size() + 1) break;
        if (!entries.empty() && record->entry.term < entries.back().term) break; // left over from before a truncation
        end += header_bytes + content.size();
        entries.push_back(std::move(record->entry));
        ends_.push_back(end);
    }
    if (end == all.size()) return sim::success();
    if (const auto cut = log_.truncate(end); !cut.ok()) return cut;
    return log_.sync();
}

sim::Status Storage::write_entries(const Log& log, Index last) {
    const Index stable = log.stable();
    CHECK(stable <= ends_.size());
    const std::uint64_t begin = stable == 0 ? 0 : ends_[stable - 1];
    if (stable < ends_.size()) {
        ends_.resize(stable);
        if (const auto cut = log_.truncate(begin); !cut.ok()) return cut;
    }
    sim::Bytes bytes;
    for (Index index = stable + 1; index <= last; ++index) {
        frame(bytes, sim::encode(Record{index, log.entry(index).copy()}));
        ends_.push_back(begin + bytes.size());
    }
    return bytes.empty() ? sim::success() : log_.write_at(begin, bytes);
}

} // namespace orrery::raft

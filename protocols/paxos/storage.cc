#include "orrery/protocols/paxos/storage.h"

#include "orrery/protocols/replication/frames.h"

namespace orrery::paxos {
namespace {

struct Record {
    Decree decree = 0;
    Acceptance acceptance{};
    static constexpr auto members() {
        return std::tuple{sim::member("decree", &Record::decree), sim::member("acceptance", &Record::acceptance)};
    }
};

} // namespace

sim::Result<std::map<Decree, Acceptance>> Storage::open() {
    CHECK(!log_.is_open());
    auto log = env_.open("paxos.log", sim::OpenMode::create);
    if (!log.ok()) return log.error();
    log_ = std::move(*log);
    if (const auto synced = env_.sync_directory(""); !synced.ok()) return synced.error();
    const sim::Result<sim::Bytes> read = replication::read_whole(log_);
    if (!read.ok()) return read.error();
    const sim::Bytes& all = *read;
    std::map<Decree, Acceptance> acceptances;
    while (true) {
        std::uint64_t checksum = checksum_;
        const sim::ByteView content = replication::read_frame(all.view().subspan(end_), checksum);
        auto record = sim::decode<Record>(content);
        if (!record || record->decree == 0) break;
        checksum_ = checksum;
        end_ += replication::frame_header_bytes + content.size();
        acceptances[record->decree] = std::move(record->acceptance);
    }
    CHECK(end_ <= all.size());
    if (end_ < all.size())
        if (const auto cut = log_.truncate(end_); !cut.ok()) return cut.error();
    // What was written and never synced can be read now, and can still be lost. It must be durable before it is used.
    if (const auto synced = sync(); !synced.ok()) return synced.error();
    return acceptances;
}

sim::Status Storage::write(const Core& core, const std::map<Decree, bool>& changed) {
    sim::Bytes bytes;
    std::uint64_t checksum = checksum_;
    for (const auto& [decree, accepts] : changed)
        checksum = replication::append_frame(bytes, sim::encode(Record{decree, core.acceptance(decree)}), checksum);
    if (bytes.empty()) return sim::success();
    if (const auto written = log_.write_at(end_, bytes); !written.ok()) return written;
    end_ += bytes.size();
    checksum_ = checksum;
    return sim::success();
}

} // namespace orrery::paxos

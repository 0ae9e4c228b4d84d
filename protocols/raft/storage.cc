#include "orrery/protocols/raft/storage.h"

#include <algorithm>
#include <iterator>

#include "orrery/protocols/raft/flaws.def"

namespace orrery::raft {
namespace {

// Less in a segment is not worth a new one.
constexpr std::uint64_t segment_bytes_min = 4096;

struct Record {
    enum class Kind : std::uint8_t { hard, entries, begin };
    Kind kind{};
    Index index = 0;        // entries: of the first; begin
    Term term = 0;          // hard, begin
    std::uint32_t vote = 0; // hard
    std::vector<Entry> entries;
    static constexpr auto members() {
        return std::tuple{sim::member("kind", &Record::kind), sim::member("index", &Record::index),
                          sim::member("term", &Record::term), sim::member("vote", &Record::vote),
                          sim::member("entries", &Record::entries)};
    }
};

// The log as the records tell it, from any of them on.
struct Replay {
    bool has_begun = false;
    Storage::Start before; // the first entry is behind this one
    std::vector<Entry> entries;
    HardState hard;
    bool is_assumed = false; // no record says so of that one

    Index last() const { return before.index + entries.size(); }
    // False if the record cannot stand here.
    bool add(Record record) {
        if (record.kind > Record::Kind::begin) return false;
        if (record.kind == Record::Kind::hard) {
            hard = {record.term, record.vote};
            return true;
        }
        if (record.kind == Record::Kind::begin) {
            *this = {true, {record.index, record.term}, {}, hard};
            return true;
        }
        if (record.index == 0 || record.entries.empty()) return false;
        for (const Entry& each : record.entries)
            if (each.kind > Entry::last_kind) return false;
        // Where no record says where the log begins, the first entries do - or later ones in place of some before them,
        // if those before were in a segment that has gone.
        if (!has_begun || (is_assumed && record.index <= before.index)) {
            before = {record.index - 1, 0};
            entries.clear();
            is_assumed = true;
        }
        has_begun = true;
        if (record.index <= before.index || record.index > last() + 1) return false;
        entries.resize(record.index - before.index - 1);
        std::move(record.entries.begin(), record.entries.end(), std::back_inserter(entries));
        return true;
    }
    // Whether the log holds that entry, and not another one in its place.
    bool agrees_with(Storage::Start start) const {
        if (start.index == before.index) return true;
        return start.index <= last() && entries[start.index - before.index - 1].term == start.term;
    }
    // Keeps what is behind it.
    void drop_to(Index index) {
        CHECK(index >= before.index);
        CHECK(index <= last());
        entries.erase(entries.begin(), entries.begin() + static_cast<std::ptrdiff_t>(index - before.index));
    }
};

} // namespace

sim::Result<Storage::Recovered> Storage::open(Start start) {
    CHECK(segments_.empty());
    auto opened = journal_.open();
    if (!opened.ok()) return opened.error();
    Recovered recovered;
    recovered.torn = opened->torn;
    if (FLAW(raft_torn_tail_refused) && recovered.torn > 0) return sim::Error::input_output;
    recovered.damage = std::move(opened->damage);
    if (recovered.damage) return recovered;
    Replay replay;
    bool is_whole = true;
    for (const sim::Bytes& bytes : opened->records) {
        auto record = sim::decode<Record>(bytes);
        is_whole = is_whole && record && replay.add(std::move(*record));
    }
    if (!is_whole || start.index < replay.before.index) {
        recovered.damage = Damage{Damage::Cause::corrupt, "raft.log", 0, "records that do not follow", {}};
        return recovered;
    }
    segments_.push_back({journal_.first_segment(), replay.last()});
    hard_ = recovered.hard = replay.hard;
    if (journal_.segment() != journal_.first_segment()) append_hard(); // a crash may have come before that was written
    if (!replay.agrees_with(start)) { // a snapshot took its place, and the crash came before that was written here
        begin_after(start);
        return recovered;
    }
    replay.drop_to(start.index);
    recovered.entries = std::move(replay.entries);
    return recovered;
}

void Storage::append_hard() {
    const std::uint32_t vote = FLAW(raft_vote_not_written) ? 0 : hard_.vote;
    journal_.append(sim::encode(Record{Record::Kind::hard, 0, hard_.term, vote, {}}));
}

void Storage::add(const HardState& hard, const Log& log, Index last) {
    CHECK(!segments_.empty());
    CHECK(hard.term >= hard_.term);
    CHECK(last <= log.last_index());
    if (hard != hard_) {
        hard_ = hard;
        append_hard();
    }
    if (log.stable() < last) write_entries(log, log.stable() + 1, last);
    segments_.back().last = std::max(segments_.back().last, last);
}

// As a Record is encoded, without copies of the entries.
void Storage::write_entries(const Log& log, Index first, Index last) {
    CHECK(last - first < UINT32_MAX);
    sim::Writer writer = journal_.begin_record();
    writer(Record::Kind::entries);
    writer(first);
    writer(Term{0});
    writer(std::uint32_t{0});
    writer(static_cast<std::uint32_t>(last - first + 1));
    for (Index index = first; index <= last; ++index) writer(log.entry(index));
    journal_.end_record();
}

void Storage::begin_after(Start start) {
    CHECK(start.index > 0);
    journal_.append(sim::encode(Record{Record::Kind::begin, start.index, start.term, 0, {}}));
}

sim::Status Storage::roll() {
    CHECK(!segments_.empty());
    if (journal_.segment_bytes() < segment_bytes_min) return sim::success();
    if (const auto written = journal_.write(); !written.ok()) return written;
    is_begun_ = false;
    if (const auto rolled = journal_.roll(); !rolled.ok()) return rolled;
    segments_.push_back({journal_.segment(), 0});
    if (!FLAW(raft_new_segment_without_vote)) append_hard();
    return journal_.write();
}

// The last segment stays, and those before it until it is known to begin with the hard state.
sim::Status Storage::drop(Index index) {
    CHECK(!segments_.empty());
    if (!is_begun_) return sim::success();
    auto kept = segments_.begin();
    while (kept + 1 != segments_.end() && kept->last <= index) ++kept;
    segments_.erase(segments_.begin(), kept);
    return journal_.drop_before(segments_.front().number);
}

} // namespace orrery::raft

#include "orrery/protocols/paxos/replica_storage.h"

#include <algorithm>

#include "orrery/protocols/paxos/flaws.def"

namespace orrery::paxos {
namespace {

// Less in a segment is not worth a new one.
constexpr std::uint64_t segment_bytes_min = 4096;

struct ReplicaRecord {
    enum class Kind : std::uint8_t { promised, stands, chosen };
    Kind kind{};
    Slot slot = 0;      // stands, chosen: up to this one
    Ballot ballot{};    // promised, stands
    sim::Bytes value{}; // stands
    static constexpr auto members() {
        return std::tuple{sim::member("kind", &ReplicaRecord::kind), sim::member("slot", &ReplicaRecord::slot),
                          sim::member("ballot", &ReplicaRecord::ballot), sim::member("value", &ReplicaRecord::value)};
    }
};

// False if the record cannot stand here.
bool replay(ReplicaState& state, ReplicaRecord record) {
    switch (record.kind) {
    case ReplicaRecord::Kind::promised:
        if (record.ballot < state.promised && !sim::Flaw::any_on()) return false;
        state.promised = record.ballot;
        return true;
    case ReplicaRecord::Kind::stands:
        if (record.slot == 0 || record.ballot.is_none()) return false;
        if (record.slot > state.snapshot) state.accepted[record.slot] = {record.ballot, std::move(record.value)};
        return true;
    case ReplicaRecord::Kind::chosen:
        state.chosen = record.slot;
        return true;
    }
    return false;
}

} // namespace

sim::Result<ReplicaStorage::Recovered> ReplicaStorage::open(Slot snapshot) {
    CHECK(segments_.empty());
    auto opened = journal_.open();
    if (!opened.ok()) return opened.error();
    Recovered recovered;
    recovered.torn = opened->torn;
    recovered.damage = std::move(opened->damage);
    if (recovered.damage) return recovered;
    ReplicaState& state = recovered.state;
    state.snapshot = snapshot;
    bool is_whole = true;
    for (const sim::Bytes& bytes : opened->records) {
        auto record = sim::decode<ReplicaRecord>(bytes);
        is_whole = is_whole && record && replay(state, std::move(*record));
    }
    state.chosen = std::max(state.chosen, snapshot);
    for (Slot slot = snapshot + 1; slot <= state.chosen && is_whole; ++slot) is_whole = state.accepted.contains(slot);
    if (!is_whole) {
        recovered.damage = Damage{Damage::Cause::corrupt, "paxos.replica", 0, "records that do not follow", {}};
        return recovered;
    }
    promised_ = state.promised;
    chosen_ = state.chosen;
    const Slot last = state.accepted.empty() ? snapshot : state.accepted.rbegin()->first;
    segments_.push_back({journal_.first_segment(), last});
    return recovered;
}

// How far it is chosen comes last: of the slots that it speaks of, no record is behind it.
sim::Status ReplicaStorage::write(const Ballot& promised, Slot chosen, const SlotLog& log,
                                  std::span<const Unsaved> unsaved) {
    CHECK(!segments_.empty());
    CHECK(promised >= promised_);
    if (promised != promised_)
        journal_.append(sim::encode(ReplicaRecord{ReplicaRecord::Kind::promised, 0, promised, {}}));
    for (const Unsaved& each : unsaved) {
        if (each.slot <= log.offset()) continue; // a snapshot has it by now
        const Accepted& now = log.at(each.slot);
        journal_.append(
            sim::encode(ReplicaRecord{ReplicaRecord::Kind::stands, each.slot, now.ballot, now.value.copy()}));
        segments_.back().last = std::max(segments_.back().last, each.slot);
    }
    if (chosen > chosen_) journal_.append(sim::encode(ReplicaRecord{ReplicaRecord::Kind::chosen, chosen, {}, {}}));
    promised_ = promised;
    chosen_ = std::max(chosen_, chosen);
    return journal_.write();
}

sim::Status ReplicaStorage::drop(Slot slot) {
    CHECK(!segments_.empty());
    chosen_ = std::max(chosen_, slot);
    if (const auto written = journal_.write(); !written.ok()) return written;
    if (journal_.segment_bytes() >= segment_bytes_min) {
        if (const auto rolled = journal_.roll(); !rolled.ok()) return rolled;
        segments_.push_back({journal_.segment(), 0});
        if (!FLAW(paxos_new_segment_without_promise))
            journal_.append(sim::encode(ReplicaRecord{ReplicaRecord::Kind::promised, 0, promised_, {}}));
        if (const auto written = journal_.write(); !written.ok()) return written;
        if (const auto synced = journal_.sync(); !synced.ok()) return synced;
    }
    // The last of them stays, and is the first that holds a slot behind the snapshot.
    auto kept = segments_.begin();
    while (kept + 1 != segments_.end() && kept->last <= slot) ++kept;
    segments_.erase(segments_.begin(), kept);
    return journal_.drop_before(segments_.front().number);
}

} // namespace orrery::paxos

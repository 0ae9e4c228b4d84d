// Random walks of a cluster of replicas without a world: messages are lost, doubled and reordered, members crash and
// forget what was not durable, logs are cut and snapshots sent in small pieces, members join and leave. After every
// step what each knows to be chosen is compared with what a majority of those who decide there has durably accepted,
// the slow way.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "orrery/protocols/paxos/flaws.def"
#include "orrery/protocols/paxos/replica.h"
#include "orrery/protocols/replication/random_walks_test.h"

namespace orrery::paxos {
namespace {

using Kind = ReplicaMessage::Kind;
using Role = Replica::Role;

ReplicaMessage copy_of(const ReplicaMessage& message) { return *sim::decode<ReplicaMessage>(sim::encode(message)); }

constexpr Slot walk_window = 6;

// A replica and its owner.
struct Place {
    Replica core;
    Slot snapshot = 0; // durable from here ...
    std::string state{};
    Slot chosen = 0;
    Slot settled = 0;
    Ballot promised{};
    std::map<Slot, std::pair<Ballot, std::string>> accepted{}; // ... to here
    std::vector<Unsaved> unsaved{};
    std::vector<std::string> unsaved_values{}; // of the same
    std::vector<ReplicaMessage> outbox{};      // that waits until what is unsaved is durable
    Slot applied = 0;
    std::string applied_state{}; // the values in their order, a comma behind each
    Slot chunk_slot = 0;
    std::string chunk_held{};
    std::map<Slot, Ballot> proposed{};     // in this life
    std::map<std::uint64_t, Slot> reads{}; // by name: up to which slot was acknowledged when it began
};

class ReplicaCluster {
public:
    // Members join and leave, or they do not.
    ReplicaCluster(std::uint64_t seed, Member count, bool changes = false)
        : seed_(seed), state_(seed * 0x9e3779b97f4a7c15u + 1), count_(count), changes_(changes) {
        deciding_[0] = Voters::all(count_);
        for (Member i = 0; i < count_; ++i) places_.push_back({Replica(options(i), {}, random())});
    }
    // What is wrong after so many steps; empty: nothing.
    std::string walk(int steps) {
        for (int i = 0; i < steps && wrong_.empty(); ++i) step();
        return wrong_;
    }
    // All is delivered and nobody crashes: one leads soon, and what it proposes all come to know who decide. What is
    // wrong.
    std::string quiet() {
        for (int i = 0; i < 400 && wrong_.empty(); ++i) {
            lockstep();
            const Voters deciding = deciding_.rbegin()->second;
            const Slot slot = chosen_.empty() ? 0 : chosen_.rbegin()->first;
            const auto is_level = [&](const Place& each) {
                return !deciding.has(each.core.self()) || (each.core.chosen() == slot && each.applied == slot);
            };
            if (i >= 100 && std::all_of(places_.begin(), places_.end(), is_level) && leaders() == 1) return wrong_;
            if (i < 50)
                for (Place& each : places_) propose(each);
        }
        return wrong_.empty() ? "they do not become level" : wrong_;
    }
    std::size_t chosen() const { return chosen_.size(); }
    std::size_t acknowledged() const { return acknowledged_.size(); }
    std::size_t reads() const { return reads_; }
    std::size_t changes() const { return deciding_.size() - 1; }
    std::size_t changes_done() const { return done_; }
    void add_rare(ReplicaRare& sum) const {
        add(sum, rare_);
        for (const Place& each : places_) add(sum, each.core.rare());
    }

private:
    static void add(ReplicaRare& sum, const ReplicaRare& more) {
        sum.gaps += more.gaps;
        sum.adopted += more.adopted;
        sum.out_of_order += more.out_of_order;
        sum.repeated += more.repeated;
        sum.learned += more.learned;
        sum.restored += more.restored;
        sum.behind += more.behind;
        sum.hurried += more.hurried;
        sum.retired += more.retired;
        sum.strangers += more.strangers;
        sum.told += more.told;
    }
    ReplicaOptions options(Member self) const {
        return {.self = self,
                .count = count_,
                .election_ticks = 3,
                .heartbeat_ticks = 1,
                .batch = 1 + seed_ % 3,
                .window = walk_window};
    }
    std::uint64_t random() {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return state_ >> 16;
    }
    std::uint64_t below(std::uint64_t n) { return random() % n; }
    int leaders() const {
        return static_cast<int>(std::count_if(places_.begin(), places_.end(),
                                              [](const Place& each) { return each.core.role() == Role::leading; }));
    }

    // --- the owner ---
    void take(Place& place) {
        apply(place);
        std::vector<ReplicaMessage> messages;
        place.core.take_messages(messages);
        collect(place);
        for (ReplicaMessage& message : messages) {
            if (message.kind == Kind::snapshot) fill(place, message);
            if (may_leave_at_once(message.kind))
                leave(std::move(message));
            else
                place.outbox.push_back(std::move(message));
        }
    }
    static void collect(Place& place) {
        for (const Unsaved& each : place.core.take_unsaved()) {
            place.unsaved.push_back(each);
            place.unsaved_values.emplace_back(place.core.log().at(each.slot).value.text());
        }
    }
    static void fill(const Place& place, ReplicaMessage& message) {
        if (message.slot != place.snapshot) return;
        message.total = place.state.size();
        message.data = sim::Bytes(std::string_view(place.state).substr(std::min(message.offset, message.total), 5));
    }
    void settle(Place& place) {
        take(place);
        place.promised = place.core.promised();
        place.chosen = place.core.chosen();
        place.settled = place.core.settled();
        for (std::size_t i = 0; i < place.unsaved.size(); ++i) {
            const auto& [slot, ballot, is_learned] = place.unsaved[i];
            const std::string& value = place.unsaved_values[i];
            if (!is_learned) vote(place.core.self(), slot, ballot, value);
            if (slot <= place.core.log().offset()) continue;
            if (place.accepted[slot].first > ballot) wrong_ = "an acceptor went back";
            place.accepted[slot] = {ballot, value};
        }
        place.core.persisted(place.unsaved, place.settled);
        place.unsaved.clear();
        place.unsaved_values.clear();
        for (ReplicaMessage& message : std::exchange(place.outbox, {})) leave(std::move(message));
    }
    void apply(Place& place) {
        while (place.applied < place.core.chosen()) {
            const Slot slot = ++place.applied;
            const Accepted& entry = place.core.log().at(slot);
            const std::string value(entry.value.text());
            knows(slot, value);
            place.applied_state += value + ",";
            const auto own = place.proposed.find(slot);
            if (own != place.proposed.end() && own->second == entry.ballot) acknowledged_[slot] = value;
        }
    }
    void take_chunk(Place& place) {
        std::optional<Chunk> chunk = place.core.take_chunk();
        if (!chunk || chunk->total == 0) return;
        if (chunk->slot != place.chunk_slot) place.chunk_held.clear();
        place.chunk_slot = chunk->slot;
        if (chunk->offset == place.chunk_held.size()) place.chunk_held += chunk->data.text();
        if (place.chunk_held.size() < chunk->total) {
            place.core.chunk_written(place.chunk_slot, place.chunk_held.size());
            return;
        }
        if (!place.core.needs_snapshot(place.chunk_slot)) return;
        settle(place); // what it drops from the log now must not be written later
        place.snapshot = place.chunk_slot;
        place.applied = place.chunk_slot;
        place.state = place.applied_state = std::exchange(place.chunk_held, {});
        place.core.restore(std::exchange(place.chunk_slot, 0), configurations_[place.snapshot]);
        forget(place);
        if (place.state != state_after(place.snapshot)) wrong_ = "a snapshot holds another state";
    }
    void compact(Place& place) {
        settle(place);
        if (place.applied == place.snapshot) return;
        place.snapshot = place.applied;
        place.state = place.applied_state;
        keep_configurations(place);
        place.core.compact(place.snapshot);
        forget(place);
    }
    void keep_configurations(const Place& place) {
        std::vector<Configuration> now = place.core.configurations().as_of(place.snapshot);
        const auto [found, is_first] = configurations_.try_emplace(place.snapshot, now);
        if (found->second != now) wrong_ = "two members have other members decide";
    }
    static void forget(Place& place) {
        place.accepted.erase(place.accepted.begin(), place.accepted.upper_bound(place.snapshot));
        place.chosen = std::max(place.chosen, place.snapshot);
    }
    void crash(Place& place) {
        add(rare_, place.core.rare());
        const Member self = place.core.self();
        const Slot least = std::max(place.snapshot, place.settled);
        ReplicaState durable{place.snapshot, below(2) == 0 ? least : place.chosen, place.promised, {}, {}};
        if (place.snapshot > 0) durable.configurations = configurations_[place.snapshot];
        for (const auto& [slot, accepted] : place.accepted)
            durable.accepted[slot] = {accepted.first, sim::Bytes(accepted.second)};
        place.core = Replica(options(self), std::move(durable), random());
        place.unsaved.clear();
        place.unsaved_values.clear();
        place.outbox.clear();
        place.applied = place.snapshot;
        place.applied_state = place.state;
        place.chunk_slot = 0;
        place.chunk_held.clear();
        place.proposed.clear();
        place.reads.clear();
    }
    void propose(Place& place) {
        const std::string value = std::to_string(++values_);
        if (const Slot slot = place.core.propose(sim::Bytes(value))) place.proposed[slot] = place.core.ballot();
    }
    void change() {
        Voters wanted;
        while (wanted.is_empty())
            for (Member member = 0; member < count_; ++member)
                if (below(2) == 0) wanted.add(member);
        if (wanted_.is_empty() || below(30) == 0) wanted_ = wanted;
        for (Place& each : places_) change(each);
    }
    void change(Place& place) {
        if (wanted_.is_empty() || place.core.change(wanted_) != ChangeAnswer::done) return;
        const Slot since = place.core.configurations().last().since;
        Voters knowing;
        for (const Place& each : places_)
            if (std::max(each.snapshot, each.settled) + 1 >= since) knowing.add(each.core.self());
        if (!wanted_.is_decided_by(knowing)) wrong_ = "done, and too few know for good";
        ++done_;
        wanted_ = {};
    }
    void read(Place& place) {
        const std::uint64_t name = place.core.read();
        if (name != 0) place.reads[name] = acknowledged_.empty() ? 0 : acknowledged_.rbegin()->first;
    }
    void answer_reads(Place& place) {
        for (const ReplicaRead& each : place.core.take_answers()) {
            if (!place.reads.contains(each.read)) wrong_ = "an answer to no read";
            if (!each.is_refused && each.slot < place.reads[each.read]) wrong_ = "a stale read";
            reads_ += !each.is_refused;
            place.reads.erase(each.read);
        }
    }

    // --- the network and the walk ---
    void leave(ReplicaMessage message) {
        if (message.kind == Kind::accept)
            for (std::size_t i = 0; i < message.entries.size(); ++i) proposes(message.slot + i, message.entries[i]);
        network_.push_back(std::move(message));
    }
    void deliver() {
        if (network_.empty()) return;
        const std::size_t which = below(network_.size());
        const std::uint64_t fate = below(8);
        ReplicaMessage message = copy_of(network_[which]);
        if (fate != 0) { // 0: it stays, to arrive again
            std::swap(network_[which], network_.back());
            network_.pop_back();
        }
        if (fate == 1) return; // lost
        if (((cut_off_ >> message.from | cut_off_ >> message.to) & 1) != 0) {
            held_.push_back(std::move(message));
            return;
        }
        hear(std::move(message));
    }
    void cut_off() {
        const std::uint64_t some = random();
        cut_off_ = some & random();
        for (ReplicaMessage& message : std::exchange(held_, {})) network_.push_back(std::move(message));
    }
    void hear(ReplicaMessage message) {
        Place& place = places_[message.to];
        place.core.step(std::move(message), random());
        collect(place);
        take_chunk(place);
    }
    void step() {
        Place& place = places_[below(count_)];
        std::uint64_t what = below(changes_ ? 440 : 400);
        const bool is_crash = (what >= 393 && what < 395) || what == 398;
        if (changes_ && is_crash && below(5) > 0) what = 0; // or too little comes of a change
        if (what < 240)
            deliver();
        else if (what < 260)
            place.core.tick(random());
        else if (what < 290)
            take(place);
        else if (what < 350)
            settle(place);
        else if (what < 380)
            propose(place);
        else if (what < 390)
            read(place);
        else if (what < 393)
            compact(place);
        else if (what < 395)
            crash(place);
        else if (what < 398)
            cut_off();
        else if (what < 399)
            for (Place& each : places_) crash(each);
        else if (what >= 420)
            read(place);
        else if (what >= 400)
            change();
        else if (network_.size() > 60)
            network_.erase(network_.begin(), network_.begin() + 20);
        observe();
    }
    void lockstep() {
        cut_off_ = 0;
        for (Place& each : places_) {
            each.core.tick(random());
            settle(each);
        }
        for (int i = 0; i < 20 && !network_.empty(); ++i)
            for (ReplicaMessage& message : std::exchange(network_, {})) {
                Place& place = places_[message.to];
                hear(std::move(message));
                settle(place);
                observe();
            }
        observe();
    }
    void observe() {
        for (Place& each : places_) {
            apply(each);
            answer_reads(each);
        }
    }

    // --- the oracle ---
    bool is_majority(Slot slot, const std::set<Member>& members) const {
        const Voters deciding = std::prev(deciding_.upper_bound(slot))->second;
        return deciding.is_decided_by(Voters::of(std::vector<Member>(members.begin(), members.end())));
    }
    // In one ballot, durably.
    bool is_accepted(Slot slot, const std::string* value) {
        const auto has_majority = [&](const auto& each) {
            return is_majority(slot, each.second.second) && (value == nullptr || each.second.first == *value);
        };
        return std::any_of(votes_[slot].begin(), votes_[slot].end(), has_majority);
    }
    void vote(Member member, Slot slot, Ballot ballot, const std::string& value) {
        auto& [known, members] = votes_[slot].try_emplace(ballot, value, std::set<Member>{}).first->second;
        if (known != value) wrong_ = "two values in one ballot";
        members.insert(member);
    }
    void proposes(Slot slot, const Accepted& accepted) {
        const std::string value(accepted.value.text());
        if (votes_[slot].try_emplace(accepted.ballot, value, std::set<Member>{}).first->second.first != value)
            wrong_ = "two values in one ballot";
        for (const auto& [ballot, votes] : votes_[slot])
            if (ballot < accepted.ballot && is_majority(slot, votes.second) && votes.first != value)
                wrong_ = "a chosen value is given up";
        if (slot > walk_window && !is_accepted(slot - walk_window, nullptr)) wrong_ = "proposed behind the window";
    }
    // Somebody knows that it was chosen.
    void knows(Slot slot, const std::string& value) {
        if (chosen_.try_emplace(slot, value).first->second != value) wrong_ = "two values for one slot";
        const std::optional<Voters> voters = voters_of(sim::view_of(value));
        if (voters) deciding_[slot + walk_window] = *voters;
        if (!is_accepted(slot, &value)) wrong_ = "known, and not chosen";
        for (const auto& [other, known] : chosen_)
            if (other != slot && known == value && !value.empty() && !voters) wrong_ = "one proposal in two slots";
        if (const auto told = acknowledged_.find(slot); told != acknowledged_.end() && told->second != value)
            wrong_ = "what was acknowledged is gone";
    }
    std::string state_after(Slot slot) {
        std::string state;
        for (Slot each = 1; each <= slot; ++each) state += chosen_[each] + ",";
        return state;
    }

    std::uint64_t seed_;
    std::uint64_t state_;
    Member count_;
    bool changes_;
    Voters wanted_{}; // by whoever has them changed
    std::size_t done_ = 0;
    std::uint64_t cut_off_ = 0; // a bit for each member: what it says, and what is said to it, waits
    std::vector<Place> places_{};
    std::vector<ReplicaMessage> network_{};
    std::vector<ReplicaMessage> held_{};                          // by what is cut off
    std::map<Slot, Voters> deciding_{};                           // by the slot since when
    std::map<Slot, std::vector<Configuration>> configurations_{}; // of snapshots
    std::map<Slot, std::string> chosen_{};                        // by slot, as it was first known
    std::map<Slot, std::string> acknowledged_{};                  // to whoever proposed it
    std::map<Slot, std::map<Ballot, std::pair<std::string, std::set<Member>>>> votes_{}; // that are durable
    std::uint64_t values_ = 0;
    std::size_t reads_ = 0;
    ReplicaRare rare_{};
    std::string wrong_{};
};

void expect_agreement(Member count, std::uint64_t seeds) {
    std::size_t chosen = 0;
    std::size_t acknowledged = 0;
    std::size_t reads = 0;
    ReplicaRare rare{};
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        ReplicaCluster cluster(seed, count);
        EXPECT_EQ(cluster.walk(2000), "") << "seed " << seed;
        EXPECT_EQ(cluster.quiet(), "") << "seed " << seed;
        chosen += cluster.chosen();
        acknowledged += cluster.acknowledged();
        reads += cluster.reads();
        cluster.add_rare(rare);
    }
    EXPECT_GT(chosen, 40 * seeds); // the walks went somewhere, and by every rare path
    EXPECT_GT(acknowledged, 30 * seeds);
    EXPECT_GT(reads, seeds);
    EXPECT_GT(rare.gaps, seeds / 20);
    EXPECT_GT(rare.adopted, seeds);
    EXPECT_GT(rare.out_of_order, seeds / 10);
    EXPECT_GT(rare.repeated, seeds);
    EXPECT_GT(rare.learned, seeds);
    EXPECT_GT(rare.restored, seeds / 10);
    EXPECT_GT(rare.behind, seeds / 10);
}

// Any of five, or one alone, and others a moment later.
TEST(ReplicaCluster, AgreesWhileMembersJoinAndLeave) {
    std::size_t changes = 0;
    std::size_t done = 0;
    std::size_t reads = 0;
    ReplicaRare rare{};
    constexpr std::uint64_t seeds = 200;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        ReplicaCluster cluster(seed, 5, true);
        ASSERT_EQ(cluster.walk(5000), "") << "seed " << seed;
        ASSERT_EQ(cluster.quiet(), "") << "seed " << seed;
        changes += cluster.changes();
        done += cluster.changes_done();
        reads += cluster.reads();
        cluster.add_rare(rare);
    }
    EXPECT_GT(changes, seeds);
    EXPECT_GT(done, seeds / 4);
    EXPECT_GT(reads, seeds);
    EXPECT_GT(rare.hurried, seeds);
    EXPECT_GT(rare.retired, seeds / 4);
    EXPECT_GT(rare.strangers, seeds / 4);
    EXPECT_GT(rare.told, seeds / 4);
    EXPECT_GT(rare.behind, seeds / 4);
    EXPECT_GT(rare.restored, seeds / 10);
}

TEST(ReplicaCluster, AgreesOnRandomWalksOfThree) { expect_agreement(3, 200); }
TEST(ReplicaCluster, AgreesOnRandomWalksOfFive) { expect_agreement(5, 100); }
TEST(ReplicaCluster, AgreesAlone) {
    ReplicaCluster cluster(1, 1);
    EXPECT_EQ(cluster.walk(2000), "");
    EXPECT_EQ(cluster.quiet(), "");
    EXPECT_GT(cluster.acknowledged(), 20u);
    EXPECT_GT(cluster.reads(), 5u);
}

#if defined(ORRERY_FLAWS)
// The oracle sees each bug of the core.
TEST(ReplicaCluster, FindsEveryPlantedBugOfTheCore) {
    replication::expect_found_by_walks(
        {&flaws::paxos_accept_does_not_promise, &flaws::paxos_forgotten_slots_taken_for_empty,
         &flaws::paxos_gap_filled_with_own_value, &flaws::paxos_chosen_ballot_not_compared,
         &flaws::paxos_leader_ballot_used_again, &flaws::paxos_accepted_counted_twice, &flaws::paxos_read_unconfirmed},
        [](std::uint64_t seed) { return ReplicaCluster(seed, 3).walk(1000); });
}
TEST(ReplicaCluster, FindsEveryPlantedBugOfChangingMembers) {
    replication::expect_found_by_walks({&flaws::paxos_members_in_force_at_once, &flaws::paxos_window_not_kept,
                                        &flaws::paxos_old_members_decide, &flaws::paxos_new_members_not_asked,
                                        &flaws::paxos_snapshot_forgets_members,
                                        &flaws::paxos_read_before_members_known},
                                       [](std::uint64_t seed) { return ReplicaCluster(seed, 5, true).walk(2000); });
}
#endif

} // namespace
} // namespace orrery::paxos

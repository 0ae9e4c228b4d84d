// Random walks of a cluster of cores without a world: messages are lost, doubled and reordered,
// members crash and forget what was not durable, and after every step the properties of figure 3
// are compared over all logs, the slow way.
#include <gtest/gtest.h>

#include <map>

#include "orrery/protocols/raft/core.h"
#include "orrery/protocols/raft/flaws.def"
#include "orrery/protocols/replication/random_walks_test.h"

namespace orrery::raft {
namespace {

constexpr Member members_count = 3;

class Cluster {
public:
    explicit Cluster(std::uint64_t seed, bool pre_vote = false, bool check_quorum = false)
        : state_(seed * 0x9e3779b97f4a7c15u + 1), pre_vote_(pre_vote), check_quorum_(check_quorum) {
        for (Member i = 0; i < members_count; ++i) members_.push_back({Core(options(i), {}, {}, random()), {}, {}, 0});
    }
    // What is wrong after so many steps; empty: nothing.
    std::string walk(int steps) {
        for (int i = 0; i < steps; ++i) {
            step();
            if (std::string wrong = objection(); !wrong.empty())
                return wrong + " after " + std::to_string(i + 1) + " steps";
        }
        return {};
    }
    std::size_t committed() const { return committed_.size(); }
    std::size_t leaders() const { return leaders_.size(); }

private:
    struct Place {
        Core core;
        HardState hard;             // durable
        std::vector<Entry> entries; // durable
        Index commit = 0;           // seen so far in this life
    };
    CoreOptions options(Member self) const {
        return {.self = self,
                .count = members_count,
                .election_ticks = 3,
                .heartbeat_ticks = 1,
                .batch = 1,
                .pre_vote = pre_vote_,
                .check_quorum = check_quorum_};
    }
    std::uint64_t random() {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return state_ >> 16;
    }
    std::uint64_t below(std::uint64_t n) { return random() % n; }
    // Durable first, then its messages go out.
    void settle(Place& place) {
        std::vector<Message> messages;
        place.core.take_messages(messages);
        place.hard = place.core.hard();
        place.entries.clear();
        for (Index i = 1; i <= place.core.log().last_index(); ++i)
            place.entries.push_back(place.core.log().entry(i).copy());
        place.core.persisted(place.core.log().last_index());
        for (Message& message : messages) network_.push_back(std::move(message));
    }
    static Message copy(const Message& message) { return *sim::decode<Message>(sim::encode(message)); }
    void deliver() {
        if (network_.empty()) return;
        const std::size_t which = below(network_.size());
        Message message = copy(network_[which]);
        const std::uint64_t fate = below(8);
        if (fate != 0) { // 0: it stays, to arrive again
            std::swap(network_[which], network_.back());
            network_.pop_back();
        }
        if (fate == 1) return; // lost
        members_[message.to].core.step(std::move(message), random());
    }
    void step() {
        Place& place = members_[below(members_count)];
        const std::uint64_t what = below(40);
        if (what < 24)
            deliver();
        else if (what < 27)
            place.core.tick(random());
        else if (what < 36)
            settle(place);
        else if (what < 38 && check_quorum_ && below(4) == 0)
            (void)place.core.transfer(static_cast<Member>(below(members_count)));
        else if (what < 38)
            (void)place.core.propose(sim::Bytes(std::to_string(++proposed_)));
        else if (what == 38) {
            std::vector<Entry> entries;
            for (const Entry& entry : place.entries) entries.push_back(entry.copy());
            place.core = Core(options(place.core.self()), place.hard, std::move(entries), random());
            place.commit = 0;
        } else if (network_.size() > 40)
            network_.erase(network_.begin(), network_.begin() + 20);
    }
    std::string objection() {
        for (Place& place : members_) {
            const Core& core = place.core;
            if (core.role() == Role::leader) {
                const auto [leader, fresh] = leaders_.try_emplace(core.term(), core.self());
                if (leader->second != core.self()) return "two leaders";
                if (fresh)
                    for (const auto& [index, entry] : committed_)
                        if (during_.at(index) < core.term() &&
                            (index > core.log().last_index() || core.log().term(index) != entry.first))
                            return "a leader lacks a committed entry";
            }
            if (core.commit() < place.commit) return "commit fell";
            place.commit = core.commit();
            for (Index i = 1; i <= core.commit(); ++i) {
                const Entry& entry = core.log().entry(i);
                const std::pair known{entry.term, std::string(entry.command.text())};
                if (committed_.try_emplace(i, known).first->second != known) return "two commands at one index";
                during_.try_emplace(i, core.term());
            }
        }
        return matching();
    }
    std::string matching() const {
        for (Member a = 0; a < members_count; ++a)
            for (Member b = 0; b < a; ++b) {
                const Log& one = members_[a].core.log();
                const Log& two = members_[b].core.log();
                bool same = false; // from the end: once two entries agree, all before them do
                for (Index i = std::min(one.last_index(), two.last_index()); i > 0; --i) {
                    const bool equal = one.term(i) == two.term(i) && one.entry(i).command == two.entry(i).command;
                    if (same && !equal) return "logs differ below an entry they share";
                    same = same || one.term(i) == two.term(i);
                    if (same && !equal) return "two entries of one index and term";
                }
            }
        return {};
    }

    std::uint64_t state_;
    bool pre_vote_;
    bool check_quorum_;
    std::vector<Place> members_;
    std::vector<Message> network_;
    std::map<Term, Member> leaders_;
    std::map<Index, std::pair<Term, std::string>> committed_;
    std::map<Index, Term> during_; // the term of the first that knew it to be committed
    int proposed_ = 0;
};

void expect_safe(bool pre_vote, bool check_quorum, std::size_t leaders_min) {
    std::size_t committed = 0;
    std::size_t leaders = 0;
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        Cluster cluster(seed, pre_vote, check_quorum);
        EXPECT_EQ(cluster.walk(1500), "") << "seed " << seed;
        committed += cluster.committed();
        leaders += cluster.leaders();
    }
    EXPECT_GT(committed, 1000u); // the walks went somewhere
    EXPECT_GT(leaders, leaders_min);
}

TEST(Cluster, KeepsEverySafetyPropertyOnRandomWalks) { expect_safe(false, false, 600); }
TEST(Cluster, KeepsEverySafetyPropertyUnderPreVote) { expect_safe(true, false, 600); }
// Leaders step down there, and hand over.
TEST(Cluster, KeepsEverySafetyPropertyUnderCheckQuorum) { expect_safe(false, true, 600); }
TEST(Cluster, KeepsEverySafetyPropertyUnderPreVoteAndCheckQuorum) { expect_safe(true, true, 600); }

#if defined(ORRERY_FLAWS)
// The oracle sees each bug of the core.
TEST(Cluster, FindsEveryPlantedBugOfTheCore) {
    replication::expect_found_by_walks({&flaws::raft_commit_earlier_term, &flaws::raft_commit_unverified_suffix,
                                        &flaws::raft_truncate_on_stale_append, &flaws::raft_candidate_log_not_compared},
                                       [](std::uint64_t seed) { return Cluster(seed).walk(600); });
}
#endif

} // namespace
} // namespace orrery::raft

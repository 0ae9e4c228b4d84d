// Random walks of a cluster of cores without a world: messages are lost, doubled and reordered, members crash and
// forget what was not durable. After every step what was learned is compared, and what a majority has accepted, the
// slow way.
#include <gtest/gtest.h>

#include <map>

#include "orrery/protocols/paxos/core.h"
#include "orrery/protocols/paxos/flaws.def"
#include "orrery/protocols/replication/random_walks_test.h"

namespace orrery::paxos {
namespace {

constexpr Member members_count = 3;

class Cluster {
public:
    explicit Cluster(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15u + 1) {
        for (Member i = 0; i < members_count; ++i) members_.push_back({i, Core(i, members_count, {})});
    }
    // What is wrong after so many steps; empty: nothing.
    std::string walk(int steps) {
        for (int i = 0; i < steps && wrong_.empty(); ++i) step();
        return wrong_;
    }
    std::size_t decrees() const { return learned_.size(); }
    std::size_t contested() const { return contested_; }

private:
    struct Place {
        Member self = 0;
        Core core;
        std::map<Decree, Acceptance> durable{};
        std::uint64_t wanted = 0;
    };
    std::uint64_t below(std::uint64_t n) {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return (state_ >> 16) % n;
    }
    static std::string value_of(const Place& place) {
        return std::to_string(place.self) + "." + std::to_string(place.wanted);
    }
    // Durable first, then its messages go out.
    void settle(Place& place) {
        for (const auto& [decree, accepts] : place.core.take_changed()) {
            const Acceptance& now = place.core.acceptance(decree);
            place.durable[decree] = now;
            if (accepts && !now.is_chosen) votes_[decree][now.accepted][now.value].insert(place.self);
        }
        std::vector<Message> messages;
        place.core.take_messages(messages);
        for (const Message& message : messages) {
            if (message.kind == Message::Kind::accept) proposed(message);
            network_.push_back(message);
        }
    }
    void proposed(const Message& message) {
        const auto [known, is_first] = proposals_.try_emplace({message.decree, message.ballot}, message.value);
        if (known->second != message.value) wrong_ = "two values in one ballot";
        if (!is_first) return;
        for (const auto& [ballot, values] : votes_[message.decree])
            for (const auto& [value, members] : values)
                if (ballot < message.ballot && members.size() > members_count / 2 && value != message.value)
                    wrong_ = "a chosen value is given up";
    }
    void deliver() {
        if (network_.empty()) return;
        const std::size_t which = below(network_.size());
        const Message message = network_[which];
        const std::uint64_t fate = below(8);
        if (fate != 0) { // 0: it stays, to arrive again
            std::swap(network_[which], network_.back());
            network_.pop_back();
        }
        if (fate == 1) return; // lost
        members_[message.to].core.step(message);
    }
    void step() {
        const auto self = static_cast<Member>(below(members_count));
        Place& place = members_[self];
        const std::uint64_t what = below(40);
        if (what < 26)
            deliver();
        else if (what < 36)
            settle(place);
        else if (what < 38) {
            contested_ += place.core.is_proposing();
            if (place.core.is_proposing())
                place.core.retry(value_of(place));
            else
                place.core.propose(value_of(place));
        } else if (what == 38) {
            place.core = Core(self, members_count, place.durable);
            place.wanted += 1000; // another boot wants other values
        } else if (network_.size() > 60)
            network_.erase(network_.begin(), network_.begin() + 20);
        for (Member i = 0; i < members_count; ++i)
            for (const Learned& each : members_[i].core.take_learned()) learn(each, i);
    }
    void learn(const Learned& each, Member who) {
        const auto [known, is_first] = learned_.try_emplace(each.decree, each.value);
        if (known->second != each.value) wrong_ = "two values for one decree";
        if (each.value == value_of(members_[who])) ++members_[who].wanted;
    }

    std::uint64_t state_;
    std::vector<Place> members_;
    std::vector<Message> network_;
    std::map<Decree, std::string> learned_;
    std::map<std::pair<Decree, Ballot>, std::string> proposals_;
    std::map<Decree, std::map<Ballot, std::map<std::string, std::set<Member>>>> votes_; // that are durable
    std::size_t contested_ = 0;
    std::string wrong_;
};

TEST(Cluster, AgreesOnRandomWalks) {
    std::size_t decrees = 0;
    std::size_t contested = 0;
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        Cluster cluster(seed);
        EXPECT_EQ(cluster.walk(1500), "") << "seed " << seed;
        decrees += cluster.decrees();
        contested += cluster.contested();
    }
    EXPECT_GT(decrees, 1000u); // the walks went somewhere
    EXPECT_GT(contested, 2000u);
}

#if defined(ORRERY_FLAWS)
// The oracle sees each bug of the core.
TEST(Cluster, FindsEveryPlantedBugOfTheCore) {
    replication::expect_found_by_walks({&flaws::paxos_own_value_proposed, &flaws::paxos_any_accepted_value_taken,
                                        &flaws::paxos_accepts_below_promise, &flaws::paxos_ballot_used_again},
                                       [](std::uint64_t seed) { return Cluster(seed).walk(600); });
}
#endif

// The smallest dialogues of the paper, step by step.
class Dialogue : public testing::Test {
protected:
    Dialogue() {
        for (Member i = 0; i < members_count; ++i)
            cores_.emplace_back(i, members_count, std::map<Decree, Acceptance>{});
    }
    // All that is said is heard, but for what the members in `deaf` should have heard, until nobody says anything.
    void talk(const std::set<Member>& deaf = {}) {
        for (bool any = true; any;) {
            any = false;
            std::vector<Message> said;
            for (Core& each : cores_) each.take_messages(said);
            for (const Message& message : said) {
                any = true;
                if (!deaf.contains(message.to)) cores_[message.to].step(message);
            }
        }
    }
    std::string chosen(Member who, Decree decree) {
        const Acceptance& known = cores_[who].acceptance(decree);
        return known.is_chosen ? known.value : "?";
    }
    std::vector<Core> cores_;
};

TEST_F(Dialogue, OneProposalIsChosenAndAllLearnIt) {
    cores_[0].propose("zero");
    talk();
    for (Member who = 0; who < members_count; ++who) EXPECT_EQ(chosen(who, 1), "zero");
    EXPECT_EQ(cores_[1].first_open(), 2u);
}

TEST_F(Dialogue, WhatOneHasAcceptedIsProposedByWhoeverHearsOfIt) {
    cores_[0].propose("zero");
    std::vector<Message> said;
    cores_[0].take_messages(said);
    for (const Message& message : said) cores_[message.to].step(message); // promises, its own among them
    said.clear();
    for (Core& each : cores_) each.take_messages(said);
    for (const Message& message : said) cores_[message.to].step(message);
    said.clear();
    cores_[0].take_messages(said); // accept, of which only member 1 hears
    for (const Message& message : said)
        if (message.to == 1) cores_[1].step(message);
    EXPECT_EQ(cores_[1].acceptance(1).value, "zero");
    cores_[2].propose("two"); // and 0 hears nothing any more
    talk({0});
    EXPECT_EQ(chosen(2, 1), "zero");
    EXPECT_EQ(chosen(1, 1), "zero");
}

TEST_F(Dialogue, WhoWasAwayLearnsDecreeByDecree) {
    for (const char* value : {"one", "two", "three"}) {
        cores_[0].propose(value);
        talk({2});
    }
    for (const char* wanted : {"late", "late", "late", "late"}) {
        if (cores_[2].is_proposing())
            cores_[2].retry(wanted);
        else
            cores_[2].propose(wanted);
        talk();
    }
    EXPECT_EQ(chosen(2, 1), "one");
    EXPECT_EQ(chosen(2, 3), "three");
    EXPECT_EQ(chosen(0, 4), "late");
}

TEST_F(Dialogue, ABallotIsNeverUsedAgain) {
    cores_[0].propose("before");
    const Ballot before = cores_[0].proposal().ballot;
    std::map<Decree, Acceptance> durable{{1, cores_[0].acceptance(1)}}; // before anybody has heard of it
    Core restarted(0, members_count, durable);
    restarted.propose("after");
    EXPECT_GT(restarted.proposal().ballot, before);
}

} // namespace
} // namespace orrery::paxos

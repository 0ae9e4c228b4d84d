// Golden dialogues: what replicas say to each other, as text. Each file of testdata is a list of steps with the answer
// that is expected after each:
//
//     # A comment
//     > tick 0 8
//     0 candidate, promised 1.0, chosen 0, log -, 0 1 2 decide
//     0 -> 1 ballot 1.0: promise, from slot 1 on
//
// Steps:
//     cluster COUNT window SLOTS     begins anew
//     tick MEMBER COUNT
//     propose MEMBER VALUE
//     change MEMBER TO...            that these members decide, and no others
//     read MEMBER                    the first is called 1, the next of this member 2, and so on
//     deliver FROM TO                all that is on its way between the two, in order
//     drop FROM TO                   the same is lost
//     talk                           all is delivered until all are silent, and not told
//     crash MEMBER                   and restart from what is durable
//     compact MEMBER                 a snapshot of all that it knows to be chosen becomes durable
//     state                          of every member
//
// After each call the owner of a replica makes everything durable, then sends. A snapshot is one message, and restored
// at once. With ORRERY_REWRITE=1 in the environment the test writes the answers of this build into the files, to be
// read in a diff.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "orrery/protocols/paxos/replica.h"
#include "orrery/protocols/paxos/replica_words.h"
#include "orrery/protocols/replication/dialogues_test.h"
#include "orrery/protocols/replication/wire.h"
#include "orrery/sim/text.h"

namespace orrery::paxos {
namespace {

using Words = std::vector<std::string_view>;
using Kind = ReplicaMessage::Kind;

std::string short_text(const Ballot& ballot) {
    return std::to_string(ballot.round) + "." + std::to_string(ballot.member);
}

std::string word(const Accepted& each) {
    if (each.ballot.is_none()) return "-";
    const std::optional<Voters> voters = voters_of(each.value);
    return short_text(each.ballot) + ":" + (voters ? "{" + voters_text(*voters) + "}" : std::string(each.value.text()));
}

std::string log_words(const SlotLog& log) {
    std::vector<std::string> words;
    if (log.offset() > 0) words.push_back("snapshot " + std::to_string(log.offset()) + " then");
    for (Slot slot = log.offset() + 1; slot <= log.last(); ++slot) words.push_back(word(log.at(slot)));
    return words.empty() ? "-" : sim::join(words, " ");
}

std::string deciding_words(const Replica& replica) {
    std::string text;
    for (const Configuration& each : replica.configurations().from(replica.chosen() + 1))
        text += ", " + (text.empty() ? "" : "from slot " + std::to_string(each.since) + " on ") +
                voters_text(each.voters) + (each.voters.count() == 1 ? " decides" : " decide");
    return text;
}

class ReplicaDialogue {
public:
    // What is said after this step, a line each.
    std::string answer(const Words& words) {
        answer_.clear();
        const std::string_view verb = words.at(0);
        if (verb == "cluster")
            begin(static_cast<Member>(number(words, 1)), number(words, 3));
        else if (verb == "talk")
            talk();
        else if (verb == "state")
            for (const Replica& each : replicas_) show(each);
        else if (verb == "deliver")
            deliver(member(words, 1), member(words, 2));
        else if (verb == "drop")
            (void)take(member(words, 1), member(words, 2));
        else
            act(words, member(words, 1));
        return answer_;
    }

private:
    static std::uint64_t number(const Words& words, std::size_t which) {
        std::uint64_t value = 0;
        EXPECT_TRUE(which < words.size() && sim::parse_integer(words[which], value)) << words[0];
        return value;
    }
    Member member(const Words& words, std::size_t which) const {
        const std::uint64_t value = number(words, which);
        EXPECT_LT(value, replicas_.size()) << words[0];
        return static_cast<Member>(value);
    }
    ReplicaOptions options_of(Member self) const { return {.self = self, .count = count_, .window = window_}; }
    void begin(Member count, Slot window) {
        count_ = count;
        window_ = window;
        network_.clear();
        replicas_.clear();
        snapshots_.assign(count, {});
        for (Member self = 0; self < count; ++self) replicas_.emplace_back(options_of(self), ReplicaState{}, 0);
    }
    // What one member does.
    void act(const Words& words, Member which) {
        Replica& replica = replicas_[which];
        const std::string_view verb = words[0];
        if (verb == "tick")
            replica.tick(0, static_cast<std::uint32_t>(number(words, 2)));
        else if (verb == "propose")
            answer_ += replica.propose(sim::Bytes(words.at(2))) == 0 ? "not now\n" : "";
        else if (verb == "change")
            change(words, replica);
        else if (verb == "read")
            answer_ += replica.read() == 0 ? "not the leader\n" : "";
        else if (verb == "crash")
            crash(which);
        else if (verb == "compact")
            compact(which);
        else
            ADD_FAILURE() << "there is no step '" << verb << "'";
        settle(which);
    }
    void change(const Words& words, Replica& replica) {
        constexpr const char* answers[] = {"done\n", "under way\n", "not the leader\n"};
        Voters wanted;
        for (std::size_t i = 2; i < words.size(); ++i) wanted.add(member(words, i));
        answer_ += answers[static_cast<std::size_t>(replica.change(wanted))];
    }
    void crash(Member which) {
        Replica& replica = replicas_[which];
        ReplicaState durable{.snapshot = replica.log().offset(),
                             .chosen = replica.settled(),
                             .promised = replica.promised(),
                             .accepted = {},
                             .configurations = snapshots_[which]};
        for (Slot slot = replica.log().offset() + 1; slot <= replica.log().last(); ++slot)
            if (replica.log().has(slot)) durable.accepted[slot] = replica.log().at(slot).copy();
        replica = Replica(options_of(which), std::move(durable), 0);
    }
    void compact(Member which) {
        snapshots_[which] = replicas_[which].configurations().as_of(replicas_[which].chosen());
        replicas_[which].compact(replicas_[which].chosen());
    }
    void deliver(Member from, Member to) {
        for (ReplicaMessage& message : take(from, to)) hear(std::move(message));
    }
    void talk() {
        for (int i = 0; i < 1000 && !network_.empty(); ++i) {
            ReplicaMessage message = std::move(network_.front());
            network_.erase(network_.begin());
            hear(std::move(message));
        }
        EXPECT_TRUE(network_.empty()) << "they do not fall silent";
        answer_.clear();
    }
    void hear(ReplicaMessage message) {
        const Member which = message.to;
        Replica& replica = replicas_[which];
        const Member from = message.from;
        replica.step(std::move(message), 0);
        const auto chunk = replica.take_chunk();
        if (chunk && replica.needs_snapshot(chunk->slot)) {
            snapshots_[which] = snapshots_[from];
            replica.restore(chunk->slot, snapshots_[from]);
        }
        settle(which);
    }
    std::vector<ReplicaMessage> take(Member from, Member to) {
        const auto other = std::stable_partition(network_.begin(), network_.end(), [&](const ReplicaMessage& message) {
            return message.from != from || message.to != to;
        });
        std::vector<ReplicaMessage> taken;
        std::move(other, network_.end(), std::back_inserter(taken));
        network_.erase(other, network_.end());
        if (taken.empty()) answer_ += "nothing is on its way\n";
        return taken;
    }
    // As its owner does: what it holds becomes durable, then its messages are sent.
    void settle(Member which) {
        Replica& replica = replicas_[which];
        std::vector<ReplicaMessage> messages;
        replica.take_messages(messages);
        replica.persisted(replica.take_unsaved(), replica.settled());
        replica.take_messages(messages);
        show(replica);
        for (const ReplicaRead& each : replica.take_answers())
            answer_ += std::to_string(which) + " read " + std::to_string(each.read) +
                       (each.is_refused ? ": refused\n" : ": as of slot " + std::to_string(each.slot) + "\n");
        for (ReplicaMessage& message : messages) {
            if (message.kind == Kind::snapshot) message.total = 1;
            if (message.kind == Kind::snapshot) message.data = sim::Bytes(std::string_view("s"));
            answer_ += std::to_string(message.from) + " -> " + std::to_string(message.to) + " " +
                       label_of(message.kind).describe(replication::datagram_of({2, 2, 0}, message)) + "\n";
            network_.push_back(std::move(message));
        }
    }
    void show(const Replica& replica) {
        constexpr const char* roles[] = {"follower", "candidate", "leader"};
        answer_ += std::to_string(replica.self()) + " " + roles[static_cast<std::size_t>(replica.role())] +
                   ", promised " + short_text(replica.promised()) + ", chosen " + std::to_string(replica.chosen()) +
                   ", log " + log_words(replica.log()) + deciding_words(replica) + "\n";
    }

    Member count_ = 0;
    Slot window_ = 0;
    std::vector<Replica> replicas_;
    std::vector<std::vector<Configuration>> snapshots_; // what those of each hold
    std::vector<ReplicaMessage> network_;               // in the order of sending
    std::string answer_;
};

TEST(ReplicaDialogues, AreAsTheyWere) {
    replication::expect_as_they_were<ReplicaDialogue>(ORRERY_SOURCE_ROOT "/protocols/paxos/testdata", 2);
}

TEST(ReplicaDialogues, ShowAnAnswerThatIsNotAsItWas) {
    const std::string right = "> cluster 1 window 4\n> tick 0 8\n0 leader, promised 1.0, chosen 0, log -, 0 decides\n";
    const std::string wrong = "> cluster 1 window 4\n> tick 0 8\n0 leader, promised 2.0, chosen 0, log -, 0 decides\n";
    EXPECT_EQ(replication::replayed<ReplicaDialogue>(right), right);
    EXPECT_NE(replication::replayed<ReplicaDialogue>(wrong), wrong);
}

} // namespace
} // namespace orrery::paxos

// Golden dialogues: what the members of a cluster of cores say to each other, as text. Each file of testdata is a list
// of steps with the answer that is expected after each:
//
//     # A comment
//     > tick 0 8
//     0 candidate, term 1, vote 0, commit 0, log -
//     0 -> 1 vote term 1, last 0/0
//
// Steps:
// - with SETTING... is for each cluster that begins after it: pre_vote, check_quorum, leases, none
// - witness MEMBER likewise: it is the only one
// - first MEMBER... likewise: the voters; nobody: all of them
// - cluster COUNT batch ENTRIES log TERM... begins anew: members with this log, a term an entry, all of it durable
// - tick MEMBER COUNT
// - propose MEMBER
// - transfer FROM TO
// - read MEMBER: the first is called a, the next b, and so on
// - change LEADER KIND MEMBER...: by pairs, of voter, learner or removed, and who
// - deliver FROM TO: all that is on its way between the two, in order
// - drop FROM TO: the same is lost
// - crash MEMBER, and it restarts from what is durable
// - compact MEMBER INDEX: its snapshot up to there becomes durable
// - state of every member
//
// After each call the owner of the core makes everything durable, then sends. A snapshot is a text, sent four bytes at
// a time; one that came whole is restored at once. With ORRERY_REWRITE=1 in the environment the test writes the answers
// of this build into the files, to be read in a diff.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>

#include "orrery/protocols/raft/core.h"
#include "orrery/protocols/replication/dialogues_test.h"
#include "orrery/sim/text.h"

namespace orrery::raft {
namespace {

using Words = std::vector<std::string_view>;

std::string place(const Message& message) {
    return std::to_string(message.index) + "/" + std::to_string(message.index_term);
}

// Its term, with a sign if it is a configuration, or a position.
std::string word(const Entry& entry) {
    constexpr const char* signs[] = {"", "*", "'"};
    return std::to_string(entry.term) + signs[static_cast<std::size_t>(entry.kind)];
}

std::string words_of(const Members& members) {
    std::vector<std::string> words;
    for (const Member member : members) words.push_back(std::to_string(member));
    return sim::join(words, " ");
}

// Nothing if all members are voters.
std::string words_of(const Configuration& configuration, Member count) {
    if (!configuration.is_joint() && configuration.voters.incoming.size() == count) return {};
    std::string text = ", voters " + words_of(configuration.voters.incoming);
    if (configuration.is_joint()) text += ", until now " + words_of(configuration.voters.outgoing);
    if (!configuration.learners.empty()) text += ", learners " + words_of(configuration.learners);
    return text;
}

std::string terms_of(const Log& log) {
    std::vector<std::string> terms;
    if (log.snapshot_index() > 0)
        terms.push_back("snapshot " + std::to_string(log.snapshot_index()) + "/" +
                        std::to_string(log.term(log.snapshot_index())) + " then");
    for (Index index = log.first_index(); index <= log.last_index(); ++index) terms.push_back(word(log.entry(index)));
    return terms.empty() ? "-" : sim::join(terms, " ");
}

std::string content(const Message& message) {
    switch (message.kind) {
    case Message::Kind::pre_vote:
        return "pre_vote term " + std::to_string(message.term) + ", last " + place(message);
    case Message::Kind::pre_vote_reply:
        return "pre_vote_reply term " + std::to_string(message.term) + (message.success ? ", would" : ", would not");
    case Message::Kind::timeout_now:
        return "timeout_now term " + std::to_string(message.term);
    case Message::Kind::vote:
        return "vote term " + std::to_string(message.term) + ", last " + place(message) +
               (message.success ? ", the leader asked for it" : "");
    case Message::Kind::vote_reply:
        return "vote_reply term " + std::to_string(message.term) + (message.success ? ", granted" : ", denied");
    case Message::Kind::append_reply:
        return "append_reply term " + std::to_string(message.term) +
               (message.success ? ", matches up to " + std::to_string(message.index)
                                : ", conflict, look from " + place(message));
    case Message::Kind::snapshot:
        return "snapshot term " + std::to_string(message.term) + ", up to " + place(message) + ", bytes from " +
               std::to_string(message.chunk->offset) + " of " + std::to_string(message.chunk->total) + ": " +
               (message.chunk->data.empty() ? "-" : std::string(message.chunk->data.text()));
    case Message::Kind::snapshot_reply:
        return "snapshot_reply term " + std::to_string(message.term) + ", up to " + std::to_string(message.index) +
               ", has " + std::to_string(message.chunk->offset) + " of " + std::to_string(message.chunk->total);
    case Message::Kind::read:
        return "read term " + std::to_string(message.term);
    case Message::Kind::read_reply:
        return "read_reply term " + std::to_string(message.term) +
               (message.success ? ", once applied up to " + std::to_string(message.index) : ", refused");
    case Message::Kind::propose:
        return "propose term " + std::to_string(message.term);
    case Message::Kind::propose_reply:
        return "propose_reply term " + std::to_string(message.term) +
               (message.success ? ", as " + place(message) : ", refused");
    case Message::Kind::append:
        break;
    }
    std::string text = "append term " + std::to_string(message.term) + ", after " + place(message) + ", commit " +
                       std::to_string(message.commit) + ", entries";
    for (const Entry& entry : message.entries) text += " " + word(entry);
    return text + (message.entries.empty() ? " -" : "");
}

class Dialogue {
public:
    // What is said after this step, a line each.
    std::string answer(const Words& words) {
        answer_.clear();
        const std::string_view verb = words.at(0);
        if (verb == "with")
            set(words);
        else if (verb == "cluster")
            begin(words);
        else if (verb == "tick")
            tick(member(words, 1), number(words, 2));
        else if (verb == "propose")
            propose(member(words, 1));
        else if (verb == "transfer")
            transfer(member(words, 1), member(words, 2));
        else if (verb == "deliver")
            deliver(member(words, 1), member(words, 2));
        else if (verb == "drop")
            (void)take(member(words, 1), member(words, 2));
        else if (verb == "crash")
            crash(member(words, 1));
        else if (verb == "read")
            read(member(words, 1));
        else if (verb == "first")
            first(words);
        else if (verb == "witness")
            options_.witnesses.assign(1, static_cast<Member>(number(words, 1)));
        else if (verb == "change")
            change(words);
        else if (verb == "compact")
            compact(member(words, 1), number(words, 2));
        else if (verb == "state")
            for (const Core& core : cores_) show(core);
        else
            ADD_FAILURE() << "there is no step '" << verb << "'";
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
        EXPECT_LT(value, cores_.size()) << words[0];
        return static_cast<Member>(value);
    }
    void set(const Words& words) {
        options_.pre_vote = options_.check_quorum = options_.lease_reads = false;
        for (std::size_t i = 1; i < words.size(); ++i) {
            options_.pre_vote = options_.pre_vote || words[i] == "pre_vote";
            options_.check_quorum = options_.check_quorum || words[i] == "check_quorum";
            options_.lease_reads = options_.lease_reads || words[i] == "leases";
            EXPECT_TRUE(words[i] == "pre_vote" || words[i] == "check_quorum" || words[i] == "leases" ||
                        words[i] == "none")
                << words[i];
        }
    }
    void first(const Words& words) {
        options_.first = {};
        for (std::size_t i = 1; i < words.size(); ++i)
            options_.first.voters.incoming.push_back(static_cast<Member>(number(words, i)));
    }
    void change(const Words& words) {
        constexpr std::string_view kinds[] = {"voter", "learner", "removed"};
        constexpr const char* answers[] = {"appended",
                                           "not the leader",
                                           "not while it hands over",
                                           "not before something of its term is committed",
                                           "not before the last change is done",
                                           "not one that lags",
                                           "impossible",
                                           "not one in which those with data are no majority"};
        std::vector<Change> changes;
        for (std::size_t i = 2; i + 1 < words.size(); i += 2) {
            const auto kind = std::find(std::begin(kinds), std::end(kinds), words[i]);
            EXPECT_NE(kind, std::end(kinds)) << words[i];
            changes.push_back({static_cast<Change::Kind>(kind - std::begin(kinds)), member(words, i + 1)});
        }
        const Member leader = member(words, 1);
        answer_ += answers[static_cast<std::size_t>(cores_[leader].change(changes))] + std::string("\n");
        settle(leader);
    }
    CoreOptions options_of(Member self) const {
        CoreOptions options = options_;
        options.self = self;
        return options;
    }
    void begin(const Words& words) {
        cores_.clear();
        network_.clear();
        reads_ = 0;
        options_.count = static_cast<Member>(number(words, 1));
        options_.batch = number(words, 3);
        options_.chunk_bytes = 4;
        snapshots_.assign(options_.count, {});
        for (Member self = 0; self < options_.count; ++self) {
            std::vector<Entry> entries;
            Term term = 0;
            for (std::size_t i = 5; i < words.size(); ++i) entries.push_back({term = number(words, i), {}});
            cores_.emplace_back(options_of(self), HardState{term, 0}, Mark{}, std::move(entries), 0);
        }
    }
    void tick(Member which, std::uint64_t count) {
        cores_[which].tick(0, static_cast<std::uint32_t>(count));
        settle(which);
    }
    void propose(Member which) {
        const Index index = cores_[which].propose(sim::Bytes("x"));
        const char* refusal = cores_[which].role() == Role::leader ? "not while it hands over\n" : "not the leader\n";
        answer_ += index == 0 ? refusal : "index " + std::to_string(index) + "\n";
        settle(which);
    }
    void read(Member which) {
        cores_[which].read(reads_++);
        settle(which);
    }
    void transfer(Member from, Member to) {
        const bool leads = cores_[from].role() == Role::leader;
        if (!cores_[from].transfer(to)) answer_ += leads ? "not to that one\n" : "not the leader\n";
        settle(from);
    }
    void deliver(Member from, Member to) {
        for (Message& message : take(from, to)) {
            cores_[to].step(std::move(message), 0);
            settle(to);
        }
    }
    std::vector<Message> take(Member from, Member to) {
        const auto other = std::stable_partition(network_.begin(), network_.end(), [&](const Message& message) {
            return message.from != from || message.to != to;
        });
        std::vector<Message> taken;
        std::move(other, network_.end(), std::back_inserter(taken));
        network_.erase(other, network_.end());
        if (taken.empty()) answer_ += "nothing is on its way\n";
        return taken;
    }
    void crash(Member which) {
        Core& core = cores_[which];
        std::vector<Entry> entries;
        for (Index index = core.log().first_index(); index <= core.log().last_index(); ++index)
            entries.push_back(core.log().entry(index).copy());
        const Snapshot& snapshot = snapshots_[which];
        core = Core(options_of(which), core.hard(), snapshot.mark, std::move(entries), 0);
        snapshots_[which].received.clear();
        settle(which);
    }
    void compact(Member which, Index index) {
        Core& core = cores_[which];
        snapshots_[which] = {core.mark(index), "all up to " + std::to_string(index), {}};
        core.compact(index);
        settle(which);
    }
    void fill_in(Message& message) const {
        const Snapshot& snapshot = snapshots_[message.from];
        EXPECT_EQ(message.index, snapshot.mark.index);
        message.chunk->total = snapshot.text.size();
        message.chunk->data = sim::Bytes(std::string_view(snapshot.text).substr(message.chunk->offset, 4));
    }
    void receive(Member which) {
        Core& core = cores_[which];
        Snapshot& snapshot = snapshots_[which];
        std::vector<Piece> pieces;
        core.take_pieces(pieces);
        for (const Piece& piece : pieces) {
            if (core.is_witness(which)) {
                const Mark mark{piece.index, piece.term, piece.chunk.configuration};
                if (core.restore(mark)) snapshot = {mark, {}, {}};
                continue;
            }
            if (piece.chunk.offset == 0) snapshot.received.clear();
            snapshot.received += piece.chunk.data.text();
            core.piece_written(piece.index, snapshot.received.size());
            if (snapshot.received.size() < piece.chunk.total) continue;
            const Mark mark{piece.index, piece.term, piece.chunk.configuration};
            if (core.restore(mark)) snapshot = {mark, snapshot.received, {}};
        }
    }
    // As its owner does: what the core holds becomes durable, then its messages are sent.
    void settle(Member which) {
        Core& core = cores_[which];
        core.persisted(core.log().last_index());
        receive(which);
        show(core);
        std::vector<Message> messages;
        core.take_messages(messages);
        std::vector<ReadAnswer> answers;
        core.take_reads(answers);
        for (const ReadAnswer& answer : answers)
            answer_ += std::to_string(which) + " read " + static_cast<char>('a' + answer.token) +
                       (answer.index > 0 ? ": once applied up to " + std::to_string(answer.index) : ": refused") + "\n";
        for (Message& message : messages) {
            if (message.kind == Message::Kind::snapshot && !core.is_witness(message.to)) fill_in(message);
            answer_ +=
                std::to_string(message.from) + " -> " + std::to_string(message.to) + " " + content(message) + "\n";
            network_.push_back(std::move(message));
        }
    }
    void show(const Core& core) {
        constexpr const char* roles[] = {"follower", "pre_candidate", "candidate", "leader"};
        const std::uint32_t vote = core.hard().vote;
        answer_ += std::to_string(core.self()) + " " + roles[static_cast<std::size_t>(core.role())] + ", term " +
                   std::to_string(core.term()) + ", vote " + (vote == 0 ? "-" : std::to_string(vote - 1)) +
                   ", commit " + std::to_string(core.commit()) + ", log " + terms_of(core.log()) +
                   words_of(core.configuration(), core.count()) + "\n";
    }

    struct Snapshot {
        Mark mark;
        std::string text;
        std::string received; // of one that comes from another
    };

    std::vector<Core> cores_;
    std::vector<Snapshot> snapshots_; // by Member
    std::vector<Message> network_;    // in the order of sending
    CoreOptions options_;
    std::uint64_t reads_ = 0;
    std::string answer_;
};

TEST(Dialogues, AreAsTheyWere) {
    replication::expect_as_they_were<Dialogue>(ORRERY_SOURCE_ROOT "/protocols/raft/testdata", 4);
}

TEST(Dialogues, ShowAnAnswerThatIsNotAsItWas) {
    const std::string text = "> cluster 1 batch 1 log\n> tick 0 8\n0 leader, term 1, vote 0, commit 1, log 1\n";
    EXPECT_EQ(replication::replayed<Dialogue>(text), text);
    EXPECT_NE(replication::replayed<Dialogue>(
                  "> cluster 1 batch 1 log\n> tick 0 8\n0 leader, term 2, vote 0, commit 1, log 1\n"),
              "> cluster 1 batch 1 log\n> tick 0 8\n0 leader, term 2, vote 0, commit 1, log 1\n");
}

} // namespace
} // namespace orrery::raft

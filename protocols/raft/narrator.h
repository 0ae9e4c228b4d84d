// Narrator: tells what servers of Raft do in the words of the paper. It knows from their notes what each has in its
// log, so that it can say of a vote how the two logs compare, of an entry which command it holds and whether the log
// has that command already, and of a restart what is gone from the disk. Commands are known from the messages that
// carry them.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "orrery/protocols/raft/message.h"
#include "orrery/sim/narrator.h"

namespace orrery::raft {

class Narrator final : public sim::Narrator {
public:
    using CommandWords = std::function<std::string(sim::ByteView command)>;

    explicit Narrator(CommandWords command_words) : command_words_(std::move(command_words)) {}
    sim::Telling tell(const sim::Observation& seen) override;
    // A client asks for the command: it may come to stand in logs.
    void learn(sim::ByteView command) { learn(command, true); }

private:
    struct Known {
        Term term = 0;
        std::int64_t digest = 0;
        bool operator==(const Known&) const = default;
    };
    struct Server {
        std::string name{};
        std::vector<Known> log{};    // index 1 first, with what its snapshot stands for
        Index snapshot = 0;          // that one is up to there
        std::vector<Known> before{}; // the log before the last crash
        Term term = 0;
        Term term_before = 0;
        std::uint64_t boots = 0;
        bool recovers = false;      // it has started, and has done nothing but publish what its disk holds ...
        std::uint64_t recovery = 0; // ... in this event
        bool leads = false;
        bool stands = false; // for election
        Index commit = 0;
        Index batch = 0; // the first entry of those that the running event appends, or commits
        std::pair<std::uint64_t, std::uint64_t> batch_of{}; // that event, and which of the two
        Index acknowledged_to = 0;                          // what it told leaders to have, the highest since ...
        std::uint32_t leader = 0;                           // ... and the leader whom it told that
        std::pair<std::string, Index> appended{};           // who sent it the last append, and where that ended
        std::vector<std::string> voters{};                  // for it, in its term
        std::pair<Index, Term> claims{};               // the end of its log, as it said when it last asked for votes
        std::map<Term, std::uint32_t> votes{};         // whom it gave its vote, by term
        std::map<std::uint32_t, Index> acknowledged{}; // while it leads: by each follower
    };

    sim::Telling on_state(const sim::Observation& seen);
    sim::Telling on_note(const sim::Observation& seen);
    sim::Telling on_leader(const sim::Observation& seen);
    sim::Telling on_truncate(const sim::Observation& seen);
    sim::Telling on_shorter(const sim::Observation& seen);
    sim::Telling on_restore(const sim::Observation& seen);
    sim::Telling on_append(const sim::Observation& seen);
    sim::Telling on_commit(const sim::Observation& seen);
    sim::Telling on_apply(const sim::Observation& seen);
    sim::Telling on_message(const sim::Observation& seen);
    sim::Telling vote(const Message& message, const sim::Observation& seen, Server& candidate);
    sim::Telling vote_reply(const Message& message, const sim::Observation& seen, Server& voter, Server& candidate);
    sim::Telling append(const Message& message, const sim::Observation& seen, Server& leader, const Server& follower);
    sim::Telling append_reply(const Message& message, const sim::Observation& seen, Server& leader);
    sim::Telling recovered(const Server& server) const;
    void learn(sim::ByteView command, bool is_asked);
    static Index index_of_command(Known entry, const std::vector<Known>& log);
    std::string entry_words(Index index, Known entry, const std::vector<Known>& log) const;
    std::string entries_words(const std::vector<Known>& log, Index first, Index last) const;
    // The same without commands that were told already.
    std::string entries_in_short(const std::vector<Known>& log, Index first, Index last) const;
    // The first of those that the event appends, or commits: they are told together.
    Index batch_of(Server& server, const sim::Observation& seen, Index index) const;

    CommandWords command_words_;
    struct Command {
        std::string words{};
        bool is_asked = false; // some client asked for just this
    };
    std::map<std::int64_t, Command> commands_{};               // by digest
    std::map<std::uint32_t, Server> servers_{};                // by host
    std::set<std::tuple<Index, Term, std::int64_t>> told_{};   // entries whose commands were told: index, term, digest
    bool has_led_ = false;                                     // somebody has
    std::vector<Known> committed_{};                           // index 1 first; as the first server knew it
    std::map<Index, std::pair<std::string, Known>> applied_{}; // by whom first
    std::map<std::uint64_t, sim::Telling> replies_{};          // votes, told as they were sent, by message
};

// Of a cluster whose commands nobody knows.
std::unique_ptr<sim::Narrator> narrator();

} // namespace orrery::raft

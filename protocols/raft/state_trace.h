// StateTrace: what servers of raft did, as lines of the state trace that etcd's raft writes (state_trace.go of
// github.com/etcd-io/raft, built with its tag with_tla), so that what reads those reads ours: one object of JSON a
// line, {"tag":"trace","event":{...}}, and in each event the server, its term, vote, commit index, role, the last index
// of its log and the message, if it is about one.
//
// Ours say more, where theirs leave room for it (`prop`): which entries a message carries or a log holds, each as
// [term, digest], and up to where the log is durable. InitState, Ready and Replicate together tell the whole log:
//     InitState    prop: snapshot [index, term], entries, stable   what a boot found
//     Ready        prop: keep, entries, stable                     the log was cut behind `keep` and goes on with these
//     Ready        prop: snapshot [index, term]                    the log begins behind it, or has it in it
//     Replicate    prop: entries                                   of a leader: not durable yet
// What a server keeps to itself for a while is told when it first shows: that it campaigns or leads in a term, what it
// has appended as a leader and what it has committed, at the latest with the first message that says so.
// A change of the membership is told as ChangeConf, without what it is; `conf` stays what it was at first.
// As in etcd's trace, pre-votes, reads, and the request to campaign are left out.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "orrery/protocols/raft/message.h"
#include "orrery/sim/monitor.h"

namespace orrery::raft {

// A fold over all that was observed of a run, messages included. Hosts that do not speak raft are passed over.
class StateTrace {
public:
    // `write` takes each line, with its end.
    explicit StateTrace(std::function<void(const std::string& line)> write) : write_(std::move(write)) {}
    void observe(const sim::Observation& seen);
    // After the last: what is still held back.
    void finish() { flush(); }

private:
    struct Known {
        Term term = 0;
        std::int64_t digest = 0;
        bool operator==(const Known&) const = default;
    };
    // What is known of a server in its present boot.
    struct Server {
        bool has_started = false;
        Member self = 0;
        Member members = 0;
        Term term = 0;
        std::uint32_t vote = 0; // member + 1; 0: none
        Term vote_term = 0;     // in which it was given
        Index commit = 0;
        const char* role = "StateFollower";
        Index snapshot_index = 0;
        Term snapshot_term = 0;
        std::vector<Known> log; // the first is behind the snapshot
        Index stable = 0;
        Term campaigned = 0; // the last term in which it did
        Term led = 0;
        Index changed = 0; // up to there it has told of changes of the membership

        Index last_index() const { return snapshot_index + log.size(); }
        Term term_at(Index index) const;
        void cut_behind(Index index);
    };

    void on_note(const sim::Observation& seen);
    void on_state(const sim::Observation& seen);
    void on_message(const sim::Observation& seen);
    void on_start(const sim::Observation& seen);
    void on_restore(Index index, Term term);
    void on_append(Index index, Known entry);
    void on_truncate(Index from);
    void on_send(const Message& message);
    void replicate(const Message& message);
    void change_members(const Message& message);
    void commit_up_to(Index index);
    void campaign(Term term);
    void lead(Term term);
    void flush();
    void write(const char* event, const std::string& message = {}, const std::string& more = {});

    std::function<void(const std::string&)> write_;
    std::vector<Server> servers_; // by host
    sim::WorldTime now_{};
    std::uint32_t host_ = 0; // whose observation it is, and what is held back
    bool is_log_changed_ = false;
    bool is_commit_changed_ = false;
    Index keep_ = 0; // of a log that changed: what was not touched
};

} // namespace orrery::raft

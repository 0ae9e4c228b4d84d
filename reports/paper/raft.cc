#include "orrery/reports/paper/raft.h"

#include "orrery/reports/paper/raft_server.h"

namespace orrery::reports::paper {
namespace {

std::string number(std::uint64_t value) { return std::to_string(value); }

// "is at least as up-to-date" (5.4.1).
bool is_as_new(const Point& candidate, const Log& voter) {
    if (candidate.term != voter.last_term()) return candidate.term > voter.last_term();
    return candidate.index >= voter.last_index();
}

// A message as it stands in the trace, to find it again.
std::string words_of(const Event& event) {
    const Sent& message = *event.message;
    std::string words = message.type + " " + number(message.term) + " " + message.from + " " + message.to + " " +
                        number(message.entries) + " " + number(message.log_term) + " " + number(message.index) + " " +
                        number(message.commit) + (message.reject ? " rejected" : "");
    if (event.snapshot) words += " " + number(event.snapshot->term);
    if (!event.entries) return words;
    for (const Entry& entry : *event.entries) words += " " + number(entry.term) + ":" + std::to_string(entry.digest);
    return words;
}

class Paper {
public:
    // True: the trace may go on.
    bool take(const Event& event, std::size_t line) {
        line_ = line;
        name_ = event.server;
        Server& server = servers_[name_];
        if (event.name == "InitState")
            begin(event, server);
        else
            go_on(event, server);
        return !breach && !complaint;
    }

    std::optional<Breach> breach{};
    sim::Problem complaint{};

private:
    void break_rule(std::string rule, std::string text) {
        if (!breach) breach = Breach{line_, std::move(rule), "server " + name_ + " " + std::move(text)};
    }
    void expect(std::string what) {
        if (!complaint) complaint = sim::Complaint{sim::Cause::input, {{}, line_, 0}, "expected " + std::move(what)};
    }
    bool is_majority(std::size_t count) const { return 2 * count > voters_.size(); }

    void begin(const Event& event, Server& server);
    void go_on(const Event& event, Server& server);
    void on_state(const Event& event, Server& server);
    void on_log(const Event& event, Server& server);
    // At that index, than it holds: a conflict.
    static bool was_sent_another(Index index, const Server& server);
    void on_cut(Index keep, const Server& server);
    void on_entry(const Entry& entry, const Event& event, Server& server);
    void on_snapshot(const Point& snapshot, Server& server);
    void on_candidate(const Event& event, Server& server);
    void on_leader(const Event& event, Server& server);
    void on_vote(Term term, const std::string& candidate, Server& server);
    void on_sent(const Event& event, Server& server);
    void on_granted(const Sent& message, Server& server);
    void on_sent_append(const Event& event, const Server& server);
    void on_acknowledgement(const Sent& message, const Server& server);
    void on_received(const Event& event, Server& server);
    void on_received_append(const Event& event, Server& server);
    void on_commit(Index commit, Server& server);
    bool may_commit(Index commit, const Server& server) const;
    bool has_committed_as_leader(Index commit, const Server& server) const;
    void look_at_requests(Server& server);

    std::vector<std::string> voters_;
    std::map<std::string, Server> servers_;
    std::set<std::string> started_;
    std::map<Term, std::string> leaders_;
    std::map<Term, Log> logs_; // of the leaders: they only grow
    std::set<std::string> sent_;
    std::size_t line_ = 0;
    std::string name_;
};

// Figure 2, State: term, vote and log are updated on stable storage before a server answers.
void Paper::begin(const Event& event, Server& server) {
    if (!event.entries || !event.stable || !event.snapshot) return expect("prop with snapshot, entries and stable");
    if (voters_.empty()) voters_ = event.voters;
    constexpr const char* rule = "term, vote and log outlast a restart (figure 2, persistent state)";
    if (event.term < server.spoken_term)
        break_rule(rule, "starts in term " + number(event.term) + ", and had been in " + number(server.spoken_term));
    const auto vote = server.votes.find(event.term);
    if (vote != server.votes.end() && vote->second != event.vote)
        break_rule(rule, "starts with a vote for " + event.vote + " in term " + number(event.term) +
                             ", and had given it to " + vote->second);
    const Log log{*event.snapshot, *event.entries};
    if (log.last_index() != event.log) return expect("log to be " + number(log.last_index()) + ", as prop says");
    Index same = std::max(log.snapshot.index, server.log.snapshot.index);
    while (log.holds(same + 1) && server.log.holds(same + 1) && log.at(same + 1) == server.log.at(same + 1)) ++same;
    if (same < server.stable && !was_sent_another(same + 1, server)) // it may have been about to delete it
        break_rule(rule, "starts with its log up to entry " + number(same) + " as it was, and had it up to " +
                             number(server.stable));
    server.log = log;
    server.stable = *event.stable;
    server.term = event.term;
    server.commit = 0;
    server.campaigned = server.led = 0;
    if (event.vote != "0") server.votes[event.term] = event.vote;
    if (event.commit > log.snapshot.index)
        break_rule("a server starts with commitIndex 0, or what its snapshot has (figure 2, volatile state)",
                   "starts with " + number(event.commit));
    server.commit = event.commit;
    started_.insert(name_);
    look_at_requests(server);
}

void Paper::go_on(const Event& event, Server& server) {
    if (!started_.contains(name_)) return expect("an InitState of server " + name_ + " before anything else of it");
    if (event.voters != voters_ || !event.old_voters.empty() || event.name == "ChangeConf")
        return expect("the members to stay the same: changes of membership are not judged");
    if (event.name == "BecomeCandidate") on_candidate(event, server);
    if (event.name == "BecomeLeader") on_leader(event, server);
    if (!event.message && (event.entries || event.snapshot)) on_log(event, server);
    on_state(event, server);
    if (!event.message) return;
    const bool is_sent = event.name.starts_with("Send");
    if (!is_sent && !event.name.starts_with("Receive")) return expect("an event that etcd's trace has");
    if (event.message->type == "MsgApp" && (!event.entries || event.entries->size() != event.message->entries))
        return expect("prop.entries, one for each entry of the message");
    if (event.message->type == "MsgSnap" && !event.snapshot) return expect("prop.snapshot");
    if (is_sent)
        on_sent(event, server);
    else
        on_received(event, server);
}

void Paper::on_state(const Event& event, Server& server) {
    if (event.term < server.term)
        break_rule("a server's term never falls (5.1)",
                   "falls from term " + number(server.term) + " to " + number(event.term));
    server.term = event.term;
    server.spoken_term = std::max(server.spoken_term, event.term);
    if (event.vote != "0") on_vote(event.term, event.vote, server);
    if (event.commit != server.commit) on_commit(event.commit, server);
    if (event.log != server.log.last_index())
        expect("log to be " + number(server.log.last_index()) + ", as what came before it says");
}

void Paper::on_vote(Term term, const std::string& candidate, Server& server) {
    const auto [given, is_first] = server.votes.try_emplace(term, candidate);
    if (!is_first && given->second != candidate)
        break_rule("a server gives one vote a term (figure 2, RequestVote 2)",
                   "votes for " + candidate + " in term " + number(term) + ", and has voted for " + given->second);
}

// Figure 2, Candidates: increment currentTerm, vote for self.
void Paper::on_candidate(const Event& event, Server& server) {
    if (event.term <= server.term)
        break_rule("a candidate begins a new term (5.2)",
                   "campaigns in term " + number(event.term) + ", in which it was already");
    if (event.vote != name_)
        break_rule("a candidate votes for itself (5.2)", "campaigns with a vote for " + event.vote);
    server.campaigned = event.term;
}

void Paper::on_leader(const Event& event, Server& server) {
    const Term term = event.term;
    const auto [leader, is_first] = leaders_.try_emplace(term, name_);
    if (!is_first)
        break_rule("a term has at most one leader (5.2, Election Safety)",
                   "leads term " + number(term) + ", as " + leader->second + " does");
    if (server.campaigned != term)
        break_rule("only a candidate becomes a leader (figure 4)", "leads term " + number(term) + " without campaign");
    std::set<std::string> votes = server.votes_received[term];
    votes.insert(name_);
    if (!is_majority(votes.size()))
        break_rule("a leader has the votes of a majority (5.2)", "leads term " + number(term) + " with " +
                                                                     number(votes.size()) + " votes of " +
                                                                     number(voters_.size()));
    server.led = term;
    logs_[term] = server.log;
}

void Paper::on_log(const Event& event, Server& server) {
    if (event.snapshot) on_snapshot(*event.snapshot, server);
    const Index keep = event.keep.value_or(server.log.last_index());
    if (keep > server.log.last_index() || keep < server.log.snapshot.index)
        return expect("prop.keep to be in the log, which ends with " + number(server.log.last_index()));
    if (keep < server.log.last_index()) on_cut(keep, server);
    server.log.cut_behind(keep);
    server.stable = std::min(server.stable, keep);
    if (event.entries)
        for (const Entry& entry : *event.entries) on_entry(entry, event, server);
    if (event.stable && *event.stable > server.log.last_index()) return expect("prop.stable to be in the log");
    if (event.stable) server.stable = *event.stable;
    look_at_requests(server);
}

bool Paper::was_sent_another(Index index, const Server& server) {
    const auto links = server.links.find(index);
    if (links == server.links.end()) return false;
    return std::any_of(links->second.begin(), links->second.end(),
                       [&](const Link& link) { return std::get<0>(link) != server.log.term(index); });
}

// Figure 2, AppendEntries 3: if an existing entry conflicts with a new one, delete it and all that follow it.
void Paper::on_cut(Index keep, const Server& server) {
    if (was_sent_another(keep + 1, server)) return;
    break_rule("entries are deleted at a conflict only (figure 2, AppendEntries 3)",
               "deletes entry " + number(keep + 1) + " of term " + number(server.log.term(keep + 1)) +
                   " and what follows, without having been sent another");
}

// Figure 2, AppendEntries 2 and 4; or a leader's own (Leaders: append entry to local log).
void Paper::on_entry(const Entry& entry, const Event& event, Server& server) {
    const Index index = server.log.last_index() + 1;
    const Link link{entry.term, entry.digest, server.log.last_term()};
    server.log.entries.push_back(entry);
    const auto links = server.links.find(index);
    if (links != server.links.end() && links->second.contains(link)) return;
    if (server.led != 0) {
        Log& own = logs_[server.led];
        if (own.holds(index) && own.at(index) == entry) return;
        const bool is_next = index == own.last_index() + 1 && entry.term == server.led;
        if (is_next && event.term == server.led) {
            own.entries.push_back(entry);
            return;
        }
    }
    break_rule("a log takes what its leader sent, behind the entry that it is sent behind (figure 2, AppendEntries 2)",
               "has entry " + number(index) + " of term " + number(entry.term) + " behind one of term " +
                   number(std::get<2>(link)) + ", which it was not sent so");
}

// Section 7: entries that follow what the snapshot covers are kept, if its last entry is in the log.
void Paper::on_snapshot(const Point& snapshot, Server& server) {
    const bool was_sent = std::any_of(server.snapshots.begin(), server.snapshots.end(), [&](const auto& sent) {
        return sent.second.index == snapshot.index && sent.second.term == snapshot.term;
    });
    if (!was_sent)
        break_rule("a snapshot is installed that a leader sent (7)",
                   "goes on behind entry " + number(snapshot.index) + " without having been sent that snapshot");
    const bool goes_on = server.log.term(snapshot.index) == snapshot.term;
    if (!goes_on) server.log = {snapshot, {}};
    server.commit = std::max(server.commit, snapshot.index);
    server.stable = std::max(goes_on ? server.stable : 0, snapshot.index);
}

void Paper::on_sent(const Event& event, Server& server) {
    const Sent& message = *event.message;
    if (message.from != name_) return expect("a message from server " + name_);
    server.spoken_term = std::max(server.spoken_term, message.term);
    if (message.type == "MsgVote") on_vote(message.term, name_, server);
    if (message.type == "MsgVoteResp" && !message.reject) on_granted(message, server);
    if (message.type == "MsgApp" || message.type == "MsgSnap") on_sent_append(event, server);
    if (message.type == "MsgAppResp" && !message.reject) on_acknowledgement(message, server);
    sent_.insert(words_of(event));
}

// Figure 2, RequestVote 2.
void Paper::on_granted(const Sent& message, Server& server) {
    on_vote(message.term, message.to, server);
    const auto request = server.requests.find({message.term, message.to});
    if (request == server.requests.end())
        return break_rule("a vote answers a request of its term (figure 2, RequestVote)",
                          "votes for " + message.to + " in term " + number(message.term) + " unasked");
    if (!request->second.was_new_enough)
        break_rule("a vote goes to who has a log that is at least as up-to-date (5.4.1)",
                   "votes for " + message.to + " in term " + number(message.term) + ", whose log ends with entry " +
                       number(request->second.last.index) + " of term " + number(request->second.last.term) +
                       ", its own with entry " + number(server.log.last_index()) + " of term " +
                       number(server.log.last_term()));
}

// Leaders send, and send what is in their log.
void Paper::on_sent_append(const Event& event, const Server&) {
    const Sent& message = *event.message;
    const auto leader = leaders_.find(message.term);
    if (leader == leaders_.end() || leader->second != name_)
        return break_rule("only a leader sends AppendEntries (5.2)",
                          "sends AppendEntries of term " + number(message.term) + ", which it does not lead");
    if (message.type == "MsgSnap") return;
    const Log& log = logs_[message.term];
    constexpr const char* rule = "a leader sends what is in its log (5.3)";
    if (message.index > log.snapshot.index && log.term(message.index) != message.log_term)
        break_rule(rule, "says that entry " + number(message.index) + " is of term " + number(message.log_term));
    Index index = message.index;
    for (const Entry& entry : *event.entries)
        if (++index > log.snapshot.index && (!log.holds(index) || log.at(index) != entry))
            return break_rule(rule, "sends entry " + number(index) + " of term " + number(entry.term) +
                                        ", which it does not have");
}

// What is acknowledged matches the leader's log, and is durable. Who was sent a later term's entries since may have
// lost it again.
void Paper::on_acknowledgement(const Sent& message, const Server& server) {
    if (message.index <= server.commit) return;
    bool was_sent = false;
    for (auto sent = server.appends.rbegin(); sent != server.appends.rend(); ++sent) { // the last is the likeliest
        const Append& append = *sent;
        if (append.leader != message.to || append.term != message.term || append.last_index() < message.index) continue;
        was_sent = true;
        if (server.followed_term > message.term) return;
        const Log& log = server.log;
        bool has_all =
            append.previous.index < log.snapshot.index || log.term(append.previous.index) == append.previous.term;
        for (Index index = append.previous.index + 1; index <= message.index; ++index)
            if (index > log.snapshot.index)
                has_all =
                    has_all && log.holds(index) && log.at(index) == append.entries[index - append.previous.index - 1];
        if (has_all && message.index <= server.stable) return;
    }
    if (may_commit(message.index, server)) return; // what is in a snapshot is acknowledged as well
    const std::string text =
        "acknowledges up to entry " + number(message.index) + " to " + message.to + " in term " + number(message.term);
    if (was_sent)
        break_rule("what is acknowledged is in the log, and durable (figure 2, AppendEntries 2 and persistent state)",
                   text + ", and holds its own up to " + number(server.stable) + " on stable storage");
    else
        break_rule("what is acknowledged is what was sent (figure 2, AppendEntries)",
                   text + ", beyond what it was sent");
}

void Paper::on_received(const Event& event, Server& server) {
    const Sent& message = *event.message;
    if (message.to != name_) return expect("a message to server " + name_);
    if (!sent_.contains(words_of(event)))
        return break_rule("what is received was sent (2, the network invents nothing)",
                          "receives " + message.type + " of term " + number(message.term) + " from " + message.from +
                              ", which nobody sent so");
    if (message.type == "MsgVote")
        server.requests.try_emplace({message.term, message.from}, VoteRequest{{message.index, message.log_term}});
    if (message.type == "MsgVote") look_at_requests(server);
    if (message.type == "MsgVoteResp" && !message.reject) server.votes_received[message.term].insert(message.from);
    if (message.type == "MsgApp" || message.type == "MsgSnap") on_received_append(event, server);
    if (message.type != "MsgAppResp" || message.reject) return;
    Index& acknowledged = server.acknowledged[message.term][message.from];
    acknowledged = std::max(acknowledged, message.index);
}

// Figure 2, AppendEntries 1: not of an earlier term.
void Paper::on_received_append(const Event& event, Server& server) {
    const Sent& message = *event.message;
    if (message.term < server.term) return;
    server.followed_term = std::max(server.followed_term, message.term);
    if (message.type == "MsgSnap") {
        server.snapshots.emplace_back(message.term, *event.snapshot);
        return;
    }
    Index& told = server.told_committed[message.term];
    told = std::max(told, message.commit);
    Term previous = message.log_term;
    Index index = message.index;
    for (const Entry& entry : *event.entries) {
        server.links[++index].insert({entry.term, entry.digest, previous});
        previous = entry.term;
    }
    server.appends.push_back(
        {message.from, message.term, {message.index, message.log_term}, *event.entries, message.commit});
}

void Paper::on_commit(Index commit, Server& server) {
    if (commit < server.commit)
        break_rule("commitIndex never falls (figure 2, volatile state)",
                   "takes its commitIndex from " + number(server.commit) + " back to " + number(commit));
    else if (!may_commit(commit, server))
        break_rule("a leader commits what a majority has of its own term, a follower what its leader has committed and "
                   "sent it (figure 2, Leaders and AppendEntries 5; 5.4.2)",
                   "commits up to entry " + number(commit) + " of term " + number(server.log.term(commit)) +
                       (server.led == 0 ? std::string() : ", as the leader of term " + number(server.led)));
    server.commit = commit;
}

// Figure 2, AppendEntries 5: min(leaderCommit, index of last new entry), and the log is the leader's up to there. The
// two may have come in two messages of one leader: its log only grows, and what it sent stands in it. What is in a
// snapshot is committed.
bool Paper::may_commit(Index commit, const Server& server) const {
    const Log& log = server.log;
    if (commit > log.last_index()) return false;
    for (const auto& [term, snapshot] : server.snapshots)
        if (commit <= snapshot.index &&
            (snapshot.index <= log.snapshot.index || log.term(snapshot.index) == snapshot.term))
            return true;
    for (auto sent = server.appends.rbegin(); sent != server.appends.rend(); ++sent) { // the last is the likeliest
        const Append& append = *sent;
        if (commit > append.last_index() || commit > server.told_committed.at(append.term)) continue;
        if (commit <= append.previous.index) {
            if (append.previous.index <= log.snapshot.index || log.term(append.previous.index) == append.previous.term)
                return true;
            continue;
        }
        const Entry& entry = append.entries[commit - append.previous.index - 1];
        if (commit <= log.snapshot.index || log.at(commit) == entry) return true;
    }
    return has_committed_as_leader(commit, server);
}

// Figure 2, Leaders: a majority of matchIndex[i] >= N, and log[N].term == currentTerm.
bool Paper::has_committed_as_leader(Index commit, const Server& server) const {
    const auto log = logs_.find(server.led);
    if (server.led == 0 || log == logs_.end() || log->second.term(commit) != server.led) return false;
    std::size_t count = server.stable >= commit ? 1 : 0;
    const auto acknowledged = server.acknowledged.find(server.led);
    if (acknowledged == server.acknowledged.end()) return is_majority(count);
    for (const auto& [follower, index] : acknowledged->second)
        if (index >= commit) ++count;
    return is_majority(count);
}

void Paper::look_at_requests(Server& server) {
    for (auto& [who, request] : server.requests)
        request.was_new_enough = request.was_new_enough || is_as_new(request.last, server.log);
}

} // namespace

sim::Checked<Reading> check_raft(std::string_view trace) {
    const auto expected = [](std::size_t line, std::string what) {
        return sim::Complaint{sim::Cause::input, {{}, line, 0}, "expected " + std::move(what)};
    };
    Paper paper;
    Reading reading;
    std::size_t line = 0;
    while (!trace.empty()) {
        ++line;
        const std::size_t end = trace.find('\n');
        if (end == trace.npos) return expected(line, "the end of this line: the trace is cut");
        sim::Checked<Event> event = read_event(trace.substr(0, end), line);
        if (!event) return event.complaint();
        trace.remove_prefix(end + 1);
        ++reading.events;
        const bool goes_on = paper.take(*event, line);
        if (paper.breach) reading.breach = paper.breach;
        if (paper.breach) return reading;
        if (!goes_on) return *paper.complaint;
    }
    if (reading.events == 0) return expected(1, "at least one event of a server");
    return reading;
}

} // namespace orrery::reports::paper

#include "orrery/protocols/raft/state_trace.h"

#include <algorithm>
#include <utility>

#include "orrery/protocols/raft/observed.h"
#include "orrery/protocols/raft/words.h"
#include "orrery/protocols/replication/wire.h"

namespace orrery::raft {
namespace {

std::string quoted(std::uint64_t value) { return "\"" + std::to_string(value) + "\""; }

std::string quoted_member(Member member) { return quoted(std::uint64_t{member} + 1); }

std::string pair_of(std::uint64_t first, std::int64_t second) {
    return "[" + std::to_string(first) + "," + std::to_string(second) + "]";
}

// Empty: etcd's trace has no word for it.
std::string event_of(Message::Kind kind, bool is_sent) {
    const std::string start = is_sent ? "Send" : "Receive";
    switch (kind) {
    case Message::Kind::vote:
        return start + "RequestVoteRequest";
    case Message::Kind::vote_reply:
        return start + "RequestVoteResponse";
    case Message::Kind::append:
    case Message::Kind::snapshot:
        return start + "AppendEntriesRequest";
    case Message::Kind::append_reply:
        return start + "AppendEntriesResponse";
    default:
        return {};
    }
}

const char* type_of(Message::Kind kind) {
    switch (kind) {
    case Message::Kind::vote:
        return "MsgVote";
    case Message::Kind::vote_reply:
        return "MsgVoteResp";
    case Message::Kind::snapshot:
        return "MsgSnap";
    case Message::Kind::append_reply:
        return "MsgAppResp";
    default:
        return "MsgApp";
    }
}

// Of a snapshot etcd's trace has the last index as the number of entries.
std::string message_json(const Message& message) {
    const bool is_snapshot = message.kind == Message::Kind::snapshot;
    const bool is_reply = message.kind == Message::Kind::vote_reply || message.kind == Message::Kind::append_reply;
    const bool is_refused = is_reply && !message.success;
    return std::string("{\"type\":\"") + type_of(message.kind) + "\",\"term\":" + std::to_string(message.term) +
           ",\"from\":" + quoted_member(message.from) + ",\"to\":" + quoted_member(message.to) +
           ",\"entries\":" + std::to_string(is_snapshot ? message.index : message.entries.size()) +
           ",\"logTerm\":" + std::to_string(is_snapshot ? 0 : message.index_term) +
           ",\"index\":" + std::to_string(is_snapshot ? 0 : message.index) +
           ",\"commit\":" + std::to_string(message.commit) +
           ",\"vote\":\"0\",\"reject\":" + (is_refused ? "true" : "false") +
           ",\"rejectHint\":" + std::to_string(is_refused ? message.index : 0) + "}";
}

std::string snapshot_json(Index index, Term term) {
    return "\"snapshot\":" + pair_of(index, static_cast<std::int64_t>(term));
}

template <class Entries>
std::string entries_json(const Entries& entries, std::size_t first = 0) {
    std::string text = "\"entries\":[";
    for (std::size_t i = first; i < entries.size(); ++i)
        text += (i == first ? "" : ",") + pair_of(entries[i].term, entries[i].digest);
    return text + "]";
}

} // namespace

Term StateTrace::Server::term_at(Index index) const {
    if (index < snapshot_index || index > last_index()) return 0;
    return index == snapshot_index ? snapshot_term : log[index - snapshot_index - 1].term;
}

void StateTrace::Server::cut_behind(Index index) {
    if (index >= last_index()) return;
    log.resize(std::max(index, snapshot_index) - snapshot_index);
    stable = std::min(stable, last_index());
}

void StateTrace::observe(const sim::Observation& seen) {
    using Kind = sim::Observation::Kind;
    if (seen.kind == Kind::fault_begin || seen.kind == Kind::fault_end) return;
    if (seen.host != host_) flush();
    host_ = seen.host;
    now_ = seen.time;
    Server& server = observed::grown(servers_, host_);
    switch (seen.kind) {
    case Kind::boot:
        flush();
        server = {};
        return;
    case Kind::note:
        on_note(seen);
        return;
    case Kind::state:
        on_state(seen);
        return;
    case Kind::send:
    case Kind::deliver:
        if (server.has_started && seen.name.starts_with("raft.")) on_message(seen);
        return;
    default:
        return;
    }
}

void StateTrace::on_note(const sim::Observation& seen) {
    const auto value = [&](std::size_t place) { return static_cast<std::uint64_t>(observed::field(seen, place)); };
    switch (observed::name_of(seen)) {
    case sim::name_hash("raft.start"):
        on_start(seen);
        return;
    case sim::name_hash("raft.restore"):
        on_restore(value(0), value(1));
        return;
    case sim::name_hash("raft.append"):
        on_append(value(0), {value(1), observed::field(seen, 2)});
        return;
    case sim::name_hash("raft.truncate"):
        on_truncate(value(0));
        return;
    case sim::name_hash("raft.shorter"):
        on_truncate(value(0) + 1);
        return;
    case sim::name_hash("raft.commit"):
        if (value(1) == 0) servers_[host_].commit = 0; // it fell
        commit_up_to(value(0));
        return;
    case sim::name_hash("raft.voted"):
        flush();
        servers_[host_].vote_term = value(0);
        servers_[host_].vote = static_cast<std::uint32_t>(value(1)) + 1;
        return;
    case sim::name_hash("raft.leader"):
        lead(value(0));
        return;
    default:
        return;
    }
}

void StateTrace::on_state(const sim::Observation& seen) {
    Server& server = servers_[host_];
    if (seen.name == "raft.term") {
        flush();
        server.term = static_cast<Term>(observed::field(seen, 0));
    }
    if (seen.name != "raft.role" || !server.has_started) return;
    flush();
    const std::string_view role = seen.fields[0].text;
    if (role == "pre_candidate") server.role = "StatePreCandidate";
    if (role == "candidate") campaign(server.term);
    if (role != "follower") return;
    server.role = "StateFollower";
    write("BecomeFollower");
}

void StateTrace::on_start(const sim::Observation& seen) {
    Server& server = servers_[host_];
    server.has_started = true;
    is_log_changed_ = false; // all of it is told here
    server.self = static_cast<Member>(observed::field(seen, 0));
    server.members = static_cast<Member>(observed::field(seen, 1));
    server.term = server.vote_term = static_cast<Term>(observed::field(seen, 2));
    server.vote = static_cast<std::uint32_t>(observed::field(seen, 3));
    server.stable = server.last_index();
    write("InitState", {},
          snapshot_json(server.snapshot_index, server.snapshot_term) + "," + entries_json(server.log) +
              ",\"stable\":" + std::to_string(server.stable));
}

void StateTrace::on_restore(Index index, Term term) {
    flush();
    Server& server = servers_[host_];
    const bool goes_on = server.term_at(index) == term;
    if (!goes_on) {
        server.log.clear();
        server.snapshot_index = index;
        server.snapshot_term = term;
    }
    server.stable = std::max(server.stable, index);
    if (!goes_on) server.stable = index;
    server.commit = std::max(server.commit, index);
    if (server.has_started)
        write("Ready", {}, snapshot_json(index, term) + ",\"stable\":" + std::to_string(server.stable));
}

// That it is durable. Of a leader it may be known already.
void StateTrace::on_append(Index index, Known entry) {
    Server& server = servers_[host_];
    if (index <= server.snapshot_index) return;
    if (is_commit_changed_) flush();
    if (!is_log_changed_) keep_ = server.last_index();
    is_log_changed_ = true;
    const bool is_known =
        index <= server.last_index() && index > server.stable && server.log[index - server.snapshot_index - 1] == entry;
    if (!is_known) {
        server.cut_behind(index - 1);
        keep_ = std::min(keep_, server.last_index());
        server.log.push_back(entry);
    }
    server.stable = index;
}

void StateTrace::on_truncate(Index from) {
    Server& server = servers_[host_];
    if (from > server.last_index()) return;
    if (is_commit_changed_) flush();
    if (!is_log_changed_) keep_ = server.last_index();
    is_log_changed_ = true;
    server.cut_behind(from - 1);
    keep_ = std::min(keep_, server.last_index());
}

void StateTrace::on_message(const sim::Observation& seen) {
    const auto message = replication::message_of<Message>(seen.bytes);
    if (!message) return;
    const bool is_sent = seen.kind == sim::Observation::Kind::send;
    const std::string event = event_of(message->kind, is_sent);
    if (event.empty()) return;
    flush();
    if (is_sent) on_send(*message);
    std::string more;
    std::vector<Known> entries;
    for (const Entry& entry : message->entries) entries.push_back({entry.term, digest(entry)});
    if (message->kind == Message::Kind::append) more = entries_json(entries);
    if (message->kind == Message::Kind::snapshot) more = snapshot_json(message->index, message->index_term);
    write(event.c_str(), message_json(*message), more);
}

void StateTrace::on_send(const Message& message) {
    Server& server = servers_[host_];
    server.term = std::max(server.term, message.term);
    if (message.kind == Message::Kind::vote) campaign(message.term);
    if (message.kind == Message::Kind::append || message.kind == Message::Kind::snapshot) lead(message.term);
    if (message.kind != Message::Kind::append || server.led != server.term) return;
    change_members(message);
    replicate(message);
    if (message.commit > server.commit) commit_up_to(message.commit);
    flush();
}

// What a message shows that is not durable yet. Who was deposed meanwhile may have another log by now.
void StateTrace::replicate(const Message& message) {
    Server& server = servers_[host_];
    if (message.index < server.snapshot_index || message.index > server.last_index()) return;
    if (server.term_at(message.index) != message.index_term) return;
    Index index = message.index;
    for (const Entry& entry : message.entries) {
        ++index;
        if (index <= server.last_index() && server.term_at(index) != entry.term) return;
        if (index <= server.last_index()) continue;
        server.log.push_back({entry.term, digest(entry)});
        write("Replicate", {}, entries_json(server.log, server.log.size() - 1));
    }
}

void StateTrace::change_members(const Message& message) {
    Server& server = servers_[host_];
    Index index = message.index;
    for (const Entry& entry : message.entries) {
        if (++index <= server.changed || entry.kind != Entry::Kind::configuration) continue;
        server.changed = index;
        write("ChangeConf");
    }
}

void StateTrace::commit_up_to(Index index) {
    Server& server = servers_[host_];
    if (index <= server.commit) return;
    if (is_log_changed_) flush();
    server.commit = index;
    is_commit_changed_ = true;
}

void StateTrace::campaign(Term term) {
    Server& server = servers_[host_];
    if (server.campaigned >= term) return;
    server.campaigned = server.vote_term = term;
    server.vote = server.self + 1;
    server.role = "StateCandidate";
    write("BecomeCandidate");
}

void StateTrace::lead(Term term) {
    Server& server = servers_[host_];
    if (server.led >= term) return;
    flush();
    server.led = term;
    server.role = "StateLeader";
    write("BecomeLeader");
}

void StateTrace::flush() {
    if (!is_log_changed_ && !is_commit_changed_) return;
    const bool is_log = std::exchange(is_log_changed_, false);
    const bool is_commit = std::exchange(is_commit_changed_, false);
    CHECK(host_ < servers_.size());
    const Server& server = servers_[host_];
    if (!server.has_started) return;
    if (is_log)
        write("Ready", {},
              "\"keep\":" + std::to_string(keep_) + "," + entries_json(server.log, keep_ - server.snapshot_index) +
                  ",\"stable\":" + std::to_string(server.stable));
    if (is_commit) write(std::string_view(server.role) == "StateLeader" ? "Commit" : "Ready");
}

void StateTrace::write(const char* event, const std::string& message, const std::string& more) {
    const Server& server = servers_[host_];
    const std::int64_t nanoseconds = now_.nanoseconds;
    std::string rest = std::to_string(nanoseconds % 1'000'000'000);
    rest.insert(0, 9 - rest.size(), '0');
    std::string voters;
    for (Member member = 0; member < server.members; ++member)
        voters += (member == 0 ? "" : ",") + quoted_member(member);
    std::string line = "{\"tag\":\"trace\",\"ts\":" + std::to_string(nanoseconds / 1'000'000'000) + "." + rest;
    line += std::string(",\"event\":{\"name\":\"") + event + "\",\"nid\":" + quoted_member(server.self);
    line += ",\"state\":{\"term\":" + std::to_string(server.term);
    line += ",\"vote\":" + quoted(server.vote_term == server.term ? server.vote : 0);
    line += ",\"commit\":" + std::to_string(server.commit) + "},\"role\":\"" + server.role + "\"";
    line += ",\"log\":" + std::to_string(server.last_index()) + ",\"conf\":[[" + voters + "],[]]";
    if (!message.empty()) line += ",\"msg\":" + message;
    if (!more.empty()) line += ",\"prop\":{" + more + "}";
    write_(line + "}}\n");
}

} // namespace orrery::raft

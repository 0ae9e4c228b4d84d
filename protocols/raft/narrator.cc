// Each server's log is followed as monitors.cc does it. A note says one thing; those of one event that go on with it
// are told together, each time anew: "entries 2..3", then "entries 2..4".
#include "orrery/protocols/raft/narrator.h"

#include <algorithm>

#include "orrery/protocols/replication/wire.h"

namespace orrery::raft {
namespace {

using sim::Observation;
using sim::Telling;
using Weight = Telling::Weight;

std::int64_t integer(const Observation& seen, std::size_t index) { return seen.fields[index].integer; }
Index index_of(const Observation& seen) { return static_cast<Index>(integer(seen, 0)); }
std::string digits(std::uint64_t value) { return std::to_string(value); }
std::string name_of(Index index, Term term) {
    return index == 0 ? "nothing" : "entry " + digits(index) + " of term " + digits(term);
}
std::string range_of(Index first, Index last) {
    return first == last ? "entry " + digits(first) : "entries " + digits(first) + ".." + digits(last);
}
const std::int64_t digest_of_nothing = digest(sim::ByteView{});

// The paper's comparison of two logs, by their ends: index and term. Whether the first is at least as up to date.
bool is_up_to_date(std::pair<Index, Term> log, std::pair<Index, Term> other) {
    return std::pair(log.second, log.first) >= std::pair(other.second, other.first);
}

template <class Log>
std::pair<Index, Term> end_of(const Log& log) {
    return {log.size(), log.empty() ? 0 : log.back().term};
}

} // namespace

void Narrator::learn(sim::ByteView command, bool is_asked) {
    if (command.empty()) return;
    Command& known = commands_[digest(command)];
    known.is_asked = known.is_asked || is_asked;
    if (known.words.empty() && command_words_) known.words = command_words_(command);
}

// Where the log has that command first; behind its end if nowhere.
Index Narrator::index_of_command(Known entry, const std::vector<Known>& log) {
    const auto found =
        std::find_if(log.begin(), log.end(), [&](const Known& each) { return each.digest == entry.digest; });
    return static_cast<Index>(found - log.begin()) + 1;
}

// "entry 2 of term 1: put "a" "x"".
std::string Narrator::entry_words(Index index, Known entry, const std::vector<Known>& log) const {
    std::string text = name_of(index, entry.term) + ": ";
    if (entry.digest == digest_of_nothing) return text + "empty";
    const auto command = commands_.find(entry.digest);
    const bool is_known = command != commands_.end() && !command->second.words.empty();
    text += is_known ? command->second.words : "a command";
    if (is_known && !command->second.is_asked) text += " (as no client asked for it)";
    const Index other = index_of_command(entry, log);
    return other >= index ? text : text + " (the same command as entry " + digits(other) + ")";
}

std::string Narrator::entries_words(const std::vector<Known>& log, Index first, Index last) const {
    std::string text;
    for (Index index = first; index <= last && index <= log.size(); ++index)
        text += (text.empty() ? "" : "; ") + entry_words(index, log[index - 1], log);
    return text;
}

// "entry 1 of term 1, entries 2..3 of term 2"; with the commands if one of them was not told.
std::string Narrator::entries_in_short(const std::vector<Known>& log, Index first, Index last) const {
    for (Index index = first; index <= last && index <= log.size(); ++index)
        if (!told_.contains({index, log[index - 1].term, log[index - 1].digest}))
            return entries_words(log, first, last);
    std::string text;
    for (Index from = first; from <= last && from <= log.size();) {
        Index to = from;
        while (to < last && to < log.size() && log[to].term == log[from - 1].term) ++to;
        text += (text.empty() ? "" : ", ") + range_of(from, to) + " of term " + digits(log[from - 1].term);
        from = to + 1;
    }
    return text;
}

Index Narrator::batch_of(Server& server, const Observation& seen, Index index) const {
    const std::pair batch(seen.event, seen.note->hash);
    if (server.batch_of != batch || server.batch == 0) server.batch = index;
    server.batch_of = batch;
    return server.batch;
}

// What its disk holds, as far as it was published, and what it held before and does not hold now.
Telling Narrator::recovered(const Server& server) const {
    if (server.boots < 2) return {Weight::routine, ""};
    const Index index = server.log.size();
    std::string text = "finds on its disk term " + digits(server.term) + ", ";
    if (server.snapshot > 0)
        text += "a snapshot up to " + name_of(server.snapshot, server.log[server.snapshot - 1].term) + ", ";
    text += "and in its log " +
            (index == server.snapshot ? "nothing" : entries_in_short(server.log, server.snapshot + 1, index));
    Index kept = server.snapshot;
    while (kept < server.log.size() && kept < server.before.size() && server.log[kept] == server.before[kept]) ++kept;
    std::string lost = entries_words(server.before, kept + 1, server.before.size());
    if (!lost.empty() && server.acknowledged_to > kept)
        lost += ", which it had told " + servers_.at(server.leader).name + " to have";
    if (server.term < server.term_before) {
        const auto vote = server.votes.find(server.term_before);
        lost = "term " + digits(server.term_before) +
               (vote == server.votes.end() ? "" : ", with its vote for " + servers_.at(vote->second).name) +
               (lost.empty() ? "" : "; ") + lost;
    }
    if (!lost.empty()) text += ". Gone is " + lost;
    return {lost.empty() ? Weight::usual : Weight::telling, text, true};
}

Telling Narrator::on_state(const Observation& seen) {
    Server& server = servers_[seen.host];
    if (seen.name == "raft.term") {
        server.term = static_cast<Term>(integer(seen, 0));
        return server.recovers ? recovered(server) : Telling{Weight::routine, ""};
    }
    if (seen.name != "raft.role") return {};
    server.leads = seen.fields[0].text == "leader";
    server.stands = false;
    if (server.recovers && seen.fields[0].text == "follower") return {Weight::routine, ""};
    if (seen.fields[0].text != "candidate") return {Weight::routine, ""};
    server.voters = {server.name};
    server.votes[server.term] = seen.host;
    server.stands = true;
    return {Weight::usual, "stands for election in term " + digits(server.term) + ": votes for itself"};
}

Telling Narrator::on_leader(const Observation& seen) {
    Server& server = servers_[seen.host];
    server.acknowledged.clear();
    has_led_ = true;
    std::string voters;
    for (const std::string& each : server.voters) voters += (voters.empty() ? "" : ", ") + each;
    return {Weight::telling, "leads term " + digits(static_cast<Term>(integer(seen, 0))) +
                                 (voters.empty() ? "" : ", by the votes of " + voters)};
}

Telling Narrator::on_truncate(const Observation& seen) {
    Server& server = servers_[seen.host];
    const Index first = index_of(seen);
    if (server.recovers) {
        server.log.resize(std::min<std::size_t>(server.log.size(), first - 1));
        return recovered(server);
    }
    if (first > server.log.size()) return {Weight::routine, ""};
    const std::string gone = entries_words(server.log, first, server.log.size());
    server.log.resize(first - 1);
    server.batch = 0;
    return {Weight::telling, "removes from its log " + gone};
}

Telling Narrator::on_shorter(const Observation& seen) {
    Server& server = servers_[seen.host];
    const Index last = index_of(seen);
    if (last >= server.log.size()) return {Weight::routine, ""};
    const std::string gone = entries_words(server.log, last + 1, server.log.size());
    server.log.resize(last);
    const auto& [leader, end] = server.appended;
    return {Weight::telling, "cuts its log off behind entry " + digits(last) +
                                 (end == last && !leader.empty() ? ", where what " + leader + " sent last ends" : "") +
                                 ": " + gone + " is gone"};
}

// What a snapshot stands for is committed, so somebody has shown it.
Telling Narrator::on_restore(const Observation& seen) {
    Server& server = servers_[seen.host];
    const Index index = index_of(seen);
    const auto term = static_cast<Term>(integer(seen, 1));
    if (index == 0) return {Weight::routine, ""};
    const bool goes_on = index <= server.log.size() && server.log[index - 1].term == term;
    if (!goes_on) {
        server.log = committed_;
        server.log.resize(index);
        server.log.back().term = term;
        server.batch = 0;
    }
    server.snapshot = index;
    server.commit = std::max(server.commit, index);
    if (server.recovers) {
        server.log.resize(index);
        return recovered(server);
    }
    return {goes_on ? Weight::routine : Weight::usual, "takes over a snapshot up to " + name_of(index, term)};
}

Telling Narrator::on_append(const Observation& seen) {
    Server& server = servers_[seen.host];
    server.log.push_back({static_cast<Term>(integer(seen, 1)), integer(seen, 2)});
    if (server.recovers) return recovered(server);
    const bool leads = server.leads || server.stands; // it becomes a leader with its first entry
    const Index first = batch_of(server, seen, index_of(seen));
    const std::string entries =
        leads ? entries_words(server.log, first, index_of(seen)) : entries_in_short(server.log, first, index_of(seen));
    const Known& last = server.log.back();
    const bool is_again = last.digest != digest_of_nothing && index_of_command(last, server.log) < server.log.size();
    if (leads && (last.digest == digest_of_nothing || commands_.contains(last.digest)))
        told_.insert({index_of(seen), last.term, last.digest});
    const Weight weight = !leads                                                        ? Weight::routine
                          : is_again                                                    ? Weight::telling
                          : last.digest == digest_of_nothing && first == index_of(seen) ? Weight::detail
                                                                                        : Weight::usual;
    return {weight, (leads ? "appends " : "writes ") + entries, first != index_of(seen)};
}

Telling Narrator::on_commit(const Observation& seen) {
    Server& server = servers_[seen.host];
    const Index index = index_of(seen);
    server.commit = index;
    if (committed_.size() >= index) return {Weight::routine, ""};
    committed_.resize(index);
    committed_.back() = {static_cast<Term>(integer(seen, 1)), integer(seen, 2)};
    const Index first = batch_of(server, seen, index);
    std::string text = "commits " + entries_in_short(server.log, first, index);
    const bool is_earlier = server.leads && committed_.back().term < server.term;
    if (is_earlier) text += ", while it leads term " + digits(server.term);
    const bool is_empty = committed_.back().digest == digest_of_nothing && first == index && !is_earlier;
    return {is_empty ? Weight::detail : Weight::usual, text, first != index};
}

// What the first server applied at an index, all others must.
Telling Narrator::on_apply(const Observation& seen) {
    Server& server = servers_[seen.host];
    const Known entry{static_cast<Term>(integer(seen, 1)), integer(seen, 2)};
    const auto [first, is_new] = applied_.try_emplace(index_of(seen), server.name, entry);
    if (is_new || first->second.second.digest == entry.digest) return {Weight::routine, ""};
    return {Weight::telling, "commits and applies " + entry_words(index_of(seen), entry, server.log) + "; " +
                                 first->second.first + " had applied " +
                                 entry_words(index_of(seen), first->second.second, {})};
}

Telling Narrator::on_note(const Observation& seen) {
    switch (seen.note != nullptr ? seen.note->hash : sim::name_hash(seen.name)) {
    case sim::name_hash("raft.leader"):
        return on_leader(seen);
    case sim::name_hash("raft.deposed"):
        return {Weight::usual, "no longer leads: it is in term " + digits(index_of(seen))};
    case sim::name_hash("raft.truncate"):
        return on_truncate(seen);
    case sim::name_hash("raft.shorter"):
        return on_shorter(seen);
    case sim::name_hash("raft.restore"):
        return on_restore(seen);
    case sim::name_hash("raft.append"):
        return on_append(seen);
    case sim::name_hash("raft.commit"):
        return on_commit(seen);
    case sim::name_hash("raft.apply"):
        return on_apply(seen);
    case sim::name_hash("raft.torn_tail"):
        return {Weight::usual, "cuts off a torn record at the end of its log"};
    case sim::name_hash("raft.withheld"):
        return {Weight::usual, "does not commit entry " + digits(index_of(seen)) +
                                   " yet, although a majority has it: it is of an earlier term"};
    case sim::name_hash("raft.conflict"): // the truncation says it
    case sim::name_hash("raft.hint"):
    case sim::name_hash("raft.start"):
    case sim::name_hash("raft.voted"): // messages say these
    case sim::name_hash("raft.acknowledged"):
        return {Weight::routine, ""};
    default:
        return {};
    }
}

// A request says something new only if the log that it speaks of is not the one that was published.
Telling Narrator::vote(const Message& message, const Observation& seen, Server& candidate) {
    const std::pair<Index, Term> end{message.index, message.index_term};
    candidate.claims = end;
    std::string text = "asks for its vote in term " + digits(message.term) + "; its log ends with " +
                       name_of(message.index, message.index_term);
    if (seen.kind == Observation::Kind::lose) return {Weight::usual, text};
    if (message.index >= candidate.log.size()) return {Weight::routine, text};
    return {Weight::telling, text + ", although it had written " +
                                 entries_words(candidate.log, message.index + 1, candidate.log.size())};
}

Telling Narrator::vote_reply(const Message& message, const Observation& seen, Server& voter, Server& candidate) {
    if (seen.kind != Observation::Kind::send) {
        if (seen.kind == Observation::Kind::deliver && message.success && message.term == candidate.term &&
            !candidate.leads)
            if (std::find(candidate.voters.begin(), candidate.voters.end(), voter.name) == candidate.voters.end())
                candidate.voters.push_back(voter.name);
        const auto told = replies_.find(seen.message);
        if (told != replies_.end()) return told->second;
    }
    const std::pair<Index, Term> own = end_of(voter.log);
    Telling told{Weight::routine,
                 (message.success ? "gives its vote in term " : "refuses its vote in term ") + digits(message.term)};
    if (own == candidate.claims)
        told.words += "; both logs end with " + name_of(own.first, own.second);
    else
        told.words += "; " + candidate.name + "'s log ends with " +
                      name_of(candidate.claims.first, candidate.claims.second) + ", and what " + voter.name +
                      " wrote with " + name_of(own.first, own.second);
    if (has_led_ || own != candidate.claims) told.weight = Weight::detail;
    if (!message.success) told.weight = Weight::usual;
    if (message.success && !is_up_to_date(candidate.claims, own)) told.weight = Weight::telling;
    if (message.success) {
        const auto [vote, is_first] = voter.votes.try_emplace(message.term, seen.peer);
        if (!is_first && vote->second != seen.peer) {
            told.words += "; in the same term it had voted for " + servers_[vote->second].name;
            told.weight = Weight::telling;
        }
    }
    if (seen.kind == Observation::Kind::send) replies_[seen.message] = told;
    return told;
}

Telling Narrator::append(const Message& message, const Observation& seen, Server& leader, const Server& follower) {
    std::vector<Known> carried(
        follower.log.begin(),
        follower.log.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(message.index, follower.log.size())));
    std::vector<Known> sent = carried; // the log as it will be
    sent.resize(message.index);
    for (const Entry& each : message.entries) {
        if (each.kind != Entry::Kind::position) learn(each.command, false);
        sent.push_back({each.term, digest(each)});
    }
    const Index last = message.index + message.entries.size();
    std::string text = "append in term " + digits(message.term) + ", after " +
                       name_of(message.index, message.index_term) + ": " +
                       (message.entries.empty() ? "no entries" : entries_in_short(sent, message.index + 1, last)) +
                       "; committed is up to " + digits(message.commit);
    const bool is_known =
        last <= follower.log.size() && std::equal(sent.begin() + static_cast<std::ptrdiff_t>(message.index), sent.end(),
                                                  follower.log.begin() + static_cast<std::ptrdiff_t>(message.index));
    const bool is_behind = last < follower.log.size() || message.term < leader.term;
    const bool is_beyond = message.entries.empty() && message.commit > last; // it commits what this does not compare
    const bool is_new = !is_known || (message.commit > follower.commit && !message.entries.empty());
    if (seen.kind == Observation::Kind::lose && !message.entries.empty()) return {Weight::usual, text};
    return {is_new || is_behind || is_beyond ? Weight::detail : Weight::routine, text};
}

Telling Narrator::append_reply(const Message& message, const Observation& seen, Server& leader) {
    if (!message.success)
        return {Weight::detail, message.term > leader.term ? "refuses: it is in term " + digits(message.term)
                                                           : "refuses: its log does not agree there; look from " +
                                                                 name_of(message.index, message.index_term)};
    Index& before = leader.acknowledged[seen.peer];
    const bool is_news = message.index > before && message.index > leader.commit && leader.leads;
    if (seen.kind == Observation::Kind::deliver) before = std::max(before, message.index);
    if (seen.kind == Observation::Kind::send) {
        Server& follower = servers_[seen.host];
        follower.acknowledged_to = std::max(follower.acknowledged_to, message.index);
        follower.leader = seen.peer;
    }
    return {is_news ? Weight::detail : Weight::routine,
            "acknowledges " + (message.index == 0 ? std::string("nothing") : range_of(1, message.index))};
}

Telling Narrator::on_message(const Observation& seen) {
    constexpr std::string_view labels[] = {"raft.vote", "raft.vote_reply", "raft.append", "raft.append_reply"};
    if (std::find(std::begin(labels), std::end(labels), seen.label->name) == std::end(labels)) return {};
    const auto message = replication::message_of<Message>(seen.bytes);
    if (!message) return {};
    const bool arrives = seen.kind == Observation::Kind::deliver;
    Server& from = servers_[arrives ? seen.peer : seen.host];
    Server& to = servers_[arrives ? seen.host : seen.peer];
    switch (message->kind) {
    case Message::Kind::vote:
        return vote(*message, seen, from);
    case Message::Kind::vote_reply:
        return vote_reply(*message, seen, from, to);
    case Message::Kind::append:
        if (arrives) to.appended = {from.name, message->index + message->entries.size()};
        return append(*message, seen, from, to);
    case Message::Kind::append_reply:
        return append_reply(*message, seen, to);
    case Message::Kind::pre_vote:
    case Message::Kind::pre_vote_reply:
    case Message::Kind::timeout_now:
    case Message::Kind::snapshot:
    case Message::Kind::snapshot_reply:
    case Message::Kind::read:
    case Message::Kind::read_reply:
    case Message::Kind::propose:
    case Message::Kind::propose_reply:
        return {}; // they have no label of the list: nothing comes of one alone
    }
    return {};
}

Telling Narrator::tell(const Observation& seen) {
    if (seen.kind == Observation::Kind::fault_begin || seen.kind == Observation::Kind::fault_end) return {};
    Server& server = servers_[seen.host];
    if (server.name.empty()) server.name = seen.host_name;
    if (server.recovers && (seen.kind == Observation::Kind::state || seen.kind == Observation::Kind::note)) {
        if (server.recovery == 0) server.recovery = seen.event;
        server.recovers = seen.event == server.recovery;
    }
    switch (seen.kind) {
    case Observation::Kind::boot:
        server.before = server.log;
        server.term_before = server.term;
        server.snapshot = 0;
        server.recovers = true;
        server.recovery = 0;
        server.leads = false;
        server.commit = 0;
        ++server.boots;
        return {};
    case Observation::Kind::state:
        return on_state(seen);
    case Observation::Kind::note:
        return on_note(seen);
    case Observation::Kind::send:
    case Observation::Kind::deliver:
    case Observation::Kind::lose:
        return seen.label == nullptr ? Telling{} : on_message(seen);
    default:
        return {};
    }
}

std::unique_ptr<sim::Narrator> narrator() { return std::make_unique<Narrator>(nullptr); }

} // namespace orrery::raft

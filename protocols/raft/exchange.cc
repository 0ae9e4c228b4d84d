// What members owe each other, read from the messages between them:
//
// - who has heard from a leader gives nobody else its vote for an election timeout, where leaders step down unheard,
//   nor says that it would (sections 4.2.3 and 9.6 of the dissertation), unless the leader asked for that election;
// - there, a leader that no majority answers steps down (section 6.2);
// - who asks whether it would be elected is answered, also in an earlier term: so it learns of the later one (5.1).
//
// Messages that came are handled in their order, and what was sent was made before. So of two that came, and an answer
// to the second, it is known that the first was handled by then, however long the member stood still or waited for its
// disk. And what it promised for a time still holds if less has passed from the arrival of one to the sending of the
// other.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "orrery/protocols/raft/monitors.h"
#include "orrery/protocols/raft/observed.h"
#include "orrery/protocols/replication/wire.h"

namespace orrery::raft {
namespace {

using namespace observed;

constexpr std::int64_t unheard_timeouts = 3; // of a leader: in two it has noticed, and it may wait for its disk

class Exchange final : public sim::Monitor {
public:
    std::string_view name() const override { return "raft.exchange"; }
    std::vector<std::string_view> watches() const override { return {"raft."}; }
    bool hears_messages() const override { return true; }
    void observe(const Observation& seen) override {
        using Kind = Observation::Kind;
        if (seen.kind == Kind::boot) grown(servers_, seen.host) = {};
        if (seen.kind == Kind::note && seen.name == "raft.start") on_start(seen);
        if (seen.kind != Kind::send && seen.kind != Kind::deliver) return;
        if (!seen.name.starts_with("raft.") || !grown(servers_, seen.host).has_started) return;
        const auto message = replication::message_of<Message>(seen.bytes);
        if (!message) return;
        if (seen.kind == Kind::send)
            on_send(seen, *message);
        else
            on_deliver(seen, *message);
    }

private:
    struct Heard {
        sim::WorldTime time{};
        Member leader = 0;
        Term term = 0;
    };
    // A vote that was asked for, or whether it would be given.
    struct Request {
        Term term = 0; // in which it would lead
        std::uint64_t round = 0;
        bool is_leaders = false; // a leader asked for the election
        std::optional<Heard> heard{};
    };
    struct Owed {
        Member to = 0;
        std::uint64_t round = 0;
        std::uint64_t came = 0; // as which message
    };
    struct Server {
        bool has_started = false;
        bool is_sticky = false;       // leaders step down unheard
        std::uint64_t came = 0;       // messages, in this boot
        Term highest = 0;             // of these, and its own
        std::optional<Heard> heard{}; // the last from a leader that was none of an earlier term
        std::map<Member, Request> votes{};
        std::map<Member, Request> pre_votes{};
        std::vector<Owed> owed{};                                            // answers to pre-votes
        std::map<std::pair<Member, std::uint64_t>, std::uint64_t> appends{}; // not answered: by whose round, as which
        // While it leads.
        Term leads = 0;             // a term; 0: none yet
        std::set<Member> answers{}; // who answered since a majority had
        sim::Duration unheard{};    // of its own time, since then
        sim::WorldTime sent{};      // when it last sent an append
        bool has_objected = false;  // to that
    };

    void on_start(const Observation& seen) {
        Server& server = grown(servers_, seen.host);
        server.has_started = true;
        server.highest = static_cast<Term>(std::max<std::int64_t>(field(seen, 2), 0));
        server.is_sticky = field(seen, 5) != 0;
        members_ = field(seen, 1);
        timeout_ = std::max(timeout_, length(seen, 4));
    }
    void on_deliver(const Observation& seen, const Message& message);
    void on_send(const Observation& seen, const Message& message);
    static void on_campaign(Server& server, Term term);
    void check_promise(const Observation& seen, const Request& request, const char* gives);
    void check_owed(const Observation& seen, Server& server, const Message& reply);
    void check_heard(const Observation& seen, Server& server, Term term);
    // Each rule objects under its own name.
    void broken(const Observation& seen, const char* property, const char* kind, const char* rule, std::string text) {
        if (object_to) object_to({property, kind, rule, std::move(text), seen.time, seen.event});
    }

    std::vector<Server> servers_; // by host
    std::int64_t members_ = 0;
    sim::Duration timeout_{}; // the shortest that an election is waited for
};

void Exchange::on_deliver(const Observation& seen, const Message& message) {
    using Kind = Message::Kind;
    Server& server = servers_[seen.host];
    ++server.came;
    const bool is_from_leader = message.kind == Kind::append || message.kind == Kind::snapshot;
    if (is_from_leader && message.term >= server.highest) server.heard = Heard{seen.time, message.from, message.term};
    if (message.kind == Kind::append) server.appends.try_emplace({message.from, message.round}, server.came);
    if (message.kind == Kind::vote) server.votes[message.from] = {message.term, 0, message.success, server.heard};
    if (message.kind == Kind::pre_vote) {
        server.pre_votes[message.from] = {message.term + 1, message.round, false, server.heard};
        server.owed.push_back({message.from, message.round, server.came});
        return; // it changes no term
    }
    const bool is_answer = message.kind == Kind::append_reply || message.kind == Kind::snapshot_reply;
    if (is_answer && message.term == server.leads) server.answers.insert(message.from);
    server.highest = std::max(server.highest, message.term);
}

void Exchange::on_send(const Observation& seen, const Message& message) {
    using Kind = Message::Kind;
    Server& server = servers_[seen.host];
    if (message.kind == Kind::vote) on_campaign(server, message.term);
    if (message.kind == Kind::append) check_heard(seen, server, message.term);
    if (message.kind == Kind::append_reply) check_owed(seen, server, message);
    if (message.kind == Kind::vote_reply && message.success && server.is_sticky) {
        const Request& request = server.votes[message.to];
        if (request.term == message.term && !request.is_leaders) check_promise(seen, request, "gives its vote");
    }
    if (message.kind != Kind::pre_vote_reply) return;
    std::erase_if(server.owed, [&](const Owed& each) { return each.to == message.to && each.round <= message.round; });
    const Request& request = server.pre_votes[message.to];
    if (message.success && request.round == message.round) check_promise(seen, request, "would give its vote");
}

// It need not have handled by then what came from leaders of earlier terms, and when it does they are none any more.
void Exchange::on_campaign(Server& server, Term term) {
    const auto forget = [&](std::optional<Heard>& heard) {
        if (heard && heard->term < term) heard.reset();
    };
    forget(server.heard);
    for (auto& [member, request] : server.votes) forget(request.heard);
    for (auto& [member, request] : server.pre_votes) forget(request.heard);
    server.highest = std::max(server.highest, term);
}

// Ticks are counted whole, and clocks may drift apart.
void Exchange::check_promise(const Observation& seen, const Request& request, const char* gives) {
    if (!request.heard || request.heard->term >= request.term) return;
    if (seen.time - request.heard->time >= timeout_ * 3 / 4) return;
    broken(seen, "raft.leader_kept", "elects another", "who hears from a leader elects nobody else",
           at(seen) + " " + gives + " for term " + number(static_cast<std::int64_t>(request.term)) +
               ", and had heard " + milliseconds_of(seen.time - request.heard->time) + " before from member " +
               number(request.heard->leader) + ", which leads term " +
               number(static_cast<std::int64_t>(request.heard->term)));
}

// It answers an append, and so it has handled what came before that.
void Exchange::check_owed(const Observation& seen, Server& server, const Message& reply) {
    const auto append = server.appends.find({reply.to, reply.round});
    if (append == server.appends.end()) return;
    const std::uint64_t came = append->second;
    std::erase_if(server.appends, [&](const auto& each) { return each.second <= came; });
    const auto owes = [&](const Owed& each) { return each.came < came; };
    const auto owed = std::find_if(server.owed.begin(), server.owed.end(), owes);
    if (owed == server.owed.end()) return;
    broken(seen, "raft.pre_vote_answered", "no answer", "who asks whether it would be elected is answered",
           at(seen) + " has answered an append, and not member " + number(owed->to) + ", which had asked it before");
    std::erase_if(server.owed, owes);
}

// While it stands still it sends nothing, so that time between two appends counts only as far as it is usual.
void Exchange::check_heard(const Observation& seen, Server& server, Term term) {
    if (server.leads != term) {
        server.leads = term;
        server.answers.clear();
        server.unheard = {};
        server.has_objected = false;
    } else {
        server.unheard += std::min(seen.time - server.sent, timeout_ / 2);
    }
    server.sent = seen.time;
    if (static_cast<std::int64_t>(server.answers.size()) + 1 > members_ / 2) {
        server.answers.clear();
        server.unheard = {};
    }
    if (!server.is_sticky || server.has_objected || server.unheard < timeout_ * unheard_timeouts) return;
    server.has_objected = true;
    broken(seen, "raft.leader_heard", "leads unheard", "a leader whom no majority answers steps down",
           at(seen) + " has led term " + number(static_cast<std::int64_t>(term)) + " for " +
               milliseconds_of(server.unheard) + " in which no majority answered it");
}

} // namespace

std::unique_ptr<sim::Monitor> exchange_monitor() { return std::make_unique<Exchange>(); }

} // namespace orrery::raft

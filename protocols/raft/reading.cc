// What makes a read new enough though it does not go through the log (section 6.4 of the dissertation): it sees what
// anybody knew to be committed when it began, and so its leader still led then. That a majority has answered something
// which was sent after it began is proof of that; where leaders have leases, so is that a majority has answered
// something which was sent so short a time ago that none of it can vote for anybody else yet - unless the leader asked
// somebody to campaign, and nobody campaigns in its name whom it did not ask.
//
// Which message answers which is read from the messages themselves, and times are those of the world: what a leader
// thinks that it has sent, and when, has no part in this. Only of reads that begin at the leader can be said whether
// they are confirmed, and only while it has told one configuration: what comes into force counts at once, and is told a
// little later.
#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "orrery/protocols/raft/electorate.h"
#include "orrery/protocols/raft/monitors.h"
#include "orrery/protocols/replication/wire.h"

namespace orrery::raft {
namespace {

using namespace observed;

class Reading final : public sim::Monitor {
public:
    std::string_view name() const override { return "raft.reading"; }
    std::vector<std::string_view> watches() const override { return {"raft."}; }
    bool hears_messages() const override { return true; }
    void observe(const Observation& seen) override {
        ++now_;
        switch (seen.kind) {
        case Observation::Kind::boot:
            on_boot(grown(servers_, seen.host));
            return;
        case Observation::Kind::send:
            on_send(seen);
            return;
        case Observation::Kind::deliver:
            on_deliver(seen);
            return;
        case Observation::Kind::note:
            on_note(seen);
            return;
        default:
            return;
        }
    }

private:
    struct Sent {
        std::uint64_t round = 0;
        std::uint64_t at = 0; // in observations
        sim::WorldTime time{};
    };
    struct Read {
        std::uint64_t at = 0;       // in observations, when it began
        std::int64_t committed = 0; // what anybody knew then
        std::int64_t term = 0;
        bool is_of_leader = false;
    };
    struct Server {
        bool has_started = false;
        std::int64_t member = 0;
        Electorate goes_by{};
        std::uint64_t told = 0; // configurations
        sim::Duration lease{};  // in which nobody is elected who was not asked; zero: it has no leases
        Term term = 0;          // in which these were sent
        std::vector<Sent> sent{};
        std::map<std::int64_t, Sent> answered{}; // by member: the last of them that it answered
        std::map<std::int64_t, Read> begun{};    // that wait
    };

    static void on_boot(Server& server) {
        const bool has_started = server.has_started;
        server = {};
        server.has_started = has_started;
    }
    void on_send(const Observation& seen);
    void on_campaign(const Observation& seen, const Message& vote);
    void on_deliver(const Observation& seen);
    void on_note(const Observation& seen);
    void on_start(const Observation& seen, Server& server);
    void on_answer(const Observation& seen, Server& server);
    void check_confirmed(const Observation& seen, const Server& server, std::uint64_t begun);
    // Each rule objects under its own name.
    void broken(const Observation& seen, const char* property, const char* kind, const char* rule, std::string text) {
        if (object_to) object_to({property, kind, rule, std::move(text), seen.time, seen.event});
    }

    std::vector<Server> servers_;               // by host
    std::int64_t size_ = 0;                     // of the cluster
    std::int64_t started_ = 0;                  // so many of its members have said something
    std::set<std::pair<Term, Member>> asked_{}; // who may campaign in that term as if the leader before had asked
    std::int64_t committed_ = 0;                // what anybody has said to be
    std::uint64_t now_ = 0;                     // observations
};

// What a leader sends is counted; it counts anew in each term.
void Reading::on_send(const Observation& seen) {
    if (seen.name != "raft.append" && seen.name != "raft.snapshot" && seen.name != "raft.vote") return;
    const auto message = replication::message_of<Message>(seen.bytes);
    if (!message) return;
    if (message->kind == Message::Kind::vote) {
        on_campaign(seen, *message);
        return;
    }
    Server& leader = grown(servers_, seen.host);
    if (message->term > leader.term) {
        leader.term = message->term;
        leader.sent.clear();
        leader.answered.clear();
    }
    const bool is_new = leader.sent.empty() || message->round > leader.sent.back().round;
    if (message->term == leader.term && is_new) leader.sent.push_back({message->round, now_, seen.time});
}

void Reading::on_campaign(const Observation& seen, const Message& vote) {
    const bool is_named = vote.success; // a leader has asked for this
    if (!is_named || asked_.contains({vote.term, vote.from})) return;
    broken(seen, "raft.asked_to_campaign", "campaigned unasked",
           "who campaigns in the name of a leader was asked by that of the term before",
           at(seen) + " campaigns in term " + std::to_string(vote.term) +
               " as if the leader of the term before had asked for it");
}

void Reading::on_deliver(const Observation& seen) {
    if (seen.name != "raft.append_reply" && seen.name != "raft.snapshot_reply") return;
    const auto message = replication::message_of<Message>(seen.bytes);
    if (!message) return;
    Server& leader = grown(servers_, seen.host);
    if (message->term != leader.term) return;
    const auto is_before = [](const Sent& each, std::uint64_t round) { return each.round < round; };
    const auto sent = std::lower_bound(leader.sent.begin(), leader.sent.end(), message->round, is_before);
    if (sent == leader.sent.end() || sent->round != message->round) return;
    Sent& last = leader.answered[message->from];
    if (sent->at > last.at) last = *sent;
}

void Reading::on_note(const Observation& seen) {
    Server& server = grown(servers_, seen.host);
    switch (observed::name_of(seen)) {
    case sim::name_hash("raft.start"):
        on_start(seen, server);
        return;
    case sim::name_hash("raft.leases"):
        // A member counts whole ticks, the first of which may have begun; its clock and that of the world may differ by
        // a fifteenth, which is how two clocks differ by an eighth.
        server.lease = (length(seen, 0) - length(seen, 1)) * 15 / 16;
        return;
    case sim::name_hash("raft.configuration"):
        server.goes_by = electorate_of(seen);
        ++server.told;
        return;
    case sim::name_hash("raft.hand_over"):
        asked_.insert({static_cast<Term>(field(seen, 0)) + 1, static_cast<Member>(field(seen, 1))});
        return;
    case sim::name_hash("raft.commit"):
        committed_ = std::max(committed_, field(seen, 0));
        return;
    case sim::name_hash("raft.read"):
        server.begun[field(seen, 0)] = {now_, committed_, field(seen, 1), field(seen, 2) != 0};
        return;
    case sim::name_hash("raft.read_answer"):
        on_answer(seen, server);
        return;
    default:
        return;
    }
}

void Reading::on_start(const Observation& seen, Server& server) {
    started_ += !server.has_started;
    server.has_started = true;
    server.member = field(seen, 0);
    size_ = field(seen, 1);
}

void Reading::on_answer(const Observation& seen, Server& server) {
    const auto found = server.begun.find(field(seen, 0));
    if (found == server.begun.end()) return;
    const Read read = found->second;
    server.begun.erase(found);
    const std::int64_t index = field(seen, 1);
    if (index == 0) return; // refused
    if (index < read.committed)
        broken(seen, "raft.read_index", "read of the past", "a read sees what was committed when it began",
               at(seen) + " answered a read by the state as of entry " + number(index) + ", and when it began entry " +
                   number(read.committed) + " was known to be committed");
    if (!read.is_of_leader) return;
    const bool leads = field(seen, 3) != 0; // or it was deposed in the same event, after it had answered
    if (leads && field(seen, 2) != read.term)
        broken(seen, "raft.read_term", "read outlived its leadership",
               "who leads in another term by now does not answer a read",
               at(seen) + " answered in term " + number(field(seen, 2)) + " a read that began in term " +
                   number(read.term));
    if (started_ == size_ && server.told <= 1) check_confirmed(seen, server, read.at);
}

void Reading::check_confirmed(const Observation& seen, const Server& server, std::uint64_t begun) {
    const auto follows = [&](std::int64_t member) {
        if (member == server.member) return true;
        const auto answered = server.answered.find(member);
        if (answered == server.answered.end()) return false;
        return answered->second.at > begun || seen.time - answered->second.time < server.lease;
    };
    if (decides(server.goes_by, size_, follows)) return;
    broken(seen, "raft.read_confirmed", "read unconfirmed", "a leader answers reads only while it knows that it leads",
           at(seen) + " answered a read while " + share_words(server.goes_by, size_, follows) +
               " were known to follow it in term " + std::to_string(server.term));
}

} // namespace

std::unique_ptr<sim::Monitor> reading_monitor() { return std::make_unique<Reading>(); }

} // namespace orrery::raft

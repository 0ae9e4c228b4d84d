// What the proof of safety rests on (sections 5.2 to 5.4 of the paper, and figure 2 on what must be durable). A broken
// lemma shows at once; that two leaders or a lost command come of it is rare.
//
// What is durable is taken from the logs that servers publish, which they do after the sync and before they answer. A
// majority is one of the configuration that the server which decides goes by, joint ones of both sets; and it is
// counted only once all members of the cluster have said something: of logs of some servers alone nothing is known
// about it. What was decided since a server last spoke was decided by the configuration that it had told then, or by
// one of those that it tells now.
#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "orrery/protocols/raft/electorate.h"
#include "orrery/protocols/raft/monitors.h"

namespace orrery::raft {
namespace {

using namespace observed;

enum class Membership : bool { stays, changes };

class Lemmas final : public sim::Monitor {
public:
    explicit Lemmas(Membership membership) : membership_(membership) {}
    std::string_view name() const override { return "raft.lemmas"; }
    std::vector<std::string_view> watches() const override { return {"raft."}; }
    void observe(const Observation& seen) override {
        switch (seen.kind) {
        case Observation::Kind::note:
            on_note(seen);
            return;
        case Observation::Kind::state: {
            Peer& server = grown(servers_, seen.host);
            if (seen.name == "raft.role") server.leads = seen.fields[0].text == "leader";
            if (seen.name == "raft.term") server.term = field(seen, 0);
            return;
        }
        case Observation::Kind::boot: {
            Peer& server = grown(servers_, seen.host);
            server.before = server.log;
            server.leads = false;
            server.goes_by.assign(1, {});
            return;
        }
        default:
            return;
        }
    }

private:
    struct Promise {
        std::int64_t term = 0;
        std::int64_t what = 0; // the member that got the vote; the index that was acknowledged
    };
    struct Peer {
        bool has_started = false;
        bool is_new = false; // another machine than the one that promised what is told here, until it starts
        std::int64_t member = 0;
        std::int64_t term = 0;
        bool leads = false;
        std::vector<Known> log{};                                      // index 1 first
        std::vector<Known> before{};                                   // as it was when the process died
        std::map<std::int64_t, std::pair<std::int64_t, Said>> votes{}; // by term: for which member
        Promise vote{};                                                // of the highest term
        Promise acknowledged{};
        std::map<std::int64_t, std::int64_t> told_to_hold{}; // by term: the last index that it acknowledged
        std::vector<Electorate> goes_by{{}}; // the last, and those before it that were told in the same event or ...
        std::uint64_t told = 0;              // ... until this one
    };

    void on_note(const Observation& seen) {
        switch (name_of(seen)) {
        case new_machine.hash:
            grown(servers_, seen.host).is_new = true;
            return;
        case sim::name_hash("raft.append"):
            grown(servers_, seen.host).log.push_back({field(seen, 1), field(seen, 2)});
            return;
        case sim::name_hash("raft.truncate"):
            on_truncate(seen);
            return;
        case sim::name_hash("raft.restore"):
            on_restore(seen);
            return;
        case sim::name_hash("raft.commit"):
            on_commit(seen);
            return;
        case sim::name_hash("raft.voted"):
            on_voted(seen);
            return;
        case sim::name_hash("raft.acknowledged"):
            on_acknowledged(seen);
            return;
        case sim::name_hash("raft.leader"):
            on_leader(seen);
            return;
        case sim::name_hash("raft.hand_over"):
            on_hand_over(seen);
            return;
        case sim::name_hash("raft.configuration"):
            on_configuration(seen);
            return;
        case sim::name_hash("raft.start"):
            on_start(seen);
            return;
        default:
            return;
        }
    }
    void on_truncate(const Observation& seen);
    void on_restore(const Observation& seen);
    void on_commit(const Observation& seen);
    void on_voted(const Observation& seen);
    void on_acknowledged(const Observation& seen);
    void on_leader(const Observation& seen);
    void on_hand_over(const Observation& seen);
    void on_start(const Observation& seen);
    void check_vote(const Observation& seen, Peer& server);
    void check_log(const Observation& seen, Peer& server);
    void check_own_term(const Observation& seen, const Peer& leader);
    void on_configuration(const Observation& seen);
    bool is_durable(std::int64_t member, std::int64_t index, Known entry) const {
        const auto host = hosts_.find(member);
        if (host == hosts_.end()) return false;
        const std::vector<Known>& log = servers_[host->second].log;
        const auto place = static_cast<std::uint64_t>(index) - 1;
        return place < log.size() && log[place] == entry;
    }
    auto holds(std::int64_t index, Known entry) const {
        return [=, this](std::int64_t member) { return is_durable(member, index, entry); };
    }
    bool is_whole() const { return size_ > 0 && started_ == size_; }
    // By any configuration that the server may have gone by.
    template <class Has>
    bool has_decided(const Observation& seen, const Peer& server, const Has& has) const {
        const auto enough = [&](const Electorate& each) { return decides(each, size_, has); };
        if (server.told != seen.event) return enough(server.goes_by.back());
        return std::any_of(server.goes_by.begin(), server.goes_by.end(), enough);
    }
    template <class Has>
    std::string share_of(const Peer& server, const Has& has) const {
        return share_words(server.goes_by.back(), size_, has);
    }
    // Each lemma objects under its own name.
    void broken(const Observation& seen, const char* lemma, const char* kind, const char* rule, std::string text) {
        if (object_to) object_to({lemma, kind, rule, std::move(text), seen.time, seen.event});
    }

    const Membership membership_;
    std::vector<Peer> servers_;                 // by host
    std::map<std::int64_t, std::size_t> hosts_; // by member
    std::int64_t size_ = 0;                     // of the cluster
    std::int64_t started_ = 0;                  // so many of its members have said something
    std::int64_t checked_ = 0;                  // up to here what is committed has been looked at
    std::vector<Known> committed_;              // as somebody said it first, without a gap
};

void Lemmas::on_truncate(const Observation& seen) {
    Peer& server = grown(servers_, seen.host);
    const auto keep = static_cast<std::uint64_t>(field(seen, 0)) - 1; // from 0 on is from nowhere on
    if (keep >= server.log.size()) return;
    server.log.resize(keep);
    // A boot publishes its log anew; otherwise a leader of a later term has taken back what was acknowledged.
    if (server.before.empty())
        server.acknowledged.what = std::min(server.acknowledged.what, observed::before(field(seen, 0)));
}

// A snapshot has the entries that are committed. What is behind stays if the log goes on there.
void Lemmas::on_restore(const Observation& seen) {
    Peer& server = grown(servers_, seen.host);
    const auto last = static_cast<std::uint64_t>(field(seen, 0));
    if (last == 0 || last > committed_.size()) return; // another monitor objects
    if (last <= server.log.size() && server.log[last - 1].term == field(seen, 1)) return;
    server.log.assign(committed_.begin(), committed_.begin() + static_cast<std::ptrdiff_t>(last));
}

// Figure 8 of the paper is why the leader must have an entry of its own term on a majority.
void Lemmas::check_own_term(const Observation& seen, const Peer& leader) {
    const auto is_own = [&](const Known& entry) { return entry.term == leader.term; };
    const auto own = std::find_if(leader.log.begin(), leader.log.end(), is_own);
    const bool is_any = own != leader.log.end();
    const auto has = holds(own - leader.log.begin() + 1, is_any ? *own : Known{});
    if (is_any && has_decided(seen, leader, has)) return;
    broken(seen, "raft.commit_by_own_term", "earlier term counted",
           "a leader commits entries of earlier terms only with one of its own",
           at(seen) + " committed " + entry_of(field(seen, 0), field(seen, 1)) + " while it led term " +
               number(leader.term) + ", of which " +
               (is_any ? "an entry is durable on " + share_of(leader, has) : std::string("no entry is durable")));
}

void Lemmas::on_commit(const Observation& seen) {
    const std::int64_t index = field(seen, 0);
    if (static_cast<std::uint64_t>(index) == committed_.size() + 1)
        committed_.push_back({field(seen, 1), field(seen, 2)});
    const Peer& server = grown(servers_, seen.host);
    if (index <= checked_ || !is_whole() || (membership_ == Membership::changes && !server.leads)) return;
    checked_ = index;
    const auto has = holds(index, {field(seen, 1), field(seen, 2)});
    if (!has_decided(seen, server, has))
        broken(seen, "raft.commit_durable", "committed too early",
               "what is committed is durable on a majority of the cluster",
               at(seen) + " committed " + entry_of(index, field(seen, 1)) + ", which is durable on " +
                   share_of(server, has));
    if (server.leads && field(seen, 1) < server.term) check_own_term(seen, server);
}

void Lemmas::on_voted(const Observation& seen) {
    Peer& server = grown(servers_, seen.host);
    const std::int64_t term = field(seen, 0);
    const std::int64_t candidate = field(seen, 1);
    if (term >= server.vote.term) server.vote = {term, candidate};
    const auto [vote, is_first] = server.votes.try_emplace(term, candidate, said_now(seen));
    if (is_first || vote->second.first == candidate) return;
    broken(seen, "raft.one_vote", "voted twice", "a server gives one vote in a term",
           at(seen) + " gave its vote of term " + number(term) + " to member " + number(candidate) +
               ", and had given it to member " + number(vote->second.first) + " (" + in_words(vote->second.second) +
               ")");
}

void Lemmas::on_acknowledged(const Observation& seen) {
    Peer& server = grown(servers_, seen.host);
    Promise& acknowledged = server.acknowledged;
    const std::int64_t term = field(seen, 0);
    std::int64_t& most = server.told_to_hold[term];
    most = std::max(most, field(seen, 1));
    if (term == acknowledged.term)
        acknowledged.what = std::max(acknowledged.what, field(seen, 1));
    else
        acknowledged = {term, field(seen, 1)};
}

void Lemmas::on_leader(const Observation& seen) {
    if (!is_whole()) return;
    const std::int64_t term = field(seen, 0);
    const Peer& leader = grown(servers_, seen.host);
    const auto has_voted = [&](std::int64_t member) {
        if (member == leader.member) return true; // it tells nobody if it is alone
        const auto host = hosts_.find(member);
        if (host == hosts_.end()) return false;
        const auto& votes = servers_[host->second].votes;
        const auto vote = votes.find(term);
        return vote != votes.end() && vote->second.first == leader.member;
    };
    if (has_decided(seen, leader, has_voted)) return;
    broken(seen, "raft.elected", "elected by a minority", "a leader has the votes of a majority of the cluster",
           at(seen) + " leads term " + number(term) + " by the votes of " + share_of(leader, has_voted));
}

// Section 3.10 of the dissertation: who lacks something of the log would lose the election, and nobody would lead.
void Lemmas::on_hand_over(const Observation& seen) {
    const Peer& leader = grown(servers_, seen.host);
    const std::int64_t term = field(seen, 0);
    const auto host = hosts_.find(field(seen, 1));
    std::int64_t held = 0;
    if (host != hosts_.end()) {
        const auto told = servers_[host->second].told_to_hold.find(term);
        if (told != servers_[host->second].told_to_hold.end()) held = told->second;
    }
    auto last = static_cast<std::int64_t>(leader.log.size()); // when it handed over: it says so a sync later
    while (last > 0 && leader.log[static_cast<std::size_t>(last - 1)].term > term) --last;
    if (held >= last) return;
    broken(seen, "raft.handed_over", "handed over too early", "a leader hands over to who has its whole log",
           at(seen) + " asked member " + number(field(seen, 1)) + " to campaign in its place, which had acknowledged " +
               (held == 0 ? std::string("nothing") : "entries up to " + number(held)) + " in term " + number(term) +
               ", while its own log goes up to " + number(last));
}

void Lemmas::on_configuration(const Observation& seen) {
    Peer& server = grown(servers_, seen.host);
    if (server.told != seen.event) server.goes_by.erase(server.goes_by.begin(), server.goes_by.end() - 1);
    server.told = seen.event;
    server.goes_by.push_back(electorate_of(seen));
}

void Lemmas::check_vote(const Observation& seen, Peer& server) {
    const std::int64_t term = field(seen, 2);
    const std::int64_t vote = observed::before(field(seen, 3)); // -1: none
    const Promise promised = server.vote;
    if (promised.term < term || (promised.term == term && promised.what == vote)) return;
    const bool gave = !server.votes.empty();
    if (!gave) return;
    server.vote = {};
    broken(seen, "raft.promise_durable", "vote forgotten", "a server finds after a restart what it has promised",
           at(seen) + " had given its vote of term " + number(promised.term) + " to member " + number(promised.what) +
               ", and found term " + number(term) + (vote < 0 ? "" : " with a vote for member " + number(vote)) +
               " on its disk");
}

// In a later term the log may have lost what its leader took back.
void Lemmas::check_log(const Observation& seen, Peer& server) {
    Promise& acknowledged = server.acknowledged;
    if (field(seen, 2) > acknowledged.term) return;
    const auto least = static_cast<std::uint64_t>(std::max<std::int64_t>(acknowledged.what, 0));
    std::uint64_t kept = 0;
    while (kept < least && kept < server.log.size() &&
           (kept >= server.before.size() || server.log[kept] == server.before[kept]))
        ++kept;
    acknowledged.what = static_cast<std::int64_t>(kept);
    if (kept == least) return;
    broken(seen, "raft.promise_durable", "entries forgotten", "a server finds after a restart what it has promised",
           at(seen) + " had acknowledged entries up to " + number(static_cast<std::int64_t>(least)) + " in term " +
               number(acknowledged.term) + ", and found of them " +
               (kept == 0 ? std::string("none") : "those up to " + number(static_cast<std::int64_t>(kept))) +
               " on its disk");
}

// A new machine is admitted when no majority rests any more on what the one before it had. Until then that counts.
void Lemmas::on_start(const Observation& seen) {
    Peer& server = grown(servers_, seen.host);
    if (std::exchange(server.is_new, false)) {
        server.votes.clear();
        server.vote = {};
        server.acknowledged = {};
    }
    started_ += !server.has_started;
    server.has_started = true;
    server.member = field(seen, 0);
    hosts_[server.member] = seen.host;
    size_ = field(seen, 1);
    check_vote(seen, server);
    check_log(seen, server);
    server.before.clear();
}

} // namespace

std::unique_ptr<sim::Monitor> lemma_monitor() { return std::make_unique<Lemmas>(Membership::stays); }
std::unique_ptr<sim::Monitor> changing_lemma_monitor() { return std::make_unique<Lemmas>(Membership::changes); }

} // namespace orrery::raft

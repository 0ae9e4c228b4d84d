// What a cluster owes while nothing goes wrong: no fault is at work, nobody has booted or crashed for a while. Messages
// arrive then, well within an election timeout, and so
//
// - somebody leads, after a few elections at most;
// - who leads goes on leading;
// - who gave its vote waits for what comes of it (section 5.2 of the paper: granting a vote sets the timer anew);
// - an election is won by who stands alone and whose log is as new as any other (sections 5.2 and 5.4.1).
//
// Lengths are in election timeouts, the shortest of which each boot says. Notes come when things are durable and sent,
// up to two syncs later than they happened, so the bounds leave room for that. Around a snapshot a server syncs many
// times before it goes on: then only the first rule is judged.
#include <algorithm>
#include <optional>
#include <vector>

#include "orrery/protocols/raft/monitors.h"
#include "orrery/protocols/raft/observed.h"

namespace orrery::raft {
namespace {

using namespace observed;

constexpr std::int64_t calm_timeouts = 6; // without a disturbance: it has passed, whatever was on its way
constexpr std::int64_t idle_timeouts = 4; // without a snapshot
constexpr std::int64_t elections_timeouts = 20;

// Where the membership changes, an operator deposes leaders and hands over, and removed members ask for votes in vain:
// only the first rule is judged.
enum class Judged : bool { all, somebody_leads };

class Availability final : public sim::Monitor {
public:
    explicit Availability(Judged judged) : judged_(judged) {}
    std::string_view name() const override { return "raft.availability"; }
    std::vector<std::string_view> watches() const override { return {"raft."}; }
    void observe(const Observation& seen) override {
        calm_.observe(seen);
        check_somebody_leads(seen);
        switch (seen.kind) {
        case Observation::Kind::note:
            on_note(seen);
            return;
        case Observation::Kind::state:
            on_state(seen);
            return;
        case Observation::Kind::boot:
        case Observation::Kind::crash:
            on_end_of_boot(seen);
            return;
        default:
            return;
        }
    }
    void end(sim::WorldTime time) override {
        Observation last;
        last.time = time;
        check_somebody_leads(last);
    }

private:
    struct Campaign {
        std::int64_t term = 0; // 0: none
        sim::WorldTime begin{};
        bool is_contested = false; // others have a reason not to vote for it
    };
    struct Voter {
        bool runs = false;
        std::int64_t member = 0;
        std::int64_t term = 0;
        std::int64_t base = 0; // a snapshot ends its log below: there, with an entry of this term
        std::int64_t base_term = 0;
        std::vector<std::int64_t> terms{}; // of the entries behind that
        bool follows = true;
        bool leads = false;
        bool has_voted = false; // for another, since when it follows
        sim::WorldTime since{}; // it leads
        sim::WorldTime voted{};
        Campaign campaign{};

        std::pair<std::int64_t, std::uint64_t> end_of_log() const { // the last term, and the last index
            return {terms.empty() ? base_term : terms.back(), static_cast<std::uint64_t>(base) + terms.size()};
        }
    };

    void on_note(const Observation& seen);
    void on_state(const Observation& seen);
    static void on_truncate(std::int64_t from, Voter& voter);
    static void on_restore(std::int64_t index, std::int64_t term, Voter& voter);
    void on_role(const Observation& seen, Voter& voter);
    void on_voted(const Observation& seen, Voter& voter);
    void on_end_of_boot(const Observation& seen);
    void check_somebody_leads(const Observation& seen);
    void check_campaign(const Observation& seen, const Voter& candidate);
    // Nothing has gone wrong for so many of the shortest election timeouts. Without one nothing is known.
    bool is_calm(std::int64_t timeouts, sim::WorldTime now) const {
        return timeout_ > sim::Duration{} && calm_.has_lasted(timeout_ * timeouts, now);
    }
    // The members stay, and nobody has been cutting off what a snapshot holds, for which a server syncs many times in
    // one round.
    bool is_steady(sim::WorldTime now) const {
        return judged_ == Judged::all && (!cut_ || now - *cut_ >= timeout_ * idle_timeouts);
    }
    // From now on others have a reason not to vote for it.
    void contest(const Observation& seen, Voter& candidate) {
        check_campaign(seen, candidate);
        candidate.campaign.is_contested = true;
    }
    // Each rule objects under its own name.
    void broken(const Observation& seen, const char* property, const char* kind, const char* rule, std::string text) {
        if (object_to) object_to({property, kind, rule, std::move(text), seen.time, seen.event});
    }

    const Judged judged_;
    Calm calm_;
    std::vector<Voter> voters_;           // by host
    std::optional<sim::WorldTime> cut_{}; // when a server last had a snapshot
    sim::Duration timeout_{};             // the shortest that an election is waited for; zero: nobody has said
    bool is_sticky_ = false;              // who hears from a leader ignores candidates
    std::uint64_t leaders_ = 0;
    sim::WorldTime leaderless_{}; // since then; while there is none
    bool has_objected_ = false;   // to that
};

void Availability::check_somebody_leads(const Observation& seen) {
    const sim::Duration most = timeout_ * elections_timeouts;
    if (leaders_ > 0 || has_objected_ || seen.time - leaderless_ < most) return;
    if (!is_calm(elections_timeouts, seen.time)) return;
    has_objected_ = true;
    broken(seen, "raft.leader_in_calm", "no leader", "while nothing goes wrong, elections find a leader",
           "nobody has led for " + milliseconds_of(most) + " in which nothing went wrong");
}

void Availability::on_end_of_boot(const Observation& seen) {
    Voter& voter = grown(voters_, seen.host);
    if (voter.leads && --leaders_ == 0) leaderless_ = seen.time;
    voter.runs = voter.leads = voter.has_voted = false;
    voter.follows = true;
    voter.campaign = {};
}

// It has asked for votes, and now asks again, or somebody else has come; by then it could have won. What went wrong
// before it asked does not count: neither its question nor the answers were on their way then.
void Availability::check_campaign(const Observation& seen, const Voter& candidate) {
    const Campaign& lost = candidate.campaign;
    if (lost.term == 0 || lost.is_contested || timeout_ == sim::Duration{}) return;
    const sim::Duration stood = seen.time - lost.begin;
    if (!is_steady(lost.begin) || stood < timeout_ * 5 / 8 || !calm_.has_lasted(stood, seen.time)) return;
    broken(seen, "raft.election_won", "uncontested election lost",
           "while nothing goes wrong, who stands alone with a log as new as any other is elected",
           "member " + number(candidate.member) + " stood for election in term " + number(lost.term) + " at " +
               milliseconds_of(lost.begin - sim::WorldTime{}) + ", nobody else did or had a newer log, and " +
               milliseconds_of(stood) + " later it was not elected");
}

void Availability::on_voted(const Observation& seen, Voter& voter) {
    const std::int64_t term = field(seen, 0);
    const bool is_own = field(seen, 1) == voter.member;
    for (Voter& each : voters_) // there is another candidate, or a later term
        if (term >= each.campaign.term && field(seen, 1) != each.member) contest(seen, each);
    if (!is_own) {
        voter.has_voted = true;
        voter.voted = seen.time;
        return;
    }
    check_campaign(seen, voter);
    voter.campaign = {term, seen.time, is_sticky_};
    for (const Voter& each : voters_) {
        if (&each == &voter) continue;
        const bool would_vote = each.runs && each.term < term && !each.leads && each.campaign.term == 0 &&
                                each.end_of_log() <= voter.end_of_log();
        if (!would_vote) voter.campaign.is_contested = true;
    }
}

void Availability::on_role(const Observation& seen, Voter& voter) {
    const std::string_view role = seen.fields[0].text;
    const bool leads = role == "leader";
    const bool follows = role == "follower";
    if (voter.leads && !leads) {
        if (--leaders_ == 0) leaderless_ = seen.time;
        has_objected_ = false;
        if (seen.time - voter.since >= timeout_ * calm_timeouts && is_calm(calm_timeouts, seen.time) &&
            is_steady(seen.time))
            broken(seen, "raft.leader_stays", "deposed without a cause",
                   "while nothing goes wrong, a leader goes on leading",
                   at(seen) + " had led for " + milliseconds_of(seen.time - voter.since) + " when it was deposed");
    }
    if (leads && !voter.leads) {
        ++leaders_;
        voter.since = seen.time;
    }
    if (voter.follows && !follows && voter.has_voted && seen.time - voter.voted < timeout_ / 4 &&
        is_calm(calm_timeouts, seen.time) && is_steady(seen.time))
        broken(seen, "raft.election_patience", "campaigned after its vote",
               "who gives its vote waits an election timeout before it campaigns",
               at(seen) + " campaigns " + milliseconds_of(seen.time - voter.voted) + " after it gave its vote");
    if (!follows) voter.has_voted = false;
    if (role != "candidate") voter.campaign = {};
    voter.leads = leads;
    voter.follows = follows;
}

void Availability::on_state(const Observation& seen) {
    Voter& voter = grown(voters_, seen.host);
    if (seen.name == "raft.role") on_role(seen, voter);
    if (seen.name != "raft.term") return;
    voter.term = field(seen, 0);
    for (Voter& each : voters_)
        if (&each != &voter && voter.term > each.campaign.term) contest(seen, each);
}

void Availability::on_truncate(std::int64_t from, Voter& voter) {
    if (from <= voter.base) voter.base = voter.base_term = 0; // from the start
    const auto keep = static_cast<std::uint64_t>(from) - static_cast<std::uint64_t>(voter.base) - 1;
    if (keep < voter.terms.size()) voter.terms.resize(keep);
}

// What is behind stays if the log goes on there.
void Availability::on_restore(std::int64_t index, std::int64_t term, Voter& voter) {
    const std::uint64_t known = static_cast<std::uint64_t>(index) - static_cast<std::uint64_t>(voter.base);
    const bool goes_on = known > 0 && known <= voter.terms.size() && voter.terms[known - 1] == term;
    if (goes_on)
        voter.terms.erase(voter.terms.begin(), voter.terms.begin() + static_cast<std::ptrdiff_t>(known));
    else
        voter.terms.clear();
    voter.base = index;
    voter.base_term = term;
}

void Availability::on_note(const Observation& seen) {
    Voter& voter = grown(voters_, seen.host);
    switch (name_of(seen)) {
    case sim::name_hash("raft.append"):
        voter.terms.push_back(field(seen, 1));
        for (Voter& each : voters_) // somebody leads
            if (&each != &voter) contest(seen, each);
        return;
    case sim::name_hash("raft.truncate"):
        on_truncate(field(seen, 0), voter);
        return;
    case sim::name_hash("raft.snapshot"):
        cut_ = seen.time;
        return;
    case sim::name_hash("raft.restore"):
        cut_ = seen.time;
        on_restore(field(seen, 0), field(seen, 1), voter);
        return;
    case sim::name_hash("raft.voted"):
        on_voted(seen, voter);
        return;
    case sim::name_hash("raft.hand_over"):
        for (Voter& each : voters_) // whom a leader asks to campaign need not wait
            if (each.member == field(seen, 1)) each.has_voted = false;
        return;
    case sim::name_hash("raft.start"):
        voter.runs = true;
        voter.member = field(seen, 0);
        timeout_ = std::max(timeout_, length(seen, 4));
        is_sticky_ = is_sticky_ || field(seen, 5) != 0;
        return;
    default:
        return;
    }
}

} // namespace

std::unique_ptr<sim::Monitor> availability_monitor() { return std::make_unique<Availability>(Judged::all); }
std::unique_ptr<sim::Monitor> changing_availability_monitor() {
    return std::make_unique<Availability>(Judged::somebody_leads);
}

} // namespace orrery::raft

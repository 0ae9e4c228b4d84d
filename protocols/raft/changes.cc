// How the membership may change (chapter 4 of Ongaro's dissertation, and his correction of it on raft-dev in 2015):
//
// - a configuration is an entry of the log, so at one place of it all servers find the same one, whether they got the
//   entry or a snapshot that ends there or later;
// - who appends one has committed an entry of its term: else two leaders could each make a change that the other does
//   not know of, and majorities of the two need not meet;
// - and has committed the configuration before;
// - a leader that is none of the voters leads until that is committed, and no longer;
// - a leader that has committed a joint one has appended what leaves it, since nothing else can be changed before;
// - who campaigns has a vote, in one of the configurations that its log may still come down to.
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "orrery/protocols/raft/electorate.h"
#include "orrery/protocols/raft/monitors.h"

namespace orrery::raft {
namespace {

using namespace observed;

std::string words_of(const Electorate& electorate) {
    const auto list = [](const Numbers& members) {
        std::string text;
        for (const std::int64_t member : members) text += " " + number(member);
        return text;
    };
    std::string text = "voters" + list(electorate.incoming);
    if (!electorate.outgoing.empty()) text += ", until now" + list(electorate.outgoing);
    if (!electorate.learners.empty()) text += ", learners" + list(electorate.learners);
    return text;
}

class Changes final : public sim::Monitor {
public:
    std::string_view name() const override { return "raft.changes"; }
    std::vector<std::string_view> watches() const override { return {"raft."}; }
    void observe(const Observation& seen) override {
        object_to_earlier(seen.event);
        if (seen.kind == Observation::Kind::note) on_note(seen);
        if (seen.kind == Observation::Kind::boot) grown(servers_, seen.host) = {};
        if (seen.kind != Observation::Kind::state) return;
        if (seen.name == "raft.role") grown(servers_, seen.host).leads = seen.fields[0].text == "leader";
        if (seen.name == "raft.term") grown(servers_, seen.host).term = field(seen, 0);
    }
    void end(sim::WorldTime) override { object_to_earlier(0); }

private:
    struct InForce {
        std::int64_t since = 0; // the index of its entry
        Electorate electorate{};
    };
    struct Server {
        std::int64_t member = -1;          // it has not said
        std::vector<std::int64_t> terms{}; // of its log, index 1 first
        std::vector<InForce> goes_by{{}};  // those that its log has, oldest first
        std::int64_t commit = 0;
        std::int64_t restored = 0; // the end of its last snapshot
        std::int64_t term = 0;
        bool leads = false;

        std::int64_t term_at(std::int64_t index) const { // 0: it has not said
            const auto place = static_cast<std::uint64_t>(index) - 1;
            return place < terms.size() ? terms[place] : 0;
        }
        // By the last that is committed, or by one after it.
        bool may_campaign() const {
            for (auto each = goes_by.rbegin(); each != goes_by.rend(); ++each) {
                if (each->electorate.is_voter(member)) return true;
                if (each->since <= commit) return false;
            }
            return true; // nobody has said which was in force before these
        }
    };
    // What a server has committed it tells in the same event, but later: it is in order if an entry of that term is
    // among it, and this entry.
    struct Doubt {
        sim::Finding finding{};
        std::int64_t term = 0;
        std::int64_t index = 0;
    };
    // What is in force from an entry of that term on.
    struct Known {
        std::int64_t term = 0;
        Electorate electorate{};
        Said by{};
    };

    void on_note(const Observation& seen) {
        switch (name_of(seen)) {
        case sim::name_hash("raft.append"):
            grown(servers_, seen.host).terms.push_back(field(seen, 1));
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
        case sim::name_hash("raft.configuration"):
            on_configuration(seen);
            return;
        case sim::name_hash("raft.voted"):
            on_voted(seen);
            return;
        case sim::name_hash("raft.start"):
            grown(servers_, seen.host).member = field(seen, 0);
            return;
        default:
            return;
        }
    }
    void on_truncate(const Observation& seen) {
        std::vector<std::int64_t>& terms = grown(servers_, seen.host).terms;
        const auto keep = static_cast<std::uint64_t>(field(seen, 0)) - 1; // from 0 on is from nowhere on
        if (keep < terms.size()) terms.resize(keep);
    }
    void on_restore(const Observation& seen);
    void on_commit(const Observation& seen);
    void on_configuration(const Observation& seen);
    void on_voted(const Observation& seen);
    void compare(const Observation& seen, const Server& server, std::int64_t index, const Electorate& electorate);
    const Known* known_at(const Server& server, std::int64_t index) const;
    void object_to_earlier(std::uint64_t event) {
        if (doubt_ && doubt_->finding.event != event) {
            object_now(doubt_->finding);
            doubt_.reset();
        }
        if (!voteless_ || voteless_->event == event) return;
        object_now(*voteless_);
        voteless_.reset();
    }
    void object_now(const sim::Finding& finding) {
        if (object_to) object_to(finding);
    }
    void check_change(const Observation& seen, const Server& server, std::int64_t before);

    std::vector<Server> servers_;                      // by host
    std::vector<std::int64_t> committed_;              // terms, as somebody said it first, without a gap
    std::map<std::int64_t, std::vector<Known>> known_; // by the index of the entry, one for each term
    // What the server has committed, and what it goes by, it tells in the same event, but later.
    std::optional<Doubt> doubt_;
    std::optional<sim::Finding> voteless_;
};

// A snapshot has the entries that are committed. What is behind stays if the log goes on there.
void Changes::on_restore(const Observation& seen) {
    Server& server = grown(servers_, seen.host);
    const auto last = static_cast<std::uint64_t>(field(seen, 0));
    if (last == 0 || last > committed_.size()) return; // another monitor objects
    server.commit = server.restored = field(seen, 0);
    if (server.term_at(field(seen, 0)) == field(seen, 1)) return;
    server.terms.assign(committed_.begin(), committed_.begin() + static_cast<std::ptrdiff_t>(last));
}

void Changes::on_commit(const Observation& seen) {
    Server& server = grown(servers_, seen.host);
    server.commit = field(seen, 0);
    if (static_cast<std::uint64_t>(server.commit) == committed_.size() + 1) committed_.push_back(field(seen, 1));
    if (doubt_ && field(seen, 1) >= doubt_->term && server.commit >= doubt_->index) doubt_.reset(); // it is this server
    if (!server.leads || !object_to) return;
    const InForce& now = server.goes_by.back();
    if (!now.electorate.outgoing.empty()) {
        if (server.commit != now.since) return;
        object_to({"raft.joint_left", "stays joint", "a leader that has committed a joint configuration leaves it",
                   at(seen) + " has committed entry " + number(now.since) + ", by which it goes by " +
                       words_of(now.electorate) + ", and has appended no configuration that ends this",
                   seen.time, seen.event});
        return;
    }
    if (server.commit < now.since || now.electorate.is_voter(server.member)) return;
    object_to({"raft.removed_leader", "leads without a vote", "a leader that is no voter leads until that is committed",
               at(seen) + " leads term " + number(server.term) + ", has committed entry " + number(server.commit) +
                   ", and is no voter since entry " + number(now.since),
               seen.time, seen.event});
}

// It asks for votes.
void Changes::on_voted(const Observation& seen) {
    const Server& server = grown(servers_, seen.host);
    if (field(seen, 1) != server.member || server.may_campaign()) return;
    voteless_ = {"raft.candidate_votes",
                 "campaigned without a vote",
                 "who campaigns has a vote",
                 at(seen) + " stands for election in term " + number(field(seen, 0)) + ", and goes by " +
                     words_of(server.goes_by.back().electorate),
                 seen.time,
                 seen.event};
}

// The last one that is in force there; null: nobody has told one.
const Changes::Known* Changes::known_at(const Server& server, std::int64_t index) const {
    for (auto each = known_.upper_bound(index); each != known_.begin();) {
        --each;
        for (const Known& known : each->second)
            if (server.term_at(each->first) == known.term) return &known;
    }
    return nullptr;
}

// The entry that it is in force from was told by its first server; a snapshot brings what is in force at its end.
void Changes::compare(const Observation& seen, const Server& server, std::int64_t index, const Electorate& electorate) {
    const Known* known = known_at(server, index);
    const std::int64_t term = server.term_at(index) != 0 ? server.term_at(index) : server.term;
    const bool is_entry = index > server.restored;
    const auto& there = known_[index];
    const auto is_same = [&](const Known& each) { return each.term == term; };
    const bool is_told = std::any_of(there.begin(), there.end(), is_same);
    if (known == nullptr || (is_entry && !is_told)) {
        known_[index].push_back({term, electorate, said_now(seen)});
        return;
    }
    if (known->electorate == electorate || !object_to) return;
    object_to({"raft.configuration_matching", "configurations differ",
               "at one place of the log all servers go by the same configuration",
               at(seen) + " goes by " + words_of(electorate) + " after " + entry_of(index, term) + ", and " +
                   in_words(known->by) + " by " + words_of(known->electorate),
               seen.time, seen.event});
}

// An entry of its term that is not in its log as it told it is one that it has appended just now.
void Changes::on_configuration(const Observation& seen) {
    Server& server = grown(servers_, seen.host);
    const std::int64_t index = field(seen, 3);
    const std::int64_t before = server.goes_by.back().since;
    std::erase_if(server.goes_by, [&](const InForce& each) { return each.since >= index; });
    server.goes_by.push_back({index, electorate_of(seen)});
    if (voteless_ && server.may_campaign()) voteless_.reset(); // of this event, and so of this server
    const std::int64_t term = server.term_at(index);
    if (index < 1 || (term == 0 && !server.leads)) return;
    compare(seen, server, index, electorate_of(seen));
    const bool is_own = server.leads && (term == 0 || term == server.term);
    if (is_own && index > server.restored) check_change(seen, server, before);
}

// By who leads. The configuration before is in force from the entry `before` on.
void Changes::check_change(const Observation& seen, const Server& server, std::int64_t before) {
    const bool is_of_term = server.term_at(server.commit) == server.term;
    if (is_of_term && before <= server.commit) return;
    const std::string text = at(seen) + " leads term " + number(server.term) + ", has committed " +
                             (server.commit == 0 ? std::string("nothing")
                                                 : "up to " + entry_of(server.commit, server.term_at(server.commit))) +
                             ", and appended entry " + number(server.goes_by.back().since) + ": " +
                             words_of(server.goes_by.back().electorate);
    if (is_of_term)
        doubt_ = {{"raft.one_change", "changed twice",
                   "who changes the membership has committed the configuration before", text, seen.time, seen.event},
                  0,
                  before};
    else
        doubt_ = {{"raft.change_by_own_term", "changed too early",
                   "who changes the membership has committed an entry of its term", text, seen.time, seen.event},
                  server.term,
                  0};
}

} // namespace

std::unique_ptr<sim::Monitor> configuration_monitor() { return std::make_unique<Changes>(); }

} // namespace orrery::raft

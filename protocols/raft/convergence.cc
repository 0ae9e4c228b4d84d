// When all is over - nothing has gone wrong for a while, and the run has come to its end - every member has applied
// what one of them had applied a while ago. Who is still moving is on its way: a log may be long. What is younger than
// that - a late leader opens its term with an entry that nobody asked for - may still be on its way to others. Who was
// no member in somebody's configuration a while ago may have come in only now.
#include <algorithm>
#include <deque>
#include <utility>
#include <vector>

#include "orrery/protocols/raft/electorate.h"
#include "orrery/protocols/raft/monitors.h"

namespace orrery::raft {
namespace {

using namespace observed;

constexpr std::int64_t quiet_timeouts = 5;     // the time of some elections, or of a hundred rounds
constexpr std::int64_t recovery_timeouts = 20; // in which who was down comes back and catches up

class Convergence final : public sim::Monitor {
public:
    std::string_view name() const override { return "raft.convergence"; }
    std::vector<std::string_view> watches() const override { return {"raft."}; }
    void observe(const Observation& seen) override {
        calm_.observe(seen);
        if (seen.kind == Observation::Kind::boot) {
            Replica& replica = grown(replicas_, seen.host);
            replica.applied = 0;
            replica.moved = seen.time;
            replica.has_started = false;
            replica.goes_by = {};
        }
        if (seen.kind != Observation::Kind::note) return;
        Replica& replica = grown(replicas_, seen.host);
        switch (name_of(seen)) {
        case sim::name_hash("raft.start"):
            replica.name = at(seen);
            replica.member = field(seen, 0);
            replica.has_started = true;
            timeout_ = std::max(timeout_, length(seen, 4));
            return;
        case sim::name_hash("raft.apply"):
            replica.applied = field(seen, 0);
            replica.moved = seen.time;
            if (most_.empty() || replica.applied > most_.back().index) on_first(seen);
            return;
        case sim::name_hash("raft.restore"): // by a snapshot
            replica.applied = std::max(replica.applied, field(seen, 0));
            replica.moved = seen.time;
            return;
        case sim::name_hash("raft.append"):
            replica.moved = seen.time;
            return;
        case sim::name_hash("raft.configuration"):
            on_configuration(seen, replica);
            return;
        default:
            return;
        }
    }
    void end(sim::WorldTime time) override {
        if (timeout_ == sim::Duration{} || !calm_.has_lasted(timeout_ * recovery_timeouts, time)) return;
        const sim::Duration quiet = timeout_ * quiet_timeouts;
        const auto is_old = [&](const Applied& each) { return time - each.said.time >= quiet; };
        const auto old = std::find_if(most_.rbegin(), most_.rend(), is_old);
        if (old == most_.rend()) return;
        for (const Replica& replica : replicas_) {
            if (replica.name.empty() || replica.applied >= old->index || time - replica.moved < quiet) continue;
            if (!most_by_.is_member(replica.member) || (replica.was_out && time - replica.out < quiet)) continue;
            const std::string has = replica.applied == 0 ? "nothing" : "up to " + number(replica.applied);
            if (object_to)
                object_to({"raft.convergence", "left behind",
                           "once all is quiet, every server has applied what one has",
                           replica.name + (replica.has_started ? " has applied " + has : " is up and takes no part") +
                               "; " + in_words(old->said) + " applied entry " + number(old->index),
                           time});
            return;
        }
    }

private:
    struct Replica {
        std::string name{}; // empty: not a server, or never started
        bool has_started = false;
        std::int64_t member = 0;
        std::int64_t applied = 0;
        sim::WorldTime moved{};
        Electorate goes_by{};
        bool was_out = false; // somebody went by a configuration without it ...
        sim::WorldTime out{}; // ... until then, at least
    };
    struct Applied {
        std::int64_t index = 0;
        Said said{};
    };
    // Nobody had applied it before. Of those that are old only the last can matter.
    void on_first(const Observation& seen) {
        most_by_ = replicas_[seen.host].goes_by;
        most_.push_back({field(seen, 0), said_now(seen)});
        while (most_.size() > 1 && seen.time - most_[1].said.time >= timeout_ * quiet_timeouts) most_.pop_front();
    }

    void on_configuration(const Observation& seen, Replica& replica) {
        const Electorate before = std::exchange(replica.goes_by, electorate_of(seen));
        for (Replica& each : replicas_) {
            if (before.is_member(each.member) && replica.goes_by.is_member(each.member)) continue;
            each.was_out = true;
            each.out = seen.time;
        }
    }

    Calm calm_;
    Electorate most_by_{};          // what the server goes by that has applied the most
    std::vector<Replica> replicas_; // by host
    sim::Duration timeout_{};       // the shortest that an election is waited for; zero: nobody has said
    std::deque<Applied> most_;      // each index that nobody had applied before, of late
};

} // namespace

std::unique_ptr<sim::Monitor> convergence_monitor() { return std::make_unique<Convergence>(); }

} // namespace orrery::raft

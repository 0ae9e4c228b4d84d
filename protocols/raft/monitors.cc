// The safety properties of the paper (figure 3), in one fold: what each server published of its log is kept once, and
// each note is looked at once.
// After a boot a server publishes its whole durable log again: a truncate from 1, and an append for every entry.
#include "orrery/protocols/raft/monitors.h"

#include <algorithm>
#include <map>

#include "orrery/protocols/raft/observed.h"

namespace orrery::raft {
namespace {

using namespace observed;

// `during`: the lowest term in which some server knew that the entry is committed. The leader that committed it led
// this term or an earlier one, so every leader of a later term must have the entry.
struct Committed {
    Known entry;
    std::int64_t during = 0;
    Said by{};
};

// An entry and the term of the one before it.
struct Link {
    std::int64_t term = 0;
    std::int64_t digest = 0;
    std::int64_t previous_term = 0;
    Said by{};
};

struct Server {
    std::vector<Known> log; // index 1 first
    bool leads = false;
    std::int64_t applied = 0;
    std::int64_t commit = 0;
    std::int64_t term = 0;
};

// Values by index of the log, in memory that grows with what was said and not with what indexes were named: those of a
// trace may be anything.
template <class T>
class ByIndex {
public:
    T& operator[](std::int64_t index) {
        const std::int64_t next = static_cast<std::int64_t>(dense_.size()) + 1;
        if (index < 1 || index > next) return far_[index];
        if (index == next) {
            const auto before = far_.extract(index); // named before those below it were
            dense_.push_back(before ? std::move(before.mapped()) : T{});
        }
        return dense_[static_cast<std::size_t>(index - 1)];
    }
    // First 1, 2, 3 and so on, then what stands apart, until `visit` returns false.
    template <class Visit>
    void until(Visit visit) const {
        std::int64_t index = 0;
        for (const T& value : dense_)
            if (!visit(++index, value)) return;
        for (const auto& [place, value] : far_)
            if (!visit(place, value)) return;
    }

private:
    std::vector<T> dense_; // index 1 first
    std::map<std::int64_t, T> far_;
};

class Safety final : public sim::Monitor {
public:
    std::string_view name() const override { return "raft"; }
    std::vector<std::string_view> watches() const override { return {"raft."}; }
    void observe(const Observation& seen) override {
        switch (seen.kind) {
        case Observation::Kind::note:
            on_note(seen);
            return;
        case Observation::Kind::state:
            on_state(seen);
            return;
        case Observation::Kind::boot: {
            Server& server = grown(servers_, seen.host);
            server.applied = server.commit = 0;
            server.leads = false;
            return;
        }
        default:
            return;
        }
    }

private:
    void on_note(const Observation& seen) {
        switch (name_of(seen)) {
        case new_machine.hash:
            grown(servers_, seen.host) = {};
            return;
        case sim::name_hash("raft.leader"):
            on_leader(seen);
            return;
        case sim::name_hash("raft.truncate"):
            on_truncate(seen);
            return;
        case sim::name_hash("raft.restore"):
            on_restore(seen);
            return;
        case sim::name_hash("raft.append"):
            on_append(seen);
            return;
        case sim::name_hash("raft.commit"):
            on_commit(seen);
            return;
        case sim::name_hash("raft.apply"):
            on_apply(seen);
            return;
        default:
            return;
        }
    }
    void on_state(const Observation& seen);
    void on_leader(const Observation& seen);
    void on_truncate(const Observation& seen);
    void on_restore(const Observation& seen);
    void on_append(const Observation& seen);
    void on_commit(const Observation& seen);
    void on_apply(const Observation& seen);
    // Each property objects under its own name.
    void violated(const Observation& seen, const char* property, const char* kind, const char* rule, std::string text) {
        if (object_to) object_to({property, kind, rule, std::move(text), seen.time, seen.event});
    }

    std::vector<Server> servers_;                                           // by host
    std::map<std::int64_t, std::pair<std::string, std::uint64_t>> leaders_; // by term: host and boot
    ByIndex<std::vector<Link>> entries_;                                    // one for each term
    ByIndex<Committed> committed_;
    ByIndex<std::pair<Known, Said>> applied_;
};

// A server publishes its term when it should be durable, so that not even a loss of power may take it back.
void Safety::on_state(const Observation& seen) {
    Server& server = grown(servers_, seen.host);
    if (seen.name == "raft.role") server.leads = seen.fields[0].text == "leader";
    if (seen.name != "raft.term") return;
    const std::int64_t term = field(seen, 0);
    if (term < server.term)
        violated(seen, "raft.monotonic_term", "term fell", "the term of a server never falls",
                 at(seen) + " is in term " + number(term) + ", and had said that it was in term " +
                     number(server.term));
    server.term = term;
}

void Safety::on_leader(const Observation& seen) {
    const std::int64_t term = field(seen, 0);
    const auto [found, fresh] = leaders_.try_emplace(term, at(seen), seen.boot);
    if (!fresh && found->second.second != seen.boot)
        violated(seen, "raft.election_safety", "two leaders", "a term has at most one leader",
                 at(seen) + " and " + found->second.first + " both lead term " + number(term));
    const std::vector<Known>& log = grown(servers_, seen.host).log;
    committed_.until([&](std::int64_t index, const Committed& committed) {
        const auto& [entry, during, by] = committed;
        const auto place = static_cast<std::uint64_t>(index) - 1;
        if (entry.term == 0 || during >= term || (place < log.size() && log[place] == entry)) return true;
        violated(seen, "raft.leader_completeness", "committed entry missing",
                 "a leader has every entry committed in earlier terms",
                 at(seen) + " leads term " + number(term) + " without " + entry_of(index, entry.term) + ", which " +
                     in_words(by) + " knew to be committed");
        return false;
    });
}

void Safety::on_truncate(const Observation& seen) {
    Server& server = grown(servers_, seen.host);
    const std::uint64_t keep = static_cast<std::uint64_t>(field(seen, 0)) - 1; // from 0 on is from nowhere on
    if (keep >= server.log.size()) return;
    if (server.leads)
        violated(seen, "raft.leader_append_only", "leader truncated",
                 "a leader never overwrites or deletes entries of its log",
                 at(seen) + " truncated its log from " + number(field(seen, 0)) + " while leading");
    server.log.resize(keep);
}

// A snapshot has the entries up to its index, which are those that are committed. What is behind stays if the log goes
// on there.
void Safety::on_restore(const Observation& seen) {
    Server& server = grown(servers_, seen.host);
    const std::int64_t index = field(seen, 0);
    const std::int64_t term = field(seen, 1);
    const auto place = static_cast<std::uint64_t>(index);
    if (committed_[index].entry.term != term) {
        violated(seen, "raft.snapshot_committed", "snapshot of what is not committed",
                 "the last entry of a snapshot is committed",
                 at(seen) + " goes on behind a snapshot up to " + entry_of(index, term) +
                     ", which nobody has committed");
        return;
    }
    if (server.log.size() < place || server.log[place - 1].term != term) {
        server.log.clear();
        committed_.until([&](std::int64_t each, const Committed& committed) {
            if (each > index || static_cast<std::uint64_t>(each) != server.log.size() + 1) return false;
            server.log.push_back(committed.entry);
            return true;
        });
    }
    server.applied = server.commit = index;
}

void Safety::on_append(const Observation& seen) {
    const std::int64_t term = field(seen, 1);
    const std::int64_t digest = field(seen, 2);
    std::vector<Known>& log = grown(servers_, seen.host).log;
    const std::int64_t previous_term = log.empty() ? 0 : log.back().term;
    log.push_back({term, digest});
    std::vector<Link>& links = entries_[field(seen, 0)];
    for (const Link& link : links) {
        if (link.term != term) continue;
        if (link.digest != digest || link.previous_term != previous_term)
            violated(seen, "raft.log_matching", "logs differ",
                     "entries of one index and term, and all before them, are the same",
                     at(seen) + " has another " + entry_of(field(seen, 0), term) + " than " + in_words(link.by) +
                         (link.previous_term == previous_term ? std::string()
                                                              : ": behind one of term " + number(previous_term) +
                                                                    ", not of term " + number(link.previous_term)));
        return;
    }
    links.push_back({term, digest, previous_term, said_now(seen)});
}

void Safety::on_commit(const Observation& seen) {
    const std::int64_t index = field(seen, 0);
    std::int64_t& last = grown(servers_, seen.host).commit;
    if (index <= last)
        violated(seen, "raft.monotonic_commit", "commit fell", "the commit index of a boot never falls",
                 at(seen) + " committed " + number(index) + " after " + number(last));
    const bool fell = index <= last;
    last = index;
    if (fell) return;
    Committed& known = committed_[index];
    const std::int64_t during = std::max(field(seen, 1), grown(servers_, seen.host).term);
    if (known.entry.term == 0) known = {{field(seen, 1), field(seen, 2)}, during, said_now(seen)};
    known.during = std::min(known.during, during);
}

void Safety::on_apply(const Observation& seen) {
    const std::int64_t index = field(seen, 0);
    std::int64_t& last = grown(servers_, seen.host).applied;
    if (static_cast<std::uint64_t>(index) != static_cast<std::uint64_t>(last) + 1)
        violated(seen, "raft.state_machine_safety", "applied out of order",
                 "entries are applied in the order of their indices",
                 at(seen) + " applied " + number(index) + " after " + number(last));
    last = index;
    auto& [known, by] = applied_[index];
    if (known.term == 0) {
        known = {field(seen, 1), field(seen, 2)};
        by = said_now(seen);
    }
    if (known.digest == field(seen, 2)) return;
    violated(seen, "raft.state_machine_safety", "replicas differ",
             "no two servers apply different commands at one index",
             at(seen) + " applied " + entry_of(index, field(seen, 1)) + ", and " + in_words(by) + " " +
                 entry_of(index, known.term) + " with another command");
}

} // namespace

std::unique_ptr<sim::Monitor> safety_monitor() { return std::make_unique<Safety>(); }

std::vector<sim::MonitorFactory> monitors() {
    return {safety_monitor, lemma_monitor, availability_monitor, convergence_monitor};
}

std::vector<sim::MonitorFactory> changing_monitors() {
    return {safety_monitor, changing_lemma_monitor, configuration_monitor, changing_availability_monitor,
            convergence_monitor};
}

} // namespace orrery::raft

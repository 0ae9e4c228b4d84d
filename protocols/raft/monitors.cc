// Each monitor keeps the least that its property needs. What a node has durably is told anew after
// each boot: a truncate from 1 and an append for every entry.
#include "orrery/protocols/raft/monitors.h"

#include <map>

namespace orrery::raft {
namespace {

using sim::Observation;

bool is_note(const Observation& seen, std::string_view name) {
    return seen.kind == Observation::Kind::note && seen.name == name;
}
std::int64_t field(const Observation& seen, std::size_t index) { return seen.fields[index].integer; }
std::string at(const Observation& seen) { return std::string(seen.host_name); }
std::string number(std::int64_t value) { return std::to_string(value); }

class ElectionSafety final : public sim::Monitor {
public:
    std::string_view name() const override { return "raft.election_safety"; }
    void observe(const Observation& seen) override {
        if (!is_note(seen, "raft.leader")) return;
        const auto [found, fresh] = leaders_.try_emplace(field(seen, 0), at(seen), seen.boot);
        if (fresh || found->second.second == seen.boot) return;
        object(seen, "two leaders", "a term has at most one leader",
               at(seen) + " and " + found->second.first + " both lead term " + number(field(seen, 0)));
    }

private:
    std::map<std::int64_t, std::pair<std::string, std::uint64_t>> leaders_;
};

struct Known {
    std::int64_t term = 0;
    std::int64_t digest = 0;
    bool operator==(const Known&) const = default;
};

// What each node has in its log, as it told.
class Logs {
public:
    void observe(const Observation& seen) {
        std::vector<Known>& log = logs_[seen.host];
        if (is_note(seen, "raft.truncate")) {
            const auto keep = static_cast<std::size_t>(field(seen, 0) - 1);
            if (keep < log.size()) log.resize(keep);
        } else if (is_note(seen, "raft.append")) {
            log.push_back({field(seen, 1), field(seen, 2)});
        }
    }
    const std::vector<Known>& of(std::uint32_t host) { return logs_[host]; }

private:
    std::map<std::uint32_t, std::vector<Known>> logs_;
};

class LeaderAppendOnly final : public sim::Monitor {
public:
    std::string_view name() const override { return "raft.leader_append_only"; }
    void observe(const Observation& seen) override {
        if (seen.kind == Observation::Kind::state && seen.name == "raft.role")
            leads_[seen.host] = seen.fields[0].text == "leader";
        if (seen.kind == Observation::Kind::crash) leads_[seen.host] = false;
        if (is_note(seen, "raft.truncate") && leads_[seen.host] &&
            field(seen, 0) <= static_cast<std::int64_t>(logs_.of(seen.host).size()))
            truncated_[seen.host] = field(seen, 0);
        logs_.observe(seen);
        // The state is told after the log, so that a leader that has just stepped down is not blamed.
        const auto found = truncated_.find(seen.host);
        if (found == truncated_.end() || seen.kind != Observation::Kind::state || seen.name != "raft.role") return;
        if (leads_[seen.host])
            object(seen, "leader truncated", "a leader never overwrites or deletes entries of its log",
                   at(seen) + " truncated its log from " + number(found->second) + " while leading");
        truncated_.erase(found);
    }

private:
    std::map<std::uint32_t, bool> leads_;
    std::map<std::uint32_t, std::int64_t> truncated_;
    Logs logs_;
};

class LogMatching final : public sim::Monitor {
public:
    std::string_view name() const override { return "raft.log_matching"; }
    void observe(const Observation& seen) override {
        const bool append = is_note(seen, "raft.append");
        const std::vector<Known>& log = logs_.of(seen.host);
        const std::int64_t previous = append && !log.empty() ? log.back().term : 0;
        logs_.observe(seen);
        if (!append) return;
        const Fact fact{field(seen, 2), previous};
        const auto [found, fresh] = entries_.try_emplace({field(seen, 0), field(seen, 1)}, fact);
        if (fresh || found->second == fact) return;
        object(seen, "logs differ", "entries of one index and term, and all before them, are the same",
               at(seen) + " has another entry at index " + number(field(seen, 0)) + " of term " + number(field(seen, 1)));
    }

private:
    struct Fact {
        std::int64_t digest = 0;
        std::int64_t previous_term = 0;
        bool operator==(const Fact&) const = default;
    };
    std::map<std::pair<std::int64_t, std::int64_t>, Fact> entries_;
    Logs logs_;
};

class LeaderCompleteness final : public sim::Monitor {
public:
    std::string_view name() const override { return "raft.leader_completeness"; }
    void observe(const Observation& seen) override {
        logs_.observe(seen);
        if (is_note(seen, "raft.commit")) committed_.try_emplace(field(seen, 0), Known{field(seen, 1), field(seen, 2)});
        if (!is_note(seen, "raft.leader")) return;
        const std::vector<Known>& log = logs_.of(seen.host);
        for (const auto& [index, known] : committed_) {
            if (known.term >= field(seen, 0)) continue;
            const auto place = static_cast<std::size_t>(index - 1);
            if (place < log.size() && log[place] == known) continue;
            object(seen, "committed entry missing", "a leader has every entry committed in earlier terms",
                   at(seen) + " leads term " + number(field(seen, 0)) + " without committed entry " + number(index));
            return;
        }
    }

private:
    Logs logs_;
    std::map<std::int64_t, Known> committed_;
};

class StateMachineSafety final : public sim::Monitor {
public:
    std::string_view name() const override { return "raft.state_machine_safety"; }
    void observe(const Observation& seen) override {
        if (seen.kind == Observation::Kind::boot) applied_[seen.host] = 0;
        if (!is_note(seen, "raft.apply")) return;
        std::int64_t& last = applied_[seen.host];
        if (field(seen, 0) != last + 1)
            object(seen, "applied out of order", "entries are applied in the order of their indices",
                   at(seen) + " applied " + number(field(seen, 0)) + " after " + number(last));
        last = field(seen, 0);
        const auto [found, fresh] = commands_.try_emplace(field(seen, 0), field(seen, 2));
        if (fresh || found->second == field(seen, 2)) return;
        object(seen, "replicas differ", "no two servers apply different commands at one index",
               at(seen) + " applied another command at index " + number(field(seen, 0)));
    }

private:
    std::map<std::uint32_t, std::int64_t> applied_;
    std::map<std::int64_t, std::int64_t> commands_;
};

// The term is told once it should be durable, so that not even a loss of power may take it back.
class MonotonicTerm final : public sim::Monitor {
public:
    std::string_view name() const override { return "raft.monotonic_term"; }
    void observe(const Observation& seen) override {
        if (seen.kind != Observation::Kind::state || seen.name != "raft.term") return;
        std::int64_t& last = terms_[seen.host];
        if (seen.fields[0].integer < last)
            object(seen, "term fell", "the term of a server never falls",
                   at(seen) + " is in term " + number(seen.fields[0].integer) + " after term " + number(last));
        last = seen.fields[0].integer;
    }

private:
    std::map<std::uint32_t, std::int64_t> terms_;
};

class MonotonicCommit final : public sim::Monitor {
public:
    std::string_view name() const override { return "raft.monotonic_commit"; }
    void observe(const Observation& seen) override {
        if (seen.kind == Observation::Kind::boot) commits_[seen.host] = 0;
        if (!is_note(seen, "raft.commit")) return;
        std::int64_t& last = commits_[seen.host];
        if (field(seen, 0) <= last)
            object(seen, "commit fell", "the commit index of a boot never falls",
                   at(seen) + " committed " + number(field(seen, 0)) + " after " + number(last));
        last = field(seen, 0);
    }

private:
    std::map<std::uint32_t, std::int64_t> commits_;
};

template <class M>
std::unique_ptr<sim::Monitor> make() {
    return std::make_unique<M>();
}

} // namespace

std::vector<sim::MonitorFactory> monitors() {
    return {make<ElectionSafety>,     make<LeaderAppendOnly>, make<LogMatching>,    make<LeaderCompleteness>,
            make<StateMachineSafety>, make<MonotonicTerm>,    make<MonotonicCommit>};
}

} // namespace orrery::raft

// The causal past of every access is a number a client: how many of its accesses are in it.
#include <algorithm>
#include <map>

#include "orrery/reports/judges/sessions/report.h"
#include "orrery/reports/judges/sessions/sessions.h"
#include "orrery/sim/check.h"

namespace orrery::reports::judges::sessions {
namespace {

class Causality {
public:
    explicit Causality(const Accesses& accesses)
        : accesses_(accesses), causes_(static_cast<std::uint32_t>(accesses.all.size())),
          clients_(accesses.clients.size()) {
        for (const auto& client : accesses.clients)
            for (std::size_t turn = 1; turn < client.size(); ++turn)
                causes_.add(client[turn - 1], client[turn], "one client did both, this one first");
        for (std::uint32_t each = 0; each < accesses.all.size(); ++each)
            if (accesses.all[each].source != no_access)
                causes_.add(accesses.all[each].source, each, "the other read what this one wrote");
    }
    // What the clocks take, which is nearly all.
    std::size_t bytes() const { return accesses_.all.size() * clients_ * sizeof(clocks_[0]); }

    void judge(Verdict& verdict) {
        if (const auto cycle = causes_.cycle(); !cycle.empty())
            return report_cycle(verdict, accesses_, cycle, "cyclic causality",
                                "each of these operations causally precedes the next, and the last the first");
        make_clocks();
        Precedence conflicts = causes_;
        for (std::uint32_t each = 0; each < accesses_.all.size(); ++each)
            if (accesses_.all[each].reads) judge_read(each, conflicts, verdict);
        if (verdict.violated()) return;
        if (const auto cycle = conflicts.cycle(); !cycle.empty())
            report_cycle(verdict, accesses_, cycle, "cyclic conflicts", "no order of the writes agrees with all reads");
    }

private:
    // For each access and client: how many turns of that client precede it.
    std::uint32_t& clock(std::uint32_t access, std::size_t client) { return clocks_[access * clients_ + client]; }

    void make_clocks() {
        clocks_.assign(accesses_.all.size() * clients_, 0);
        writes_.resize(clients_);
        for (std::uint32_t each = 0; each < accesses_.all.size(); ++each) {
            const Access& access = accesses_.all[each];
            if (access.writes) writes_[access.client][access.key].push_back(each);
        }
        const std::vector<std::uint32_t> order = causes_.order();
        CHECK(order.size() == accesses_.all.size()); // there is no cycle
        for (const std::uint32_t each : order) {
            const Access& access = accesses_.all[each];
            if (access.turn > 0) join(each, accesses_.clients[access.client][access.turn - 1]);
            if (access.source != no_access) join(each, access.source);
        }
    }
    void join(std::uint32_t each, std::uint32_t cause) {
        for (std::size_t client = 0; client < clients_; ++client)
            clock(each, client) = std::max(clock(each, client), clock(cause, client));
        const Access& access = accesses_.all[cause];
        clock(each, access.client) = std::max(clock(each, access.client), access.turn + 1);
    }
    bool precedes(std::uint32_t a, std::uint32_t b) {
        return clock(b, accesses_.all[a].client) > accesses_.all[a].turn;
    }

    // Of each client's writes to the key only the latest that precedes the read counts: what precedes an earlier
    // one precedes it too.
    void judge_read(std::uint32_t each, Precedence& conflicts, Verdict& verdict) {
        const Access& read = accesses_.all[each];
        if (std::binary_search(accesses_.from_nowhere.begin(), accesses_.from_nowhere.end(), each)) return;
        for (std::size_t client = 0; client < clients_; ++client) {
            const auto of_key = writes_[client].find(read.key);
            if (of_key == writes_[client].end()) continue;
            const auto& writes = of_key->second;
            const auto after = std::partition_point(writes.begin(), writes.end(), [&](std::uint32_t write) {
                return accesses_.all[write].turn < clock(each, client);
            });
            if (after == writes.begin()) continue;
            const std::uint32_t write = *(after - 1);
            if (write == read.source) continue;
            if (read.source == no_access)
                object_to(verdict, "read of the initial value", {write, each},
                          "what was there at the start was read after something had been written that causally "
                          "precedes the read");
            else if (precedes(read.source, write))
                object_to(verdict, "read of what was overwritten", {read.source, write, each},
                          "what was read had been overwritten in the causal past of the read");
            else
                conflicts.add(write, read.source, "a read that it precedes saw the other");
        }
    }
    void object_to(Verdict& verdict, std::string kind, const std::vector<std::uint32_t>& accesses, std::string story) {
        std::vector<std::size_t> calls;
        for (const std::uint32_t each : accesses) calls.push_back(accesses_.all[each].call);
        verdict.outcome = Verdict::Outcome::violated;
        if (verdict.anomalies.size() < 64)
            verdict.anomalies.push_back({std::move(kind), {}, std::move(calls), {}, std::move(story)});
    }

    const Accesses& accesses_;
    Precedence causes_;
    std::size_t clients_;
    std::vector<std::uint32_t> clocks_;
    std::vector<std::map<std::uint32_t, std::vector<std::uint32_t>>> writes_; // of each client, by key, in its order
};

} // namespace

Verdict judge_causal(const Case& given) {
    auto read = accesses_of(given);
    if (!read) return cannot_judge(read.complaint());
    Accesses& accesses = *read;
    std::sort(accesses.from_nowhere.begin(), accesses.from_nowhere.end());
    Verdict verdict = verdict_so_far(accesses, given);
    if (verdict.blocked) return verdict;
    Causality causality(accesses);
    if (causality.bytes() > given.options.memory) {
        verdict.outcome = Verdict::Outcome::undecided;
        verdict.blocked.emplace();
        verdict.blocked->suggestions = {"fewer clients: a clock of each is kept for every operation"};
        blame_memory(*verdict.blocked, given.options.memory);
        return verdict;
    }
    causality.judge(verdict);
    return verdict;
}

} // namespace orrery::reports::judges::sessions

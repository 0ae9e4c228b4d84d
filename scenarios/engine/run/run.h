// A run: one seed as a function. A RunInput goes in, a RunResult comes out; no file, no text and no other process
// takes part, and one call leaves nothing behind for the next: ten thousand of them may follow one another.
//
//     RunInput input = input_of(*find_scenario("raft-kv"), 7);
//     const sim::Checked<RunResult> result = run(input);
//
// The same input gives the same result wherever it runs. Replay, search and shrinking all edit the input and run it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "orrery/faults/plan.h"
#include "orrery/reports/history.h"
#include "orrery/reports/trace/row.h"
#include "orrery/reports/verdict.h"
#include "orrery/scenarios/engine/run/spent_budget.h"
#include "orrery/scenarios/scenario.h"
#include "orrery/sim/complaint.h"
#include "orrery/sim/world/trace.h"
#include "orrery/sim/world/world.h"

namespace orrery::scenarios::engine {

// Operation `number` of a client.
struct ClientOperation {
    std::uint64_t client = 0;
    std::uint64_t number = 0;
    auto operator<=>(const ClientOperation&) const = default;
};

// An operation that is written out: when it is invoked, and what it asks. Without words its client draws that.
struct Invocation {
    sim::WorldTime time{};
    std::optional<reports::models::Words> words{};
    bool operator==(const Invocation&) const = default;
};

// Every draw at a site has the same outcome: see sim::FixedDraw.
struct FixedSite {
    std::string site;
    std::string host; // empty: on every host that has none of its own
    std::uint32_t percent = 0;
    bool operator==(const FixedSite&) const = default;
};

struct RunInput {
    const Scenario* scenario = nullptr;
    sim::Settings settings; // every setting of the scenario has a value
    std::uint64_t seed = 1;
    std::optional<faults::Plan> plan; // none: it is drawn from the seed, see plan_of
    std::vector<sim::Override> overrides;
    std::vector<FixedSite> fixed;
    std::vector<sim::Reseed> reseeds;
    std::set<ClientOperation> skipped; // are not invoked
    // If given, nothing but these is invoked, each at its time, or when the client's one before it is over.
    std::optional<std::map<ClientOperation, Invocation>> operations;
    std::set<std::string, std::less<>> chosen{}; // settings that someone chose: the seed does not draw them
};

enum class RunVerdict : std::uint8_t { passed, violated, undecided };
std::string_view name(RunVerdict verdict);

// One event of a run: its identity, and the digest of the world when it began.
struct LoggedEvent {
    std::uint64_t event = 0;
    std::uint64_t digest = 0;
    bool operator==(const LoggedEvent&) const = default;
};

struct RunResult {
    RunVerdict verdict = RunVerdict::passed;
    std::vector<sim::Finding> findings; // the earliest first
    std::string undecided;              // for people: why a judge did not decide
    std::optional<SpentBudget> spent;   // of a run that did not come to its end
    faults::Plan plan;                  // that was armed
    reports::History history;
    reports::Verdict judgement; // of the history
    std::vector<std::string> hosts;
    std::vector<sim::world::Checkpoint> checkpoints;
    std::uint64_t digest = 0;
    std::uint64_t events = 0;
    sim::WorldTime time{};
    std::uint64_t answered = 0;                              // operations that returned a value
    std::uint64_t refused = 0;                               // operations that certainly had no effect
    std::uint64_t unknown = 0;                               // operations that nobody knows to have had one or not
    std::uint64_t notes = 0;                                 // of the kind that the scenario's least work counts
    std::map<std::string, std::uint64_t, std::less<>> goals; // how often each that was reached was
    std::map<sim::world::FaultId, sim::world::Efficacy> efficacies;
    std::vector<sim::Override> unmet;              // overrides that met no draw
    reports::trace::Recording recording;           // if it was asked for
    std::vector<LoggedEvent> log;                  // if it was asked for
    std::vector<sim::world::StruckMessage> struck; // if it was asked for
    std::vector<FixedSite> sites;                  // at which hosts drew, if it was asked for; what is fixed as it is
    std::vector<std::string> points;               // the fault points that were reached, if it was asked for

    // Of the finding that counts; empty if there is none.
    std::string fingerprint() const { return findings.empty() ? std::string{} : findings.front().fingerprint(); }
    // For people; empty if nothing is undecided.
    std::string why_undecided() const { return spent ? spent->text() : undecided; }
    sim::world::Efficacy efficacy(sim::world::FaultId fault) const;
    std::uint64_t effective_faults() const;
};

// What is called while a run happens. Nothing that these do may change the run.
struct Watcher {
    std::function<void(const sim::Observation&)> observe{};
    std::function<void(const sim::world::Event&)> at_event{}; // as each event begins
    // What a client asks and what becomes of it, as the history has it.
    std::function<void(const reports::Entry&, sim::world::HostIndex client)> at_entry{};
    // The same, as rows and as the steps between them: see reports/trace/row.h.
    std::function<void(const reports::trace::Row&)> at_row{};
    std::function<void(const reports::trace::Step&)> at_step{};
    std::function<void(sim::world::World&)> at_start{}; // before the first event
    std::function<void()> at_end{};                     // after the last, before the judges
};

struct RunOptions {
    Watcher watcher{};
    std::uint64_t stop_at_event = 0;              // the run ends when this event is over; 0: at its own end
    std::optional<sim::WorldTime> record_until{}; // hands out what was observed up to then
    std::uint64_t log_from = 0;                   // hands out the identities of the events from this number on ...
    std::uint64_t log_to = 0;                     // ... up to this one; none if it is 0
    // Hands out each message that was struck, or that a rate or a dropping cut changed, in the order in which that
    // happened. Written as single faults (faults/kinds/single.h) in place of the rates and cuts, they give the same
    // run.
    bool record_struck = false;
    bool record_sites = false;         // hands out at which sites which hosts drew
    bool record_points = false;        // hands out which fault points were reached
    bool is_sound = false;             // the scenario was seen to have no problem: of a run like one before
    sim::StackArena* stacks = nullptr; // for who plays many short runs: stacks that were in use cost no page faults
};

// Complains if the plan does not fit the scenario. A run that spends its budget of events is played once more, to see
// what its last events were. A run whose clients were answered what no order of their operations explains ends with the
// event in which the first such answer was returned: it is found at the end, and the run is repeated up to there. The
// watcher sees the observations and events of the first of the two.
sim::Checked<RunResult> run(const RunInput& input, const RunOptions& options = {});

} // namespace orrery::scenarios::engine

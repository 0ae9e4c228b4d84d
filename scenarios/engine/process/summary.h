// Summary: what a child tells its parent about its run, and what verbs tell people.
#pragma once

#include <string>
#include <tuple>
#include <vector>

#include "orrery/scenarios/engine/run/run.h"
#include "orrery/sim/codec.h"

namespace orrery::scenarios::engine {

struct FindingRecord {
    std::string fingerprint;
    std::string text;
    std::int64_t time = 0;
    std::uint64_t event = 0; // identity of the event at which it was found; 0: after the end
    static constexpr auto members() {
        return std::tuple{sim::member("fingerprint", &FindingRecord::fingerprint),
                          sim::member("text", &FindingRecord::text), sim::member("time", &FindingRecord::time),
                          sim::member("event", &FindingRecord::event)};
    }
};

struct FaultRecord {
    std::uint64_t id = 0; // in the plan
    std::string line;     // as in the plan; empty in a brief summary
    std::string kind;
    std::uint64_t armed = 0;
    std::uint64_t fired = 0;
    std::uint64_t effective = 0;
    static constexpr auto members() {
        return std::tuple{sim::member("id", &FaultRecord::id),       sim::member("line", &FaultRecord::line),
                          sim::member("kind", &FaultRecord::kind),   sim::member("armed", &FaultRecord::armed),
                          sim::member("fired", &FaultRecord::fired), sim::member("effective", &FaultRecord::effective)};
    }
};

// Brief: what a sweep counts of a seed that passed. What did not pass is always told whole.
enum class Detail : std::uint8_t { brief, whole };

struct Summary {
    std::uint64_t seed = 0;
    RunVerdict verdict = RunVerdict::passed;
    std::vector<FindingRecord> findings; // the earliest first
    std::string undecided;
    std::string story; // as the watcher tells it; else empty
    std::string repro; // whole text; empty in a brief summary
    std::string error; // the input did not fit the scenario
    std::string lost;  // nothing is known of the run: its process was killed from outside
    std::vector<FaultRecord> faults;
    std::vector<std::string> goals; // that were reached
    std::vector<std::string> unmet; // overrides that met no draw
    std::uint64_t digest = 0;
    std::uint64_t events = 0;
    std::uint64_t answered = 0;
    std::uint64_t gave_up = 0; // keys that were judged only afterwards
    std::uint64_t notes = 0;
    std::uint64_t effective = 0; // faults that took effect
    static constexpr auto members() {
        return std::tuple{sim::member("seed", &Summary::seed),          sim::member("verdict", &Summary::verdict),
                          sim::member("findings", &Summary::findings),  sim::member("undecided", &Summary::undecided),
                          sim::member("story", &Summary::story),        sim::member("repro", &Summary::repro),
                          sim::member("error", &Summary::error),        sim::member("lost", &Summary::lost),
                          sim::member("faults", &Summary::faults),      sim::member("goals", &Summary::goals),
                          sim::member("unmet", &Summary::unmet),        sim::member("digest", &Summary::digest),
                          sim::member("events", &Summary::events),      sim::member("answered", &Summary::answered),
                          sim::member("gave_up", &Summary::gave_up),    sim::member("notes", &Summary::notes),
                          sim::member("effective", &Summary::effective)};
    }
    // Of the finding that counts; empty if there is none.
    std::string fingerprint() const { return findings.empty() ? std::string{} : findings.front().fingerprint; }
};

Summary summarise(const RunInput& input, const RunOutput& output, Detail detail);

} // namespace orrery::scenarios::engine

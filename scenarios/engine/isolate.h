// Isolation: a run in a forked child of a warm parent without threads, so that nothing leaks from
// one seed to the next, and a crash, an endless loop, an overflow or a sanitizer's report is a
// finding like any other.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "orrery/scenarios/engine/run.h"

namespace orrery::scenarios {

struct FindingRecord {
    std::string fingerprint;
    std::string text;
    std::int64_t time = 0;
    static constexpr auto members() {
        return std::tuple{sim::member("fingerprint", &FindingRecord::fingerprint), sim::member("text", &FindingRecord::text),
                          sim::member("time", &FindingRecord::time)};
    }
};

struct FaultRecord {
    std::string line; // as in the plan
    std::string kind;
    std::uint64_t armed = 0;
    std::uint64_t fired = 0;
    std::uint64_t effective = 0;
    static constexpr auto members() {
        return std::tuple{sim::member("line", &FaultRecord::line), sim::member("kind", &FaultRecord::kind),
                          sim::member("armed", &FaultRecord::armed), sim::member("fired", &FaultRecord::fired),
                          sim::member("effective", &FaultRecord::effective)};
    }
};

// What a child tells its parent about its run.
struct Summary {
    std::uint64_t seed = 0;
    Verdict verdict = Verdict::passed;
    std::vector<FindingRecord> findings; // the earliest first
    std::string undecided;
    std::string story; // as the watcher tells it; else empty
    std::string repro; // whole text
    std::string error; // the input did not fit the scenario
    std::vector<FaultRecord> faults;
    std::uint64_t digest = 0;
    std::uint64_t events = 0;
    std::uint64_t answered = 0;
    std::uint64_t notes = 0;
    std::uint64_t effective = 0; // faults that took effect
    static constexpr auto members() {
        return std::tuple{sim::member("seed", &Summary::seed),           sim::member("verdict", &Summary::verdict),
                          sim::member("findings", &Summary::findings),   sim::member("undecided", &Summary::undecided),
                          sim::member("story", &Summary::story),         sim::member("repro", &Summary::repro),
                          sim::member("error", &Summary::error),         sim::member("faults", &Summary::faults),
                          sim::member("digest", &Summary::digest),       sim::member("events", &Summary::events),
                          sim::member("answered", &Summary::answered),   sim::member("notes", &Summary::notes),
                          sim::member("effective", &Summary::effective)};
    }
};

Summary summarise(const RunInput& input, const RunOutput& output);

// A child that runs one input.
class Child {
public:
    static constexpr unsigned seconds_max = 120; // of processor time: beyond it, it loops

    void start(const RunInput& input, const Watcher& watcher = {});
    int descriptor() const { return descriptor_; }
    // Reads what is there; true once the child has ended.
    bool advance();
    // After advance has said true.
    Summary finish();

private:
    RunInput input_;
    pid_t process_ = -1;
    int descriptor_ = -1;
    std::string received_;
};

Summary run_isolated(const RunInput& input, const Watcher& watcher = {});

} // namespace orrery::scenarios

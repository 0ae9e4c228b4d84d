// Repros that somebody broke: each is refused with the line and the column of the wrong word and with what should stand
// there, and none is ever run as something else than it says.
#include "orrery/scenarios/engine/artifact/repro.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

namespace orrery::scenarios::engine {
namespace {

// Three replicas, four clients.
const std::string good = "orrery repro 1\n"
                         "scenario lazy-register\n"
                         "source 0123456789abcdef\n"
                         "seed 7\n"
                         "set clients=4\n"
                         "set duration=5s\n"
                         "override 11 12 0 1 3\n"
                         "reseed 1000 5\n"
                         "skip 3 2\n"
                         "operations 2\n"
                         "operation 0 0 500\n"
                         "operation 1 0 700\n"
                         "plan\n"
                         "f1 crash target=replica0 at=1s for=2s\n"
                         "end\n"
                         "expect violated linearizable/stale read/a rule\n"
                         "digest 0123456789abcdef\n"
                         "events 900\n"
                         "hosts replica0 replica1\n"
                         "checkpoint 256 1000 0123456789abcdef 0123456789abcdef\n"
                         "checkpoint 512 2000 0123456789abcdef 0123456789abcdef\n";

struct Case {
    const char* what;
    std::string from; // the first place where this stands ...
    std::string to;   // ... gets this
    std::string complaint;
};

const std::vector<Case> broken_as_files = {
    // Other files, and other versions.
    {"no repro", "orrery repro 1", "orrery history 1", "1:1: expected 'orrery repro 1' in the first line"},
    {"a newer version", "repro 1", "repro 2", "1:14: expected version 1, which this program reads"},
    {"no version", "repro 1", "repro ", "1:14: expected version 1, which this program reads"},
    {"empty", good, "", "1:1: expected 'orrery repro 1' in the first line: this is no repro"},
    {"binary", good,
     std::string("\x7f"
                 "ELF\0\0\n",
                 7),
     "1:1: expected 'orrery repro 1' in the first line"},
    // Cut off, or with a piece missing.
    {"cut off within a line", "0123456789abcdef\ncheckpoint 512", "0123", "20:38: expected 16 hexadecimal digits"},
    {"cut off within the plan", "end\nexpect violated linearizable/stale read/a rule\n", "",
     "19:1: expected a line 'end' after the plan"},
    {"without a scenario", "scenario lazy-register\n", "", "4:1: expected a line 'scenario NAME' before"},
    {"without a seed", "seed 7\n", "", "20:1: expected a line 'seed NUMBER'"},
    {"without a plan", "plan\nf1 crash target=replica0 at=1s for=2s\nend\n", "",
     "18:1: expected a plan between the lines 'plan' and 'end'"},
    {"without an expectation", "expect violated linearizable/stale read/a rule\n", "",
     "20:1: expected a line 'expect VERDICT'"},
    {"without a digest", "digest 0123456789abcdef\n", "", "20:1: expected a line 'digest HEX'"},
    {"without an operation", "operation 1 0 700\n", "", "20:1: expected 2 lines 'operation CLIENT NUMBER TIME', not 1"},
    {"a host twice", "hosts replica0 replica1", "hosts replica0 replica0", "19:16: expected each host once"},
    {"without the hosts", "hosts replica0 replica1\n", "", "19:54: expected a digest for each of 0 hosts"},
    // Of something else.
    {"a scenario that is not there", "lazy-register", "lazy-regster",
     "2:10: expected the name of a scenario; see orrery list; did you mean 'lazy-register'?"},
    {"another scenario", "lazy-register", "raft-election",
     "5:5: expected a legal setting: scenario raft-election has "},
    {"a strange line", "seed 7", "seeds 7", "4:1: expected scenario, source, seed, set,"},
    {"a strange setting", "set duration", "set durations",
     "6:5: expected a legal setting: scenario lazy-register has no setting 'durations'"},
    {"a strange verdict", "violated", "failed", "16:8: expected passed, violated or undecided"},
    {"a strange kind of fault", "crash", "crush", "14:4: expected a kind of fault"},
    // Twice.
    {"two seeds", "seed 7\n", "seed 7\nseed 8\n", "5:1: expected 'seed' once; line 4 has it"},
    {"a setting twice", "set duration=5s", "set clients=3", "6:5: expected setting clients once; line 5 has it"},
    {"a draw with two outcomes", "reseed 1000 5", "override 11 12 0 2 3", "8:10: expected an override of draw 11 12 0"},
    {"an operation twice", "operation 1 0", "operation 0 0", "12:11: expected each operation once"},
};

const std::vector<Case> values_that_cannot_be = {
    {"a negative seed", "seed 7", "seed -7", "4:6: expected a whole number"},
    {"a seed beyond 64 bits", "seed 7", "seed 18446744073709551616", "4:6: expected a whole number"},
    {"a setting outside of its values", "duration=5s", "duration=5m",
     "6:14: expected a legal setting: setting duration expects a length of time in ns, us, ms or s"},
    {"a negative length of time", "duration=5s", "duration=-5s", "6:14: expected a legal setting: setting duration"},
    {"a setting without a value", "set duration=5s", "set duration", "6:5: expected NAME=VALUE"},
    {"an outcome among fewer choices", "0 1 3", "0 3 3", "7:18: expected an OUTCOME below CHOICES, which is 3"},
    {"a draw without choices", "0 1 3", "0 0 0", "7:18: expected an OUTCOME below CHOICES, which is 0"},
    {"half an override", "11 12 0 1 3", "11 12 0 1", "7:19: expected a whole number for CHOICES"},
    {"a reseed before the start", "reseed 1000", "reseed -1", "8:8: expected a whole number for TIME"},
    {"a client that is not there", "skip 3 2", "skip 4 2", "9:6: expected a whole number for CLIENT, at most 3"},
    {"an operation of no client", "operation 1 0", "operation 9 0", "12:11: expected a whole number for CLIENT"},
    {"an operation before the start", "0 700", "0 -700", "12:15: expected a whole number for TIME"},
    {"an operation that the model does not have", "0 500", "0 500 raed", "11:19: expected an operation of a register"},
    {"a write of nothing in JSON", "0 500", "0 500 write {", "11:25: expected a value in JSON"},
    {"a fixed draw beyond its choices", "reseed 1000 5", "fixed latency 101%",
     "8:15: expected a percentage, 0% to 100%"},
    {"a fixed draw on a host that is not there", "reseed 1000 5", "fixed latency replica7 0%",
     "8:15: expected a host of the run, or a percentage"},
    {"operations that were not announced", "operations 2\n", "", "10:1: expected a line 'operations COUNT' before"},
    {"fewer clients, said too late", "plan\n", "set think=1s\nplan\n", "13:1: expected every line 'set KEY=VALUE' "},
    {"a fault on a host that is not there", "target=replica0", "target=replica3",
     "14:17: f1: expected a host of this scenario, got 'replica3'"},
    {"a fault before the start", "at=1s", "at=-1s", "14:26: expected a time in ns, us, ms or s"},
    {"a fault without an end", "for=2s", "for=0s", "14:32: expected a length of time"},
    {"a failure without a name", " linearizable/stale read/a rule", "",
     "16:16: expected the fingerprint of the failure, JUDGE/CLASS/RULE"},
    {"a fingerprint cut short", "linearizable/stale read/a rule", "linearizable",
     "16:17: expected the fingerprint of the failure, JUDGE/CLASS/RULE"},
    {"a digest cut short", "digest 0123456789abcdef", "digest 0123456789abcde", "17:8: expected 16 hexadecimal digits"},
    {"a checkpoint too few digests", "2000 0123456789abcdef", "2000", "21:37: expected a digest for each of 2 hosts"},
    {"checkpoints out of order", "checkpoint 512", "checkpoint 256",
     "21:12: expected more EVENTS than in the line before, 256"},
    {"a word too many", "seed 7", "seed 7 8", "4:8: expected the end of the line"},
};

class BrokenRepros : public testing::Test {
protected:
    void SetUp() override { path_ = testing::TempDir() + "/broken." + std::to_string(getpid()) + ".repro"; }
    void TearDown() override { std::remove(path_.c_str()); }
    // As a command reads it.
    sim::Checked<Repro> read(const std::string& text) const {
        std::ofstream(path_, std::ios::binary) << text;
        return read_repro(path_);
    }
    std::string path_;
};

TEST_F(BrokenRepros, EachIsRefusedWithItsPlaceAndWhatShouldStandThere) {
    ASSERT_TRUE(read(good).ok()) << read(good).complaint().text();
    std::vector<Case> broken = broken_as_files;
    broken.insert(broken.end(), values_that_cannot_be.begin(), values_that_cannot_be.end());
    EXPECT_GE(broken.size(), 40u);
    for (const Case& each : broken) {
        std::string text = good;
        const std::size_t at = text.find(each.from);
        ASSERT_NE(at, std::string::npos) << each.what;
        text.replace(at, each.from.size(), each.to);
        const sim::Checked<Repro> repro = read(text);
        if (repro.ok()) {
            ADD_FAILURE() << each.what << " is taken";
            continue;
        }
        const sim::Complaint& complaint = repro.complaint();
        EXPECT_EQ(complaint.cause, sim::Cause::input) << each.what; // exit code 65
        EXPECT_EQ(complaint.text().substr(0, path_.size() + 1 + each.complaint.size()), path_ + ":" + each.complaint)
            << each.what;
    }
}

// Wherever a copy or a disk cut it off: what needs to be there is complained of, and what may be missing is only what
// the run is compared with.
TEST_F(BrokenRepros, OneThatIsCutOffIsRefusedOrIsTheSameRun) {
    const std::size_t digest_end = good.find('\n', good.find("digest"));
    const auto run_of = [](const Repro& repro) { return print(repro).substr(0, print(repro).find("\ndigest")); };
    const std::string whole = run_of(*read(good));
    for (std::size_t size = 0; size < good.size(); ++size) {
        const sim::Checked<Repro> repro = read(good.substr(0, size));
        const bool ends_a_line = size > 0 && good[size - 1] == '\n';
        ASSERT_EQ(repro.ok(), ends_a_line && size > digest_end) << good.substr(0, size);
        if (!repro.ok()) continue;
        EXPECT_EQ(run_of(*repro), whole);
    }
}

TEST_F(BrokenRepros, OneThatIsExpectedToPassMayNameTheFailureThatWasMended) {
    std::string text = good;
    text.replace(text.find("violated"), 8, "passed");
    const sim::Checked<Repro> repro = read(text);
    ASSERT_TRUE(repro.ok()) << repro.complaint().text();
    EXPECT_EQ(repro->fingerprint, "linearizable/stale read/a rule");
    EXPECT_EQ(repro->recorded().fingerprint(), ""); // of a run that passes
    EXPECT_NE(print(*repro).find("\nexpect passed linearizable/stale read/a rule\n"), std::string::npos);
}

} // namespace
} // namespace orrery::scenarios::engine

// What is done to whom and when, told to an owner of processes that only writes it down.
#include "orrery/scenarios/engine/live/fault_timeline.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "orrery/scenarios/engine/live/triggers.h"

namespace orrery::scenarios::engine::live {
namespace {

using namespace std::chrono_literals;

const std::vector<std::string> hosts{"server0", "server1", "client0"};
constexpr sim::WorldTime start{1'000'000'000'000};

class Notebook final : public Striking {
public:
    void kill(std::uint32_t host) override { write("kill", host), up[host] = false; }
    void start(std::uint32_t host) override { write("start", host), up[host] = true; }
    void freeze(std::uint32_t host) override { write("freeze", host); }
    void thaw(std::uint32_t host) override { write("thaw", host); }
    void cut(std::uint32_t from, std::uint32_t to) override { text += "cut " + hosts[from] + ">" + hosts[to] + "\n"; }
    void mend(std::uint32_t from, std::uint32_t to) override { text += "mend " + hosts[from] + ">" + hosts[to] + "\n"; }
    void begin_rate(const faults::Fault& fault, const HostLinks& links) override {
        text += "begin " + fault.kind;
        for (const auto& [from, to] : links) text += " " + hosts[from] + ">" + hosts[to];
        text += "\n";
    }
    void end_rate(const faults::Fault& fault) override { text += "end " + fault.kind + "\n"; }
    std::string obstacle(const faults::Fault& fault) const override {
        return fault.kind == "delay" ? "there is no netem" : "";
    }
    bool is_up(std::uint32_t host) const override { return up[host]; }
    std::string state_of(std::uint32_t host, const std::string& key) const override {
        return host == 1 && key == "role" ? "leader" : "";
    }
    void announce(const faults::Fault&, bool, const std::string&) override {}
    std::string taken() { return std::exchange(text, {}); }

    std::string text{};
    bool up[3] = {true, true, true};

private:
    void write(const std::string& what, std::uint32_t host) { text += what + " " + hosts[host] + "\n"; }
};

faults::Plan plan_of(const std::string& text) {
    const auto plan = faults::parse_plan(text, "plan");
    CHECK(plan.ok());
    return *plan;
}

TEST(FaultTimeline, DoesWhatIsDueAndLeavesOutWhatCannotBeHad) {
    Notebook notes;
    FaultTimeline timeline(plan_of("f1 loss target=server0 at=1s for=1s probability=1/2\n"
                                   "f2 delay target=* at=1s for=1s delay=5ms\n"
                                   "f3 power target=server0 at=2s\n"
                                   "f4 duplication target=server0>client0 at=3s\n"),
                           hosts, notes, start, start + 10s);
    ASSERT_EQ(timeline.left_out().size(), 1u);
    EXPECT_EQ(timeline.left_out()[0].why, "there is no netem");
    EXPECT_EQ(timeline.advance(start), start + 1s);
    EXPECT_EQ(notes.taken(), "");
    EXPECT_EQ(timeline.advance(start + 1s), start + 2s);
    EXPECT_EQ(notes.taken(), "begin loss server0>server1 server0>client0 server1>server0 client0>server0\n");
    timeline.advance(start + 2s);
    EXPECT_EQ(notes.taken(), "end loss\nkill server0\n");
    timeline.advance(start + 3s);
    EXPECT_EQ(notes.taken(), "begin duplication server0>client0\n");
    timeline.heal(start + 4s);
    EXPECT_EQ(notes.taken(), "end duplication\nstart server0\n");
}

TEST(FaultTimeline, BeginsWhatWasCountedOnce) {
    Notebook notes;
    FaultTimeline timeline(plan_of("f1 crash target=server0 effect=server0:sync:3 for=1s\n"
                                   "f2 pause target=server1 point=raft.before_sync:1 after=500ms for=1s\n"),
                           hosts, notes, start, start + 10s);
    timeline.advance(start + 1s);
    EXPECT_EQ(notes.taken(), "");
    timeline.counted(1, start + 1s);
    timeline.advance(start + 1s);
    EXPECT_EQ(notes.taken(), "kill server0\n");
    timeline.counted(2, start + 1s);
    timeline.counted(2, start + 1400ms); // later, and no news
    timeline.advance(start + 1499ms);
    EXPECT_EQ(notes.taken(), "");
    timeline.advance(start + 1500ms);
    EXPECT_EQ(notes.taken(), "freeze server1\n");
    timeline.advance(start + 2s);
    timeline.counted(1, start + 2s); // its count stays where it is
    timeline.advance(start + 2s);
    EXPECT_EQ(notes.taken(), "start server0\n");
    timeline.stated(0, "", "", start + 2s); // a trigger of another kind
    timeline.heal(start + 9s);
}

TEST(FaultTimeline, TellsWhatHappenedAsAPlan) {
    Notebook notes;
    FaultTimeline timeline(plan_of("f1 crash target=role=leader state=role=leader for=300ms\n"
                                   "f2 cut target=role=leader at=1s hold=true\n"
                                   "f3 pause target=server0 at=9s\n"
                                   "f4 loss target=* at=1s for=2s probability=1/4\n"),
                           hosts, notes, start, start + 10s);
    timeline.stated(1, "role", "leader", start + 500ms);
    timeline.advance(start + 500ms);
    timeline.advance(start + 800ms);
    timeline.advance(start + 1001ms); // a little late
    timeline.advance(start + 4s);
    timeline.heal(start + 5s);
    EXPECT_EQ(faults::print(timeline.plan_of_what_happened()),
              "f1 crash target=server1 at=500ms for=300ms\n"
              "f2 cut target=server1 at=1001ms for=3999ms hold=true\n"
              "f4 loss target=* at=1001ms for=2999ms probability=1/4\n");
    EXPECT_EQ(timeline.began(), (std::map<std::uint32_t, std::uint64_t>{{1, 1}, {2, 1}, {4, 1}}));
}

TEST(Counts, GoOnInWhoeverOpensThem) {
    const std::string file = testing::TempDir() + "/orrery-counts-" + std::to_string(::getpid());
    {
        const auto made = Counts::make(file, 2);
        (*made)->set_start({77});
        ASSERT_TRUE(made.ok());
        EXPECT_EQ((*made)->add(1), 1u);
        const auto opened = Counts::open(file, 2);
        ASSERT_TRUE(opened.ok());
        EXPECT_EQ((*opened)->start(), sim::WorldTime{77});
        EXPECT_EQ((*opened)->add(1), 2u);
        EXPECT_EQ((*made)->of(1), 2u);
        EXPECT_EQ((*made)->of(0), 0u);
    }
    EXPECT_EQ((*Counts::open(file, 2))->of(1), 2u);
    EXPECT_FALSE(Counts::open(file, 3).ok()); // of another plan
    EXPECT_TRUE((*Counts::make(file, 3))->of(1) == 0);
    ::unlink(file.c_str());
}

} // namespace
} // namespace orrery::scenarios::engine::live

// gdb itself, started by `orrery replay --gdb` as people start it, with its commands coming through a pipe: that it
// stops where it was told to, that it reads the commands in the program, and that each of them sees the run.
#include "orrery/scenarios/command/executable_test.h"

namespace orrery::scenarios {
namespace {

class Debugger : public Executable {
protected:
    void SetUp() override {
        Executable::SetUp();
        if (shell("gdb --version").code != 0) GTEST_SKIP() << "gdb is not installed";
        const Answer traces = shell("gdb -q -batch -nx -ex run --args /bin/true");
        if (traces.out.find("exited normally") == std::string::npos)
            GTEST_SKIP() << "gdb may not trace a process here: " << traces.err;
        repro_ = failure();
    }
    // What gdb prints of these commands after it has stopped.
    std::string gdb(const std::string& place, const std::string& commands) {
        const std::string environment = "HOME=/nowhere ASAN_OPTIONS=detect_leaks=0:${ASAN_OPTIONS:-} ";
        const Answer answer = shell("printf '" + commands + "quit\\n' | " + environment + "ORRERY replay " + repro_ +
                                    " --gdb " + place + " 2>&1");
        EXPECT_EQ(answer.code, 0) << answer.out;
        return answer.out;
    }
    static void expect(const std::string& text, const std::vector<std::string>& parts) {
        for (const std::string& part : parts)
            EXPECT_NE(text.find(part), std::string::npos) << part << "\n-- is not in:\n" << text;
    }
    // The numbers of the events that were stopped at, in their order.
    static std::vector<long> stops(const std::string& text) {
        std::vector<long> numbers;
        const std::string before = "event number ";
        for (std::size_t at = text.find(before); at != std::string::npos; at = text.find(before, at + 1))
            numbers.push_back(std::stol(text.substr(at + before.size())));
        return numbers;
    }
    std::string repro_;
};

TEST_F(Debugger, StopsAtTheEventAndShowsHostsAndFibers) {
    const std::string text = gdb("--break-at 100", "orrery-hosts\\norrery-fibers\\norrery-fibers replica1\\n");
    expect(text, {"event number 100, at 0.", " begins, a", "its cause is ", "replica0  up  2", "client3   up  1",
                  "replica0  0     main        receive at port 1", "client0   0     main        ",
                  "rpc.accept  accept at port 1", "rpc::Server::Running::receive", "scenarios::drive"});
    EXPECT_EQ(stops(text), std::vector<long>{100});
}

TEST_F(Debugger, WalksTheStackOfAParkedFiberAndComesBack) {
    const std::string text = gdb("--break-at 100", "orrery-bt replica0 main\\norrery-bt replica2\\nbt\\n"
                                                   "orrery-on client1 main bt 20\\np $pc\\n");
    expect(text, {"replica0, task 0 '", "orrery::rpc::Server::Running::receive", "replica(orrery::sim::Env&)",
                  "orrery::sim::Tasks::run", "replica2, task 1 '", "orrery::rpc::Server::Running::accept",
                  "orrery::scenarios::engine::ClientDriver::next", "<orrery_break_event"});
    const std::size_t own = text.find("(gdb) #0  orrery_break_event"); // of the thread, after the fibers were walked
    ASSERT_NE(own, std::string::npos) << text;
    EXPECT_NE(text.find("orrery::sim::world::World::run_until", own), std::string::npos) << text;
}

TEST_F(Debugger, GoesBackAndForthByEvents) {
    const std::string text = gdb("--break-at 90", "orrery-back 20\\norrery-step 3\\norrery-step\\norrery-back\\n");
    EXPECT_EQ(stops(text), (std::vector<long>{90, 70, 73, 74, 73})) << text;
}

TEST_F(Debugger, StopsBeforeTheFindingAndByTime) {
    const std::vector<long> found = stops(gdb("", ""));
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(stops(gdb("--back 7", "")), std::vector<long>{found[0] - 7});
    expect(gdb("--until 300ms", ""), {", at 0.3"});
}

TEST_F(Debugger, PrintsValuesOfTheSeamAsPeopleReadThem) {
    const std::string text = gdb("--break-at 100", "p orrery_world->parts_.kernel.now_\\n"
                                                   "p orrery_world->parts_.options.latency_max\\n"
                                                   "p orrery_world->parts_.hosts\\n"
                                                   "p orrery_event->bytes\\n"
                                                   "p orrery_world->parts_.hosts[0].process->identity_.address\\n");
    expect(text, {" = 0.", " s\n", "host client3, up", " bytes ", "replica0\n"});
}

TEST_F(Debugger, SaysWhatItExpected) {
    const std::string text = gdb("--break-at 100", "orrery-bt nobody\\norrery-bt client0 reader\\norrery-bt\\n"
                                                   "orrery-back 0\\norrery-on client0\\n");
    expect(text, {"there is no host 'nobody'; there are replica0, ", "client0 has no task 'reader'; 0 main",
                  "orrery-bt expects a host", "expected a number of events, from 1", "orrery-on expects HOST TASK"});
}

} // namespace
} // namespace orrery::scenarios

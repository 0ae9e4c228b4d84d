// Promises of tasks, permits, deadlines, cancellation, clocks and chance.
#include <algorithm>
#include <set>
#include <stdexcept>

#include "orrery/protocols/conformance/stage_test.h"

namespace orrery::conformance {
namespace {

class Tasks : public Promise {};
IN_BOTH_WORLDS(Tasks);

TEST_P(Tasks, BeginAfterTheRunningTurnAndEachOnce) {
    alone([](Env& env) {
        std::string order;
        for (const char* name : {"a", "b", "c"}) env.spawn(name, [&order, name] { order += name; });
        order += "main ";
        EXPECT_TRUE(env.sleep(5ms).ok());
        EXPECT_EQ(order.substr(0, 5), "main ");
        std::sort(order.begin() + 5, order.end()); // which of them is first is not promised
        EXPECT_EQ(order, "main abc");
    });
}

TEST_P(Tasks, AWakeBeforeAParkIsNotLostAndTwoWakesAreOne) {
    alone([](Env& env) {
        env.wake(env.current());
        env.wake(env.current());
        EXPECT_TRUE(env.park().ok());
        EXPECT_EQ(env.park(env.deadline(2ms)).error(), Error::timed_out);
    });
}

TEST_P(Tasks, AWakeNeverSwitches) {
    alone([](Env& env) {
        std::string order;
        const Task sleeper = env.spawn("sleeper", [&] {
            EXPECT_TRUE(env.park().ok());
            order += "woken ";
        });
        EXPECT_TRUE(env.sleep(2ms).ok());
        env.wake(sleeper);
        order += "waker ";
        EXPECT_TRUE(env.sleep(2ms).ok());
        EXPECT_EQ(order, "waker woken ");
    });
}

TEST_P(Tasks, APermitOutlivesWaitsOfOtherKinds) {
    alone([](Env& env) {
        env.wake(env.current());
        EXPECT_TRUE(env.sleep(2ms).ok());
        EXPECT_EQ(env.bind(0)->receive(env.deadline(1ms)).error(), Error::timed_out);
        EXPECT_TRUE(env.park(env.deadline(0ms)).ok()); // it is there, so no time is needed
        EXPECT_EQ(env.park(env.deadline(0ms)).error(), Error::timed_out);
    });
}

TEST_P(Tasks, WaitUntilTheirDeadlineAndNoLessAndPastOnesAtOnce) {
    alone([](Env& env) {
        const Deadline soon = env.deadline(3ms);
        EXPECT_EQ(env.park(soon).error(), Error::timed_out);
        EXPECT_GE(env.now(), soon.at);
        const Deadline later = env.deadline(3ms);
        EXPECT_TRUE(env.sleep_until(later).ok());
        EXPECT_GE(env.now(), later.at);
        EXPECT_EQ(env.park(soon).error(), Error::timed_out);
        EXPECT_TRUE(env.sleep_until(soon).ok());
    });
}

TEST_P(Tasks, EndTheirWaitsInTheOrderOfTheirDeadlines) {
    alone([](Env& env) {
        std::string order;
        const Monotonic start = env.now();
        for (const int after : {4, 2, 6, 3, 5, 1})
            env.spawn("sleeper", [&, after] {
                EXPECT_TRUE(env.sleep_until({start + after * 2ms}).ok());
                order += std::to_string(after);
            });
        EXPECT_TRUE(env.sleep(30ms).ok());
        EXPECT_EQ(order, "123456");
    });
}

// What waits, for as long as it takes; each of these returns what its call returned.
using Call = std::function<Status(Env&, Deadline)>;
struct NamedCall {
    const char* name;
    Call call;
};
template <class T>
Status status_of(const Result<T>& result) {
    if (result.ok()) return success();
    return result.error();
}
// Calls that find nothing and wait.
std::vector<NamedCall> waits() {
    return {
        {"park", [](Env& env, Deadline deadline) { return env.park(deadline); }},
        {"receive", [](Env& env, Deadline deadline) { return status_of(env.bind(0)->receive(deadline)); }},
        {"accept",
         [](Env& env, Deadline deadline) {
             Socket socket = *env.bind(0);
             return status_of(env.accept(socket, deadline));
         }},
        {"read",
         [](Env& env, Deadline deadline) {
             const Socket socket = *env.bind(0);
             Stream stream = *env.connect(socket.address());
             return status_of(stream.read(1, deadline));
         }},
        {"write",
         [](Env& env, Deadline deadline) {
             const Socket socket = *env.bind(0);
             Stream stream = *env.connect(socket.address());
             return write(stream, std::string(64 << 20, 'x'), deadline);
         }},
    };
}

TEST_P(Tasks, TimeOutInWhateverTheyWaitFor) {
    alone([](Env& env) {
        for (const NamedCall& each : waits()) {
            const Deadline deadline = env.deadline(5ms);
            const Status ended = each.call(env, deadline);
            EXPECT_EQ(ended.error(), Error::timed_out) << each.name;
            EXPECT_GE(env.now(), deadline.at) << each.name;
        }
    });
}

TEST_P(Tasks, AreCancelledOnceInWhateverTheyWaitFor) {
    alone([](Env& env) {
        std::vector<NamedCall> calls = waits();
        calls.push_back({"sleep", [](Env& of, Deadline) { return of.sleep(1h); }});
        for (const NamedCall& each : calls) {
            std::optional<Status> ended;
            std::optional<Status> next;
            const Task task = env.spawn("waits", [&] {
                ended = each.call(env, {});
                next = env.sleep(1ms);
            });
            EXPECT_TRUE(env.sleep(3ms).ok());
            EXPECT_FALSE(ended.has_value()) << each.name;
            env.cancel(task);
            env.cancel(task);
            EXPECT_FALSE(ended.has_value()) << each.name << ": cancel never switches";
            while (env.is_alive(task)) EXPECT_TRUE(env.sleep(1ms).ok());
            EXPECT_EQ(ended->error(), Error::cancelled) << each.name;
            EXPECT_TRUE(next->ok()) << each.name;
        }
    });
}

// Calls that would not have to wait, or that end with another error.
std::vector<NamedCall> quick_calls(File& file, Stream& stream, Socket& socket) {
    return {
        {"park", [](Env& env, Deadline deadline) { return env.park(deadline); }},
        {"sleep", [](Env& env, Deadline) { return env.sleep_until({env.now()}); }},
        {"receive", [&](Env&, Deadline deadline) { return status_of(socket.receive(deadline)); }},
        {"connect", [](Env& env, Deadline deadline) { return status_of(env.connect({}, deadline)); }},
        {"accept", [&](Env& env, Deadline deadline) { return status_of(env.accept(socket, deadline)); }},
        {"read", [&](Env&, Deadline deadline) { return status_of(stream.read(1, deadline)); }},
        {"write", [&](Env&, Deadline deadline) { return write(stream, "x", deadline); }},
        {"open", [](Env& env, Deadline by) { return status_of(env.open("absent", OpenMode::read, by)); }},
        {"rename", [](Env& env, Deadline deadline) { return env.rename("absent", "other", deadline); }},
        {"remove", [](Env& env, Deadline deadline) { return env.remove("absent", deadline); }},
        {"list", [](Env& env, Deadline deadline) { return status_of(env.list("", deadline)); }},
        {"sync_directory", [](Env& env, Deadline deadline) { return env.sync_directory("", deadline); }},
        {"fault_point",
         [](Env& env, Deadline deadline) {
             static constexpr StateKey point{"conformance.point"};
             return env.fault_point(point, deadline);
         }},
        {"read_at", [&](Env&, Deadline deadline) { return status_of(file.read_at(0, 1, deadline)); }},
        {"write_at", [&](Env&, Deadline deadline) { return file.write_at(0, view_of("x"), deadline); }},
        {"truncate", [&](Env&, Deadline deadline) { return file.truncate(1, deadline); }},
        {"sync", [&](Env&, Deadline deadline) { return file.sync(deadline); }},
        {"size", [&](Env&, Deadline deadline) { return status_of(file.size(deadline)); }},
    };
}

TEST_P(Tasks, SeeACancellationFirstAlsoInCallsThatNeedNotWait) {
    alone([](Env& env) {
        File file = *env.open("f", OpenMode::create);
        Socket socket = *env.bind(0);
        Stream stream = *env.connect(socket.address());
        Stream accepted = *env.accept(socket);
        EXPECT_TRUE(write(accepted, "something to read").ok());
        for (int i = 0; i < 50; ++i) EXPECT_TRUE(socket.send(socket.address(), label, {}).ok());
        const Stream waiting = *env.connect(socket.address());
        EXPECT_TRUE(env.sleep(5ms).ok());
        for (const NamedCall& each : quick_calls(file, stream, socket)) {
            env.cancel(env.current());
            const Status first = each.call(env, env.deadline(-1ms));
            EXPECT_TRUE(!first.ok() && first.error() == Error::cancelled) << each.name;
            const Status second = each.call(env, env.deadline(1h - 1h + 20ms));
            EXPECT_TRUE(second.ok() || second.error() != Error::cancelled) << each.name;
        }
    });
}

TEST_P(Tasks, KeepAPermitThroughACancellation) {
    alone([](Env& env) {
        std::string ends;
        const Task task = env.spawn("parks", [&] {
            ends += env.park().ok() ? "ok " : "cancelled ";
            ends += env.park(env.deadline(1ms)).ok() ? "ok " : "late ";
            ends += env.park(env.deadline(1ms)).ok() ? "ok " : "late ";
        });
        EXPECT_TRUE(env.sleep(2ms).ok());
        env.wake(task);
        env.cancel(task);
        while (env.is_alive(task)) EXPECT_TRUE(env.sleep(1ms).ok());
        EXPECT_EQ(ends, "cancelled ok late ");
    });
}

TEST_P(Tasks, ThatEndedAreNotAliveAndCannotBeWokenOrTakenForTheirSuccessors) {
    alone([](Env& env) {
        const Task first = env.spawn("first", [] {});
        EXPECT_TRUE(env.is_alive(first));
        EXPECT_TRUE(env.sleep(2ms).ok());
        EXPECT_FALSE(env.is_alive(first));
        bool was_woken = false;
        const Task second = env.spawn("second", [&] { was_woken = env.park(env.deadline(5ms)).ok(); });
        EXPECT_FALSE(first == second);
        EXPECT_TRUE(env.sleep(1ms).ok());
        env.wake(first);
        env.cancel(first);
        EXPECT_FALSE(env.is_alive(Task{}));
        while (env.is_alive(second)) EXPECT_TRUE(env.sleep(1ms).ok());
        EXPECT_FALSE(was_woken);
    });
}

TEST_P(Tasks, AnExceptionThatLeavesOneKillsTheProcess) {
    EXPECT_EQ(death_of([](Env&) { throw std::out_of_range("too far"); }), "uncaught std::out_of_range");
    EXPECT_EQ(death_of([](Env& env) {
                  env.spawn("task", [] { throw 7; });
                  (void)env.park();
              }),
              "uncaught int");
}

TEST_P(Tasks, AFailedCheckKillsTheProcess) {
    EXPECT_EQ(death_of([](Env& env) {
                  const bool holds = env.now() < Monotonic{};
                  CHECK(holds);
              }),
              "CHECK(holds) failed in tasks_test.cc");
}

TEST_P(Tasks, WhatEnvCallsABugKillsTheProcess) {
    EXPECT_NE(death_of([](Env& env) { (void)env.settings().text("not declared"); }), "");
    EXPECT_NE(death_of([](Env& env) { (void)env.draw("nothing", 0); }), "");
    EXPECT_NE(death_of([](Env& env) { env.charge(-1ns); }), "");
    EXPECT_NE(death_of([](Env& env) { env.spawn("nothing", nullptr); }), "");
    EXPECT_NE(death_of([](Env& env) {
                  Socket socket = *env.bind(0);
                  Stream stream = *env.connect(socket.address());
                  (void)stream.read(0);
              }),
              "");
    EXPECT_NE(death_of([](Env& env) {
                  auto socket = std::make_shared<Socket>(*env.bind(0)); // one task a socket may wait in it
                  for (int i = 0; i < 2; ++i) env.spawn("receives", [socket] { (void)socket->receive(); });
                  (void)env.park();
              }),
              "");
}

// What a destructor finds in a process that died.
struct Witness {
    Env& env;
    std::string& seen;
    Socket socket;
    File file;
    ~Witness() {
        seen += std::string(name(socket.send(socket.address(), label, {}).error())) + " ";
        seen += std::string(name(env.bind(0).error())) + " ";
        seen += env.spawn("late", [] {}) == Task{} ? "no task" : "a task";
    }
};

TEST_P(Tasks, OfADeadProcessAreUnwoundAndReachNothing) {
    std::string seen; // read when the process has ended
    EXPECT_EQ(death_of([&](Env& env) {
                  env.spawn("holder", [&, main = env.current()] {
                      const Witness witness{env, seen, *env.bind(0), *env.open("f", OpenMode::create)};
                      env.wake(main);
                      (void)env.park();
                      seen += "went on ";
                  });
                  EXPECT_TRUE(env.park().ok());
                  throw std::runtime_error("dies");
              }),
              "uncaught std::runtime_error");
    EXPECT_EQ(seen, "dead dead no task");
}

class Processes : public Promise {};
IN_BOTH_WORLDS(Processes);

TEST_P(Processes, AProcessKnowsWhoItIsAndItsPeersInOrder) {
    const auto main = [](Env& env) {
        const Identity& self = env.self();
        EXPECT_EQ(self.role, "server");
        EXPECT_TRUE(self.address.is_set());
        EXPECT_EQ(self.address.port, 0u);
        EXPECT_NE(self.boot, 0u);
        const Peers peers = env.peers("server");
        EXPECT_EQ(peers.size(), 2u);
        std::set<std::uint64_t> hosts = {self.address.host};
        for (const Address peer : peers) {
            EXPECT_EQ(peer.port, 0u);
            hosts.insert(peer.host);
        }
        EXPECT_EQ(hosts.size(), 3u);
        EXPECT_EQ(env.peers("client").size(), 1u);
        EXPECT_TRUE(env.peers("nobody").empty());
    };
    together(
        {{"server", 0, main}, {"server", 1, main}, {"server", 2, main}, {"client", 0, [](Env& env) {
                                                                             EXPECT_EQ(env.peers("server").size(), 3u);
                                                                             EXPECT_TRUE(env.peers("client").empty());
                                                                         }}});
}

TEST_P(Processes, TheClockNeverGoesBackAndWorkIsChargedWithoutWaiting) {
    alone([](Env& env) {
        Monotonic last = env.now();
        for (int i = 0; i < 1000; ++i) {
            const Monotonic now = env.now();
            EXPECT_GE(now, last);
            last = now;
        }
        bool ran = false;
        env.spawn("other", [&] { ran = true; });
        env.charge(1us);
        EXPECT_FALSE(ran);
        EXPECT_TRUE(env.sleep(1ms).ok());
        EXPECT_TRUE(ran);
    });
}

TEST_P(Processes, DrawsReachEveryValueAndNoOther) {
    alone([](Env& env) {
        std::set<std::uint64_t> seen;
        for (int i = 0; i < 400; ++i) seen.insert(env.draw("dice", 6));
        EXPECT_EQ(seen, (std::set<std::uint64_t>{0, 1, 2, 3, 4, 5}));
        EXPECT_EQ(env.draw("dice", 1), 0u);
    });
}

TEST_P(Processes, AFaultPointAtWhichNoneIsArmedLetsEveryonePass) {
    alone([](Env& env) {
        static constexpr StateKey point{"conformance.point"};
        EXPECT_TRUE(env.fault_point(point).ok());
        EXPECT_TRUE(env.fault_point(point, env.deadline(-1ms)).ok());
    });
}

} // namespace
} // namespace orrery::conformance

// What the live Env does beyond the promises of sim/env.h: how it starts, stops and dies, and shortages of the machine.
#include "orrery/protocols/live/env.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <future>
#include <thread>

#include "orrery/sim/sync.h"

namespace orrery::live {
namespace {

using namespace std::chrono_literals;
using sim::Error;
using Kind = Ending::Kind;

constexpr sim::Label label{"test.bytes"};

// Members of one role on one address of the loopback interface, that no other process of tests has.
Cluster cluster_of(std::uint32_t count, const char* host = nullptr) {
    static unsigned made = 0;
    const auto process = static_cast<unsigned>(::getpid());
    const std::string own = "127." + std::to_string(1 + process % 250) + "." + std::to_string(process / 250 % 250) +
                            "." + std::to_string(1 + made++ % 250);
    Cluster cluster;
    for (std::uint32_t i = 0; i < count; ++i)
        cluster.members.push_back({"node",
                                   i,
                                   host != nullptr ? host : own,
                                   static_cast<std::uint16_t>(host != nullptr ? 21'000 + process % 1000 * 10 + i * 10
                                                                              : 7000 + i * ports_per_member),
                                   {}});
    return cluster;
}
std::unique_ptr<Env> env_of(const Cluster& cluster, std::uint32_t index = 0) {
    auto env = Env::make({.role = "node", .index = index, .cluster = cluster});
    CHECK(env.ok());
    return std::move(*env);
}
std::string complaint_of(Options options) {
    const auto env = Env::make(std::move(options));
    return env.ok() ? "" : env.complaint().text();
}

class DataFolder : public testing::Test {
protected:
    DataFolder() {
        std::string name = (std::filesystem::temp_directory_path() / ("orrery-live-" + std::string(6, 'X'))).string();
        CHECK(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~DataFolder() override { std::filesystem::remove_all(path_); }
    std::string path_;
};

TEST_F(DataFolder, BelongsToOneEnvAtATime) {
    const Options options{.role = "node", .cluster = cluster_of(1), .data = path_ + "/data"};
    {
        const auto first = Env::make(options);
        ASSERT_TRUE(first.ok());
        EXPECT_EQ(complaint_of(options), "the data directory " + path_ + "/data belongs to another process that runs");
    }
    EXPECT_EQ(complaint_of(options), "");
}

TEST_F(DataFolder, WhatCannotBeOneIsNamed) {
    Options options{.role = "node", .cluster = cluster_of(1), .data = path_ + "/file"};
    ::close(::open(options.data.c_str(), O_CREAT | O_WRONLY, 0600));
    EXPECT_EQ(complaint_of(options), "cannot make the data directory " + path_ + "/file: Not a directory");
    options.data = path_ + "/file/below";
    EXPECT_EQ(complaint_of(options), "cannot make the data directory " + path_ + "/file/below: Not a directory");
    options.data = path_ + "/made/with/those/above";
    EXPECT_EQ(complaint_of(options), "");
}

TEST_F(DataFolder, ASymbolicLinkLeadsNowhere) {
    std::filesystem::create_symlink("/etc/passwd", path_ + "/link");
    auto env = *Env::make({.role = "node", .cluster = cluster_of(1), .data = path_});
    env->run([](sim::Env& of) {
        EXPECT_EQ(of.open("link", sim::OpenMode::read).error(), Error::input_output);
        EXPECT_EQ(of.list("")->size(), 0u);
    });
}

// A limit of this process for as long as it stands.
class Limit {
public:
    Limit(int what, rlim_t least) : what_(what) {
        ::getrlimit(static_cast<__rlimit_resource>(what), &before_);
        const rlimit now{least, before_.rlim_max};
        CHECK(::setrlimit(static_cast<__rlimit_resource>(what), &now) == 0);
    }
    ~Limit() { ::setrlimit(static_cast<__rlimit_resource>(what_), &before_); }
    Limit(const Limit&) = delete;
    Limit& operator=(const Limit&) = delete;

private:
    int what_;
    rlimit before_{};
};

TEST_F(DataFolder, AFileThatMayNotGrowHasNoSpace) {
    ::signal(SIGXFSZ, SIG_IGN);
    auto env = *Env::make({.role = "node", .cluster = cluster_of(1), .data = path_});
    env->run([](sim::Env& of) {
        sim::File file = *of.open("f", sim::OpenMode::create);
        const Limit limit(RLIMIT_FSIZE, 4096);
        EXPECT_TRUE(file.write_at(0, sim::view_of(std::string(4096, 'x'))).ok());
        EXPECT_EQ(file.write_at(4096, sim::view_of("x")).error(), Error::no_space);
        EXPECT_EQ(file.truncate(5000).error(), Error::no_space);
        EXPECT_EQ(*file.size(), 4096u);
    });
}

// The lowest number of a descriptor that is free, and so the limit at which none can be had.
rlim_t descriptors_in_use() {
    const int next = ::open("/dev/null", O_RDONLY);
    ::close(next);
    return static_cast<rlim_t>(next);
}

TEST_F(DataFolder, WithoutDescriptorsCallsFailAndAnAcceptorWaitsForThem) {
    auto env = *Env::make({.role = "node", .cluster = cluster_of(1), .data = path_});
    const Ending ending = env->run([](sim::Env& of) {
        sim::Socket socket = *of.bind(1);
        sim::Stream stream = *of.connect(socket.address());
        std::optional<Limit> limit(std::in_place, RLIMIT_NOFILE, descriptors_in_use());
        EXPECT_EQ(of.open("f", sim::OpenMode::create).error(), Error::input_output);
        EXPECT_EQ(of.list("").error(), Error::input_output);
        EXPECT_EQ(of.bind(0).error(), Error::address_in_use);
        EXPECT_EQ(of.connect(socket.address()).error(), Error::refused);
        EXPECT_EQ(of.accept(socket, of.deadline(25ms)).error(), Error::timed_out);
        of.spawn("relief", [&] {
            EXPECT_TRUE(of.sleep(15ms).ok());
            limit.reset();
        });
        EXPECT_TRUE(of.accept(socket).ok());
    });
    EXPECT_EQ(ending.kind, Kind::finished);
}

TEST(Env, IsRefusedForWhoIsNoMemberAndWhereTheMachineIsNot) {
    const Cluster cluster = cluster_of(1);
    EXPECT_EQ(complaint_of({.role = "node", .index = 1, .cluster = cluster}), "the cluster has no node 1");
    const Cluster elsewhere = *parse_cluster("node 0 192.0.2.1:7000", "c");
    EXPECT_EQ(complaint_of({.role = "node", .cluster = elsewhere}),
              "c:1:1: '192.0.2.1' is no address of this machine: Cannot assign requested address");
}

TEST(Env, WithoutAFolderHasNoDisk) {
    auto env = env_of(cluster_of(1));
    env->run([](sim::Env& of) {
        EXPECT_EQ(of.open("f", sim::OpenMode::create).error(), Error::input_output);
        EXPECT_EQ(of.list("").error(), Error::input_output);
    });
}

TEST(Env, EndsWhenMainAndItsTasksHaveEnded) {
    auto env = env_of(cluster_of(1));
    bool ended = false;
    EXPECT_EQ(env->run([&](sim::Env& of) { of.spawn("task", [&] { ended = of.sleep(5ms).ok(); }); }).kind,
              Kind::finished);
    EXPECT_TRUE(ended);
}

TEST(Env, AStopCancelsMainAndThenUnwindsTheRest) {
    auto env = env_of(cluster_of(1));
    std::promise<void> started;
    std::string seen;
    std::thread thread([&] {
        const Ending ending = env->run([&](sim::Env& of) {
            of.spawn("task", [&] {
                const auto unwound = std::shared_ptr<void>(nullptr, [&](void*) { seen += "unwound"; });
                (void)of.park();
                seen += "woken ";
            });
            of.spawn("starts", [&] { started.set_value(); });
            EXPECT_EQ(of.park().error(), Error::cancelled);
            EXPECT_TRUE(of.sleep(3ms).ok()); // it may still put its things in order
            seen += "main ";
        });
        EXPECT_EQ(ending.kind, Kind::stopped);
    });
    started.get_future().wait();
    env->stop();
    thread.join();
    EXPECT_EQ(seen, "main unwound");
}

TEST(Env, ASecondStopDoesNotWaitForMain) {
    auto env = env_of(cluster_of(1));
    env->stop(); // also one that comes before it runs
    env->stop();
    EXPECT_EQ(env->run([](sim::Env& of) {
                     while (true) (void)of.sleep(1h);
                 })
                  .kind,
              Kind::stopped);
}

Env* interrupted = nullptr;

TEST(Env, AHandlerOfSignalsMayStopIt) {
    auto env = env_of(cluster_of(1));
    interrupted = env.get();
    ::signal(SIGUSR1, [](int) { interrupted->stop(); });
    EXPECT_EQ(env->run([](sim::Env& of) {
                     of.spawn("signals", [] { ::raise(SIGUSR1); });
                     EXPECT_EQ(of.park().error(), Error::cancelled);
                 })
                  .kind,
              Kind::stopped);
    ::signal(SIGUSR1, SIG_DFL);
}

TEST_F(DataFolder, NothingThatIsOpenIsInheritedByPrograms) {
    auto env = *Env::make({.role = "node", .cluster = cluster_of(1), .data = path_});
    env->run([](sim::Env& of) {
        sim::Socket socket = *of.bind(1);
        sim::Stream stream = *of.connect(socket.address());
        sim::Stream accepted = *of.accept(socket);
        sim::File file = *of.open("f", sim::OpenMode::create);
        const auto last = static_cast<int>(descriptors_in_use());
        int kept = 0;
        for (int each = 3; each < last; ++each) {
            const int flags = ::fcntl(each, F_GETFD);
            if (flags < 0) continue;
            std::string what = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(each)).string();
            const bool is_ours = what.starts_with("socket") || what.starts_with("anon") || what.ends_with("/f");
            kept += is_ours;
            EXPECT_TRUE(!is_ours || (flags & FD_CLOEXEC) != 0) << what;
        }
        EXPECT_GE(kept, 5);
    });
}

TEST(Env, ADeathSaysWhoDiedOfWhat) {
    auto env = env_of(cluster_of(1));
    const Ending ending = env->run([](sim::Env& of) {
        of.spawn("reckless", [] { throw std::runtime_error("no more"); });
        (void)of.park();
    });
    EXPECT_EQ(ending.kind, Kind::died);
    EXPECT_EQ(ending.task, "reckless");
    EXPECT_EQ(ending.rule, "uncaught std::runtime_error");
    EXPECT_EQ(ending.text, "no more");
}

struct Words final : Watcher {
    std::string text;
    void noted(const sim::Identity& who, const sim::NoteKind& kind, std::span<const sim::Field> fields) override {
        text += who.name + " " + std::string(kind.name);
        for (const sim::Field& field : fields) text += " " + to_text(field);
        text += "; ";
    }
    void stated(const sim::Identity& who, const sim::StateKey& key, const sim::Field& value) override {
        text += who.name + " " + std::string(key.name) + "=" + to_text(value) + "; ";
    }
};

TEST(Env, AWatcherHearsNotesAndStates) {
    static constexpr sim::NoteKind note{"test.note", {"number", "word"}};
    static constexpr sim::StateKey key{"test.state"};
    Words words;
    auto env = *Env::make({.role = "node", .cluster = cluster_of(1), .watcher = &words});
    env->run([](sim::Env& of) {
        of.note(note, 7, "x");
        of.state(key, "busy");
    });
    EXPECT_EQ(words.text, "node0 test.note 7 x; node0 test.state=busy; ");
}

TEST(Env, OneSeedGivesTheSameDraws) {
    std::vector<std::uint64_t> drawn[3];
    for (int i = 0; i < 3; ++i) {
        auto env = *Env::make({.role = "node", .cluster = cluster_of(1), .seed = i == 2 ? 8 : 7});
        env->run([&, i](sim::Env& of) {
            for (int k = 0; k < 8; ++k) drawn[i].push_back(of.draw("x", 1000));
        });
    }
    EXPECT_EQ(drawn[0], drawn[1]);
    EXPECT_NE(drawn[0], drawn[2]);
}

// Members that talk to each other on one address, as a cluster on one machine does: of each, datagrams from its first
// two ports, and a stream.
void talk_on(const Cluster& cluster) {
    std::vector<std::thread> threads;
    for (std::uint32_t i = 0; i < cluster.members.size(); ++i)
        threads.emplace_back([&cluster, i] {
            auto env = env_of(cluster, i);
            env->run([](sim::Env& of) {
                sim::Socket second = *of.bind(2); // first, so that who reaches port 1 reaches it too
                sim::Socket first = *of.bind(1);
                std::size_t heard = 0;
                const std::size_t count = of.peers("node").size();
                const sim::Task accepts = of.spawn("accept", [&] {
                    for (std::size_t k = 0; k < count; ++k) EXPECT_EQ(of.accept(first)->read(1)->text(), "s");
                });
                const sim::Task hears = of.spawn("hear", [&] {
                    std::vector<sim::Address> from;
                    while (from.size() < count) {
                        const sim::Result<sim::Datagram> got = second.receive();
                        EXPECT_EQ(got->from.port, 1u);
                        if (std::find(from.begin(), from.end(), got->from) == from.end()) from.push_back(got->from);
                    }
                    heard = from.size();
                });
                for (const sim::Address peer : of.peers("node")) {
                    while (true) {
                        sim::Result<sim::Stream> stream = of.connect(peer.at(1));
                        if (!stream.ok()) {
                            EXPECT_TRUE(of.sleep(1ms).ok());
                            continue;
                        }
                        EXPECT_EQ(stream->peer(), peer.at(1));
                        EXPECT_TRUE(stream->write(sim::view_of("s"), label).ok());
                        break;
                    }
                    EXPECT_TRUE(first.send(peer.at(2), label, {}).ok());
                }
                while (of.is_alive(accepts) || of.is_alive(hears)) EXPECT_TRUE(of.sleep(1ms).ok());
                EXPECT_EQ(heard, count);
            });
        });
    for (std::thread& thread : threads) thread.join();
}

TEST(Env, SeveralShareOneAddressAndOneProcess) { talk_on(cluster_of(4)); }

TEST(Env, SpeaksSixAsWellAsFour) {
    const int probe = ::socket(AF_INET6, SOCK_DGRAM, 0);
    sockaddr_in6 loopback{};
    loopback.sin6_family = AF_INET6;
    loopback.sin6_addr = in6addr_loopback;
    const bool has_six =
        probe >= 0 && ::bind(probe, reinterpret_cast<const sockaddr*>(&loopback), sizeof loopback) == 0;
    if (probe >= 0) ::close(probe);
    if (!has_six) GTEST_SKIP() << "this machine has no IPv6";
    talk_on(cluster_of(3, "::1"));
}

// In a network of its own, which goes down: what is written is never answered. The exit code says what came of it.
int write_into_silence() {
    if (::unshare(CLONE_NEWNET) != 0 && ::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return 77;
    const int control = ::socket(AF_INET, SOCK_DGRAM, 0);
    ifreq loopback{};
    std::memcpy(loopback.ifr_name, "lo", 3);
    loopback.ifr_flags = IFF_UP;
    if (::ioctl(control, SIOCSIFFLAGS, &loopback) != 0) return 77;
    const Cluster cluster = *parse_cluster("node 0 127.0.0.1:7000", "c");
    auto env = *Env::make({.role = "node", .cluster = cluster, .user_timeout = 200ms});
    int code = 1;
    env->run([&](sim::Env& of) {
        sim::Socket socket = *of.bind(1);
        sim::Stream stream = *of.connect(socket.address());
        CHECK(stream.read(1, of.deadline(500ms)).error() == Error::timed_out); // nothing is owed
        loopback.ifr_flags = 0;
        CHECK(::ioctl(control, SIOCSIFFLAGS, &loopback) == 0);
        CHECK(stream.write(sim::view_of("lost"), label).ok());
        const sim::Monotonic start = of.now();
        CHECK(stream.read(1).error() == Error::reset);
        CHECK(of.now() - start >= 200ms);
        CHECK(of.now() - start < 2s);
        CHECK(of.connect(socket.address()).error() == Error::reset);
        code = 0;
    });
    return code;
}

TEST(Env, AStreamBreaksWhosePeerIsSilentPastTheUserTimeout) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(write_into_silence());
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "no network of its own can be had here";
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

// What a thread leaves behind when it ends would be leaked once for each Env that runs.
TEST(Env, AThreadThatEndsLeavesNoBytesBehind) {
    for (int i = 0; i < 3; ++i)
        std::thread([] {
            auto env = env_of(cluster_of(1));
            env->run([](sim::Env& of) {
                sim::Socket socket = *of.bind(1);
                sim::Bytes large;
                large.resize(5000);
                EXPECT_TRUE(socket.send(socket.address(), label, std::move(large)).ok());
                EXPECT_EQ(socket.receive()->bytes.size(), 5000u);
            });
        }).join();
}

} // namespace
} // namespace orrery::live

// Rates and cuts in a network of the test's own, where the kernel gives it one: a child process goes there for good.
#include "orrery/scenarios/engine/live/network.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "orrery/scenarios/engine/live/fault_timeline.h"
#include "orrery/scenarios/engine/live/system_tool.h"

namespace orrery::scenarios::engine::live {
namespace {

constexpr int sent = 400;
constexpr int no_network = 77;

// A datagram socket at that address.
class Post {
public:
    explicit Post(const std::string& address) : socket_(::socket(AF_INET, SOCK_DGRAM, 0)) {
        const sockaddr_in own = at(address);
        const bool is_bound = ::bind(socket_, reinterpret_cast<const sockaddr*>(&own), sizeof own) == 0;
        CHECK(is_bound);
        const int bytes = 1 << 20;
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    }
    ~Post() { ::close(socket_); }
    Post(const Post&) = delete;
    Post& operator=(const Post&) = delete;
    void send(const std::string& to) {
        const sockaddr_in there = at(to);
        (void)::sendto(socket_, "x", 1, 0, reinterpret_cast<const sockaddr*>(&there), sizeof there);
    }
    // What has come: over loopback, within the call that sent it.
    int received() {
        int count = 0;
        char byte = 0;
        while (::recv(socket_, &byte, 1, MSG_DONTWAIT) == 1) ++count;
        return count;
    }

private:
    static sockaddr_in at(const std::string& address) {
        sockaddr_in place{};
        place.sin_family = AF_INET;
        place.sin_port = htons(7000);
        ::inet_pton(AF_INET, address.c_str(), &place.sin_addr);
        return place;
    }
    int socket_;
};

// How many of those that one sends to the other arrive, a few at a time so that no buffer is full.
int arrived(Post& from, const std::string& address, Post& to) {
    int count = 0;
    for (int i = 0; i < sent; ++i) {
        from.send(address);
        count += to.received();
    }
    return count + to.received();
}

const faults::Plan plan = *faults::parse_plan("f1 loss target=a>b at=0s probability=1/2\n"
                                              "f2 duplication target=a>b at=0s probability=1/2\n"
                                              "f3 cut target=a>b at=0s\n",
                                              "plan");

// In the child: its exit code, or the number of the step that went wrong.
int in_a_network() {
    const auto network = Network::make(plan);
    if (!network.ok()) return 1;
    if (!(*network)->obstacle(plan.faults[2]).empty()) return no_network;
    if (!(*network)->obstacle(plan.faults[0]).empty() || !(*network)->obstacle(plan.faults[1]).empty())
        return no_network;
    const std::string a = "127.1.0.1";
    const std::string b = "127.1.0.2";
    Post at_a(a);
    Post at_b(b);
    Rates& rates = (*network)->rates();
    if (arrived(at_a, b, at_b) != sent) return 2;
    if (rates.begin({1, Rate::Kind::loss, {1, 2}, {}, {{a, b}}})) return 9;
    const int half = arrived(at_a, b, at_b); // by chance outside of this once in 10^20 runs
    if (half < sent / 4 || half > sent * 3 / 4) return 3;
    if (arrived(at_b, a, at_a) != sent) return 4; // the other direction
    if (rates.begin({2, Rate::Kind::duplication, {1, 2}, {}, {{b, a}}})) return 9;
    const int more = arrived(at_b, a, at_a);
    if (more < sent * 5 / 4 || more > sent * 7 / 4) return 5;
    if (rates.end(1)) return 9;
    if (arrived(at_a, b, at_b) != sent) return 6;
    if ((*network)->links().cut(b, a)) return 9;
    if (arrived(at_b, a, at_a) != 0) return 7;
    if ((*network)->links().mend(b, a)) return 9;
    if (rates.end(2)) return 9;
    if (rates.begin({3, Rate::Kind::duplication, {1, 1}, {}, {{b, a}}})) return 9;
    return arrived(at_b, a, at_a) == 2 * sent ? 0 : 8; // each once more, and none of those again
}

TEST(Network, LosesAndDoublesWhatItIsToldTo) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(in_a_network());
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status)) << status;
    if (WEXITSTATUS(status) == no_network) GTEST_SKIP() << "no network of its own here, or nothing like it in nft";
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(Network, IsNotMadeForAPlanWithoutFaultsOfLinks) {
    const faults::Plan crashes = *faults::parse_plan("f1 crash target=a at=0s\n", "plan");
    EXPECT_TRUE(Network::make(crashes).ok()); // this process stays where it is
    EXPECT_FALSE(needs_network(crashes));
    EXPECT_TRUE(needs_network(plan));
}

TEST(SystemTool, SaysWhyItDidNotDoWhatItWasTold) {
    EXPECT_EQ(run_system_tool({"cat"}, "whatever"), "");
    EXPECT_EQ(run_system_tool({"sh"}, "cat >&2; exit 3"), "sh says: nothing");
    EXPECT_EQ(run_system_tool({"sh"}, "echo first; echo Error: second >&2; exit 3"), "sh says: Error: second");
    EXPECT_EQ(run_system_tool({"sh"}, "echo first; exit 3"), "sh says: first");
    EXPECT_EQ(run_system_tool({"orrery-nothing"}, ""), "the program orrery-nothing is not on this machine");
}

} // namespace
} // namespace orrery::scenarios::engine::live

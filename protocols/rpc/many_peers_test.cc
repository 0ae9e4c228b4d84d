// Ten thousand connections to one thread. The other ends are a child process, so that the memory is that of the server.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "orrery/protocols/rpc/arith_test.h"
#include "orrery/protocols/rpc/go_client.h"
#include "orrery/protocols/rpc/live_server_test.h"

namespace orrery::rpc {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t peers = 10'000;

std::size_t resident_bytes() {
    std::ifstream file("/proc/self/statm");
    std::size_t pages = 0;
    file >> pages >> pages;
    return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// Also for children.
bool may_open(rlim_t files) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
    limit.rlim_cur = std::max(limit.rlim_cur, files);
    limit.rlim_max = std::max(limit.rlim_max, files);
    return ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

// Makes one call on a connection of its own, which stays open.
bool call_once(const std::string& host) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(7000);
    ::inet_pton(AF_INET, host.c_str(), &address.sin_addr);
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return false;
    constexpr std::string_view call = R"({"method":"Arith.Multiply","params":[{"A":7,"B":8}],"id":1})";
    if (::send(socket, call.data(), call.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(call.size())) return false;
    constexpr std::string_view answer = "{\"id\":1,\"result\":56,\"error\":null}\n";
    char got[answer.size()];
    return ::recv(socket, got, sizeof got, MSG_WAITALL) == static_cast<ssize_t>(sizeof got) &&
           std::string_view(got, sizeof got) == answer;
}

// The other ends: made when a byte comes, of which the byte that goes back says whether all is well; they are there
// until the parent is not.
[[noreturn]] void be_peers(int parent, const std::string& host) {
    char word = 0;
    if (::read(parent, &word, 1) != 1) ::_exit(1);
    bool is_well = true;
    for (std::size_t i = 0; i < peers && is_well; ++i) is_well = call_once(host);
    word = is_well ? 'y' : 'n';
    if (::write(parent, &word, 1) == 1) (void)::read(parent, &word, 1);
    ::_exit(0);
}

void expect_service() {
    run_client([](sim::Env& env) {
        for (int tries = 0; tries < 1000; ++tries) {
            GoClient client(env);
            if (client.open(env.peers("server")[0], GoProtocol::gob, env.deadline(10s))) {
                ASSERT_TRUE(env.sleep(10ms).ok()); // it is not up yet
                continue;
            }
            EXPECT_EQ(client.call<std::int64_t>("Arith.Multiply", Args{7, 8}, env.deadline(10s)).value(), 56);
            return;
        }
        FAIL() << "no server";
    });
}

TEST(ManyPeers, TenThousandIdleConnectionsCostOneThreadLessThan200MB) {
    if (!may_open(peers + 200)) GTEST_SKIP() << "this process may not open so many files";
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    const std::string host = server_host(); // it is made of the number of this process
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(ends[0]);
        be_peers(ends[1], host);
    }
    ::close(ends[1]);
    {
        const LiveServer here([](sim::Env& env) {
            Server server(env, {.connections = peers + 100});
            publish_arith(server, env);
            server.serve();
        });
        expect_service();
        const std::size_t before = resident_bytes();
        char word = 'b';
        EXPECT_EQ(::write(ends[0], &word, 1), 1);
        EXPECT_EQ(::read(ends[0], &word, 1), 1);
        EXPECT_EQ(word, 'y');
        const std::size_t used = resident_bytes() - before;
#if !defined(ORRERY_ASAN) && !defined(ORRERY_TSAN) // they have larger stacks, and shadows of all memory
        EXPECT_LT(used, std::size_t{200'000'000});
#endif
        RecordProperty("bytes_a_connection", std::to_string(used / peers));
        expect_service();
    }
    ::close(ends[0]);
    EXPECT_EQ(::waitpid(child, nullptr, 0), child);
}

} // namespace
} // namespace orrery::rpc

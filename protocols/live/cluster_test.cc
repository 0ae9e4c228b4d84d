// The cluster file, and what addresses stand for.
#include "orrery/protocols/live/cluster.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "orrery/protocols/live/addresses.h"

namespace orrery::live {
namespace {

std::string complaint_of(std::string_view text) {
    const sim::Checked<Cluster> cluster = parse_cluster(text, "c");
    return cluster.ok() ? "" : cluster.complaint().text();
}

TEST(Cluster, IsReadFromItsFileAndWrittenBack) {
    const char* text = "# role index address\n"
                       "server 0 10.0.0.1:7000   # the first\r\n"
                       "\n"
                       "\tserver\t1 [2001:db8::2]:7000\n"
                       "server 2 node3.example:7000\n"
                       "client 0 10.0.0.1:0";
    const Cluster cluster = *parse_cluster(text, "c");
    ASSERT_EQ(cluster.members.size(), 4u);
    EXPECT_EQ(cluster.find("server", 1)->host, "2001:db8::2");
    EXPECT_EQ(cluster.find("server", 2)->port, 7000);
    EXPECT_EQ(cluster.find("server", 2)->place.line, 5u);
    EXPECT_EQ(cluster.find("server", 3), nullptr);
    const std::string plain = cluster_text(cluster);
    EXPECT_EQ(plain, "server 0 10.0.0.1:7000\nserver 1 [2001:db8::2]:7000\nserver 2 node3.example:7000\n"
                     "client 0 10.0.0.1:0\n");
    EXPECT_EQ(cluster_text(*parse_cluster(plain, "c")), plain);
}

TEST(Cluster, HasANumberThatItsServersShareAndNoOtherClusterHas) {
    const auto number_of = [](std::string_view text) { return cluster_number(*parse_cluster(text, "c"), "server"); };
    const std::uint64_t number = number_of("server 0 a:7000\nserver 1 b:7000\nclient 0 c:0\n");
    EXPECT_EQ(number_of("client 0 d:0\nserver 1 b:7000\nserver 0 a:7000\n"), number); // clients come and go
    EXPECT_NE(number_of("server 0 b:7000\nserver 1 a:7000\n"), number);
    EXPECT_NE(number_of("server 0 a:7000\nserver 1 b:7010\n"), number);
    EXPECT_NE(number_of("server 0 a:7000\n"), number);
}

TEST(Cluster, SaysWhereItsFileIsWrongAndWhatWasExpected) {
    const std::string address = "expected an address like '127.0.0.1:7000' or '[::1]:7000', got '";
    for (const char* wrong : {"x", "x:", ":7", "x:70000", "x:-1", "[::1:7", "::1:7", "[]:7", "[x]:7", "[:7"})
        EXPECT_EQ(complaint_of(std::string("a 0 x:1\na  1 ") + wrong), "c:2:6: " + address + wrong + "'");
    EXPECT_EQ(complaint_of("a 0"), "c:1:1: expected a role, an index and an address, like 'server 0 127.0.0.1:7000'; "
                                   "got 2 words");
    EXPECT_EQ(complaint_of("  a 0 x:1 y"), "c:1:3: expected a role, an index and an address, like "
                                           "'server 0 127.0.0.1:7000'; got 4 words");
    EXPECT_EQ(complaint_of("a one x:1"), "c:1:3: expected an index from 0 to 65535, got 'one'");
    EXPECT_EQ(complaint_of("a=b 0 x:1"), "c:1:1: expected a role of letters, digits, '-' and '_', got 'a=b'");
    EXPECT_EQ(complaint_of("# nothing\n"), "c:2:1: the cluster has no members");
    EXPECT_EQ(complaint_of("a 0 x:1\na 0 y:1"), "c:2:1: a 0 is named twice");
    EXPECT_EQ(complaint_of("a 0 x:1\na 2 y:1"), "c:2:1: a 2 is named, but not a 1");
    EXPECT_EQ(complaint_of("a 0 x:29\na 1 x:20"),
              "c:1:1: port 29 is too near to port 20 on the same host: a member takes 10 ports from the one that is "
              "named");
    EXPECT_EQ(complaint_of("a 0 x:20\nb 0 x:20"),
              "c:2:1: expected an address of its own, got x:20, which is that of a 0");
    EXPECT_EQ(complaint_of("a 0 x:65527"), "c:1:5: port 65527 is too high: a member takes 10 ports from the one that "
                                           "is named, so 65526 is the last");
    EXPECT_EQ(complaint_of("a 0 x:65526"), "");
    EXPECT_EQ(complaint_of("a 0 x:30\na 1 x:20\na 2 y:20\nb 0 x:0\nb 1 x:0"), "");
}

RC_GTEST_PROP(Cluster, AnyTextIsReadOrComplainedOfAtAPlaceInIt, ()) {
    const auto words = *rc::gen::container<std::vector<std::string>>(
        rc::gen::element<std::string>("a", "b", "0", "1", " ", " ", "\n", "\n", "x:7000", "[::1]:7000", "y:0", "#", ":",
                                      "[", "]", "\t", "\r", "a 0 x:70"));
    std::string text;
    for (const std::string& word : words) text += word;
    const sim::Checked<Cluster> cluster = parse_cluster(text, "c");
    if (cluster.ok()) {
        const std::string plain = cluster_text(*cluster);
        RC_ASSERT(cluster_text(*parse_cluster(plain, "c")) == plain);
        RC_ASSERT(cluster->members.size() > 0u);
    } else {
        const sim::Place& place = cluster.complaint().place;
        RC_ASSERT(place.line >= 1u);
        RC_ASSERT(place.line <= 1u + static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')));
        RC_ASSERT(place.column >= 1u);
    }
}

// Members a 0 and a 1 share an IPv4 address, b 0 has one of its own, c 0 an IPv6 one, d 0 takes what ports are free.
struct Book {
    Cluster cluster = *parse_cluster("a 0 10.0.0.1:7000\na 1 10.0.0.1:7010\nb 0 10.0.0.2:7000\nc 0 [::5]:7000\n"
                                     "d 0 10.0.0.3:0",
                                     "c");
    AddressBook book{cluster, *resolve(cluster), 0};
    sim::Address peer(const char* role, std::size_t i = 0) const { return book.peers(role)[i]; }
};

Endpoint at(const char* ip, std::uint16_t port) { return {boost::asio::ip::make_address(ip), port}; }

TEST(Addresses, OfMembersCountPortsFromTheListedOne) {
    Book of;
    const sim::Address a1 = of.peer("a");
    EXPECT_EQ(of.book.peers("a").size(), 1u);
    EXPECT_EQ(of.book.endpoint(a1.at(1)), at("10.0.0.1", 7010));
    EXPECT_EQ(of.book.endpoint(a1.at(10)), at("10.0.0.1", 7019));
    EXPECT_EQ(of.book.endpoint(a1.at(40'000)), at("10.0.0.1", 40'000));
    EXPECT_EQ(of.book.endpoint(of.peer("c").at(2)), at("::5", 7001));
    EXPECT_EQ(of.book.endpoint(a1), std::nullopt); // a host is no place to send to
    EXPECT_EQ(of.book.endpoint(of.peer("d").at(1)), std::nullopt);
    EXPECT_EQ(of.book.endpoint(of.peer("d").at(50'000)), at("10.0.0.3", 50'000));
    EXPECT_EQ(of.book.own_port(2), 7001);
    EXPECT_EQ(of.book.own_port(0), 0);
}

TEST(Addresses, LeadBackToWhereTheyCameFrom) {
    Book of;
    EXPECT_EQ(of.book.address(at("10.0.0.1", 7011)), of.peer("a").at(2));
    EXPECT_EQ(of.book.address(at("10.0.0.1", 7009)), of.book.self().at(10));
    EXPECT_EQ(of.book.address(at("10.0.0.2", 45'000)), of.peer("b").at(45'000));
    EXPECT_EQ(of.book.address(at("10.0.0.3", 45'000)), of.peer("d").at(45'000));
    EXPECT_EQ(of.book.address(at("::ffff:10.0.0.2", 7000)), of.peer("b").at(1));
    const Endpoint shared = at("10.0.0.1", 45'000); // of a 0 or of a 1
    EXPECT_NE(of.book.address(shared).host, of.peer("a").host);
    EXPECT_NE(of.book.address(shared).host, of.book.self().host);
    for (const Endpoint& each : {shared, at("1.2.3.4", 5), at("::7", 5), at("10.0.0.1", 7010), at("10.0.0.2", 80),
                                 at("10.0.0.2", 7), at("fe80::1%3", 9)})
        EXPECT_EQ(of.book.endpoint(of.book.address(each)), each);
}

TEST(Addresses, MeanTheSameInEveryProcessOfTheCluster) {
    Book of;
    AddressBook other(of.cluster, *resolve(of.cluster), 2);
    EXPECT_EQ(other.peers("a")[1], of.peer("a"));
    EXPECT_EQ(of.peer("b"), other.self());
    for (const Endpoint& each : {at("1.2.3.4", 5), at("::7", 5)}) EXPECT_EQ(of.book.address(each), other.address(each));
}

TEST(Addresses, OfStrangersAreKeptUpToABound) {
    Book of;
    const sim::Address first = of.book.address(at("2001::1", 5));
    EXPECT_TRUE(of.book.endpoint(first).has_value());
    for (std::uint32_t i = 0; i < 65'536; ++i) {
        boost::asio::ip::address_v6::bytes_type bytes{};
        bytes[0] = 0x30;
        std::memcpy(bytes.data() + 8, &i, sizeof i);
        const Endpoint stranger{boost::asio::ip::address_v6(bytes), 9};
        EXPECT_EQ(of.book.endpoint(of.book.address(stranger)), stranger);
    }
    EXPECT_FALSE(of.book.endpoint(first).has_value());
    EXPECT_TRUE(of.book.endpoint(of.book.address(at("2001::1", 5))).has_value());
}

TEST(Addresses, ANameThatDoesNotResolveIsNamedWithItsPlace) {
    const auto ips = resolve(*parse_cluster("a 0 no-such-name.invalid:7000", "c"));
    ASSERT_FALSE(ips.ok());
    EXPECT_EQ(ips.complaint().place, (sim::Place{"c", 1, 1}));
    EXPECT_EQ(ips.complaint().message.find("cannot resolve 'no-such-name.invalid': "), 0u);
    EXPECT_TRUE(resolve(*parse_cluster("a 0 localhost:7000", "c")).ok());
}

} // namespace
} // namespace orrery::live

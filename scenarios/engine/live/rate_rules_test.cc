// What nft and tc are told.
#include "orrery/scenarios/engine/live/rate_rules.h"

#include <gtest/gtest.h>

namespace orrery::scenarios::engine::live {
namespace {

using Kind = Rate::Kind;
using namespace std::chrono_literals;

constexpr const char* no_losses =
    "table ip orrery\ndelete table ip orrery\ntable ip orrery {\nchain losses {\ntype filter "
    "hook input priority 0;\n}\n}\n";
constexpr const char* begin_of_doublings = "table netdev orrery\ndelete table netdev orrery\ntable netdev orrery "
                                           "{\nchain doublings {\ntype filter hook ingress "
                                           "device lo priority 0;\nmeta mark 0x6f72 accept\n";

TEST(RateRules, WithoutRatesAreEmptyChains) {
    EXPECT_EQ(filter_text({}), std::string(no_losses) + begin_of_doublings + "}\n}\n");
    EXPECT_EQ(queue_text({}), "");
}

TEST(RateRules, LossDropsWhereMessagesComeIn) {
    const Rate loss{1, Kind::loss, {1, 3}, {}, {{"127.1.0.1", "127.1.0.2"}, {"127.1.0.2", "127.1.0.1"}}};
    const Rate all{2, Kind::loss, {1, 1}, {}, {{"127.1.0.1", "127.1.0.3"}}};
    EXPECT_EQ(filter_text({loss, all}),
              "table ip orrery\ndelete table ip orrery\ntable ip orrery {\nchain losses {\ntype filter hook input "
              "priority 0;\n"
              "ip saddr . ip daddr { 127.1.0.1 . 127.1.0.2, 127.1.0.2 . 127.1.0.1 } numgen random mod 3 < 1 drop\n"
              "ip saddr . ip daddr { 127.1.0.1 . 127.1.0.3 } drop\n}\n}\n" +
                  std::string(begin_of_doublings) + "}\n}\n");
    EXPECT_EQ(queue_text({loss, all}), "");
}

TEST(RateRules, DuplicationSendsAMarkedDatagramOnceMore) {
    const Rate doubling{1, Kind::duplication, {9, 20}, {}, {{"127.1.0.1", "127.1.0.2"}}};
    EXPECT_EQ(filter_text({doubling}),
              std::string(no_losses) + begin_of_doublings +
                  "meta l4proto udp ip saddr . ip daddr { 127.1.0.1 . 127.1.0.2 } numgen random mod 20 < 9 meta mark "
                  "set 0x6f72 dup to lo\n}\n}\n");
}

TEST(RateRules, WhatCannotHappenOrStrikesNobodyIsNoRule) {
    EXPECT_EQ(filter_text({{1, Kind::loss, {0, 5}, {}, {{"127.1.0.1", "127.1.0.2"}}}, {2, Kind::loss, {1, 2}, {}, {}}}),
              filter_text({}));
}

// nftables draws from less than 2^32.
TEST(RateRules, AProbabilityOfManyDigitsIsRoundedToBillionths) {
    const Rate rare{1, Kind::loss, {1ull << 40, 1ull << 50}, {}, {{"127.1.0.1", "127.1.0.2"}}};
    EXPECT_NE(filter_text({rare}).find("numgen random mod 1000000000 < 976562 drop"), std::string::npos)
        << filter_text({rare});
}

TEST(RateRules, DelayIsNetemBelowAQueueThatSortsByLink) {
    const Rate delay{1, Kind::delay, {1, 3}, 50ms, {{"127.1.0.1", "127.1.0.2"}, {"127.1.0.3", "127.1.0.2"}}};
    EXPECT_EQ(queue_text({delay}),
              "qdisc add dev lo root handle 1: htb\n"
              "class add dev lo parent 1: classid 1:1 htb rate 100gbit quantum 60000\n"
              "qdisc add dev lo parent 1:1 handle 16: netem limit 100000 delay 25000us 25000us reorder 66.667%\n"
              "filter add dev lo parent 1: protocol ip prio 1 u32 match ip src 127.1.0.1/32 match ip dst "
              "127.1.0.2/32 flowid 1:1\n"
              "filter add dev lo parent 1: protocol ip prio 1 u32 match ip src 127.1.0.3/32 match ip dst "
              "127.1.0.2/32 flowid 1:1\n");
    EXPECT_EQ(filter_text({delay}), filter_text({}));
}

TEST(RateRules, ALinkWithTwoDelaysWaitsForBoth) {
    const Rate all{1, Kind::delay, {1, 1}, 1us, {{"127.1.0.1", "127.1.0.2"}, {"127.1.0.3", "127.1.0.2"}}};
    const Rate one{2, Kind::delay, {1, 2}, 10ms, {{"127.1.0.1", "127.1.0.2"}}};
    EXPECT_EQ(queue_text({all, one}),
              "qdisc add dev lo root handle 1: htb\n"
              "class add dev lo parent 1: classid 1:1 htb rate 100gbit quantum 60000\n"
              "qdisc add dev lo parent 1:1 handle 16: netem limit 100000 delay 1us 1us\n"
              "filter add dev lo parent 1: protocol ip prio 1 u32 match ip src 127.1.0.3/32 match ip dst "
              "127.1.0.2/32 flowid 1:1\n"
              "class add dev lo parent 1: classid 1:2 htb rate 100gbit quantum 60000\n"
              "qdisc add dev lo parent 1:2 handle 17: netem limit 100000 delay 1us 1us\n"
              "qdisc add dev lo parent 17:1 handle 18: netem limit 100000 delay 5000us 5000us reorder 50.000%\n"
              "filter add dev lo parent 1: protocol ip prio 1 u32 match ip src 127.1.0.1/32 match ip dst "
              "127.1.0.2/32 flowid 1:2\n");
}

} // namespace
} // namespace orrery::scenarios::engine::live

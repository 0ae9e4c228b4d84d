// Datagrams against brute force: the same messages once without faults, which tells when each would
// have arrived, and once with cuts and doublings drawn at random.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>

#include "orrery/sim/world/world.h"

namespace orrery::sim::world {
namespace {

using namespace std::chrono_literals;

constexpr Label label_word{"test.word"};
constexpr std::uint64_t port = 7;
constexpr Duration latency_min = 500us;
constexpr Duration latency_max = 1500us;

struct DrawnCut {
    std::int64_t begin = 0; // nanoseconds
    std::int64_t end = 0;
    CutMode mode{};
};
struct Fate {
    std::int64_t sent = 0;
    std::vector<std::int64_t> arrived{};
};
using Fates = std::map<std::string, Fate>; // by content

struct Faults {
    std::vector<DrawnCut> cuts{};
    std::uint32_t doublings = 0;
    Ratio loss{0, 1};
    Ratio delay{0, 1};
    std::vector<StruckMessage> strikes{};
    std::vector<StruckMessage>* struck = nullptr; // what the others did, if it is asked for
};

// One host sends a numbered word at each of the times, the other writes down what comes.
Fates run(std::uint64_t seed, const std::vector<std::int64_t>& times, const Faults& faults) {
    Fates fates;
    World world({.seed = seed, .latency_min = latency_min, .latency_max = latency_max});
    world.add_host({"a", "node", 0, [&](Env& env) {
                        Socket socket = *env.bind(port);
                        const Monotonic start = env.now();
                        for (std::size_t i = 0; i < times.size(); ++i) {
                            (void)env.sleep_until({start + Duration{times[i]}});
                            const std::string word = "word " + std::to_string(i);
                            fates[word].sent = world.now().nanoseconds;
                            (void)socket.send(env.peers("node")[0].at(port), label_word, Bytes(std::string_view(word)));
                        }
                        (void)env.park();
                    }});
    world.add_host({"b", "node", 1, [&](Env& env) {
                        Socket socket = *env.bind(port);
                        while (true) {
                            const Result<Datagram> got = socket.receive();
                            if (!got.ok()) return;
                            EXPECT_EQ(got->from, env.peers("node")[0].at(port));
                            fates[std::string(got->bytes.text())].arrived.push_back(world.now().nanoseconds);
                        }
                    }});
    for (std::uint32_t i = 0; i < faults.doublings; ++i)
        world.add_rule(0, 1, {RuleKind::duplication, {1, 2}, {}, 100 + i});
    if (faults.loss.numerator > 0) world.add_rule(0, 1, {RuleKind::loss, faults.loss, {}, 200});
    if (faults.delay.numerator > 0) world.add_rule(0, 1, {RuleKind::delay, faults.delay, 3ms, 300});
    if (faults.struck != nullptr) world.record_struck();
    for (const StruckMessage& each : faults.strikes)
        world.strike({each.from, each.to, name_hash(each.label), each.nth}, each.strike, 400, [] { return true; });
    for (std::uint32_t i = 0; i < faults.cuts.size(); ++i) {
        const DrawnCut& cut = faults.cuts[i];
        world.schedule_fault({cut.begin}, i + 1, 0, [&world, mode = cut.mode, i] { world.cut(0, 1, mode, i + 1); });
        world.schedule_fault({cut.end}, i + 1, 1, [&world, i] { world.heal(0, 1, i + 1); });
    }
    world.boot_all();
    world.run_until(WorldTime{} + 1s);
    if (faults.struck != nullptr) *faults.struck = world.take_struck();
    return fates;
}

std::vector<std::int64_t> drawn_times() {
    std::vector<std::int64_t> times;
    std::int64_t time = 1'000'000;
    const auto count = *rc::gen::inRange(1, 30);
    for (int i = 0; i < count; ++i) times.push_back(time += *rc::gen::inRange<std::int64_t>(1, 700'000));
    return times;
}

std::vector<DrawnCut> drawn_cuts() {
    std::vector<DrawnCut> cuts;
    const auto count = *rc::gen::inRange(0, 5);
    for (int i = 0; i < count; ++i) {
        const auto begin = *rc::gen::inRange<std::int64_t>(1, 12'000'000);
        const auto length = *rc::gen::element<std::int64_t>(100'003, 900'007, 4'000'009);
        const auto mode = *rc::gen::element(CutMode::drop, CutMode::hold);
        cuts.push_back({begin, begin + length, mode});
    }
    return cuts;
}

bool meets(const DrawnCut& cut, std::int64_t from, std::int64_t to) { return cut.begin <= to && cut.end > from; }
bool meets_any(const std::vector<DrawnCut>& cuts, std::int64_t from, std::int64_t to, CutMode mode) {
    return std::any_of(cuts.begin(), cuts.end(),
                       [&](const DrawnCut& cut) { return cut.mode == mode && meets(cut, from, to); });
}

// The last flight of a message that was held took the least latency at least and met no cut.
bool can_arrive(const std::vector<DrawnCut>& cuts, std::int64_t arrival, std::int64_t arrived) {
    const std::int64_t latest = arrived - latency_min.count(); // at which it can have set out
    return arrived > arrival &&
           std::none_of(cuts.begin(), cuts.end(), [&](const DrawnCut& cut) { return meets(cut, latest, arrived); });
}

RC_GTEST_PROP(Datagrams, ACutAffectsWhatWasOnItsWayAtAnyInstantOfIt, (std::uint64_t seed)) {
    const std::vector<std::int64_t> times = drawn_times();
    const std::vector<DrawnCut> cuts = drawn_cuts();
    const Fates plain = run(seed, times, {});
    const Fates cut = run(seed, times, {.cuts = cuts});
    RC_ASSERT(cut.size() == times.size());
    for (const auto& [word, fate] : cut) {
        const Fate& natural = plain.at(word);
        RC_ASSERT(natural.arrived.size() == 1u);
        RC_ASSERT(fate.sent == natural.sent);
        const std::int64_t arrival = natural.arrived[0];
        const bool dropped = meets_any(cuts, fate.sent, arrival, CutMode::drop);
        const bool held = meets_any(cuts, fate.sent, arrival, CutMode::hold);
        if (dropped) {
            RC_ASSERT(fate.arrived.empty());
        } else if (!held) {
            RC_ASSERT(fate.arrived == natural.arrived);
        } else if (fate.arrived.empty()) {
            RC_ASSERT(meets_any(cuts, arrival, INT64_MAX, CutMode::drop)); // one that came while it waited, or after
        } else {
            RC_ASSERT(fate.arrived.size() == 1u);
            RC_ASSERT(!meets_any(cuts, fate.sent, fate.arrived[0], CutMode::drop)); // nor while it waited
            // Of a single cut it set out at the heal, or at the end of the flight that the cut had met.
            const std::int64_t out = cuts.size() == 1 ? std::max(arrival, cuts[0].end) : arrival;
            RC_ASSERT(fate.arrived[0] - out >= latency_min.count());
            if (cuts.size() == 1) RC_ASSERT(fate.arrived[0] - out <= latency_max.count());
            RC_ASSERT(can_arrive(cuts, arrival, fate.arrived[0]));
        }
    }
}

RC_GTEST_PROP(Datagrams, ArriveAtMostOnceAndOnceMoreForEachDoubling, (std::uint64_t seed)) {
    const std::vector<std::int64_t> times = drawn_times();
    Faults faults;
    faults.doublings = *rc::gen::inRange<std::uint32_t>(0, 4);
    faults.loss = {*rc::gen::inRange<std::uint64_t>(0, 3), 4};
    const Fates fates = run(seed, times, faults);
    RC_ASSERT(fates.size() == times.size()); // no word that nobody sent
    for (const auto& [word, fate] : fates) {
        RC_ASSERT(fate.sent > 0);
        RC_ASSERT(fate.arrived.size() <= 1 + faults.doublings);
        if (faults.loss.numerator == 0) RC_ASSERT(!fate.arrived.empty());
        for (const std::int64_t arrived : fate.arrived) {
            RC_ASSERT(arrived - fate.sent >= latency_min.count());
            RC_ASSERT(arrived - fate.sent <= latency_max.count());
        }
    }
}

// Cuts that drop, and rates: the messages that they changed, struck one by one, fare to the nanosecond as they did.
RC_GTEST_PROP(Datagrams, FareTheSameIfWhatFaultsDidToThemIsDoneSingly, (std::uint64_t seed)) {
    const std::vector<std::int64_t> times = drawn_times();
    std::vector<StruckMessage> struck;
    Faults faults;
    faults.cuts = drawn_cuts();
    for (DrawnCut& cut : faults.cuts) cut.mode = CutMode::drop;
    faults.doublings = *rc::gen::inRange<std::uint32_t>(0, 3);
    faults.loss = {*rc::gen::inRange<std::uint64_t>(0, 3), 4};
    faults.delay = {*rc::gen::inRange<std::uint64_t>(0, 3), 4};
    faults.struck = &struck;
    const Fates were = run(seed, times, faults);
    const Fates are = run(seed, times, {.strikes = struck});
    RC_ASSERT(are.size() == were.size());
    for (const auto& [word, fate] : were) {
        RC_ASSERT(are.at(word).sent == fate.sent);
        RC_ASSERT(are.at(word).arrived == fate.arrived);
    }
}

// The slowest of many messages, on each of the six ways between three hosts.
std::vector<std::int64_t> slowest(std::uint64_t seed, bool uneven) {
    World world({.seed = seed, .latency_min = latency_min, .latency_max = latency_max, .uneven_links = uneven});
    std::map<std::pair<HostIndex, HostIndex>, std::int64_t> latest;
    std::map<std::uint64_t, std::int64_t> sent;
    for (std::uint32_t i = 0; i < 3; ++i)
        world.add_host({"n" + std::to_string(i), "node", i, [](Env& env) {
                            Socket socket = *env.bind(port);
                            for (int round = 0; round < 200; ++round) {
                                for (const Address peer : env.peers("node"))
                                    (void)socket.send(peer.at(port), label_word, {});
                                (void)env.sleep(1ms);
                            }
                        }});
    world.set_recorder([&](const Observation& seen) {
        if (seen.kind == Observation::Kind::send) sent[seen.message] = seen.time.nanoseconds;
        if (seen.kind != Observation::Kind::deliver) return;
        std::int64_t& most = latest[{seen.peer, seen.host}];
        most = std::max(most, seen.time.nanoseconds - sent.at(seen.message));
    });
    world.boot_all();
    world.run_until(WorldTime{} + 1s);
    std::vector<std::int64_t> all;
    for (const auto& [link, most] : latest) all.push_back(most);
    return all;
}

TEST(Datagrams, HaveASlowestLatencyForEachLinkIfLinksAreUneven) {
    const std::int64_t width = (latency_max - latency_min).count();
    for (const std::int64_t most : slowest(1, false)) EXPECT_GT(most, latency_max.count() - width / 10);
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const std::vector<std::int64_t> links = slowest(seed, true);
        ASSERT_EQ(links.size(), 6u);
        const auto [least, most] = std::minmax_element(links.begin(), links.end());
        EXPECT_GE(*least, latency_min.count());
        EXPECT_LE(*most, latency_max.count());
        EXPECT_GT(*most - *least, width / 10);
        EXPECT_EQ(links, slowest(seed, true));
    }
}

TEST(Datagrams, OvertakeEachOtherWithoutAnyFault) {
    std::vector<std::int64_t> times;
    for (int i = 1; i <= 200; ++i) times.push_back(i * 50'000);
    const Fates fates = run(1, times, {});
    int overtaken = 0;
    for (std::size_t i = 0; i + 1 < times.size(); ++i)
        overtaken +=
            fates.at("word " + std::to_string(i)).arrived[0] > fates.at("word " + std::to_string(i + 1)).arrived[0];
    EXPECT_GT(overtaken, 20);
}

TEST(Datagrams, AreRefusedAboveTheirGreatestSizeAndOnlyThere) {
    World world({});
    std::size_t got = 0;
    world.add_host({"a", "node", 0, [&](Env& env) {
                        Socket socket = *env.bind(port);
                        Bytes most;
                        most.resize(65'507);
                        Bytes more;
                        more.resize(65'508);
                        const Address peer = env.peers("node")[0].at(port);
                        EXPECT_EQ(socket.send(peer, label_word, std::move(more)).error(), Error::too_large);
                        EXPECT_TRUE(socket.send(peer, label_word, std::move(most)).ok());
                        (void)env.park();
                    }});
    world.add_host({"b", "node", 1, [&](Env& env) {
                        Socket socket = *env.bind(port);
                        while (true) {
                            const Result<Datagram> datagram = socket.receive();
                            if (!datagram.ok()) return;
                            got += datagram->bytes.size();
                        }
                    }});
    world.boot_all();
    world.run_until(WorldTime{} + 1s);
    EXPECT_EQ(got, 65'507u);
}

} // namespace
} // namespace orrery::sim::world

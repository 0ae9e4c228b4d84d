// Single messages: exactly the one that is named is struck, and all others are what they were.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>

#include "orrery/sim/world/world.h"

namespace orrery::sim::world {
namespace {

using namespace std::chrono_literals;

constexpr Label label_spoken{"test.word"};
constexpr Label label_aside{"test.other"};
constexpr HostIndex any_host = 2;
constexpr int words_count = 10;

using Arrivals = std::map<std::string, std::vector<std::int64_t>>; // by receiver and content, in nanoseconds

// Two hosts send each other ten words of each of two labels, as datagrams.
struct Talk {
    World world{{.seed = 5}};
    Arrivals arrivals{};
    std::vector<std::uint64_t> messages{}; // identities, as they are delivered

    Talk() {
        for (std::uint32_t i = 0; i < 2; ++i) world.add_host({i == 0 ? "a" : "b", "node", i, main()});
        world.set_recorder([this](const Observation& seen) {
            if (seen.kind == Observation::Kind::deliver) messages.push_back(seen.message);
        });
    }
    std::function<void(Env&)> main() {
        return [this](Env& env) {
            Socket socket = *env.bind(1);
            const Address peer = env.peers("node")[0].at(1);
            env.spawn("listen", [this, &env, &socket] {
                while (const Result<Datagram> got = socket.receive())
                    arrivals[std::to_string(env.self().index) + " " + std::string(got->bytes.text())].push_back(
                        world.now().nanoseconds);
            });
            for (int i = 1; i <= words_count; ++i) {
                (void)env.sleep(10ms);
                for (const Label* label : {&label_spoken, &label_aside}) {
                    const std::string text = std::string(label->name) + " " + std::to_string(i);
                    (void)socket.send(peer, *label, Bytes(std::string_view(text)));
                }
            }
            (void)env.park();
        };
    }
    void strike(FaultId fault, const MessageWatch& which, const Strike& strike, bool begins = true) {
        world.strike(which, strike, fault, [begins] { return begins; });
    }
    Arrivals run() {
        world.boot_all();
        world.run_until(WorldTime{} + 10s);
        return arrivals;
    }
};

Arrivals arrivals_of(const MessageWatch& which, const Strike& strike) {
    Talk talk;
    talk.strike(1, which, strike);
    return talk.run();
}

TEST(Strikes, HitExactlyTheNthMessageOfTheLabelOnTheLink) {
    const Arrivals plain = Talk().run();
    ASSERT_EQ(plain.size(), 4u * words_count);
    for (std::uint64_t nth = 1; nth <= words_count; ++nth) {
        const MessageWatch which{0, 1, label_spoken.hash, nth};
        const std::string word = "1 test.word " + std::to_string(nth);
        Arrivals expected = plain;
        expected.erase(word);
        Arrivals got = arrivals_of(which, {RuleKind::loss});
        EXPECT_EQ(got, expected);

        expected = plain;
        expected[word][0] += 3'000'000'000;
        EXPECT_EQ(arrivals_of(which, {RuleKind::delay, 3s}), expected);

        got = arrivals_of(which, {RuleKind::duplication});
        std::vector<std::int64_t>& twice = got[word];
        ASSERT_EQ(twice.size(), 2u);
        std::erase(twice, plain.at(word)[0]);
        EXPECT_EQ(twice.size(), 1u); // the message itself is as it was
        got[word] = plain.at(word);
        EXPECT_EQ(got, plain);
    }
}

// Of the words that leave from a moment on, the first: the one that is found in the record of that moment.
TEST(Strikes, CountFromAMomentOn) {
    const Arrivals plain = Talk().run();
    const WorldTime late{plain.at("1 test.word 6")[0]};
    Talk talk;
    talk.strike(1, {0, 1, label_spoken.hash, 1, late}, {RuleKind::loss});
    const Arrivals got = talk.run();
    EXPECT_EQ(got.size() + 1, plain.size());
    for (const char* early : {"1 test.word 1", "1 test.word 5", "1 test.word 6"}) EXPECT_TRUE(got.contains(early));
    EXPECT_EQ(arrivals_of({0, 1, label_spoken.hash, 1, WorldTime{INT64_MAX}}, {RuleKind::loss}), plain);
}

TEST(Strikes, CountBetweenAnyHostsIfNoneIsNamed) {
    const Arrivals plain = Talk().run();
    // Both hosts send at the same instants: one of the two fifth words is the ninth, the other the tenth.
    std::vector<std::string> gone;
    for (const std::uint64_t nth : {9u, 10u}) {
        const Arrivals got = arrivals_of({any_host, any_host, label_spoken.hash, nth}, {RuleKind::loss});
        EXPECT_EQ(got.size() + 1, plain.size());
        for (const auto& [word, times] : plain)
            if (!got.contains(word)) gone.push_back(word);
    }
    std::sort(gone.begin(), gone.end());
    EXPECT_EQ(gone, (std::vector<std::string>{"0 test.word 5", "1 test.word 5"}));
    EXPECT_EQ(arrivals_of({any_host, any_host, label_spoken.hash, 2 * words_count + 1}, {RuleKind::loss}), plain);
    EXPECT_EQ(arrivals_of({1, 1, label_spoken.hash, 1}, {RuleKind::loss}), plain);
}

TEST(Strikes, DoNothingIfTheFaultDoesNotBegin) {
    Talk talk;
    talk.strike(1, {0, 1, label_spoken.hash, 3}, {RuleKind::loss}, false);
    Talk plain;
    EXPECT_EQ(talk.run(), plain.run());
    EXPECT_EQ(talk.world.digest(), plain.world.digest());
    EXPECT_EQ(talk.world.efficacy(1).effective, 0u);
}

TEST(Strikes, OfOneMessageHappenInTheirOrder) {
    const MessageWatch which{0, 1, label_spoken.hash, 3};
    Talk twin;
    twin.strike(1, which, {RuleKind::duplication});
    twin.strike(2, which, {RuleKind::loss});
    const Arrivals plain = Talk().run();
    const Arrivals got = twin.run();
    ASSERT_TRUE(got.contains("1 test.word 3")); // the twin had left before the message was lost
    EXPECT_EQ(got.at("1 test.word 3").size(), 1u);
    EXPECT_NE(got.at("1 test.word 3"), plain.at("1 test.word 3"));
    Talk lost;
    lost.strike(1, which, {RuleKind::loss});
    lost.strike(2, which, {RuleKind::duplication});
    EXPECT_FALSE(lost.run().contains("1 test.word 3"));
    EXPECT_EQ(lost.world.efficacy(1).effective, 1u);
    EXPECT_EQ(lost.world.efficacy(2).effective, 0u);
}

TEST(Strikes, ComeBeforeCutsAndRules) {
    Talk talk;
    talk.strike(1, {0, 1, label_spoken.hash, 3}, {RuleKind::loss});
    talk.world.add_rule(0, 1, {RuleKind::duplication, {1, 1}, {}, 2});
    const Arrivals got = talk.run();
    EXPECT_FALSE(got.contains("1 test.word 3"));
    EXPECT_EQ(got.at("1 test.word 4").size(), 2u);
    EXPECT_EQ(talk.world.efficacy(2).effective, 2u * words_count - 1);
}

TEST(Strikes, GiveAMessageATwinOfAnotherNameThanRulesDo) {
    Talk talk;
    talk.strike(1, {0, 1, label_spoken.hash, 3}, {RuleKind::duplication});
    talk.strike(2, {0, 1, label_spoken.hash, 3}, {RuleKind::duplication, {}, 1});
    talk.world.add_rule(0, 1, {RuleKind::duplication, {1, 1}, {}, 3});
    EXPECT_EQ(talk.run().at("1 test.word 3").size(), 4u);
    std::sort(talk.messages.begin(), talk.messages.end());
    EXPECT_EQ(std::adjacent_find(talk.messages.begin(), talk.messages.end()), talk.messages.end());
}

// --- streams ---

// When each of three words came over a stream.
std::vector<std::int64_t> streamed(const std::optional<Strike>& strike, std::uint64_t& effective) {
    World world({.seed = 3});
    std::vector<std::int64_t> came;
    world.add_host({"a", "node", 0, [](Env& env) {
                        Stream stream = *env.connect(env.peers("node")[0].at(1));
                        for (int i = 0; i < 3; ++i) {
                            (void)env.sleep(1s);
                            (void)stream.write(view_of("word"), label_spoken);
                        }
                        (void)env.park();
                    }});
    world.add_host({"b", "node", 1, [&](Env& env) {
                        Socket socket = *env.bind(1);
                        Stream stream = *env.accept(socket);
                        for (Result<Bytes> got = stream.read(4); got.ok() && got->size() > 0; got = stream.read(4))
                            came.push_back(world.now().nanoseconds);
                    }});
    if (strike) world.strike({0, 1, label_spoken.hash, 2}, *strike, 1, [] { return true; });
    world.boot_all();
    world.run_until(WorldTime{} + 5s);
    effective = world.efficacy(1).effective;
    return came;
}

TEST(Strikes, OfASegmentHaveItComeLaterAndNeverTwice) {
    std::uint64_t effective = 0;
    const std::vector<std::int64_t> plain = streamed(std::nullopt, effective);
    ASSERT_EQ(plain.size(), 3u);
    std::vector<std::int64_t> expected = plain;
    expected[1] += Network::retransmission;
    EXPECT_EQ(streamed(Strike{RuleKind::loss}, effective), expected);
    EXPECT_EQ(effective, 1u);
    expected[1] = plain[1] + 300'000'000;
    EXPECT_EQ(streamed(Strike{RuleKind::delay, 300ms}, effective), expected);
    EXPECT_EQ(effective, 1u);
    EXPECT_EQ(streamed(Strike{RuleKind::duplication}, effective), plain);
    EXPECT_EQ(effective, 0u);
}

// --- the record ---

TEST(StruckMessages, AreThoseThatStrikesRulesAndDroppingCutsChanged) {
    Talk talk;
    talk.world.record_struck();
    talk.world.add_rule(0, 1, {RuleKind::delay, {1, 1}, 5ms, 7});
    talk.world.schedule_fault(WorldTime{} + 15ms, 7, 1, [&] { talk.world.remove_rules(0, 1, 7); });
    talk.world.schedule_fault(WorldTime{} + 20ms, 8, 0, [&] { talk.world.cut(1, 0, CutMode::drop, 8); });
    talk.world.schedule_fault(WorldTime{} + 25ms, 8, 1, [&] { talk.world.heal(1, 0, 8); });
    talk.world.schedule_fault(WorldTime{} + 30ms, 9, 0, [&] { talk.world.cut(1, 0, CutMode::hold, 9); });
    talk.world.schedule_fault(WorldTime{} + 35ms, 9, 1, [&] { talk.world.heal(1, 0, 9); });
    talk.strike(1, {0, 1, label_spoken.hash, 9}, {RuleKind::loss});
    const Arrivals got = talk.run();
    std::vector<StruckMessage> struck = talk.world.take_struck();
    ASSERT_EQ(struck.size(), 5u); // not what was held
    std::sort(struck.begin(), struck.end(), [](const StruckMessage& one, const StruckMessage& two) {
        return std::pair(one.fault, one.label) < std::pair(two.fault, two.label);
    });
    EXPECT_EQ(struck.front().fault, 1u); // singly, by its name
    EXPECT_EQ(struck.front().nth, 9u);
    EXPECT_EQ(struck.front().nth_since, 1u);
    EXPECT_EQ(struck.front().since.nanoseconds % 1'000'000, 0);
    EXPECT_LT(struck.front().time - struck.front().since, 1ms);
    struck.erase(struck.begin());
    const Arrivals plain = Talk().run();
    for (std::size_t i = 0; i < 4; ++i) {
        const bool cut = i >= 2;
        const StruckMessage& each = struck[i];
        EXPECT_EQ(each.fault, cut ? 8u : 7u);
        EXPECT_EQ(each.label, i % 2 == 0 ? "test.other" : "test.word");
        EXPECT_EQ(each.from, cut ? 1u : 0u);
        EXPECT_EQ(each.to, cut ? 0u : 1u);
        EXPECT_EQ(each.nth, cut ? 2u : 1u);
        EXPECT_EQ(each.strike.kind, cut ? RuleKind::loss : RuleKind::delay);
        const std::string word = (cut ? "0 " : "1 ") + each.label + (cut ? " 2" : " 1");
        EXPECT_EQ(got.contains(word), !cut);
        if (cut) continue;
        EXPECT_EQ(got.at(word)[0] - plain.at(word)[0], each.strike.longer.count());
    }
}

TEST(StruckMessages, CostNoDrawAndMoveNothing) {
    const auto digest = [](bool is_recorded) {
        Talk talk;
        if (is_recorded) talk.world.record_struck();
        talk.world.add_rule(0, 1, {RuleKind::loss, {1, 2}, {}, 7});
        talk.world.add_rule(0, 1, {RuleKind::duplication, {1, 2}, {}, 8});
        (void)talk.run();
        EXPECT_EQ(talk.world.take_struck().empty(), !is_recorded);
        return talk.world.digest();
    };
    EXPECT_EQ(digest(true), digest(false));
}

// The twin of a message that a cut takes is no longer anything that happened to the message.
TEST(StruckMessages, HaveNoTwinThatMetACut) {
    std::size_t twins = 0;
    std::size_t lost = 0;
    for (int microseconds = 9'000; microseconds < 12'000; microseconds += 50) {
        const auto arrivals = [&](const std::vector<StruckMessage>* strikes) {
            Talk talk;
            if (strikes == nullptr) {
                talk.world.record_struck();
                talk.world.add_rule(0, 1, {RuleKind::duplication, {1, 1}, {}, 1});
                talk.world.schedule_fault(WorldTime{} + std::chrono::microseconds(microseconds), 2, 0,
                                          [&] { talk.world.cut(0, 1, CutMode::drop, 2); });
            } else {
                for (const StruckMessage& each : *strikes)
                    talk.strike(1, {each.from, each.to, name_hash(each.label), each.nth}, each.strike);
            }
            const Arrivals got = talk.run();
            return std::pair(got, talk.world.take_struck());
        };
        const auto [got, struck] = arrivals(nullptr);
        EXPECT_EQ(arrivals(&struck).first, got);
        for (const StruckMessage& each : struck) ++(each.strike.kind == RuleKind::loss ? lost : twins);
    }
    EXPECT_GT(twins, 10u);
    EXPECT_GT(lost, 500u);
}

} // namespace
} // namespace orrery::sim::world

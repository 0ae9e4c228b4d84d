// Programs whose behaviour hangs on what no seed decides - addresses, bytes that nobody wrote, the
// order of a table - pass in forked children, and are caught in a newly executed process.
#include <gtest/gtest.h>

#include <cstring>
#include <set>
#include <unordered_set>

#include "orrery/scenarios/engine/sweep.h"
#include "orrery/scenarios/engine/verify.h"

namespace orrery::scenarios {
namespace {

using namespace std::chrono_literals;

constexpr sim::Label label_word{"word"};

// Sends one word after a quiet second, so that the place of the parting is known.
void send_word(sim::Env& env, std::uint64_t word) {
    sim::Result<sim::Socket> socket = env.bind(0);
    (void)env.sleep(1s);
    sim::Bytes bytes;
    std::uint8_t raw[sizeof word];
    std::memcpy(raw, &word, sizeof word);
    bytes.append(raw);
    (void)socket->send(env.peers("listener")[0].at(7), label_word, std::move(bytes));
}

void listen(sim::Env& env) {
    sim::Result<sim::Socket> socket = env.bind(7);
    while (socket->receive().ok()) {}
}

void send_address(sim::Env& env) {
    const auto thing = std::make_unique<int>(1);
    send_word(env, reinterpret_cast<std::uintptr_t>(thing.get()));
}

__attribute__((noinline)) std::uint64_t sum_of_nothing() {
    std::uint8_t raw[2048];
    asm volatile("" : : "r"(raw) : "memory"); // as if it had been written
    std::uint64_t sum = 0;
    for (const std::uint8_t each : raw) sum = sum * 31 + each;
    return sum;
}
void send_uninitialised(sim::Env& env) { send_word(env, sum_of_nothing()); }

using Address = std::uint64_t*;
template <class Table>
void send_order(sim::Env& env) {
    std::vector<std::unique_ptr<std::uint64_t>> owned;
    Table table;
    for (std::uint64_t i = 1; i <= 9; ++i) {
        owned.push_back(std::make_unique<std::uint64_t>(i));
        table.insert(owned.back().get());
    }
    std::uint64_t order = 0;
    for (const std::uint64_t* each : table) order = order * 10 + *each;
    send_word(env, order);
}

void send_seed(sim::Env& env) { send_word(env, env.draw("word", 1000)); }

Scenario sends(const char* name, void (*main)(sim::Env&)) {
    return Scenario{{.name = name, .roles = {{"sender", 1, main}, {"listener", 1, listen}}, .duration = 2s, .faulty = true}};
}
const Scenario address = sends("sends-an-address", send_address);
const Scenario uninitialised = sends("sends-an-uninitialised-byte", send_uninitialised);
const Scenario unordered = sends("sends-an-unordered-iteration", send_order<std::unordered_set<std::uint64_t*>>);
const Scenario by_address = sends("sends-an-order-of-addresses", send_order<std::set<Address>>);
const Scenario sound = sends("sends-a-draw", send_seed);

SweepResult swept(const Scenario& scenario, std::uint64_t last = 3) {
    SweepOptions options;
    options.input.scenario = &scenario;
    options.input.settings = default_settings(scenario);
    options.seed_last = last;
    return sweep(options);
}

void expect_caught(const Scenario& scenario) {
    const SweepResult result = swept(scenario);
    EXPECT_TRUE(result.violated.empty());
    ASSERT_EQ(result.parted.size(), 1u);
    EXPECT_EQ(result.parted[0].seed, 1u);
    EXPECT_EQ(result.parted[0].text.find("sender0"), 0u) << result.parted[0].text;
    EXPECT_NE(result.parted[0].text.find("parted between events 0 and "), std::string::npos) << result.parted[0].text;
}

// AddressSanitizer keeps freed blocks to itself, so that its heap lies in order whatever was given back.
void expect_caught_by_heap_order(const Scenario& scenario) {
#if defined(__SANITIZE_ADDRESS__)
    GTEST_SKIP() << scenario.name << ": the allocator of this build does not reuse blocks in another order";
#else
    expect_caught(scenario);
#endif
}

TEST(Verification, CatchesAnAddressInAMessageAndNamesItsHost) { expect_caught(address); }
TEST(Verification, CatchesAByteThatNobodyWroteAndNamesItsHost) { expect_caught(uninitialised); }
TEST(Verification, CatchesAnUnorderedIterationAndNamesItsHost) { expect_caught_by_heap_order(unordered); }
TEST(Verification, CatchesAnOrderOfAddressesAndNamesItsHost) { expect_caught_by_heap_order(by_address); }

TEST(Verification, RepeatsOneSeedOf64ThatPassed) {
    const SweepResult result = swept(sound, 130);
    EXPECT_EQ(result.seeds, 130u);
    EXPECT_EQ(result.verified, 3u); // seeds 1, 65 and 129
    EXPECT_TRUE(result.parted.empty());
}

// Goals: one that some seeds reach, one that none does, and one that nobody asked for.
constexpr sim::NoteKind heads{"coin.heads", {}, true};
constexpr sim::NoteKind edge{"coin.edge", {}, true};
constexpr sim::NoteKind thrown{"coin.thrown", {}, true};
void toss(sim::Env& env) {
    env.note(thrown);
    const std::uint64_t side = env.draw("side", 2);
    if (side == 0) env.note(heads);
    if (side == 0) env.note(heads); // twice in a seed is one seed all the same
    if (side == 2) env.note(edge);
}
const Scenario coin{
    {.name = "tosses-a-coin", .roles = {{"hand", 1, toss}}, .goals = {heads, edge}, .duration = 1s, .faulty = true}};

TEST(Goals, AreCountedBySeedAndThoseThatNoSeedReachedAreNamed) {
    std::uint64_t seeds = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        RunInput input;
        input.scenario = &coin;
        input.settings = default_settings(coin);
        input.seed = seed;
        seeds += std::get<RunOutput>(run(input)).goals.contains("coin.heads");
    }
    EXPECT_GT(seeds, 10u);
    const SweepResult result = swept(coin, 40);
    const std::map<std::string, std::uint64_t> expected = {{"coin.edge", 0}, {"coin.heads", seeds}, {"coin.thrown", 40}};
    EXPECT_EQ(result.goals, expected);
    EXPECT_EQ(goals_unreached(result), std::vector<std::string>{"coin.edge"});
}

} // namespace
} // namespace orrery::scenarios

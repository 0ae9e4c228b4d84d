// Programs whose behaviour hangs on what no seed decides - addresses, bytes that nobody wrote, the
// order of a table - pass in forked children, and are caught in a newly executed process.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <set>
#include <stdexcept>
#include <unordered_set>

#include "orrery/scenarios/engine/process/test_main.h"
#include "orrery/scenarios/engine/process/verify.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/scenarios/engine/search/failures.h"
#include "orrery/scenarios/engine/search/sweep.h"
#include "orrery/sim/stack.h"

namespace orrery::scenarios::engine {

std::vector<const Scenario*> crash_scenarios(); // crash_test.cc

namespace {

using namespace std::chrono_literals;

constexpr sim::Label label_word{"word"};
constexpr sim::Label label_chatter{"chatter"};

// Talk that hangs on the seed alone, so that the bad word stands in the middle of thousands of events.
void chatter(sim::Env& env, sim::Socket& socket) {
    for (int i = 0; i < 1000 && env.sleep(1ms).ok(); ++i) {
        const std::string text = std::to_string(env.draw("chatter", 1'000'000));
        (void)socket.send(env.peers("listener")[0].at(7), label_chatter, sim::Bytes(std::string_view(text)));
    }
}

void send_word(sim::Env& env, std::uint64_t word) {
    sim::Result<sim::Socket> socket = env.bind(0);
    chatter(env, *socket);
    sim::Bytes bytes;
    std::uint8_t raw[sizeof word];
    std::memcpy(raw, &word, sizeof word);
    bytes.append(raw);
    (void)socket->send(env.peers("listener")[0].at(7), label_word, std::move(bytes));
    chatter(env, *socket);
}

void listen(sim::Env& env) {
    sim::Result<sim::Socket> socket = env.bind(7);
    while (socket->receive().ok()) {
    }
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

// Many, because a hash table in which few pointers meet in no bucket is read back in one order wherever they lie.
using Address = std::uint64_t*;
template <class Table>
void send_order(sim::Env& env) {
    std::vector<std::unique_ptr<std::uint64_t>> owned;
    Table table;
    for (std::uint64_t i = 1; i <= 200; ++i) {
        owned.push_back(std::make_unique<std::uint64_t>(i));
        table.insert(owned.back().get());
    }
    std::uint64_t order = 0;
    for (const std::uint64_t* each : table) order = order * 1000003 + *each;
    send_word(env, order);
}

void send_seed(sim::Env& env) { send_word(env, env.draw("word", 1000)); }

Scenario sends(const char* name, void (*main)(sim::Env&)) {
    return {.name = name, .roles = {{"sender", 1, main}, {"listener", 1, listen}}, .duration = 4s, .faulty = true};
}
const Scenario address = sends("sends-an-address", send_address);
const Scenario uninitialised = sends("sends-an-uninitialised-byte", send_uninitialised);
const Scenario unordered = sends("sends-an-unordered-iteration", send_order<std::unordered_set<std::uint64_t*>>);
const Scenario by_address = sends("sends-an-order-of-addresses", send_order<std::set<Address>>);
const Scenario sound = sends("sends-a-draw", send_seed);

SweepResult swept(const Scenario& scenario, std::uint64_t last = 3) {
    SweepOptions options;
    options.input = input_of(scenario);
    options.seed_last = last;
    return sweep(options);
}

// How many events there were when the word was sent, and which of them sent it.
struct Sent {
    std::uint64_t events = 0;
    std::uint64_t event = 0;
};
Sent sending_of_word(const Scenario& scenario) {
    const sim::world::World* world = nullptr;
    Sent sent;
    RunOptions options;
    options.watcher.at_start = [&](sim::world::World& started) { world = &started; };
    options.watcher.observe = [&](const sim::Observation& seen) {
        if (seen.kind == sim::Observation::Kind::send && seen.name == label_word.name)
            sent = {world->events(), seen.event};
    };
    EXPECT_TRUE(run(input_of(scenario), options).ok());
    return sent;
}

void expect_caught(const Scenario& scenario) {
    const SweepResult result = swept(scenario);
    EXPECT_TRUE(result.violated.empty());
    ASSERT_EQ(result.diverged.size(), 1u);
    EXPECT_EQ(result.diverged[0].summary.input.seed, 1u);
    const Divergence& diverged = result.diverged[0].divergence;
    ASSERT_FALSE(diverged.hosts.empty());
    EXPECT_EQ(diverged.hosts[0], "sender0"); // the listener may have heard of it within the interval
    const Sent word = sending_of_word(scenario);
    EXPECT_GT(word.events, 1500u);
    EXPECT_LT(diverged.events_from, word.events);
    EXPECT_GE(diverged.events_to, word.events);
    EXPECT_EQ(diverged.events_to - diverged.events_from, sim::world::Trace::interval_first);
    EXPECT_EQ(diverged.event, word.event) << diverged.text();
}

// AddressSanitizer keeps freed blocks to itself, so that its heap lies in order whatever was given back.
void expect_caught_by_heap_order(const Scenario& scenario) {
#if defined(ORRERY_ASAN)
    GTEST_SKIP() << scenario.name << ": the allocator of this build does not reuse blocks in another order";
#else
    expect_caught(scenario);
#endif
}

TEST(Verification, CatchesAnAddressInAMessageAndNamesItsHost) { expect_caught(address); }
TEST(Verification, CatchesAByteThatNobodyWroteAndNamesItsHost) { expect_caught(uninitialised); }
TEST(Verification, CatchesAnUnorderedIterationAndNamesItsHost) { expect_caught_by_heap_order(unordered); }
TEST(Verification, CatchesAnOrderOfAddressesAndNamesItsHost) { expect_caught_by_heap_order(by_address); }

TEST(Verification, RepeatsTheShareThatIsAskedFor) {
    SweepOptions options;
    options.input = input_of(sound);
    options.seed_last = 9;
    options.verify_one_of = 2;
    EXPECT_EQ(sweep(options).verified, 5u); // seeds 1, 3, 5, 7 and 9
    options.verify_one_of = 0;
    EXPECT_EQ(sweep(options).verified, 0u);
}

TEST(Verification, RepeatsOneSeedOf64ThatPassed) {
    const SweepResult result = swept(sound, 130);
    EXPECT_EQ(result.seeds, 130u);
    EXPECT_EQ(result.verified, 3u); // seeds 1, 65 and 129
    EXPECT_TRUE(result.diverged.empty());
}

// Dies at every boot, also that after the heal, and before some leaves an address behind.
void die(sim::Env& env) {
    if (env.draw("address", 2) == 1) send_address(env);
    throw std::runtime_error("as always");
}
const Scenario dying{.name = "dies-and-sends-addresses",
                     .roles = {{"sender", 1, die}, {"listener", 1, listen}},
                     .duration = 4s,
                     .faulty = true};

TEST(Verification, OfAFailureThatDoesNotRepeatTriesLaterSeeds) {
    const SweepResult result = swept(dying, 16);
    ASSERT_EQ(result.violated.size(), 16u);
    std::vector<std::uint64_t> tried;
    std::vector<bool> repeated;
    const auto repeats = [&](const Summary& each) {
        tried.push_back(each.input.seed);
        repeated.push_back(!divergence(each, run_in_fresh_process(each.input)));
        return repeated.back();
    };
    Failures failures(repeats);
    for (const Summary& each : result.violated) failures.add(each);
    ASSERT_EQ(failures.all().size(), 1u);
    EXPECT_EQ(failures.all()[0].seeds, 16u);
    EXPECT_EQ(failures.all()[0].first.input.seed, tried.back());
    EXPECT_GT(tried.size(), 1u);
    EXPECT_EQ(std::count(repeated.begin(), repeated.end(), true), 1);
    Failures none([](const Summary&) { return false; });
    EXPECT_EQ(none.add(result.violated.front()), nullptr);
    EXPECT_TRUE(none.all().empty());
}

TEST(Verification, ASweepUntilFailureGoesOnAfterASeedThatIsNone) {
    std::vector<std::uint64_t> told;
    SweepOptions options;
    options.input = input_of(dying);
    options.seed_last = 16;
    options.until_failure = true;
    options.violated = [&](const Summary& each) {
        told.push_back(each.input.seed);
        return each.input.seed == 3;
    };
    EXPECT_EQ(sweep(options).violated.size(), 3u);
    EXPECT_EQ(told, (std::vector<std::uint64_t>{1, 2, 3}));
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
    .name = "tosses-a-coin", .roles = {{"hand", 1, toss}}, .goals = {heads, edge}, .duration = 1s, .faulty = true};

TEST(Goals, AreCountedBySeedAndThoseThatNoSeedReachedAreNamed) {
    std::uint64_t seeds = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        seeds += run(input_of(coin, seed))->goals.contains("coin.heads");
    }
    EXPECT_GT(seeds, 10u);
    const SweepResult result = swept(coin, 40);
    const std::map<std::string, std::uint64_t> expected = {
        {"coin.edge", 0}, {"coin.heads", seeds}, {"coin.thrown", 40}};
    EXPECT_EQ(result.goals, expected);
    EXPECT_EQ(goals_unreached(result), std::vector<std::string>{"coin.edge"});
}

// --- where two runs part, by their checkpoints alone ---

RunResult checkpointed(std::uint64_t interval, std::uint64_t events, std::uint64_t changed_from) {
    RunResult result;
    result.hosts = {"a", "b"};
    for (std::uint64_t at = interval; at <= events; at += interval)
        result.checkpoints.push_back({at, {static_cast<std::int64_t>(at)}, {at, at + (at >= changed_from ? 1 : 0)}});
    result.events = events;
    result.digest = changed_from <= events ? 1 : 0;
    result.time = {static_cast<std::int64_t>(events)};
    return result;
}

TEST(Divergence, IsTheFirstIntervalAfterWhichAHostDiffers) {
    const RunResult one = checkpointed(10, 100, 1000);
    EXPECT_FALSE(divergence(one, checkpointed(10, 100, 1000)).has_value());
    const auto found = divergence(one, checkpointed(10, 100, 55));
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->text(), "b diverged between events 50 and 60, before 60ns");
}

// A run that is twice as long keeps every second checkpoint.
TEST(Divergence, OfRunsWithOtherCheckpointsIsFoundByThoseThatBothHave) {
    EXPECT_FALSE(divergence(checkpointed(10, 100, 1000), checkpointed(20, 100, 1000)).has_value());
    const auto found = divergence(checkpointed(10, 100, 1000), checkpointed(20, 100, 55));
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->text(), "b diverged between events 40 and 60, before 60ns");
    const auto longer = divergence(checkpointed(10, 100, 1000), checkpointed(20, 200, 145));
    ASSERT_TRUE(longer.has_value());
    EXPECT_EQ(longer->text(), "they diverged after event 100");
}

TEST(Divergence, NamesAHostThatIsNotThere) {
    RunResult other = checkpointed(10, 100, 1000);
    other.hosts = {"a", "c"};
    const auto found = divergence(checkpointed(10, 100, 1000), other);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->text(), "b diverged between events 0 and 10, before 10ns");
}

} // namespace
} // namespace orrery::scenarios::engine

int main(int argc, char** argv) {
    using namespace orrery::scenarios::engine;
    std::vector<const orrery::scenarios::Scenario*> all = crash_scenarios();
    for (const auto* each : {&address, &uninitialised, &unordered, &by_address, &sound, &dying, &coin})
        all.push_back(each);
    return test_main(argc, argv, std::move(all));
}

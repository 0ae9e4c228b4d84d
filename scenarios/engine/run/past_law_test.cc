// What is outside of an event's past has no part in it: a message from there may be lost, and all that the past showed
// is shown again, row by row.
//
// Faults that wait for something, or look for a host by its state, see what no process sees; here they come at a time.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "orrery/faults/kinds/single.h"
#include "orrery/reports/trace/past.h"
#include "orrery/scenarios/catalogue.h"
#include "orrery/scenarios/engine/run/plan.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::engine {
namespace {

using namespace std::chrono_literals;
using reports::trace::Past;
using reports::trace::Recording;
using reports::trace::Row;

// --- a scenario whose processes talk by streams ---

constexpr sim::Label line{"line"};
constexpr sim::NoteKind heard{"heard", {"bytes"}};

void listen_to_all(sim::Env& env) {
    sim::Socket socket = *env.bind(1);
    while (true) {
        sim::Result<sim::Stream> stream = env.accept(socket);
        if (!stream.ok()) return;
        while (true) {
            const sim::Result<sim::Bytes> got = stream->read(1000, env.deadline(3s));
            if (!got.ok() || got->empty()) break;
            env.note(heard, got->size());
        }
    }
}

void tell_all(sim::Env& env) {
    while (true) {
        for (const sim::Address& listener : env.peers("listener")) {
            sim::Result<sim::Stream> stream = env.connect(listener.at(1), env.deadline(1s));
            for (int i = 0; i < 4 && stream.ok(); ++i) {
                if (!stream->write(sim::view_of("some words"), line).ok()) break;
                if (!env.sleep(1ms).ok()) return;
            }
        }
        if (!env.sleep(20ms).ok()) return;
    }
}

const Scenario streams{
    .name = "streams", .roles = {{"listener", 2, listen_to_all}, {"teller", 3, tell_all}}, .faulty = true};

// --- the law ---

constexpr sim::WorldTime heal{4'000'000'000}; // after it no fault begins

RunInput input_of(const Scenario& scenario, std::uint64_t seed) {
    RunInput input = engine::input_of(scenario, seed);
    const auto set = [&](const char* name, const char* value) {
        EXPECT_FALSE(set_setting(scenario, input.settings, name, value).has_value()) << name;
    };
    set("duration", "4s");
    set("recovery", "1s");
    set("faults", "crash=2,cut=2,delay=1");
    set("online", "false"); // to its end, whatever the clients were told
    draw_settings(input);
    set("policy", "time");
    input.plan = plan_of(input);
    std::erase_if(input.plan->faults, [](const faults::Fault& fault) {
        return fault.trigger.kind != faults::Trigger::Kind::at || fault.target.kind == faults::Target::Kind::selector;
    });
    return input;
}

struct Recorded {
    RunInput input;
    RunResult result;

    explicit Recorded(RunInput of) : input(std::move(of)) {
        RunOptions options;
        options.record_until = sim::WorldTime{INT64_MAX};
        result = *run(input, options);
    }
    const Recording& recording() const { return result.recording; }
    // That message under the name by which it is struck; nothing if it is a twin, which nobody sent.
    std::optional<sim::world::StruckMessage> message(const Row& delivered) const {
        const sim::world::Strike loss{sim::world::RuleKind::loss};
        sim::world::StruckMessage struck{0, loss, delivered.peer, delivered.host, delivered.name, 0, {}, 0};
        for (const Row& row : recording().rows) {
            if (row.kind != Row::Kind::send || row.host != struck.from || row.peer != struck.to) continue;
            if (row.name != struck.label) continue;
            ++struck.nth;
            if (row.message == delivered.message) return struck;
        }
        return std::nullopt;
    }
    Recorded without(const sim::world::StruckMessage& message) const {
        RunInput edited = input;
        edited.plan->faults.push_back(faults::single_fault(99'999, message, result.hosts));
        return Recorded(edited);
    }
    // What the past showed, without what became of messages on their way.
    std::vector<Row> shown(const Past& past) const {
        std::vector<Row> rows;
        for (const std::size_t place : rows_of(recording(), past)) {
            const Row& row = recording().rows[place];
            if (!row.is_fault() && row.kind != Row::Kind::lose) rows.push_back(row);
        }
        return rows;
    }
};

std::string name_of(const Recorded& run, const Row& message) {
    return run.input.scenario->name + ", seed " + std::to_string(run.input.seed) + ", message " +
           sim::hexadecimal(message.message);
}

// The earlier of the two rows at which they part; nothing if they are equal.
std::optional<Row> first_difference(const std::vector<Row>& a, const std::vector<Row>& b) {
    const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    if (in_a == a.end() && in_b == b.end()) return std::nullopt;
    if (in_a == a.end() || in_b == b.end()) return in_a == a.end() ? *in_b : *in_a;
    return in_a->time < in_b->time ? *in_a : *in_b;
}

// Loses a few messages that arrived before the event, outside of its past. Returns how many times all was the same.
int lose_outside_of_the_past(const Recorded& whole, const Row& end) {
    const Past past = past_of(whole.recording(), end.event);
    EXPECT_TRUE(past.contains(end.event));
    const std::vector<Row> shown = whole.shown(past);
    int same = 0;
    std::vector<const Row*> others;
    for (const Row& row : whole.recording().rows)
        if (row.kind == Row::Kind::deliver && row.time < end.time && !past.contains(row.message))
            others.push_back(&row);
    for (std::size_t i = 0; i < 4 && !others.empty(); ++i) {
        const Row& row = *others[others.size() - 1 - i * (others.size() - 1) / 4]; // the latest, and some before
        const std::optional<sim::world::StruckMessage> message = whole.message(row);
        if (!message) continue;
        const Recorded less = whole.without(*message);
        EXPECT_NE(less.result.digest, whole.result.digest);
        const std::optional<Row> parted = first_difference(less.shown(past_of(less.recording(), end.event)), shown);
        if (!parted) {
            ++same;
            continue;
        }
        EXPECT_EQ(parted->host, row.host) << name_of(whole, row);
        EXPECT_GE(parted->time, row.time) << name_of(whole, row);
    }
    return same;
}

TEST(Past, ShowsTheSameWhateverIsLostOutsideOfIt) {
    for (const Scenario* scenario : {&streams, find_scenario("raft-kv"), find_scenario("lazy-register")}) {
        int same = 0;
        for (std::uint64_t seed = 1; seed <= 3; ++seed) {
            const Recorded whole(input_of(*scenario, seed));
            std::vector<const Row*> notes;
            for (const Row& row : whole.recording().rows)
                if (row.kind == Row::Kind::note && row.time < heal) notes.push_back(&row);
            ASSERT_GT(notes.size(), 30u) << scenario->name;
            for (std::size_t part = 1; part < 4; ++part)
                same += lose_outside_of_the_past(whole, *notes[notes.size() * part / 4]);
        }
        EXPECT_GT(same, 20) << scenario->name;
    }
}

// And it is small: else the law would say little.
TEST(Past, LeavesOutWhatOthersDidSince) {
    const Recorded whole(input_of(streams, 1));
    const Row& last = whole.recording().rows.back();
    const Past past = past_of(whole.recording(), last.event);
    EXPECT_TRUE(past.is_whole);
    EXPECT_GT(past.events.size(), 1000u);
    EXPECT_GT(whole.recording().steps.size(), past.events.size() + 10);
}

// A row of a host belongs to an event that acted there.
TEST(Tracer, GivesAStepForEachEventAndEachHostAtWhichItActs) {
    for (const Scenario* scenario : {&streams, find_scenario("raft-kv")}) {
        const Recorded whole(input_of(*scenario, 3));
        std::map<std::uint64_t, std::uint64_t> causes;
        std::set<std::pair<std::uint64_t, std::uint32_t>> acted;
        std::set<std::pair<std::uint64_t, std::uint64_t>> links;
        for (const reports::trace::Step& step : whole.recording().steps) {
            causes.try_emplace(step.event, step.cause);
            acted.insert({step.event, step.host});
            links.insert({step.event, step.cause});
        }
        EXPECT_LE(causes.size(), whole.result.events); // a message may begin twice, when a cut held it
        EXPECT_GT(causes.size(), whole.result.events * 9 / 10);
        const std::uint64_t healing = sim::mix(sim::name_hash("fault"), 0, 0);
        ASSERT_TRUE(causes.contains(healing));
        EXPECT_EQ(causes[healing], 0u); // it comes by the clock, whatever happened last
        std::set<std::uint32_t> up;
        std::size_t operations = 0;
        std::size_t handed_over = 0;
        for (const Row& row : whole.recording().rows) {
            if (row.kind == Row::Kind::boot) up.insert(row.host);
            if (row.is_fault() || row.kind == Row::Kind::lose || !up.contains(row.host)) continue;
            EXPECT_TRUE(acted.contains({row.event, row.host})) << name(row.kind) << " at " << row.host;
            EXPECT_EQ(row.cause, causes[row.event]);
            if (row.kind == Row::Kind::crash) up.erase(row.host);
            if (row.is_operation()) ++operations;
            if (row.kind != Row::Kind::deliver || row.message == row.event) continue;
            EXPECT_TRUE(links.contains({row.event, row.message})); // its turn came with another segment
            ++handed_over;
        }
        EXPECT_EQ(operations, whole.result.history.entries.size());
        EXPECT_EQ(handed_over > 0, scenario == &streams);
    }
}

} // namespace
} // namespace orrery::scenarios::engine

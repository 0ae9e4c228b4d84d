// The judge of transactions against every order there is: random histories of a few transactions, of which the reads
// are right for some level, and then, sometimes, a lie. A hundred thousand here, a million at night.
#include "orrery/reports/judges/transactions/level_oracle.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>

#include "orrery/reports/judges/judge.h"
#include "orrery/reports/judges/linearizable/random_history.h"
#include "orrery/reports/judges/transactions/consistency.h"

namespace orrery::reports::judges::transactions::oracle {
namespace {

using linearizable::Draws;

std::size_t draw(Draws& draws, std::int64_t bound) { return static_cast<std::size_t>(draws.below(bound)); }

// Steps without what they read, outcomes, clients and times.
Tiny any_frame(Draws& draws, bool lists) {
    Tiny tiny{lists, 2 + static_cast<int>(draws.below(2)), {}};
    const std::int64_t clients = 1 + draws.below(4);
    std::vector<std::int64_t> free(static_cast<std::size_t>(clients), 0);
    std::vector<int> process(static_cast<std::size_t>(clients));
    int next_process = 0;
    for (int& each : process) each = next_process++;
    int element = start;
    for (std::int64_t count = 2 + draws.below(3); count > 0; --count) {
        Txn txn;
        for (std::int64_t steps = 1 + draws.below(3); steps > 0; --steps) {
            const bool writes = draws.below(2) == 0;
            const int key = static_cast<int>(draws.below(tiny.keys));
            txn.steps.push_back({writes, key, writes ? ++element : start});
        }
        const std::size_t client = draw(draws, clients);
        const std::int64_t luck = draws.below(12);
        txn.outcome = luck == 0 ? Call::Outcome::fail : luck == 1 ? Call::Outcome::unknown : Call::Outcome::ok;
        txn.process = process[client];
        txn.invoked = free[client] + draws.below(4);
        txn.returned = txn.invoked + draws.below(6);
        free[client] = txn.returned + 1;
        if (txn.outcome == Call::Outcome::unknown) process[client] = next_process++; // it is still stuck in it
        tiny.all.push_back(txn);
    }
    return tiny;
}

using State = std::vector<std::vector<int>>;

void show(const Tiny& tiny, Step& step, const State& state) {
    const std::vector<int>& versions = state[static_cast<std::size_t>(step.key)];
    if (tiny.lists)
        step.values = versions;
    else
        step.value = versions.empty() ? start : versions.back();
}

// One after the other, but each reads an earlier state than the last, as a whole or step by step.
void play(Draws& draws, Tiny& tiny) {
    enum class Reads : std::uint8_t { latest, snapshot, any_state };
    const auto reads = static_cast<Reads>(draws.below(3));
    const std::int64_t liars = draws.below(3) == 0 ? 4 : 1000;
    std::vector<std::pair<std::int64_t, std::size_t>> order;
    const bool in_time = draws.below(2) == 0;
    for (std::size_t place = 0; place < tiny.all.size(); ++place) {
        const Txn& txn = tiny.all[place];
        const std::int64_t within = txn.invoked + draws.below(txn.returned - txn.invoked + 1);
        order.emplace_back(in_time ? within : draws.below(100), place);
    }
    std::sort(order.begin(), order.end());
    std::vector<State> states{State(static_cast<std::size_t>(tiny.keys))};
    for (const auto& [when, place] : order) {
        Txn& txn = tiny.all[place];
        const bool happens = txn.outcome == Call::Outcome::ok || draws.below(2) == 0;
        const auto some = [&] {
            return states[states.size() - 1 - draw(draws, std::min<std::int64_t>(std::ssize(states), 3))];
        };
        State seen = reads == Reads::latest ? states.back() : some();
        State after = states.back();
        for (Step& step : txn.steps) {
            if (step.writes) {
                seen[static_cast<std::size_t>(step.key)].push_back(step.value);
                after[static_cast<std::size_t>(step.key)].push_back(step.value);
                continue;
            }
            show(tiny, step, reads == Reads::any_state && draws.below(2) == 0 ? some() : seen);
            if (draws.below(liars) != 0) continue;
            show(tiny, step, some());
            if (draws.below(2) == 0 && !tiny.lists) step.value = static_cast<int>(draws.below(9));
        }
        if (happens) states.push_back(after);
    }
}

History history_of(const Tiny& tiny) {
    History history;
    history.model = tiny.lists ? "list-append" : "rw-register";
    using Type = Entry::Type;
    for (const Txn& txn : tiny.all) {
        Value::List asked;
        Value::List answered;
        for (const Step& step : txn.steps) {
            const Value word = step.writes ? (tiny.lists ? "append" : "w") : "r";
            Value read = step.value == start ? Value() : Value(step.value);
            if (tiny.lists && !step.writes) read = Value::List(step.values.begin(), step.values.end());
            asked.push_back(Value::List{word, step.key, step.writes ? Value(step.value) : Value()});
            answered.push_back(Value::List{word, step.key, step.writes ? Value(step.value) : read});
        }
        const Type end = txn.outcome == Call::Outcome::ok     ? Type::ok
                         : txn.outcome == Call::Outcome::fail ? Type::fail
                                                              : Type::info;
        history.entries.push_back({Type::invoke, txn.process, "txn", {}, asked, {txn.invoked}});
        history.entries.push_back(
            {end, txn.process, "txn", {}, end == Type::ok ? Value(answered) : Value(), {txn.returned}});
    }
    std::stable_sort(history.entries.begin(), history.entries.end(), [](const Entry& a, const Entry& b) {
        return std::pair(a.time, a.type != Type::invoke) < std::pair(b.time, b.type != Type::invoke);
    });
    return history;
}

std::string rendered(const Tiny& tiny) {
    std::string text;
    for (const Entry& each : history_of(tiny).entries)
        text += std::to_string(each.time.nanoseconds) + " " + std::string(name(each.type)) + " " +
                std::to_string(each.process) + " " + each.value.rendered() + "\n";
    return text;
}

struct Count {
    int allowed = 0;
    int forbidden = 0;
    int undecided = 0;
};

// Every level in turn, so that each gets its share.
void compare(int count, bool lists, std::uint64_t seed, const std::vector<std::string_view>& levels,
             std::map<std::string_view, Count>& counts) {
    for (int i = 0; i < count; ++i) {
        Draws draws(seed + static_cast<std::uint64_t>(i));
        Tiny tiny = any_frame(draws, lists);
        play(draws, tiny);
        const std::string_view level = levels[static_cast<std::size_t>(i) % levels.size()];
        const bool allowed = allows(tiny, level);
        const Verdict verdict = judge(history_of(tiny), {.judge = std::string(level)});
        Count& at = counts[level];
        ++(verdict.outcome == Verdict::Outcome::undecided ? at.undecided : allowed ? at.allowed : at.forbidden);
        if (verdict.outcome == Verdict::Outcome::undecided && !verdict.error) continue;
        ASSERT_EQ(verdict.passed(), allowed) << "history " << i << " under " << level << "\n"
                                             << rendered(tiny) << verdict.error_text();
        ASSERT_EQ(verdict.anomalies.empty(), allowed);
    }
}

int histories() {
    if (std::getenv("ORRERY_NIGHTLY") != nullptr) return 1'000'000;
    return std::getenv("ORRERY_QUICK") == nullptr ? 100'000 : 20'000;
}

TEST(LevelOracle, AgreesOnRegisters) {
    const auto all = consistency_models();
    std::map<std::string_view, Count> counts;
    compare(histories() * 4 / 5, false, 1, {all.begin(), all.end()}, counts);
    for (const auto& [level, count] : counts) {
        const int total = count.allowed + count.forbidden + count.undecided;
        EXPECT_GT(count.allowed, total / 20) << level;
        EXPECT_GT(count.forbidden, total / 20) << level;
        EXPECT_EQ(count.undecided, 0) << level;
    }
}

TEST(LevelOracle, AgreesOnLists) {
    std::map<std::string_view, Count> counts;
    compare(histories() / 5, true, 2,
            {"snapshot-isolation", "strong-session-snapshot-isolation", "strong-snapshot-isolation", "serializable",
             "strong-session-serializable", "strict-serializable"},
            counts);
    for (const auto& [level, count] : counts) {
        EXPECT_GT(count.allowed, (count.allowed + count.forbidden) / 20) << level;
        EXPECT_GT(count.forbidden, (count.allowed + count.forbidden) / 20) << level;
        EXPECT_EQ(count.undecided, 0) << level;
    }
}

} // namespace
} // namespace orrery::reports::judges::transactions::oracle

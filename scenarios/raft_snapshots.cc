// Reads of several keys at one instant, over the replicated store. Keys come in groups; each is written once, by the
// client that it belongs to, and others read the whole group in one transaction. So of two reads of a group one has
// seen all that the other has.
#include "orrery/reports/models/transaction.h"
#include "orrery/scenarios/catalogue.h"
#include "orrery/scenarios/flaws.def"
#include "orrery/scenarios/raft_store.h"
using namespace orrery;
using reports::Value;
using reports::models::LongFork;
using reports::models::Step;
using scenarios::Store;
using namespace std::chrono_literals;

static constexpr std::uint64_t group_size = 5; // keys of a group, and clients: each has one of the keys to write

static std::string key_of(const Value& value) {
    const auto step = Step::of(value);
    CHECK(step.has_value());
    return "key/" + step->key->rendered();
}

static sim::Outcome<LongFork::Result> write(Store& store, const Value& step) {
    const auto written = store.run(kv::Operation::put(key_of(step), "1"));
    if (!written.has_value()) return scenarios::unanswered<LongFork::Result>(written);
    return LongFork::Result{Value::List{step}};
}

static sim::Outcome<LongFork::Result> read(Store& store, const Value::List& steps) {
    const std::size_t page = FLAW(snapshots_read_in_pages) ? 1 : steps.size();
    LongFork::Result result;
    while (result.steps.size() < steps.size()) {
        std::vector<std::string> keys;
        for (std::size_t i = 0; i < page; ++i) keys.push_back(key_of(steps[result.steps.size() + i]));
        const auto seen = store.run(kv::Transaction::reading(keys));
        if (!seen.has_value()) return sim::Refused{}; // a read has no effect
        for (const kv::Result& each : seen.value().results) {
            const Value& step = steps[result.steps.size()];
            result.steps.push_back(Value::List{"r", *Step::of(step)->key, each.value ? Value(1) : Value()});
        }
    }
    return result;
}

static sim::Outcome<LongFork::Result> ask(Store& store, const LongFork::Operation& operation) {
    if (operation.kind == LongFork::Operation::Kind::write) return write(store, operation.steps.front());
    return read(store, operation.steps);
}

// Of eight operations on a group the first writes. Each client reads the keys in an order of its own.
static LongFork::Operation draw(sim::Env&, std::uint64_t client, std::uint64_t number) {
    const std::uint64_t first = number / 8 * group_size;
    const auto key = [&](std::uint64_t place) { return static_cast<std::int64_t>(first + place); };
    LongFork::Operation operation{LongFork::Operation::Kind::read, {}};
    if (number % 8 == 0) {
        operation.kind = LongFork::Operation::Kind::write;
        operation.steps.push_back(Value::List{"w", key(client), 1});
        return operation;
    }
    for (std::uint64_t place = 0; place < group_size; ++place)
        operation.steps.push_back(Value::List{"r", key((client + place) % group_size), {}});
    return operation;
}

const scenarios::Scenario scenarios::raft_snapshots =
    over_store({.name = "raft-snapshots",
                .help = "reads of several keys at one instant, from the store over raft",
                .clients = store_clients<LongFork>(group_size, ask, draw),
                .think = 50ms,
                .judges = {"long-fork"}});

// Transactions of several steps over the replicated store, each of which reads a list or appends to one. A client reads
// all the lists at once, does its steps by itself, and writes what it changed in one transaction, if every list that it
// read is as it was. So they took effect one after the other.
#include <map>

#include "orrery/reports/models/transaction.h"
#include "orrery/scenarios/catalogue.h"
#include "orrery/scenarios/flaws.def"
#include "orrery/scenarios/raft_store.h"
using namespace orrery;
using reports::Value;
using reports::models::ListAppend;
using reports::models::Step;
using scenarios::Store;
using namespace std::chrono_literals;
using Lists = std::map<std::string, std::optional<std::string>>; // by key, as the store holds them

static std::string key_of(const Step& step) { return "list/" + step.key->rendered(); }

// Does the steps on lists that were read, and changes these.
static ListAppend::Result apply(const Value::List& steps, Lists& lists) {
    ListAppend::Result result;
    for (const Value& each : steps) {
        const Step step = *Step::of(each);
        auto& list = lists[key_of(step)];
        if (step.kind == Step::Kind::append) {
            list = list.value_or("") + step.value->rendered() + " ";
            result.steps.push_back(each);
            continue;
        }
        Value::List elements;
        for (const std::int64_t element : scenarios::numbers_of(list)) elements.emplace_back(element);
        result.steps.push_back(Value::List{"r", *step.key, list ? Value(elements) : Value()});
    }
    return result;
}

static sim::Outcome<ListAppend::Result> ask(Store& store, const ListAppend::Operation& operation) {
    Lists before;
    for (const Value& each : operation.steps) before[key_of(*Step::of(each))];
    std::vector<std::string> keys;
    for (const auto& [key, list] : before) keys.push_back(key);
    while (true) {
        const auto read = store.run(kv::Transaction::reading(keys));
        if (!read.has_value()) return sim::Refused{}; // nothing was written yet
        for (std::size_t i = 0; i < keys.size(); ++i) before[keys[i]] = read.value().results[i].value;
        Lists after = before;
        const ListAppend::Result result = apply(operation.steps, after);
        kv::Transaction transaction;
        for (const auto& [key, list] : after) {
            const bool written = list != before[key];
            if (written) transaction.then.push_back(kv::Operation::put(key, *list));
            if (written || !FLAW(transactions_reads_not_compared)) transaction.compare.push_back({key, before[key]});
        }
        if (transaction.then.empty()) return result; // it read at one instant
        const auto done = store.run(transaction);
        if (!done.has_value()) return scenarios::unanswered<ListAppend::Result>(done);
        if (done.value().compared) return result;
    }
}

// Three lists at a time; no two operations append the same element.
static ListAppend::Operation draw(sim::Env& env, std::uint64_t client, std::uint64_t number) {
    ListAppend::Operation operation;
    const std::uint64_t steps = 1 + env.draw("steps", 4);
    for (std::uint64_t i = 0; i < steps; ++i) {
        const auto key = static_cast<std::int64_t>(number / 8 * 3 + env.draw("key", 3));
        const auto element = static_cast<std::int64_t>(client * 1'000'000 + number * 4 + i);
        const bool reads = env.draw("step", 2) == 0;
        operation.steps.push_back(reads ? Value::List{"r", key, {}} : Value::List{"append", key, element});
    }
    return operation;
}

const scenarios::Scenario scenarios::raft_transactions =
    over_store({.name = "raft-transactions",
                .help = "transactions on lists, one after the other, in the store over raft",
                .clients = store_clients<ListAppend>(5, ask, draw),
                .think = 100ms,
                .judges = {"strict-serializable"}});

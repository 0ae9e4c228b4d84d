// A queue over the replicated store. The keys `head` and `tail` count what was taken out and put in, and `item/N` holds
// what was put in as number N. A transaction moves a counter and its item together, if the counter still is what was
// read. So values come out in the order in which they went in, each once.
#include "orrery/reports/models/sequence.h"
#include "orrery/scenarios/catalogue.h"
#include "orrery/scenarios/flaws.def"
#include "orrery/scenarios/raft_store.h"
using namespace orrery;
using reports::models::Queue;
using scenarios::number_of;
using scenarios::Store;
using namespace std::chrono_literals;

static std::string item(std::int64_t number) { return "item/" + std::to_string(number); }

static sim::Outcome<Queue::Result> enqueue(Store& store, std::int64_t element) {
    while (true) {
        const auto tail = store.run(kv::Operation::get("tail"));
        if (!tail.has_value()) return sim::Refused{}; // nothing was written yet
        const std::int64_t number = number_of(tail.value().value);
        const auto put = store.run(kv::Transaction{{{"tail", tail.value().value}},
                                                   {kv::Operation::put(item(number), std::to_string(element)),
                                                    kv::Operation::put("tail", std::to_string(number + 1))},
                                                   {}});
        if (!put.has_value()) return scenarios::unanswered<Queue::Result>(put);
        if (put.value().compared) return Queue::Result{};
    }
}

static sim::Outcome<Queue::Result> dequeue(Store& store) {
    while (true) {
        const auto ends = store.run(kv::Transaction::reading({"head", "tail"}));
        if (!ends.has_value()) return sim::Refused{};
        const auto& head = ends.value().results[0].value;
        const std::int64_t number = number_of(head);
        if (number == number_of(ends.value().results[1].value)) return Queue::Result{}; // it was empty
        // Read where it is taken: who had to read it first would lose to those who are quicker, for ever perhaps.
        const auto taken =
            store.run(kv::Transaction{{{"head", head}},
                                      {kv::Operation::get(item(number)), kv::Operation::remove(item(number)),
                                       kv::Operation::put("head", std::to_string(number + 1))},
                                      {}});
        if (!taken.has_value()) return scenarios::unanswered<Queue::Result>(taken);
        if (taken.value().compared) return Queue::Result{number_of(taken.value().results[0].value)};
    }
}

static sim::Outcome<Queue::Result> ask(Store& store, const Queue::Operation& operation) {
    if (operation.kind == Queue::Operation::Kind::take) return dequeue(store);
    return enqueue(store, operation.element.integer());
}

// No two operations put in the same value.
static Queue::Operation draw(sim::Env& env, std::uint64_t client, std::uint64_t number) {
    if (env.draw("operation", 2) == 0) return Queue::Operation::take();
    return Queue::Operation::insert(static_cast<std::int64_t>(client * 1'000'000 + number));
}

const scenarios::Scenario scenarios::raft_queue = over_store({.name = "raft-queue",
                                                              .help = "a queue of the store over raft",
                                                              .clients = store_clients<Queue>(5, ask, draw),
                                                              .think = 200ms,
                                                              .judges = {"queue", "linearizable"}});

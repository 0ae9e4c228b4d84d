// Numbers that nobody has twice. Each client reserves a block of them in the replicated store, and then gives them out
// by itself: so they are unique, and come in no order. What is left of a block is lost with its process.
#include "orrery/scenarios/catalogue.h"
#include "orrery/scenarios/flaws.def"
#include "orrery/scenarios/raft_store.h"
using namespace orrery;
using scenarios::Store;
using namespace std::chrono_literals;

// What one generator alone would do. The clients promise less than to agree with it.
struct UniqueIds {
    using State = std::int64_t;
    struct Operation {
        enum class Kind : std::uint8_t { generate };
        Kind kind = Kind::generate;
        static constexpr auto members() { return std::tuple{sim::member("kind", &Operation::kind)}; }
    };
    struct Result {
        std::int64_t id = 0;
        static constexpr auto members() { return std::tuple{sim::member("id", &Result::id)}; }
    };
    static State initial() { return 0; }
    static Result apply(State& next, const Operation&) { return {next++}; }
};

static constexpr std::int64_t block = 4;

static void client(sim::Env& env, scenarios::Driver& driver) {
    Store store(env);
    std::int64_t next = 0;
    std::int64_t end = 0; // of the block; it is used up when next is there
    const auto generate = [&](sim::Env&, const UniqueIds::Operation&) -> sim::Outcome<UniqueIds::Result> {
        while (next == end) {
            const auto read = store.run(kv::Operation::get("ids"));
            if (!read.has_value()) return sim::Refused{};
            const std::int64_t free = scenarios::number_of(read.value().value);
            const auto reserved =
                store.run(kv::Operation::cas("ids", read.value().value, std::to_string(free + block)));
            const bool used = FLAW(ids_unknown_block_used) && reserved.is_unknown();
            if (!reserved.has_value() && !used) return scenarios::unanswered<UniqueIds::Result>(reserved);
            if (!used && !reserved.value().swapped) continue;
            next = free;
            end = free + block;
        }
        return UniqueIds::Result{next++};
    };
    const scenarios::Draw<UniqueIds> draw = [](sim::Env&, std::uint64_t, std::uint64_t) {
        return UniqueIds::Operation{};
    };
    scenarios::drive<UniqueIds>(env, driver, generate, draw);
}

const scenarios::Scenario scenarios::raft_ids = over_store({.name = "raft-ids",
                                                            .help = "unique ids, by blocks from the store over raft",
                                                            .clients = clients<UniqueIds>(5, client),
                                                            .think = 200ms,
                                                            .judges = {"unique-ids"}});

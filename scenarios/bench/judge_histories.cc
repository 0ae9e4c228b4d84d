#include "orrery/scenarios/bench/judge_histories.h"

#include <algorithm>
#include <string>

#include "orrery/reports/models/fields.h"
#include "orrery/reports/models/transaction.h"

namespace orrery::scenarios::bench {

namespace {

using namespace reports::models;

class Draws {
public:
    std::uint64_t below(std::uint64_t bound) { return (fold(7, ++count_) >> 33) % bound; }

private:
    std::uint64_t count_ = 0;
};

// `invent(draws, number)` is the next operation.
template <Model M, class Invent>
Recorded<M> record(std::uint64_t count, std::uint64_t clients, Invent invent) {
    enum class Stage : std::uint8_t { idle, invoked, done };
    struct Client {
        Stage stage = Stage::idle;
        std::size_t operation = 0;
    };
    Draws draws;
    Recorded<M> operations;
    operations.reserve(count);
    std::vector<Client> all(clients);
    typename M::State state = M::initial();
    std::uint64_t returned = 0;
    for (std::int64_t now = 0; returned < count; ++now) {
        const std::uint64_t which = draws.below(clients);
        Client& client = all[which];
        if (client.stage == Stage::idle) {
            if (operations.size() == count) continue;
            client = {Stage::invoked, operations.size()};
            operations.push_back({invent(draws, operations.size()), {}, {now}, {}, static_cast<std::int64_t>(which)});
        } else if (client.stage == Stage::invoked) {
            operations[client.operation].result = M::apply(state, operations[client.operation].operation);
            client.stage = Stage::done;
        } else {
            operations[client.operation].returned = {now};
            client.stage = Stage::idle;
            ++returned;
        }
    }
    return operations;
}

} // namespace

Recorded<Register> unique_history(std::uint64_t operations, std::uint64_t clients) {
    return record<Register>(operations, clients, [](Draws& draws, std::size_t number) {
        const bool writes = draws.below(2) == 0;
        return writes ? Register::Operation::write(static_cast<std::int64_t>(number)) : Register::Operation::read();
    });
}

Recorded<CasRegister> swapping_history(std::uint64_t operations, std::uint64_t clients, std::uint64_t values) {
    return record<CasRegister>(operations, clients, [values](Draws& draws, std::size_t) {
        const auto kind = draws.below(3);
        const auto from = static_cast<std::int64_t>(draws.below(values));
        const auto to = static_cast<std::int64_t>(draws.below(values));
        if (kind == 0) return CasRegister::Operation::read();
        return kind == 1 ? CasRegister::Operation::write(to) : CasRegister::Operation::cas(from, to);
    });
}

Recorded<Kv> growing_history(std::uint64_t operations, std::uint64_t clients, std::uint64_t keys) {
    return record<Kv>(operations, clients, [keys](Draws& draws, std::size_t number) {
        const std::string key = std::to_string(draws.below(keys));
        const std::string token = "x " + std::to_string(number) + " y";
        const auto kind = draws.below(20);
        if (kind < 10) return Kv::Operation::get(key);
        return kind == 10 ? Kv::Operation::put(key, token) : Kv::Operation::append(key, token);
    });
}

Recorded<Queue> queue_history(std::uint64_t operations, std::uint64_t clients) {
    return record<Queue>(operations, clients, [](Draws& draws, std::size_t number) {
        const auto element = static_cast<std::int64_t>(number);
        return draws.below(2) == 0 ? Queue::Operation::insert(element) : Queue::Operation::take();
    });
}

Recorded<Stack> stack_history(std::uint64_t operations, std::uint64_t clients) {
    return record<Stack>(operations, clients, [](Draws& draws, std::size_t number) {
        const auto element = static_cast<std::int64_t>(number);
        return draws.below(2) == 0 ? Stack::Operation::insert(element) : Stack::Operation::take();
    });
}

Recorded<Set> set_history(std::uint64_t operations, std::uint64_t clients, std::uint64_t elements) {
    return record<Set>(operations, clients, [elements](Draws& draws, std::size_t) {
        const auto kind = static_cast<Set::Operation::Kind>(draws.below(3));
        return Set::Operation{kind, static_cast<std::int64_t>(draws.below(elements))};
    });
}

Recorded<Mutex> mutex_history(std::uint64_t operations, std::uint64_t clients) {
    return record<Mutex>(operations, clients, [](Draws& draws, std::size_t) {
        return draws.below(2) == 0 ? Mutex::Operation::acquire() : Mutex::Operation::release();
    });
}

Recorded<Counter> counter_history(std::uint64_t operations, std::uint64_t clients) {
    return record<Counter>(operations, clients, [](Draws& draws, std::size_t) {
        return Counter::Operation{static_cast<Counter::Operation::Kind>(draws.below(3)), 1};
    });
}

reports::History list_history(std::uint64_t transactions, std::uint64_t clients) {
    constexpr std::int64_t lists = 10;
    constexpr std::int64_t elements = 32;
    std::vector<std::int64_t> appended(lists, 0);
    const auto made = record<ListAppend>(transactions, clients, [&](Draws& draws, std::size_t) {
        ListAppend::Operation operation;
        for (std::uint64_t steps = 1 + draws.below(4); steps > 0; --steps) {
            const auto list = static_cast<std::size_t>(draws.below(lists));
            const bool reads = draws.below(2) == 0;
            const std::int64_t key = appended[list] / elements * lists + static_cast<std::int64_t>(list);
            const reports::Value element = reads ? reports::Value() : reports::Value(appended[list]++);
            operation.steps.push_back(reports::Value::List{reads ? "r" : "append", key, element});
        }
        return operation;
    });
    reports::History history;
    history.model = ListAppend::name;
    std::vector<std::pair<sim::WorldTime, reports::Entry>> entries;
    for (const auto& each : made) {
        using Type = reports::Entry::Type;
        entries.push_back({each.invoked, {Type::invoke, each.process, "txn", {}, each.operation.steps, each.invoked}});
        entries.push_back({each.returned, {Type::ok, each.process, "txn", {}, each.result->steps, each.returned}});
    }
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    for (auto& [time, entry] : entries) history.entries.push_back(std::move(entry));
    return history;
}

} // namespace orrery::scenarios::bench

// A shape is a function that draws the steps of the next transaction.
#include "orrery/scenarios/bench/transaction_histories.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "orrery/reports/models/fields.h"

namespace orrery::scenarios::bench {

namespace {

using reports::Entry;
using reports::Value;

class ShapeDraws {
public:
    std::uint64_t below(std::uint64_t bound) { return (reports::models::fold(11, ++count_) >> 33) % bound; }

private:
    std::uint64_t count_ = 0;
};

// A row of a table: its number is the key.
enum class Table : std::uint8_t {
    warehouse,
    district,
    customer,
    item,
    stock,
    order,
    line,
    user,
    bid,
    comment,
    tweet,
    follow
};
std::uint64_t row(Table table, std::uint64_t number) { return static_cast<std::uint64_t>(table) << 40 | number; }

struct Access {
    std::uint64_t key = 0;
    bool writes = false;
};
class Steps {
public:
    void read(std::uint64_t key) { all_.push_back({key, false}); }
    void write(std::uint64_t key) { all_.push_back({key, true}); }
    void update(std::uint64_t key) {
        read(key);
        write(key);
    }
    const std::vector<Access>& all() const { return all_; }

private:
    std::vector<Access> all_;
};

Entry entry_of(Entry::Type type, std::uint64_t client, std::int64_t now, Value::List steps) {
    Entry entry;
    entry.type = type;
    entry.process = static_cast<std::int64_t>(client);
    entry.f = "txn";
    entry.value = std::move(steps);
    entry.time = {now};
    return entry;
}

// A key's value, and the one before it.
struct Written {
    std::int64_t latest = 0;
    std::optional<std::int64_t> before{};
};

// What one transaction does to the store. One that is stale does not see what was written to each key last.
void take_effect(const Steps& steps, bool stale, std::map<std::uint64_t, Written>& store, Value::List& answer) {
    for (std::size_t step = 0; step < answer.size(); ++step) {
        const Access& each = steps.all()[step];
        const Value::List& asked = answer[step].list();
        const auto found = store.find(each.key);
        const bool there = found != store.end();
        if (each.writes)
            store[each.key] = {asked[2].integer(), there ? std::optional(found->second.latest) : std::nullopt};
        else if (there && (!stale || found->second.before))
            answer[step] = Value::List{"r", asked[1], stale ? *found->second.before : found->second.latest};
    }
}

// `invent(draws)` is the next transaction; one in `stale_every` is stale.
template <class Invent>
reports::History record_shape(std::uint64_t transactions, std::uint64_t clients, Invent invent,
                              std::uint64_t stale_every = 0) {
    enum class Stage : std::uint8_t { idle, invoked, done };
    struct Client {
        Stage stage = Stage::idle;
        Steps steps{};
        Value::List answer{};
    };
    reports::History history;
    history.model = "rw-register";
    ShapeDraws draws;
    std::vector<Client> all(clients);
    std::map<std::uint64_t, Written> store;
    std::int64_t value = 0;
    std::uint64_t done = 0;
    std::uint64_t begun = 0;
    std::uint64_t returned = 0;
    for (std::int64_t now = 0; returned < transactions; ++now) {
        const std::uint64_t which = draws.below(clients);
        Client& client = all[which];
        if (client.stage == Stage::idle) {
            if (begun == transactions) continue;
            ++begun;
            client = {Stage::invoked, invent(draws)};
            Value::List asked;
            for (const Access& each : client.steps.all()) {
                const Value written = each.writes ? Value(++value) : Value();
                asked.push_back(Value::List{each.writes ? "w" : "r", static_cast<std::int64_t>(each.key), written});
            }
            client.answer = asked;
            history.entries.push_back(entry_of(Entry::Type::invoke, which, now, std::move(asked)));
        } else if (client.stage == Stage::invoked) {
            ++done;
            const bool stale = stale_every > 0 && done % stale_every == 0;
            take_effect(client.steps, stale, store, client.answer);
            client.stage = Stage::done;
        } else {
            history.entries.push_back(entry_of(Entry::Type::ok, which, now, std::move(client.answer)));
            client.stage = Stage::idle;
            ++returned;
        }
    }
    return history;
}

class Tpcc {
public:
    Steps operator()(ShapeDraws& draws) {
        Steps steps;
        const std::uint64_t kind = draws.below(100);
        const std::uint64_t warehouse = draws.below(warehouses);
        const std::uint64_t district = warehouse * districts + draws.below(districts);
        const std::uint64_t customer = district * customers + draws.below(customers);
        if (kind < 45) {
            new_order(draws, steps, warehouse, district, customer);
        } else if (kind < 88) { // payment
            steps.update(row(Table::warehouse, warehouse));
            steps.update(row(Table::district, district));
            steps.update(row(Table::customer, customer));
        } else if (kind < 92) { // order status
            steps.read(row(Table::customer, customer));
            if (orders_ > 0) steps.read(row(Table::order, draws.below(orders_)));
        } else if (kind < 96) { // delivery
            for (std::uint64_t each = 0; each < districts && orders_ > 0; ++each) {
                steps.update(row(Table::order, orders_ - 1 - draws.below(std::min<std::uint64_t>(orders_, 1000))));
                steps.update(row(Table::customer, draws.below(warehouses * districts * customers)));
            }
        } else { // stock level
            steps.read(row(Table::district, district));
            for (int each = 0; each < 20; ++each) steps.read(row(Table::stock, warehouse * items + draws.below(items)));
        }
        return steps;
    }

private:
    static constexpr std::uint64_t warehouses = 10;
    static constexpr std::uint64_t districts = 10;
    static constexpr std::uint64_t customers = 300;
    static constexpr std::uint64_t items = 10'000;

    void new_order(ShapeDraws& draws, Steps& steps, std::uint64_t warehouse, std::uint64_t district,
                   std::uint64_t customer) {
        steps.read(row(Table::warehouse, warehouse));
        steps.update(row(Table::district, district));
        steps.read(row(Table::customer, customer));
        steps.write(row(Table::order, orders_));
        for (std::uint64_t count = 5 + draws.below(11); count > 0; --count) {
            const std::uint64_t item = draws.below(items);
            steps.read(row(Table::item, item));
            steps.update(row(Table::stock, warehouse * items + item));
            steps.write(row(Table::line, orders_ * 16 + count));
        }
        ++orders_;
    }

    std::uint64_t orders_ = 0;
};

class Rubis {
public:
    Steps operator()(ShapeDraws& draws) {
        Steps steps;
        const std::uint64_t kind = draws.below(100);
        const std::uint64_t item = draws.below(items_);
        const std::uint64_t user = draws.below(users_);
        if (kind < 30) { // a bid
            steps.read(row(Table::user, user));
            steps.update(row(Table::item, item));
            steps.write(row(Table::bid, number_++));
        } else if (kind < 40) { // a comment, and what it does to its receiver
            steps.write(row(Table::comment, number_++));
            steps.update(row(Table::user, user));
        } else if (kind < 45) {
            steps.write(row(Table::user, users_++));
        } else if (kind < 50) { // an item comes, or its text is changed without looking
            steps.write(row(Table::item, draws.below(2) == 0 ? items_++ : item));
        } else if (kind < 75) {
            for (int each = 0; each < 20; ++each) steps.read(row(Table::item, draws.below(items_)));
        } else {
            steps.read(row(Table::item, item));
            steps.read(row(Table::user, user));
            if (number_ > 0) steps.read(row(Table::bid, draws.below(number_)));
        }
        return steps;
    }

private:
    std::uint64_t users_ = 20'000;
    std::uint64_t items_ = 200;
    std::uint64_t number_ = 0;
};

class Twitter {
public:
    Steps operator()(ShapeDraws& draws) {
        Steps steps;
        const std::uint64_t kind = draws.below(100);
        const std::uint64_t user = any_user(draws);
        if (kind < 40) { // a tweet is the newest of its user
            steps.write(row(Table::tweet, number_++));
            steps.write(row(Table::user, user));
        } else if (kind < 60) { // follow, or no longer
            steps.write(row(Table::follow, user * users + any_user(draws)));
        } else if (kind < 70) {
            steps.read(row(Table::user, user));
            if (number_ > 0) steps.read(row(Table::tweet, draws.below(number_)));
        } else {
            for (int each = 0; each < 10; ++each) {
                const std::uint64_t other = any_user(draws);
                steps.read(row(Table::follow, user * users + other));
                steps.read(row(Table::user, other));
            }
        }
        return steps;
    }

private:
    static constexpr std::uint64_t users = 1000;
    // A few are much talked of.
    static std::uint64_t any_user(ShapeDraws& draws) {
        const std::uint64_t bound = draws.below(users) + 1;
        return draws.below(bound);
    }

    std::uint64_t number_ = 0;
};

} // namespace

reports::History register_history(std::uint64_t operations, std::uint64_t clients) {
    constexpr std::uint64_t steps_each = 10;
    return record_shape(operations / steps_each, clients, [](ShapeDraws& draws) {
        Steps steps;
        for (std::uint64_t each = 0; each < steps_each; ++each) {
            const std::uint64_t key = draws.below(1000);
            if (draws.below(2) == 0)
                steps.read(key);
            else
                steps.write(key);
        }
        return steps;
    });
}

reports::History tpcc_history(std::uint64_t transactions, std::uint64_t clients, std::uint64_t stale_every) {
    return record_shape(transactions, clients, Tpcc(), stale_every);
}
reports::History rubis_history(std::uint64_t transactions, std::uint64_t clients, std::uint64_t stale_every) {
    return record_shape(transactions, clients, Rubis(), stale_every);
}
reports::History twitter_history(std::uint64_t transactions, std::uint64_t clients, std::uint64_t stale_every) {
    return record_shape(transactions, clients, Twitter(), stale_every);
}

} // namespace orrery::scenarios::bench

// A bank over the replicated store. Each account is a key, and holds ten before anybody writes it. A transfer reads two
// accounts, and writes both in one transaction if they still hold what was read. A read of all accounts is one
// transaction. So money is neither made nor lost, and no balance is below zero.
#include "orrery/reports/models/bank.h"
#include "orrery/scenarios/catalogue.h"
#include "orrery/scenarios/flaws.def"
#include "orrery/scenarios/raft_store.h"
using namespace orrery;
using reports::models::Bank;
using scenarios::Store;
using namespace std::chrono_literals;
using Balance = std::optional<std::string>; // as the store holds it

static const std::vector<std::string>& accounts() {
    static const std::vector<std::string> all{"a", "b", "c", "d"};
    return all;
}
static constexpr std::int64_t opening = 10;
static std::int64_t money(const Balance& balance) { return scenarios::number_of(balance, opening); }

static sim::Outcome<Bank::Result> read(Store& store) {
    const auto seen = store.run(kv::Transaction::reading(accounts()));
    if (!seen.has_value()) return sim::Refused{}; // a read has no effect
    Bank::Result result;
    for (std::size_t i = 0; i < accounts().size(); ++i)
        result.balances[accounts()[i]] = money(seen.value().results[i].value);
    return result;
}

static sim::Outcome<Bank::Result> transfer(Store& store, const reports::Value& what) {
    const std::string from = Bank::part(what, "from")->text();
    const std::string to = Bank::part(what, "to")->text();
    const std::int64_t amount = Bank::part(what, "amount")->integer();
    const kv::Transaction reading = kv::Transaction::reading({from, to});
    auto outcome = store.run(reading);
    if (!outcome.has_value()) return sim::Refused{};
    kv::Transaction move;
    while (true) {
        const Balance source = outcome.value().results[0].value;
        const Balance target = outcome.value().results[1].value;
        if (money(source) < amount) return sim::Refused{};
        move.then = {kv::Operation::put(from, std::to_string(money(source) - amount)),
                     kv::Operation::put(to, std::to_string(money(target) + amount))};
        move.compare = {{from, source}, {to, target}};
        move.otherwise = reading.then; // what they hold instead
        outcome = store.run(move);
        if (outcome.has_value() && !outcome.value().compared && FLAW(bank_blind_retry)) {
            move.compare.clear();
            outcome = store.run(move);
        }
        if (!outcome.has_value()) return scenarios::unanswered<Bank::Result>(outcome);
        if (outcome.value().compared) return Bank::Result{};
    }
}

static sim::Outcome<Bank::Result> ask(Store& store, const Bank::Operation& operation) {
    return operation.kind == Bank::Operation::Kind::read ? read(store) : transfer(store, operation.transfer);
}

static Bank::Operation draw(sim::Env& env, std::uint64_t, std::uint64_t) {
    if (env.draw("operation", 3) == 0) return {};
    const std::size_t count = accounts().size();
    const std::size_t from = env.draw("from", count);
    const std::size_t to = (from + 1 + env.draw("to", count - 1)) % count;
    const auto amount = static_cast<std::int64_t>(1 + env.draw("amount", 5));
    return {Bank::Operation::Kind::transfer,
            reports::Value::Map{{"from", accounts()[from]}, {"to", accounts()[to]}, {"amount", amount}}};
}

static scenarios::Clients clients_of_bank() {
    scenarios::Clients clients = scenarios::store_clients<Bank>(5, ask, draw);
    reports::Value::Map balances;
    for (const std::string& account : accounts()) balances.emplace_back(account, opening);
    clients.initial = balances;
    return clients;
}

const scenarios::Scenario scenarios::raft_bank =
    over_store({.name = "raft-bank",
                .help = "transfers between accounts, as transactions of the store over raft",
                .clients = clients_of_bank(),
                .think = 200ms,
                .judges = {"bank", "linearizable"}});

// The commands of the store: the same bytes travel to a server and stand in the log.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "orrery/sim/codec.h"

namespace orrery::kv {

struct Operation {
    enum class Kind : std::uint8_t { get, put, remove, append, cas, transact };
    Kind kind = Kind::get;
    std::string key;
    std::string value;               // put, append: it; cas: the new value; transact: the bytes of a Transaction
    std::optional<std::string> from; // cas: what must be there; nothing: the key must be absent

    static Operation get(std::string key) { return {Kind::get, std::move(key), {}, {}}; }
    static Operation put(std::string key, std::string value) {
        return {Kind::put, std::move(key), std::move(value), {}};
    }
    static Operation remove(std::string key) { return {Kind::remove, std::move(key), {}, {}}; }
    static Operation append(std::string key, std::string value) {
        return {Kind::append, std::move(key), std::move(value), {}};
    }
    static Operation cas(std::string key, std::optional<std::string> from, std::string to) {
        return {Kind::cas, std::move(key), std::move(to), std::move(from)};
    }
    static constexpr auto members() {
        return std::tuple{sim::member("kind", &Operation::kind), sim::member("key", &Operation::key),
                          sim::member("value", &Operation::value), sim::member("from", &Operation::from)};
    }
};

struct Result {
    std::optional<std::string> value; // get: what is there; transact: the bytes of the results of what was done
    bool swapped = false;             // cas: whether it was; transact: whether all keys held what was compared
    bool forgotten = false;           // it was not executed now: nobody knows whether it had been

    static constexpr auto members() {
        return std::tuple{sim::member("value", &Result::value), sim::member("swapped", &Result::swapped),
                          sim::member("forgotten", &Result::forgotten)};
    }
};

// What a key must hold; nothing: the key must be absent.
struct Comparison {
    std::string key;
    std::optional<std::string> value;

    static constexpr auto members() {
        return std::tuple{sim::member("key", &Comparison::key), sim::member("value", &Comparison::value)};
    }
};

// Operations that take effect at one instant, as in etcd: `then` if every key holds what is compared, else
// `otherwise`. None of them is itself a transaction.
struct Transaction {
    std::vector<Comparison> compare{};
    std::vector<Operation> then{};
    std::vector<Operation> otherwise{};

    // One that reads these keys.
    static Transaction reading(const std::vector<std::string>& keys) {
        Transaction transaction;
        for (const std::string& key : keys) transaction.then.push_back(Operation::get(key));
        return transaction;
    }
    static constexpr auto members() {
        return std::tuple{sim::member("compare", &Transaction::compare), sim::member("then", &Transaction::then),
                          sim::member("otherwise", &Transaction::otherwise)};
    }
};

// What a transaction gives back.
struct Transacted {
    bool compared = false;       // every key held what was compared, and `then` was done
    std::vector<Result> results; // of the operations that were done, in their order
};

// A transaction travels within an operation, as its bytes.
inline Operation operation_of(const Transaction& transaction) {
    return {Operation::Kind::transact, {}, std::string(sim::encode(transaction).text()), {}};
}
// Nothing unless the operation holds one transaction without another in it.
inline std::optional<Transaction> transaction_of(const Operation& operation) {
    if (operation.kind != Operation::Kind::transact) return std::nullopt;
    std::optional<Transaction> transaction = sim::decode<Transaction>(sim::view_of(operation.value));
    const auto nests = [](const Operation& each) { return each.kind >= Operation::Kind::transact; };
    if (!transaction || std::any_of(transaction->then.begin(), transaction->then.end(), nests) ||
        std::any_of(transaction->otherwise.begin(), transaction->otherwise.end(), nests))
        return std::nullopt;
    return transaction;
}

// One operation of a client's session. Sequences count from 1; a repetition carries the same one.
struct Command {
    std::uint64_t session = 0;
    std::uint64_t sequence = 0;
    Operation operation;
    sim::Duration time{}; // the stamp of the server that proposed it: see replication/sessions.h

    static constexpr auto members() {
        return std::tuple{sim::member("session", &Command::session), sim::member("sequence", &Command::sequence),
                          sim::member("operation", &Command::operation), sim::member("time", &Command::time)};
    }
};

// These servers, by their places in the role, are to be the voters of the cluster, and no others.
struct Reconfigure {
    std::vector<std::uint32_t> voters;

    static constexpr auto members() { return std::tuple{sim::member("voters", &Reconfigure::voters)}; }
};

// The leader is to hand over to this server.
struct Transfer {
    std::uint32_t to = 0;

    static constexpr auto members() { return std::tuple{sim::member("to", &Transfer::to)}; }
};

// A read of one key at whatever server is near, which may be behind others. It answers only from a state that holds all
// that the client knows of: what it was shown by earlier reads, and what it wrote itself.
struct NearbyRead {
    std::string key;
    std::uint64_t applied = 0; // the latest log index that it was shown
    std::uint64_t session = 0;
    std::uint64_t sequence = 0; // of the latest command of that session that was answered

    static constexpr auto members() {
        return std::tuple{sim::member("key", &NearbyRead::key), sim::member("applied", &NearbyRead::applied),
                          sim::member("session", &NearbyRead::session), sim::member("sequence", &NearbyRead::sequence)};
    }
};

struct Nearby {
    std::optional<std::string> value;
    std::uint64_t applied = 0; // the log index of the state that was read

    static constexpr auto members() {
        return std::tuple{sim::member("value", &Nearby::value), sim::member("applied", &Nearby::applied)};
    }
};

} // namespace orrery::kv

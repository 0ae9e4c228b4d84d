// Transactions of a recorded history, with keys and versions as numbers.
//
// A version is a value under a key: what one write or append made, if values are unique under their keys.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "orrery/reports/history.h"
#include "orrery/reports/judges/registry.h"
#include "orrery/reports/models/transaction.h"

namespace orrery::reports::judges::transactions {

using Txn = std::uint32_t;     // place in Transactions::all
using Version = std::uint32_t; // place in Transactions::versions
constexpr std::uint32_t no_txn = UINT32_MAX;
constexpr std::uint32_t no_version = UINT32_MAX; // of a register: as it started

struct TxnStep {
    models::Step::Kind kind = models::Step::Kind::read;
    std::uint32_t key = 0;
    Version version = no_version; // written, appended, or read from a register
    std::uint32_t first = 0;      // read from a list: its elements ...
    std::uint32_t count = 0;      // ... in Transactions::elements
};

struct Transaction {
    std::size_t call = 0; // place in the calls of the history
    std::int64_t process = 0;
    Call::Outcome outcome = Call::Outcome::unknown;
    sim::WorldTime invoked{};
    sim::WorldTime returned{INT64_MAX};
    std::uint32_t first_step = 0;
    std::uint32_t step_count = 0;
};

struct Transactions {
    struct Cell {
        std::uint32_t key = 0;
        Value value{};
    };
    std::vector<Transaction> all; // in the order of their invocations, failed ones too
    std::vector<TxnStep> steps;
    std::vector<Version> elements;
    std::vector<Cell> versions;
    std::vector<Value> keys;
    // Of registers: what each key holds before anybody writes it. The history says it of all keys or of some (a map);
    // of the others it is nil. It is never guessed from what was read.
    std::vector<Value> starts;
    // Of registers: whether the key was read as it started, and whether somebody wrote that very value again.
    std::vector<bool> start_read;
    std::vector<bool> start_written;

    std::span<const TxnStep> steps_of(Txn txn) const {
        return {steps.data() + all[txn].first_step, all[txn].step_count};
    }
    std::span<const Version> elements_of(const TxnStep& step) const {
        return {elements.data() + step.first, step.count};
    }
    // For people: `key 9`, `4`.
    std::string key_name(std::uint32_t key) const { return "key " + keys[key].rendered(); }
    std::string value_name(std::uint32_t key, Version version) const {
        return (version == no_version ? starts[key] : versions[version].value).rendered();
    }
    std::string value_name(Version version) const { return value_name(versions[version].key, version); }
    const Value& key_value(std::uint32_t key) const { return keys[key]; }
};

// Lists are appended to and read whole; registers are written and read. Reads of transactions that are not ok
// are left out. Errors: a step that the model does not have.
sim::Checked<Transactions> read_transactions(const Case& given, bool lists);

} // namespace orrery::reports::judges::transactions

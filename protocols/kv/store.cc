// A command is executed if its number is above the last of its session, else the session's result is given again. All
// of this follows from the log alone, so every replica does the same.
#include "orrery/protocols/kv/store.h"

#include <algorithm>

#include "orrery/protocols/kv/flaws.def"

namespace orrery::kv {

Result Store::read(const Operation& operation) const {
    const auto found = state_.values.find(operation.key);
    return found == state_.values.end() ? Result{} : Result{found->second, false};
}

std::optional<Result> Store::done(const Command& command) const {
    const sim::Bytes* result = state_.sessions.result_of(command.session, command.sequence);
    if (result == nullptr) return std::nullopt;
    return sim::decode<Result>(*result);
}

bool Store::is_new_enough(const NearbyRead& read) const {
    if (state_.applied < read.applied) return false;
    return state_.sessions.sequence_of(read.session) >= read.sequence; // 0: that client has written nothing
}

bool Store::holds(const Transaction& transaction) const {
    return std::all_of(transaction.compare.begin(), transaction.compare.end(),
                       [&](const Comparison& each) { return read(Operation::get(each.key)).value == each.value; });
}

Result Store::run(const Transaction& transaction) {
    const bool held = holds(transaction);
    std::vector<Result> results;
    for (const Operation& each : held ? transaction.then : transaction.otherwise) {
        CHECK(each.kind != Operation::Kind::transact);
        results.push_back(run(each));
    }
    return {std::string(sim::encode(results).text()), held};
}

Result Store::run(const Operation& operation) {
    switch (operation.kind) {
    case Operation::Kind::get:
        return read(operation);
    case Operation::Kind::put:
        state_.values[operation.key] = operation.value;
        return {};
    case Operation::Kind::remove:
        state_.values.erase(operation.key);
        return {};
    case Operation::Kind::append:
        state_.values[operation.key] += operation.value;
        return {};
    case Operation::Kind::transact: {
        const std::optional<Transaction> transaction = transaction_of(operation);
        return transaction ? run(*transaction) : Result{}; // the service proposes no other
    }
    case Operation::Kind::cas:
        break;
    }
    const std::optional<std::string> now = read(operation).value;
    const bool is_same =
        FLAW(kv_absent_taken_for_empty) ? now.value_or("") == operation.from.value_or("") : now == operation.from;
    if (!is_same) return {};
    state_.values[operation.key] = operation.value;
    return {std::nullopt, true};
}

sim::Bytes Store::apply(replication::Index index, sim::ByteView bytes) {
    using Standing = replication::Sessions::Standing;
    CHECK(index > state_.applied);
    state_.applied = index;
    const auto command = sim::decode<Command>(bytes);
    if (!command) return {}; // the service proposes no other: it means nothing, at each replica alike
    const Standing standing = state_.sessions.begin(command->session, command->sequence, command->time);
    if (standing == Standing::forgotten) return sim::encode(Result{{}, false, true});
    if (standing == Standing::repeated) {
        ++repeated_;
        if (!FLAW(kv_no_duplicate_filter))
            return state_.sessions.result_of(command->session, command->sequence)->copy();
    }
    sim::Bytes result = sim::encode(run(command->operation));
    state_.sessions.keep(command->session, result.copy());
    return result;
}

sim::Bytes Store::snapshot() const { return sim::encode(state_); }

bool Store::restore(sim::ByteView snapshot) {
    auto state = sim::decode<State>(snapshot);
    if (!state || !state->sessions.is_consistent()) return false;
    if (FLAW(kv_sessions_not_in_snapshot)) state->sessions = {};
    state_ = std::move(*state);
    return true;
}

} // namespace orrery::kv

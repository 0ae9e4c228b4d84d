// Operations in words, and the two narrators below.
#include "orrery/protocols/kv/narrator.h"

#include "orrery/sim/chance.h"

namespace orrery::kv {

using sim::Telling;

Narrator::Narrator()
    : raft_([this](sim::ByteView command) { return command_words(command); }),
      paxos_([this](sim::ByteView command) { return command_words(command); }),
      rpc_({[this](std::string_view service, sim::ByteView argument) { return asked(service, argument); },
            [this](std::string_view service, sim::ByteView argument, sim::ByteView result) {
                return answered(service, argument, result);
            }}) {}

std::string Narrator::value_words(std::string_view value) const { return "\"" + std::string(value) + "\""; }

std::string Narrator::words(const std::vector<Operation>& operations) const {
    std::string text;
    for (const Operation& each : operations) text += (text.empty() ? "" : ", ") + words(each);
    return text;
}

std::string Narrator::words(const Transaction& transaction) const {
    if (transaction.compare.empty()) return "at once " + words(transaction.then);
    std::string text = "if ";
    for (const Comparison& each : transaction.compare)
        text += (text.size() == 3 ? "" : " and ") + each.key + " is " + words(each.value);
    return text + " then " + words(transaction.then) +
           (transaction.otherwise.empty() ? "" : ", else " + words(transaction.otherwise));
}

std::string Narrator::words(const Operation& operation) const {
    switch (operation.kind) {
    case Operation::Kind::get:
        return "get " + operation.key;
    case Operation::Kind::put:
        return "put " + operation.key + " " + value_words(operation.value);
    case Operation::Kind::remove:
        return "delete " + operation.key;
    case Operation::Kind::append:
        return "append " + operation.key + " " + value_words(operation.value);
    case Operation::Kind::cas:
        return "compare-and-swap " + operation.key + " from " + words(operation.from) + " to " +
               value_words(operation.value);
    case Operation::Kind::transact:
        break;
    }
    const std::optional<Transaction> transaction = transaction_of(operation);
    return transaction ? words(*transaction) : "no operation";
}

std::string Narrator::words(const Operation& operation, const Result& result) const {
    if (operation.kind == Operation::Kind::get) return words(result.value);
    if (operation.kind == Operation::Kind::cas)
        return result.swapped ? "swapped" : "not swapped, it held another value";
    const std::optional<Transaction> transaction = transaction_of(operation);
    if (!transaction) return "done";
    const auto results = sim::decode<std::vector<Result>>(sim::view_of(result.value.value_or("")));
    const std::vector<Operation>& operations = result.swapped ? transaction->then : transaction->otherwise;
    std::string text = transaction->compare.empty() ? "" : result.swapped ? "it was so: done" : "it was not so";
    for (std::size_t i = 0; results && i < results->size() && i < operations.size(); ++i)
        if (operations[i].kind == Operation::Kind::get)
            text += (text.empty() ? "" : ", ") + operations[i].key + " is " + words((*results)[i].value);
    return text.empty() ? "done" : text;
}

std::string Narrator::command_words(sim::ByteView bytes) const {
    const std::optional<Command> command = sim::decode<Command>(bytes);
    return command ? words(command->operation) : "";
}

rpc::Asked Narrator::asked(std::string_view service, sim::ByteView argument) {
    if (service == "Kv.Read") {
        const std::optional<NearbyRead> read = sim::decode<NearbyRead>(argument);
        if (!read) return {};
        std::string needed = read->applied == 0 ? "" : "entry " + std::to_string(read->applied);
        if (read->sequence > 0) needed += (needed.empty() ? "" : " and ") + std::string("what it wrote last itself");
        return {"get " + read->key + " of this server, " +
                    (needed.empty() ? "however old its state is" : "in a state that has " + needed),
                0};
    }
    const std::optional<Command> command = service == "Kv.Do" ? sim::decode<Command>(argument) : std::nullopt;
    if (!command) return {};
    raft_.learn(argument);
    paxos_.learn(argument);
    return {words(command->operation), sim::mix(command->session, command->sequence)};
}

std::string Narrator::answered(std::string_view service, sim::ByteView argument, sim::ByteView bytes) const {
    if (service == "Kv.Read") {
        const std::optional<Nearby> read = sim::decode<Nearby>(bytes);
        if (!read) return {};
        return words(read->value) + (read->applied == 0 ? ", of a state with no entry"
                                                        : ", of a state up to entry " + std::to_string(read->applied));
    }
    const std::optional<Command> command = sim::decode<Command>(argument);
    const std::optional<Result> result = sim::decode<Result>(bytes);
    return command && result ? words(command->operation, *result) : "";
}

Telling Narrator::tell(const sim::Observation& seen) {
    using Weight = Telling::Weight;
    const bool is_note = seen.kind == sim::Observation::Kind::note;
    if (is_note && seen.name == "kv.repeated") {
        const bool is_first = skipped_.insert(seen.fields[0].integer).second; // every server does the same
        return {is_first ? Weight::usual : Weight::routine,
                "skips entry " + std::to_string(seen.fields[0].integer) + ", whose command it has executed before"};
    }
    if (is_note && seen.name == "kv.remembered")
        return {Weight::usual, "has executed that command before, and answers what it did then"};
    Telling of_rpc = rpc_.tell(seen);
    Telling of_raft = raft_.tell(seen);
    Telling of_paxos = paxos_.tell(seen);
    if (of_rpc.weight != Weight::none) return of_rpc;
    return of_raft.weight == Weight::none ? of_paxos : of_raft;
}

std::unique_ptr<sim::Narrator> narrator() { return std::make_unique<Narrator>(); }

} // namespace orrery::kv

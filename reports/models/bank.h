// Bank: accounts with balances, and transfers between them. A transfer is a map of from, to and amount, and a
// read shows all accounts. Accounts start as the history says; one that it does not name starts at nothing.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "orrery/reports/models/model.h"

namespace orrery::reports::models {

struct Bank {
    using State = std::map<Value, std::int64_t>;

    struct Operation {
        enum class Kind : std::uint8_t { transfer, read };
        Kind kind = Kind::read;
        Value transfer{};

        bool operator==(const Operation&) const = default;
        static constexpr auto members() {
            return std::tuple{sim::member("kind", &Operation::kind), sim::member("transfer", &Operation::transfer)};
        }
    };
    struct Result {
        State balances{}; // of a read
        bool operator==(const Result&) const = default;
        static constexpr auto members() { return std::tuple{sim::member("balances", &Result::balances)}; }
    };

    static constexpr std::string_view name = "bank";
    static constexpr std::array verbs = {Verb{"transfer", {"transfer"}, {}},
                                         Verb{"read", {}, "balances", Verb::Effect::reads}};
    static State initial() { return {}; }
    static std::optional<State> initial(const Value& value) { return as<State>(value); }
    static const Value* part(const Value& transfer, std::string_view which) {
        const Value* found = transfer.find(which);
        return found != nullptr ? found : transfer.find(":" + std::string(which)); // as EDN writes it
    }
    static bool valid(const Operation& operation) {
        if (operation.kind == Operation::Kind::read) return true;
        const Value* amount = part(operation.transfer, "amount");
        return part(operation.transfer, "from") != nullptr && part(operation.transfer, "to") != nullptr &&
               amount != nullptr && amount->is_integer();
    }
    static Result apply(State& balances, const Operation& operation) {
        if (operation.kind == Operation::Kind::read) return {balances};
        if (!valid(operation)) return {};
        const std::int64_t amount = part(operation.transfer, "amount")->integer();
        balances[*part(operation.transfer, "from")] -= amount;
        balances[*part(operation.transfer, "to")] += amount;
        return {};
    }
    static bool agrees(const Result& recorded, const Result& actual) { return recorded == actual; }
    static bool observer(const Operation& operation, const Result&) { return operation.kind == Operation::Kind::read; }
    static Value key(const Operation&) { return {}; }
};
static_assert(Model<Bank>);
extern template const Language& language_of<Bank>();

} // namespace orrery::reports::models

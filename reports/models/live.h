// Live: a model seen through numbers while it is in use: what an operation would do and return in a state, before its
// result is known. machine.h knows the results from the beginning, so its classes are pairs of operation and result and
// a step is one table look-up; here results are numbers of their own. Both stand on the same Interner.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "orrery/reports/models/machine.h"
#include "orrery/reports/models/verb.h"

namespace orrery::reports::models {

class Live {
public:
    static constexpr std::uint32_t initial_state = 0;
    struct Effect {
        std::uint32_t state = 0;
        std::uint32_t result = 0;
    };

    virtual ~Live() = default;
    // Equal ones have equal numbers. Nothing if the model has no such operation, or it no such result.
    virtual std::optional<std::uint32_t> operation(const Words& words) = 0;
    virtual std::optional<std::uint32_t> result(std::uint32_t operation, const Value& recorded) = 0;
    virtual Effect apply(std::uint32_t state, std::uint32_t operation) = 0;
    virtual bool agrees(std::uint32_t recorded, std::uint32_t actual) const = 0;
    // Whether in this state the operation would return what was recorded.
    virtual bool agrees_in(std::uint32_t state, std::uint32_t operation, std::uint32_t recorded) const = 0;
    // Whether the operation leaves every state as it is.
    virtual bool is_read_only(std::uint32_t operation) const = 0;
    // Whether its result and the state after it do not depend on the state before.
    virtual bool is_blind_write(std::uint32_t operation) const = 0;
    // How many states, operations and results have numbers.
    virtual std::size_t remembered() const = 0;
    // What these take, about.
    virtual std::size_t bytes() const = 0;
    // The same object, with nothing remembered, in that state.
    virtual std::unique_ptr<Live> at(std::uint32_t state) const = 0;
};

template <Model M>
class TypedLive final : public Live {
public:
    explicit TypedLive(const typename M::State& initial) { states_.intern(initial, digest(2, initial)); }

    std::optional<std::uint32_t> operation(const Words& words) override {
        auto read = to_operation<M>(words.f, words.key, words.argument);
        if (!read) return {};
        set_process<M>(*read, words.process);
        return operations_.intern(*read, digest(1, *read));
    }
    std::optional<std::uint32_t> result(std::uint32_t operation, const Value& recorded) override {
        const auto read = to_result<M>(operations_[operation], recorded);
        if (!read) return {};
        return results_.intern(*read, digest(3, *read));
    }
    Effect apply(std::uint32_t state, std::uint32_t operation) override {
        typename M::State next = states_[state];
        const typename M::Result actual = M::apply(next, operations_[operation]);
        const std::uint32_t number = results_.intern(actual, digest(3, actual));
        return {next == states_[state] ? state : states_.intern(next, digest(2, next)), number};
    }
    bool agrees(std::uint32_t recorded, std::uint32_t actual) const override {
        return recorded == actual || M::agrees(results_[recorded], results_[actual]);
    }
    bool agrees_in(std::uint32_t state, std::uint32_t operation, std::uint32_t recorded) const override {
        typename M::State next = states_[state];
        return M::agrees(results_[recorded], M::apply(next, operations_[operation]));
    }
    bool is_read_only(std::uint32_t operation) const override {
        return verb_of<M>(operations_[operation]).is_read_only();
    }
    bool is_blind_write(std::uint32_t operation) const override {
        const Verb& verb = verb_of<M>(operations_[operation]);
        return verb.result.empty() && (verb.effect == Verb::Effect::sets || verb.effect == Verb::Effect::removes);
    }
    std::size_t remembered() const override { return states_.size() + operations_.size() + results_.size(); }
    std::size_t bytes() const override { return states_.bytes() + operations_.bytes() + results_.bytes(); }
    std::unique_ptr<Live> at(std::uint32_t state) const override { return std::make_unique<TypedLive>(states_[state]); }

private:
    Interner<typename M::State> states_;
    Interner<typename M::Operation> operations_;
    Interner<typename M::Result> results_;
};

} // namespace orrery::reports::models

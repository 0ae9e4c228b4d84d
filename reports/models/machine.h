// Machine: a model seen through numbers, so that a search needs to know no types: states and classes
// (an operation together with its result) are interned, equal ones to equal numbers.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "orrery/reports/models/model.h"
#include "orrery/sim/check.h"

namespace orrery::reports::models {

class Machine {
public:
    static constexpr std::uint32_t refused = UINT32_MAX;
    static constexpr std::uint32_t initial_state = 0;

    virtual ~Machine() = default;
    virtual std::size_t class_count() const = 0;
    virtual std::size_t state_count() const = 0; // so far; grows with step
    virtual std::size_t bytes() const = 0;       // what the states take, about
    // The state after an operation of this class, or `refused` if it would have had another result.
    // An unknown result is never refused.
    virtual std::uint32_t step(std::uint32_t state, std::uint32_t operation_class) = 0;
    virtual bool observer(std::uint32_t operation_class) const = 0;
    virtual std::string describe_state(std::uint32_t state) const = 0;
    // What the operation would do in that state, in words.
    virtual std::string explain(std::uint32_t state, std::uint32_t operation_class) const = 0;
};

// A class that the model calls an observer although it changes one of the states met so far; nothing if
// the model keeps its promise. Looks at every state and every class: for tests, and for models that are new.
inline std::optional<std::uint32_t> wrong_observer(Machine& machine) {
    const auto states = static_cast<std::uint32_t>(machine.state_count());
    for (std::uint32_t each = 0; each < machine.class_count(); ++each) {
        if (!machine.observer(each)) continue;
        for (std::uint32_t state = 0; state < states; ++state) {
            const std::uint32_t next = machine.step(state, each);
            if (next != Machine::refused && next != state) return each;
        }
    }
    return {};
}

// Things that are equal get the same number, in the order of their first appearance. Open addressing;
// references stay valid.
template <class T>
class Interner {
public:
    std::uint32_t intern(const T& thing, std::uint64_t hash) {
        if (things_.size() * 2 >= places_.size()) grow();
        for (std::size_t place = hash & (places_.size() - 1);; place = (place + 1) & (places_.size() - 1)) {
            if (places_[place] == empty) {
                places_[place] = static_cast<std::uint32_t>(things_.size());
                things_.push_back(thing);
                hashes_.push_back(hash);
                bytes_ += sizeof(T) + footprint(thing) + sizeof(hash);
                return places_[place];
            }
            if (hashes_[places_[place]] == hash && things_[places_[place]] == thing) return places_[place];
        }
    }
    const T& operator[](std::uint32_t number) const { return things_[number]; }
    std::size_t size() const { return things_.size(); }
    // What all of them take, about.
    std::size_t bytes() const { return bytes_ + places_.size() * sizeof(places_[0]); }

private:
    static constexpr std::uint32_t empty = UINT32_MAX;
    void grow() {
        CHECK(things_.size() < empty); // their numbers fit
        places_.assign(places_.empty() ? 16 : places_.size() * 2, empty);
        for (std::uint32_t number = 0; number < things_.size(); ++number) {
            std::size_t place = hashes_[number] & (places_.size() - 1);
            while (places_[place] != empty) place = (place + 1) & (places_.size() - 1);
            places_[place] = number;
        }
    }
    std::vector<std::uint32_t> places_;
    std::deque<T> things_;
    std::vector<std::uint64_t> hashes_;
    std::size_t bytes_ = 0;
};

template <Model M>
class TypedMachine final : public Machine {
public:
    using Class = std::pair<typename M::Operation, std::optional<typename M::Result>>;

    explicit TypedMachine(const typename M::State& initial) : next_(initial) { intern(initial); }

    std::uint32_t add(const Class& operation) { return classes_.intern(operation, digest(1, operation)); }

    std::size_t class_count() const override { return classes_.size(); }
    std::size_t state_count() const override { return states_.size(); }
    std::size_t bytes() const override { return states_.bytes(); }
    std::uint32_t step(std::uint32_t state, std::uint32_t operation_class) override {
        const auto& [operation, result] = classes_[operation_class];
        if (!next_is_ || *next_is_ != state) next_ = states_[state];
        next_is_.reset();
        const typename M::Result actual = M::apply(next_, operation);
        const bool same = next_ == states_[state];
        if (same) next_is_ = state; // most operations only look: the next need not copy it again
        if (result && !M::agrees(*result, actual)) return refused;
        return same ? state : intern(next_);
    }
    bool observer(std::uint32_t operation_class) const override {
        const auto& [operation, result] = classes_[operation_class];
        return result && M::observer(operation, *result);
    }
    std::string describe_state(std::uint32_t state) const override { return to_value(states_[state]).rendered(); }
    std::string explain(std::uint32_t state, std::uint32_t operation_class) const override {
        const auto& [operation, result] = classes_[operation_class];
        typename M::State next = states_[state];
        const typename M::Result actual = M::apply(next, operation);
        if (!result || M::agrees(*result, actual)) return "would leave " + to_value(next).rendered();
        if (verb_of<M>(operation).result.empty()) return "could not be done";
        return "would return " + result_value<M>(operation, actual).rendered() + ", not " +
               result_value<M>(operation, *result).rendered();
    }

private:
    std::uint32_t intern(const typename M::State& state) { return states_.intern(state, digest(2, state)); }
    Interner<typename M::State> states_;
    Interner<Class> classes_;
    typename M::State next_;               // where operations are tried
    std::optional<std::uint32_t> next_is_; // the state that it equals, if it is known to equal one
};

} // namespace orrery::reports::models

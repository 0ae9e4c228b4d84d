// Operations: a list of operations of one model, with their results and times: what a judge judges.
// Typed inside, without types outside.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "orrery/reports/history.h"
#include "orrery/reports/large_pages.h"
#include "orrery/reports/models/container_effects.h"
#include "orrery/reports/models/machine.h"
#include "orrery/reports/models/register_effects.h"

namespace orrery::reports::models {

// One operation as a client of this model saw it. Without a result it is unknown: it may take effect
// at any time after it was invoked, or never, and `returned` has no meaning.
template <Model M>
struct Operation {
    typename M::Operation operation;
    std::optional<typename M::Result> result;
    sim::WorldTime invoked{};
    sim::WorldTime returned{INT64_MAX};
    std::int64_t process = 0;
    std::optional<std::int64_t> order{}; // where the system says that it took effect; see judges/hints.h
};

struct Interval {
    sim::WorldTime invoked{};
    sim::WorldTime returned{INT64_MAX}; // never, if unknown
    bool unknown = false;

    // In real time. Operations with a common instant are concurrent.
    bool precedes(const Interval& other) const { return returned < other.invoked; }
};

class Operations {
public:
    virtual ~Operations() = default;
    std::size_t size() const { return intervals_.size(); }
    const Interval& interval(std::size_t operation) const { return intervals_[operation]; }

    virtual std::string_view model() const = 0;
    virtual std::optional<std::int64_t> order(std::size_t operation) const = 0;
    virtual Value key(std::size_t operation) const = 0;
    virtual bool has_keys() const = 0;                  // false: all keys are nil
    virtual Call call(std::size_t operation) const = 0; // in words
    virtual const Verb& verb(std::size_t operation) const = 0;
    // A machine for the operations `part`; `classes` becomes the class of each.
    virtual std::unique_ptr<Machine> machine(std::span<const std::size_t> part,
                                             std::vector<std::uint32_t>& classes) const = 0;
    // What the operations `part` did to one object, if the model is like a register; see register_effects.h.
    virtual std::optional<RegisterEffects> register_effects(std::span<const std::size_t> part) const = 0;
    // What they did to one object that holds many values, if the model is such a one; see container_effects.h.
    virtual std::optional<ContainerEffects> container_effects(std::span<const std::size_t> part) const = 0;
    // Whether every result names the revision at which it was given, as etcd's do; see judges/linearizable/revisions.h.
    virtual bool has_revisions() const = 0;
    // Nothing if one client that did the operations in this order would have had every recorded
    // result; else the place in `order` of the first that would not.
    virtual std::optional<std::size_t> first_refused(std::span<const std::size_t> order) const = 0;

protected:
    std::vector<Interval> intervals_;
};

template <class M>
concept HasRevisions = requires {
    requires M::has_revisions;
};

template <Model M>
class TypedOperations final : public Operations {
public:
    TypedOperations(std::vector<Operation<M>> operations, std::optional<typename M::State> initial)
        : operations_(std::move(operations)), initial_(initial ? std::move(*initial) : M::initial()) {
        reserve_large(intervals_, operations_.size());
        for (const auto& each : operations_) {
            const bool unknown = !each.result;
            intervals_.push_back({each.invoked, unknown ? sim::WorldTime{INT64_MAX} : each.returned, unknown});
        }
        if constexpr (HasParts<M>)
            has_parts_ = std::none_of(operations_.begin(), operations_.end(), [](const auto& each) {
                const bool unseen = !each.result && verb_of<M>(each.operation).effect == Verb::Effect::lists;
                return M::part(each.operation).is_nil() && !unseen;
            });
    }
    std::string_view model() const override { return M::name; }
    std::optional<std::int64_t> order(std::size_t operation) const override { return operations_[operation].order; }
    Value key(std::size_t operation) const override {
        if constexpr (HasParts<M>)
            if (has_parts_) return M::part(operations_[operation].operation);
        return M::key(operations_[operation].operation);
    }
    bool has_keys() const override {
        return has_parts_ || std::any_of(operations_.begin(), operations_.end(),
                                         [](const auto& each) { return !M::key(each.operation).is_nil(); });
    }
    const Verb& verb(std::size_t operation) const override { return verb_of<M>(operations_[operation].operation); }
    Call call(std::size_t operation) const override {
        const Operation<M>& each = operations_[operation];
        Words words = to_words<M>(each.operation);
        Call call;
        call.process = each.process;
        call.f = std::move(words.f);
        call.key = std::move(words.key);
        call.argument = std::move(words.argument);
        call.outcome = each.result ? Call::Outcome::ok : Call::Outcome::unknown;
        if (each.result) call.result = result_value<M>(each.operation, *each.result);
        call.order = each.order;
        call.invoked = intervals_[operation].invoked;
        call.returned = intervals_[operation].returned;
        return call;
    }
    std::unique_ptr<Machine> machine(std::span<const std::size_t> part,
                                     std::vector<std::uint32_t>& classes) const override {
        auto machine = std::make_unique<TypedMachine<M>>(initial_);
        classes.clear();
        for (const std::size_t each : part)
            classes.push_back(machine->add({operations_[each].operation, operations_[each].result}));
        return machine;
    }
    std::optional<RegisterEffects> register_effects(std::span<const std::size_t> part) const override {
        if constexpr (has_register_effects<M>()) return register_effects_of<M>(operations_, part, initial_);
        return {};
    }
    std::optional<ContainerEffects> container_effects(std::span<const std::size_t> part) const override {
        return container_effects_of<M>(operations_, part, initial_);
    }
    bool has_revisions() const override { return HasRevisions<M>; }
    std::optional<std::size_t> first_refused(std::span<const std::size_t> order) const override {
        typename M::State state = initial_;
        for (std::size_t place = 0; place < order.size(); ++place) {
            const Operation<M>& each = operations_[order[place]];
            const typename M::Result actual = M::apply(state, each.operation);
            if (each.result && !M::agrees(*each.result, actual)) return place;
        }
        return {};
    }

private:
    std::vector<Operation<M>> operations_;
    typename M::State initial_;
    bool has_parts_ = false;
};

} // namespace orrery::reports::models

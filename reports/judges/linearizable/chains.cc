// The steps of the lemma in chains.h, one after the other; at the end, what a violation names.
#include "orrery/reports/judges/linearizable/chains.h"

#include <algorithm>

#include "orrery/reports/judges/linearizable/floating.h"
#include "orrery/sim/check.h"

namespace orrery::reports::judges::linearizable {

using models::RegisterEffect;

Chains::Chains(std::span<const models::Interval> intervals, const models::RegisterEffects& effects, ChainRules rules)
    : intervals_(intervals), effects_(effects), rules_(rules), reigns_(effects.values) {
    CHECK(intervals.size() == effects.all.size());
    CHECK(effects.values > 0); // the initial value is number 0
}

Chains::Outcome Chains::decide() {
    if (collect() && adopt_unknown() && check_makers() && link() && check_zones()) {
        emit();
        return place_floating() ? Outcome::found : Outcome::unclear;
    }
    return impossible_ && (!effects_.guessed || rules_.guesses) ? Outcome::impossible : Outcome::unclear;
}

void Chains::include(std::uint32_t value, std::uint32_t operation) {
    Reign& reign = reigns_[value];
    const models::Interval& interval = intervals_[operation];
    if (interval.returned.nanoseconds < reign.first_return || reign.first == none) {
        reign.first_return = interval.returned.nanoseconds;
        reign.first = operation;
    }
    if (interval.invoked.nanoseconds > reign.last_call || reign.last == none) {
        reign.last_call = interval.invoked.nanoseconds;
        reign.last = operation;
    }
}

// Every step below returns false when it is over: something is impossible, or values are not all different.
bool Chains::collect() {
    CHECK(order_.empty());               // decides once
    reigns_[0].first_return = INT64_MIN; // the initial value was made before everything
    reader_before_.resize(effects_.all.size());
    for (std::uint32_t each = 0; each < effects_.all.size(); ++each) {
        const RegisterEffect::Kind kind = effects_.all[each].kind;
        if (!intervals_[each].unknown) {
            if (!collect_known(each)) return false;
        } else if (kind == RegisterEffect::Kind::write || kind == RegisterEffect::Kind::swap) {
            unknown_.push_back(each);
        }
    }
    return true;
}

bool Chains::collect_known(std::uint32_t operation) {
    const RegisterEffect& effect = effects_.all[operation];
    if (effect.kind == RegisterEffect::Kind::refused || effect.kind == RegisterEffect::Kind::append) {
        floating_.push_back(operation);
        return true;
    }
    if (effect.kind == RegisterEffect::Kind::read ||
        (effect.kind == RegisterEffect::Kind::swap && effect.from == effect.value)) {
        reader_before_[operation] = reigns_[effect.value].reader;
        reigns_[effect.value].reader = operation;
        if (effect.value == 0 && reigns_[0].first == none) reigns_[0].first = operation;
        include(effect.value, operation);
        return true;
    }
    if (effect.value == 0 || reigns_[effect.value].maker != none) return false;
    reigns_[effect.value].maker = operation;
    include(effect.value, operation);
    if (effect.kind == RegisterEffect::Kind::swap) take(effect.from, operation);
    return true;
}

// One reign ends only once; whether it is the reign of one maker is known later.
void Chains::take(std::uint32_t value, std::uint32_t taker) {
    if (reigns_[value].taker == none)
        reigns_[value].taker = taker;
    else if (second_taker_ == none)
        second_taker_ = taker;
}

// An unknown operation counts as done exactly if its value was seen: otherwise it can be left out.
bool Chains::adopt_unknown() {
    std::vector<std::uint32_t> unknown_maker(unknown_.empty() ? 0 : reigns_.size(), none);
    for (const std::uint32_t each : unknown_) {
        const RegisterEffect& effect = effects_.all[each];
        if (effect.kind == RegisterEffect::Kind::swap && effect.from == effect.value) continue;
        if (effect.value == 0 || reigns_[effect.value].maker != none || unknown_maker[effect.value] != none)
            return false;
        unknown_maker[effect.value] = each;
    }
    for (std::uint32_t value = 1; value < unknown_maker.size(); ++value)
        if (is_seen(reigns_[value])) adopt(value, unknown_maker);
    if (second_taker_ == none) return true;
    const std::uint32_t value = effects_.all[second_taker_].from;
    return fail({second_taker_, reigns_[value].taker}, {value});
}

void Chains::adopt(std::uint32_t value, const std::vector<std::uint32_t>& unknown_maker) {
    while (value != 0 && reigns_[value].maker == none && unknown_maker[value] != none) {
        const std::uint32_t maker = unknown_maker[value];
        reigns_[value].maker = maker;
        include(value, maker);
        if (!is_swap(maker)) break;
        take(effects_.all[maker].from, maker);
        value = effects_.all[maker].from; // is seen by that, and so needs a maker as well
    }
}

bool Chains::check_makers() {
    for (std::uint32_t value = 1; value < reigns_.size(); ++value) {
        const Reign& reign = reigns_[value];
        if (!is_seen(reign)) continue;
        if (reign.maker == none) return fail({}, {value});
        if (rules_.seen_too_early && reign.first_return < intervals_[reign.maker].invoked.nanoseconds)
            return fail({reign.first}, {value});
    }
    return true;
}

bool Chains::link() {
    for (std::uint32_t value = 0; value < reigns_.size(); ++value) {
        const std::uint32_t maker = reigns_[value].maker;
        const bool begins = value == 0 || (maker != none && !is_swap(maker));
        if (begins && !follow(value)) return false;
    }
    // What hangs together without a beginning are swaps in a circle.
    for (std::uint32_t value = 1; value < reigns_.size(); ++value)
        if (reigns_[value].maker != none && !reigns_[value].chained) return fail({}, {value});
    return true;
}

bool Chains::follow(std::uint32_t root) {
    CHECK(!reigns_[root].chained);
    Chain chain;
    chain.root = root;
    for (std::uint32_t value = root;;) {
        Reign& reign = reigns_[value];
        reign.chained = true;
        // This value was seen by an operation that had returned before one began that saw, or made, an earlier value.
        if (rules_.order_in_chain && value != root && reign.first_return < chain.last_call)
            return fail({reign.first, chain.last}, {value});
        if (reign.first_return < chain.first_return) {
            chain.first_return = reign.first_return;
            chain.first = reign.first;
        }
        if (reign.last_call > chain.last_call) {
            chain.last_call = reign.last_call;
            chain.last = reign.last;
        }
        if (reign.taker == none) break;
        value = effects_.all[reign.taker].value;
        if (reigns_[value].chained) break; // a circle that the initial value is part of: never, it has no maker
    }
    chains_.push_back(chain);
    return true;
}

namespace {

// By insertion: chains come in the order of their first invocations, and few stand before as many as there are
// clients. False if they are so far from their places that another way is faster; the order of equal ones is kept.
template <class T, class Before>
bool sort_nearly_sorted(std::vector<T>& items, Before before) {
    std::size_t moves = 0;
    for (std::size_t next = 1; next < items.size(); ++next) {
        if (!before(items[next], items[next - 1])) continue;
        const T item = items[next];
        std::size_t place = next;
        for (; place > 0 && before(item, items[place - 1]); --place) items[place] = items[place - 1];
        items[place] = item;
        moves += next - place;
        if (moves > 64 * next + 4096) return false;
    }
    return true;
}

} // namespace

bool Chains::check_zones() {
    // Backward zones first where left ends are equal: what only touches a forward zone does not lie in it.
    const auto before = [](const Chain& a, const Chain& b) {
        if (a.left() != b.left()) return a.left() < b.left();
        return !a.forward() && b.forward();
    };
    if (!sort_nearly_sorted(chains_, before)) std::stable_sort(chains_.begin(), chains_.end(), before);
    const Chain* forward = nullptr; // the one that reaches furthest so far
    const auto value_of = [this](std::uint32_t operation) {
        return operation == none ? 0 : effects_.all[operation].value;
    };
    for (const Chain& chain : chains_) {
        const bool checked = chain.forward() ? rules_.forward_overlap : rules_.backward_inside;
        const bool conflict = forward != nullptr && (chain.first_return < forward->last_call ||
                                                     (!rules_.touching && chain.first_return == forward->last_call));
        if (checked && conflict)
            return fail(
                {forward->first, forward->last, chain.first, chain.last},
                {value_of(forward->first), value_of(forward->last), value_of(chain.first), value_of(chain.last)});
        if (chain.forward() && (forward == nullptr || forward->last_call < chain.last_call)) forward = &chain;
    }
    return true;
}

// The chains one after the other; of each value its maker, then those that saw it in order of invocation.
void Chains::emit() {
    const auto sooner = [this](std::uint32_t a, std::uint32_t b) {
        return intervals_[a].invoked < intervals_[b].invoked;
    };
    order_.clear();
    order_.reserve(effects_.all.size());
    for (const Chain& chain : chains_) {
        for (std::uint32_t value = chain.root;;) {
            const Reign& reign = reigns_[value];
            if (reign.maker != none) order_.push_back(reign.maker);
            const auto begin = static_cast<std::ptrdiff_t>(order_.size());
            for (std::uint32_t each = reign.reader; each != none; each = reader_before_[each]) order_.push_back(each);
            std::reverse(order_.begin() + begin, order_.end());
            if (!std::is_sorted(order_.begin() + begin, order_.end(), sooner))
                std::stable_sort(order_.begin() + begin, order_.end(), sooner);
            if (reign.taker == none) break;
            value = effects_.all[reign.taker].value;
        }
    }
}

bool Chains::place_floating() {
    if (floating_.empty()) return true;
    CHECK(order_.size() + floating_.size() <= effects_.all.size());
    Floating floating(intervals_, effects_, order_, rules_.refused_fit);
    return floating.place(floating_, order_);
}

// --- what is impossible ---

bool Chains::fail(std::initializer_list<std::uint32_t> operations, std::initializer_list<std::uint32_t> values) {
    CHECK(!impossible_); // the first violation ends the search for others
    impossible_ = true;
    in_core_.assign(effects_.all.size(), false);
    for (const std::uint32_t value : values) add_witness(value);
    for (const std::uint32_t value : values) add_lineage(value);
    for (const std::uint32_t each : operations) {
        if (each == none) continue;
        add_to_core(each);
        add_lineage(effects_.all[each].value);
        if (intervals_[each].unknown) add_witness(effects_.all[each].value);
    }
    std::sort(core_.begin(), core_.end());
    CHECK(!core_.empty());
    return false;
}

void Chains::add_to_core(std::uint32_t operation) {
    if (in_core_[operation]) return;
    in_core_[operation] = true;
    core_.push_back(operation);
}

// The operations that made a value, back to a write; for unknown ones also an operation that saw their effect.
void Chains::add_lineage(std::uint32_t value) {
    while (reigns_[value].maker != none && !in_core_[reigns_[value].maker]) {
        const std::uint32_t maker = reigns_[value].maker;
        add_to_core(maker);
        if (intervals_[maker].unknown) add_witness(value);
        if (!is_swap(maker)) return;
        value = effects_.all[maker].from;
    }
}

// An operation that certainly saw a value. What an append found is only known from a read of what it made.
void Chains::add_witness(std::uint32_t value) {
    std::size_t steps = 0;
    while (reigns_[value].reader == none && reigns_[value].taker != none && steps++ <= reigns_.size()) {
        const std::uint32_t taker = reigns_[value].taker;
        add_to_core(taker);
        if (!intervals_[taker].unknown && !effects_.appended) return;
        value = effects_.all[taker].value;
    }
    if (reigns_[value].reader != none) add_to_core(reigns_[value].reader);
}

} // namespace orrery::reports::judges::linearizable

// From the configurations before an end to those after it: those that agree stay, the others are explored by
// performing operations under way, until they agree or nothing more can be done.
#include "orrery/reports/judges/linearizable/frontier.h"

#include <algorithm>
#include <bit>

#include "orrery/sim/check.h"

namespace orrery::reports::judges::linearizable {

namespace {

constexpr std::uint64_t dominated = UINT64_MAX; // the state of a configuration that is dominated

} // namespace

Frontier::Frontier(models::Live& object, std::size_t configurations_max)
    : object_(object), configurations_max_(configurations_max) {
    CHECK(configurations_max > 0);
    const std::uint64_t initial[head] = {models::Live::initial_state, 0, 0};
    configurations_.reset(head);
    configurations_.add(initial, 0);
    configurations_before_ = configurations_;
}

// A place that is free now and was free before the ends of this stamp. A new place adds a word to every
// configuration.
Frontier::Place Frontier::free_place() {
    const Mask free = ~(now_.busy | before_.busy);
    const auto place = static_cast<Place>(std::countr_zero(free));
    if (free == 0 || place < now_.slots.size()) return place;
    for (ConfigurationSet* configurations : {&configurations_, &configurations_before_}) {
        ConfigurationSet wider;
        wider.reset(width() + 1);
        for (std::uint32_t number = 0; number < configurations->size(); ++number) {
            configuration_.assign(configurations->at(number), configurations->at(number) + width());
            configuration_.push_back(0);
            wider.add(configuration_.data(), 0);
        }
        *configurations = std::move(wider);
    }
    now_.slots.emplace_back();
    before_.slots.emplace_back();
    return place;
}

Frontier::Place Frontier::invoke(std::uint32_t operation, sim::WorldTime time) {
    if (standing_ != Standing::legal) return 0;
    CHECK(time >= stamp_);
    if (time != stamp_) {
        ends_.clear();
        before_ = now_;
    }
    const Place place = free_place();
    if (place == places_max) return give_up(), place;
    const auto enter = [&](Places& places) {
        CHECK((places.busy & bit(place)) == 0);
        places.slots[place] = {operation, {}};
        places.busy |= bit(place);
        if (object_.is_read_only(operation)) places.read_only |= bit(place);
        if (!object_.is_blind_write(operation)) return;
        places.blind_writes |= bit(place);
        places.slots[place].effect = object_.apply(models::Live::initial_state, operation);
    };
    enter(now_);
    if (ends_.empty()) return place;
    // It was under way when the operations of this stamp ended: let it in before them, and apply them again.
    enter(before_);
    now_ = before_;
    configurations_ = configurations_before_;
    kept_before_ = true;
    for (const End& each : ends_) apply(each);
    return place;
}

std::optional<std::uint32_t> Frontier::state_at_rest(sim::WorldTime time) const {
    const bool rests = standing_ == Standing::legal && now_.busy == 0 && time > stamp_ && configurations_.size() == 1;
    return rests ? std::optional(static_cast<std::uint32_t>(configurations_.at(0)[state_word])) : std::nullopt;
}

Frontier::Standing Frontier::ok(Place place, std::uint32_t result, sim::WorldTime time) {
    return end({End::Kind::ok, place, result}, time);
}
Frontier::Standing Frontier::fail(Place place, sim::WorldTime time) { return end({End::Kind::fail, place}, time); }
Frontier::Standing Frontier::info(Place place, sim::WorldTime time) { return end({End::Kind::info, place}, time); }

Frontier::Standing Frontier::end(const End& end, sim::WorldTime time) {
    if (standing_ != Standing::legal) return standing_;
    CHECK(end.place < now_.slots.size());
    CHECK((now_.busy & bit(end.place)) != 0);
    CHECK((now_.unknown & bit(end.place)) == 0); // an operation ends once
    CHECK(time >= stamp_);
    if (time != stamp_) {
        ends_.clear();
        before_ = now_;
        stamp_ = time;
        kept_before_ = false;
    }
    ends_.push_back(end);
    apply(end);
    return standing_;
}

void Frontier::apply(const End& end) {
    if (standing_ != Standing::legal) return;
    next_.reset(width());
    read_only_words_.resize(now_.slots.size());
    for (Place place = 0; place < read_only_words_.size(); ++place)
        read_only_words_[place] = (now_.read_only & bit(place)) != 0 ? ~Mask{0} : 0;
    switch (end.kind) {
    case End::Kind::ok:
        returned_ok(end);
        break;
    case End::Kind::fail:
        returned_fail(end.place);
        break;
    case End::Kind::info:
        returned_info(end.place);
        break;
    }
    if (standing_ != Standing::legal) return;
    CHECK(now_.slots.size() == before_.slots.size());
    if ((now_.busy & bit(end.place)) == 0)
        for (Mask* each : {&now_.read_only, &now_.blind_writes, &now_.unknown}) *each &= ~bit(end.place);
    CHECK(((now_.read_only | now_.blind_writes | now_.unknown) & ~now_.busy) == 0);
    take_next();
}

void Frontier::take_next() {
    std::swap(configurations_, next_);
    if (!kept_before_) std::swap(configurations_before_, next_);
    kept_before_ = true;
    if (needless_) {
        next_.reset(width());
        for (std::uint32_t number = 0; number < configurations_.size(); ++number)
            if (configurations_.at(number)[state_word] != dominated) next_.add(configurations_.at(number), 0);
        std::swap(configurations_, next_);
        needless_ = false;
    }
    if (configurations_.size() == 0) standing_ = Standing::violated;
}

void Frontier::give_up() {
    standing_ = Standing::gave_up;
    for (ConfigurationSet* each : {&configurations_, &next_, &visited_, &configurations_before_}) each->reset(head);
}

// The operation never took effect, so configurations in which it did are dropped.
void Frontier::returned_fail(Place place) {
    now_.busy &= ~bit(place);
    for (std::uint32_t number = 0; number < configurations_.size(); ++number) {
        configuration_.assign(configurations_.at(number), configurations_.at(number) + width());
        if ((configuration_[done_word] & bit(place)) == 0) keep(configuration_, place);
    }
}

// A read-only operation without a result says nothing, so it ends. Any other becomes unknown and stays under way.
void Frontier::returned_info(Place place) {
    const bool read_only = (now_.read_only & bit(place)) != 0;
    if (read_only) now_.busy &= ~bit(place);
    if (!read_only) now_.unknown |= bit(place);
    for (std::uint32_t number = 0; number < configurations_.size(); ++number) {
        configuration_.assign(configurations_.at(number), configurations_.at(number) + width());
        if (!read_only) configuration_[head + place] = 0;
        keep(configuration_, read_only ? place : places_max);
    }
}

void Frontier::returned_ok(const End& end) {
    visited_.reset(width());
    now_.busy &= ~bit(end.place);
    const bool read_only = (now_.read_only & bit(end.place)) != 0;
    const Mask agreeing = read_only ? states_that_agree(end) : 0;
    for (std::uint32_t number = 0; number < configurations_.size(); ++number) {
        configuration_.assign(configurations_.at(number), configurations_.at(number) + width());
        const bool done = (configuration_[done_word] & bit(end.place)) != 0;
        if (read_only
                ? met(configuration_, agreeing, end)
                : done && object_.agrees(end.result, static_cast<std::uint32_t>(configuration_[head + end.place]))) {
            keep(configuration_, end.place);
        } else if (!done) {
            if ((configuration_[gap_word] & bit(end.place)) != 0) fill_gap(configuration_, end);
            visit(configuration_);
        }
    }
    explore(end);
}

// Of the states that were left while a read-only operation was under way: those in which it has this result.
Frontier::Mask Frontier::states_that_agree(const End& end) {
    Mask left = 0;
    for (std::uint32_t number = 0; number < configurations_.size(); ++number)
        left |= configurations_.at(number)[head + end.place];
    Mask agreeing = 0;
    for (; left != 0; left &= left - 1) {
        const std::uint64_t state = states_left_[static_cast<std::size_t>(std::countr_zero(left))];
        if (object_.agrees_in(static_cast<std::uint32_t>(state), now_.slots[end.place].operation, end.result))
            agreeing |= left & -left;
    }
    return agreeing;
}

// Whether a read-only operation has its result in the present state or in one that it may have seen before.
bool Frontier::met(const Configuration& configuration, Mask agreeing, const End& end) {
    return (configuration[head + end.place] & agreeing) != 0 ||
           object_.agrees_in(static_cast<std::uint32_t>(configuration[state_word]), now_.slots[end.place].operation,
                             end.result);
}

// Places the operation that returns at the gap it met, just before a blind write. A blind write fits there if it has
// its result. A read-only operation fits there after a blind write that is still to come and also met the gap.
void Frontier::fill_gap(const Configuration& configuration, const End& end) {
    const Slot& slot = now_.slots[end.place];
    if ((now_.read_only & bit(end.place)) == 0) {
        if (!object_.agrees(end.result, slot.effect.result)) return;
        after_ = configuration;
        show_at_gap(slot.effect.state, after_);
        keep(after_, end.place);
        return;
    }
    for (Mask left = waiting(configuration) & now_.blind_writes & configuration[gap_word]; left != 0;
         left &= left - 1) {
        const auto place = static_cast<Place>(std::countr_zero(left));
        const models::Live::Effect effect = now_.slots[place].effect;
        if (is_behind_equal(configuration, place) || !object_.agrees_in(effect.state, slot.operation, end.result))
            continue;
        after_ = configuration;
        after_[done_word] |= bit(place);
        after_[head + place] = (now_.unknown & bit(place)) != 0 ? 0 : effect.result;
        show_at_gap(effect.state, after_);
        keep(after_, end.place);
    }
}

// The state held for a moment at a gap: every read-only operation that was under way there may have seen it.
void Frontier::show_at_gap(std::uint32_t state, Configuration& configuration) {
    const Mask looking = now_.busy & now_.read_only & configuration[gap_word];
    if (looking == 0) return;
    const Mask seen = state_bit(state);
    for (Mask left = looking; left != 0; left &= left - 1)
        configuration[head + static_cast<Place>(std::countr_zero(left))] |= seen;
}

void Frontier::explore(const End& end) {
    const std::uint32_t first = visited_.size();
    for (std::uint32_t number = 0; number < visited_.size() && standing_ == Standing::legal; ++number) {
        configuration_.assign(visited_.at(number), visited_.at(number) + width());
        explore_from(configuration_, number < first, end);
        if (visited_.size() + next_.size() > configurations_max_) give_up();
    }
}

// `first`: this configuration is one of before the end, and a read-only operation is known not to agree with it.
void Frontier::explore_from(const Configuration& configuration, bool first, const End& end) {
    const std::uint32_t operation = now_.slots[end.place].operation;
    if ((now_.read_only & bit(end.place)) != 0) {
        if (!first && object_.agrees_in(static_cast<std::uint32_t>(configuration[state_word]), operation, end.result))
            return keep(configuration, end.place);
    } else {
        const models::Live::Effect effect = effect_of(configuration, end.place);
        if (object_.agrees(end.result, effect.result)) {
            perform(configuration, end.place, effect, after_);
            keep(after_, end.place);
        }
    }
    for (Mask left = waiting(configuration); left != 0; left &= left - 1) {
        const auto place = static_cast<Place>(std::countr_zero(left));
        if (is_behind_equal(configuration, place)) continue;
        const models::Live::Effect effect = effect_of(configuration, place);
        if (((now_.unknown | now_.blind_writes) & bit(place)) != 0 && !has_purpose(configuration, place, effect, end))
            continue;
        perform(configuration, place, effect, after_);
        visit(after_);
    }
}

models::Live::Effect Frontier::effect_of(const Configuration& configuration, Place place) {
    const Slot& slot = now_.slots[place];
    if ((now_.blind_writes & bit(place)) != 0) return slot.effect;
    return object_.apply(static_cast<std::uint32_t>(configuration[state_word]), slot.operation);
}

void Frontier::perform(const Configuration& configuration, Place place, models::Live::Effect effect,
                       Configuration& after) {
    after = configuration;
    after[done_word] |= bit(place);
    after[head + place] = (now_.unknown & bit(place)) != 0 ? 0 : effect.result;
    const Mask looking = now_.busy & now_.read_only;
    if ((now_.blind_writes & bit(place)) != 0)
        after[gap_word] |= (looking | (waiting(configuration) & now_.blind_writes)) & ~bit(place);
    if (effect.state == configuration[state_word]) return;
    after[state_word] = effect.state;
    if (looking == 0) return;
    const Mask seen = state_bit(configuration[state_word]);
    for (Mask left = looking; left != 0; left &= left - 1)
        after[head + static_cast<Place>(std::countr_zero(left))] |= seen;
}

// Of equal unknown operations that may still take effect, only the first is tried.
bool Frontier::is_behind_equal(const Configuration& configuration, Place place) const {
    if ((now_.unknown & bit(place)) == 0) return false;
    for (Mask left = waiting(configuration) & now_.unknown & (bit(place) - 1); left != 0; left &= left - 1)
        if (now_.slots[static_cast<Place>(std::countr_zero(left))].operation == now_.slots[place].operation)
            return true;
    return false;
}

// Whether it may help that `spent` takes effect now. A blind write need not come before another blind write: that is
// a gap. An unknown operation must be noticed by a later operation, or by a read-only one under way.
bool Frontier::has_purpose(const Configuration& configuration, Place spent, models::Live::Effect effect,
                           const End& end) {
    const bool unknown = (now_.unknown & bit(spent)) != 0;
    const bool blind_write = (now_.blind_writes & bit(spent)) != 0;
    if (unknown && effect.state == configuration[state_word]) return false;
    const bool read_only = (now_.read_only & bit(end.place)) != 0;
    if (read_only && object_.agrees_in(effect.state, now_.slots[end.place].operation, end.result)) return true;
    const bool seen = (now_.busy & now_.read_only) != 0;
    if (seen && !blind_write) return true;
    Mask next = waiting(configuration) & ~bit(spent);
    if (!read_only) next |= bit(end.place);
    if (blind_write) next &= ~now_.blind_writes;
    if (next != 0 && (seen || !unknown)) return true;
    for (; next != 0; next &= next - 1) {
        const std::uint32_t operation = now_.slots[static_cast<Place>(std::countr_zero(next))].operation;
        const auto without = object_.apply(static_cast<std::uint32_t>(configuration[state_word]), operation);
        const auto with_it = object_.apply(effect.state, operation);
        if (without.state != with_it.state || without.result != with_it.result) return true;
    }
    return false;
}

Frontier::Mask Frontier::state_bit(std::uint64_t state) {
    for (Mask left = states_used_; left != 0; left &= left - 1) {
        const int place = std::countr_zero(left);
        if (states_left_[static_cast<std::size_t>(place)] == state) return Mask{1} << place;
    }
    if (states_used_ == ~Mask{0}) forget_states();
    if (states_used_ == ~Mask{0}) return give_up(), 0;
    const int place = std::countr_one(states_used_);
    states_used_ |= Mask{1} << place;
    states_left_[static_cast<std::size_t>(place)] = state;
    return Mask{1} << place;
}

// Frees the bits of the states that no read-only operation under way may have seen.
void Frontier::forget_states() {
    states_used_ = 0;
    const Mask looking = (now_.busy | before_.busy) & (now_.read_only | before_.read_only);
    const auto mark = [&](const std::uint64_t* configuration) {
        for (Mask left = looking; left != 0; left &= left - 1)
            states_used_ |= configuration[head + static_cast<Place>(std::countr_zero(left))];
    };
    for (const ConfigurationSet* configurations : {&configurations_, &next_, &visited_, &configurations_before_})
        for (std::uint32_t number = 0; number < configurations->size(); ++number) mark(configurations->at(number));
    for (const Configuration* configuration : {&configuration_, &after_, &kept_})
        if (configuration->size() == width()) mark(configuration->data());
}

void Frontier::visit(const Configuration& configuration) {
    if (standing_ == Standing::gave_up) return;
    const std::uint64_t hash = hash_of(configuration);
    for (std::uint32_t other = visited_.first(hash); other != ConfigurationSet::none; other = visited_.next(other))
        if (std::equal(configuration.begin(), configuration.end(), visited_.at(other))) return;
    visited_.add(configuration.data(), hash);
}

// `freed`: the place whose operation ended, if any; its words are cleared.
void Frontier::keep(const Configuration& configuration, Place freed) {
    if (standing_ == Standing::gave_up) return;
    kept_ = configuration;
    if (freed < places_max) {
        kept_[done_word] &= ~bit(freed);
        kept_[gap_word] &= ~bit(freed);
        kept_[head + freed] = 0;
    }
    CHECK((kept_[done_word] & ~now_.busy) == 0);
    CHECK((kept_[gap_word] & ~now_.busy) == 0);
    const std::uint64_t hash = hash_of(kept_);
    for (std::uint32_t other = next_.first(hash); other != ConfigurationSet::none; other = next_.next(other)) {
        const Comparison found = compare(next_.at(other), kept_.data());
        if (found.first_is_enough) return;
        if (!found.second_is_enough) continue;
        next_.at(other)[state_word] = dominated;
        needless_ = true;
    }
    next_.add(kept_.data(), hash);
}

// One dominates the other if it has the same to come, no more unknown operations spent, no fewer states left and no
// fewer gaps met. Equal results are likely, because the hashes are equal, and are compared to be sure. The loop has
// no branches because the judge spends most of its time here.
Frontier::Comparison Frontier::compare(const std::uint64_t* first, const std::uint64_t* second) const {
    const std::uint64_t spent_apart = first[done_word] ^ second[done_word];
    if (first[state_word] != second[state_word] || (spent_apart & ~now_.unknown) != 0) return {};
    std::uint64_t differ = 0;
    std::uint64_t more_in_first = first[gap_word] & ~second[gap_word];
    std::uint64_t more_in_second = second[gap_word] & ~first[gap_word];
    for (std::size_t place = 0; place < read_only_words_.size(); ++place) {
        const std::uint64_t apart = first[head + place] ^ second[head + place];
        differ |= apart & ~read_only_words_[place];
        more_in_first |= apart & first[head + place] & read_only_words_[place];
        more_in_second |= apart & second[head + place] & read_only_words_[place];
    }
    if (differ != 0) return {};
    return {more_in_second == 0 && (spent_apart & first[done_word]) == 0,
            more_in_first == 0 && (spent_apart & second[done_word]) == 0};
}

// Of those words in which a configuration equals every one that it dominates.
std::uint64_t Frontier::hash_of(const Configuration& configuration) const {
    std::uint64_t hash = models::fold(configuration[state_word], configuration[done_word] & ~now_.unknown);
    for (Mask left = configuration[done_word] & ~now_.unknown; left != 0; left &= left - 1)
        hash = models::fold(hash, configuration[head + static_cast<Place>(std::countr_zero(left))]);
    return hash;
}

} // namespace orrery::reports::judges::linearizable

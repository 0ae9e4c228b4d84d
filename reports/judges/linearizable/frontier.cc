#include "orrery/reports/judges/linearizable/frontier.h"

#include <algorithm>
#include <bit>

#include "orrery/sim/check.h"

namespace orrery::reports::judges {

namespace {

constexpr std::uint64_t gone = UINT64_MAX; // the state of a way that another made needless

} // namespace

Frontier::Frontier(models::Live& object, std::size_t ways_max) : object_(object), ways_max_(ways_max) {
    const std::uint64_t initial[head] = {models::Live::initial_state, 0, 0};
    ways_.reset(head);
    ways_.add(initial, 0);
    ways_before_ = ways_;
}

// A place that is free now and was before the ends of this stamp. All ways get a word for a new one.
Frontier::Place Frontier::free_place() {
    const Mask free = ~(now_.busy | before_.busy);
    const auto place = static_cast<Place>(std::countr_zero(free));
    if (free == 0 || place < now_.slots.size()) return place;
    for (WaySet* ways : {&ways_, &ways_before_}) {
        WaySet wider;
        wider.reset(width() + 1);
        for (std::uint32_t number = 0; number < ways->size(); ++number) {
            way_.assign(ways->way(number), ways->way(number) + width());
            way_.push_back(0);
            wider.add(way_.data(), 0);
        }
        *ways = std::move(wider);
    }
    now_.slots.emplace_back();
    before_.slots.emplace_back();
    return place;
}

Frontier::Place Frontier::invoke(std::uint32_t operation, sim::WorldTime time) {
    if (standing_ != Standing::legal) return 0;
    if (time != stamp_) {
        ends_.clear();
        before_ = now_;
    }
    const Place place = free_place();
    if (place == places_max) return lag(), place;
    const auto enter = [&](Places& places) {
        places.slots[place] = {operation, {}};
        places.busy |= bit(place);
        if (object_.looks(operation)) places.looks |= bit(place);
        if (!object_.overwrites(operation)) return;
        places.overwrites |= bit(place);
        places.slots[place].effect = object_.apply(models::Live::initial_state, operation);
    };
    enter(now_);
    if (ends_.empty()) return place;
    // It was under way when those of this stamp returned.
    enter(before_);
    now_ = before_;
    ways_ = ways_before_;
    kept_before_ = true;
    for (const End& each : ends_) apply(each);
    return place;
}

std::optional<std::uint32_t> Frontier::state_at_rest(sim::WorldTime time) const {
    const bool rests = standing_ == Standing::legal && now_.busy == 0 && time > stamp_ && ways_.size() == 1;
    return rests ? std::optional(static_cast<std::uint32_t>(ways_.way(0)[state_word])) : std::nullopt;
}

Frontier::Standing Frontier::answer(Place place, std::uint32_t result, sim::WorldTime time) {
    return end({End::Kind::answer, place, result}, time);
}
Frontier::Standing Frontier::refuse(Place place, sim::WorldTime time) { return end({End::Kind::refuse, place}, time); }
Frontier::Standing Frontier::lose(Place place, sim::WorldTime time) { return end({End::Kind::lose, place}, time); }

Frontier::Standing Frontier::end(const End& end, sim::WorldTime time) {
    if (standing_ != Standing::legal) return standing_;
    CHECK((now_.busy & bit(end.place)) != 0);
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
    look_words_.resize(now_.slots.size());
    for (Place place = 0; place < look_words_.size(); ++place)
        look_words_[place] = (now_.looks & bit(place)) != 0 ? ~Mask{0} : 0;
    switch (end.kind) {
    case End::Kind::answer:
        answered(end);
        break;
    case End::Kind::refuse:
        refused(end.place);
        break;
    case End::Kind::lose:
        lost(end.place);
        break;
    }
    if (standing_ != Standing::legal) return;
    if ((now_.busy & bit(end.place)) == 0)
        for (Mask* each : {&now_.looks, &now_.overwrites, &now_.unknown}) *each &= ~bit(end.place);
    take_next();
}

void Frontier::take_next() {
    std::swap(ways_, next_);
    if (!kept_before_) std::swap(ways_before_, next_);
    kept_before_ = true;
    if (needless_) {
        next_.reset(width());
        for (std::uint32_t number = 0; number < ways_.size(); ++number)
            if (ways_.way(number)[state_word] != gone) next_.add(ways_.way(number), 0);
        std::swap(ways_, next_);
        needless_ = false;
    }
    if (ways_.size() == 0) standing_ = Standing::violated;
}

void Frontier::lag() {
    standing_ = Standing::lagging;
    for (WaySet* each : {&ways_, &next_, &visited_, &ways_before_}) each->reset(head);
}

// It surely never took effect: where it did, it was not so.
void Frontier::refused(Place place) {
    now_.busy &= ~bit(place);
    for (std::uint32_t number = 0; number < ways_.size(); ++number) {
        way_.assign(ways_.way(number), ways_.way(number) + width());
        if ((way_[done_word] & bit(place)) == 0) keep(way_, place);
    }
}

// What looks tells nothing any more; the others stay.
void Frontier::lost(Place place) {
    const bool looks = (now_.looks & bit(place)) != 0;
    if (looks) now_.busy &= ~bit(place);
    if (!looks) now_.unknown |= bit(place);
    for (std::uint32_t number = 0; number < ways_.size(); ++number) {
        way_.assign(ways_.way(number), ways_.way(number) + width());
        if (!looks) way_[head + place] = 0;
        keep(way_, looks ? place : places_max);
    }
}

void Frontier::answered(const End& end) {
    visited_.reset(width());
    now_.busy &= ~bit(end.place);
    const bool looks = (now_.looks & bit(end.place)) != 0;
    const Mask told_so = looks ? states_that_agree(end) : 0;
    for (std::uint32_t number = 0; number < ways_.size(); ++number) {
        way_.assign(ways_.way(number), ways_.way(number) + width());
        const bool done = (way_[done_word] & bit(end.place)) != 0;
        if (looks ? met(way_, told_so, end)
                  : done && object_.agrees(end.result, static_cast<std::uint32_t>(way_[head + end.place]))) {
            keep(way_, end.place);
        } else if (!done) {
            if ((way_[gap_word] & bit(end.place)) != 0) fill_gap(way_, end);
            visit(way_);
        }
    }
    explore(end);
}

// Of the states that were left while one that looks was under way, those in which it would have been told so.
Frontier::Mask Frontier::states_that_agree(const End& end) {
    Mask left = 0;
    for (std::uint32_t number = 0; number < ways_.size(); ++number) left |= ways_.way(number)[head + end.place];
    Mask agreeing = 0;
    for (; left != 0; left &= left - 1) {
        const std::uint64_t state = states_left_[static_cast<std::size_t>(std::countr_zero(left))];
        if (object_.agrees_in(static_cast<std::uint32_t>(state), now_.slots[end.place].operation, end.result))
            agreeing |= left & -left;
    }
    return agreeing;
}

// Whether one that looks was told so in a state that was left while it was under way, or in the present one.
bool Frontier::met(const Way& way, Mask told_so, const End& end) {
    return (way[head + end.place] & told_so) != 0 ||
           object_.agrees_in(static_cast<std::uint32_t>(way[state_word]), now_.slots[end.place].operation, end.result);
}

// The operation came just before another that overwrote everything: alone, or, if it looks, after one that
// overwrites and that no other had to see.
void Frontier::fill_gap(const Way& way, const End& end) {
    const Slot& slot = now_.slots[end.place];
    if ((now_.looks & bit(end.place)) == 0) {
        if (!object_.agrees(end.result, slot.effect.result)) return;
        after_ = way;
        show_at_gap(slot.effect.state, after_);
        keep(after_, end.place);
        return;
    }
    for (Mask left = waiting(way) & now_.overwrites & way[gap_word]; left != 0; left &= left - 1) {
        const auto place = static_cast<Place>(std::countr_zero(left));
        const models::Live::Effect effect = now_.slots[place].effect;
        if (is_behind_equal(way, place) || !object_.agrees_in(effect.state, slot.operation, end.result)) continue;
        after_ = way;
        after_[done_word] |= bit(place);
        after_[head + place] = (now_.unknown & bit(place)) != 0 ? 0 : effect.result;
        show_at_gap(effect.state, after_);
        keep(after_, end.place);
    }
}

// The latest gap is one for all that were under way at any: there each that looks may have met this state.
void Frontier::show_at_gap(std::uint32_t state, Way& way) {
    const Mask looking = now_.busy & now_.looks & way[gap_word];
    if (looking == 0) return;
    const Mask seen = state_bit(state);
    for (Mask left = looking; left != 0; left &= left - 1)
        way[head + static_cast<Place>(std::countr_zero(left))] |= seen;
}

void Frontier::explore(const End& end) {
    const std::uint32_t first = visited_.size();
    for (std::uint32_t number = 0; number < visited_.size() && standing_ == Standing::legal; ++number) {
        way_.assign(visited_.way(number), visited_.way(number) + width());
        explore_from(way_, number < first, end);
        if (visited_.size() + next_.size() > ways_max_) lag();
    }
}

// `first`: a way of before, of which it is known that an operation that looks was not told so there.
void Frontier::explore_from(const Way& way, bool first, const End& end) {
    const std::uint32_t operation = now_.slots[end.place].operation;
    if ((now_.looks & bit(end.place)) != 0) {
        if (!first && object_.agrees_in(static_cast<std::uint32_t>(way[state_word]), operation, end.result))
            return keep(way, end.place);
    } else {
        const models::Live::Effect effect = effect_of(way, end.place);
        if (object_.agrees(end.result, effect.result)) {
            perform(way, end.place, effect, after_);
            keep(after_, end.place);
        }
    }
    for (Mask left = waiting(way); left != 0; left &= left - 1) {
        const auto place = static_cast<Place>(std::countr_zero(left));
        if (is_behind_equal(way, place)) continue;
        const models::Live::Effect effect = effect_of(way, place);
        if (((now_.unknown | now_.overwrites) & bit(place)) != 0 && !has_purpose(way, place, effect, end)) continue;
        perform(way, place, effect, after_);
        visit(after_);
    }
}

models::Live::Effect Frontier::effect_of(const Way& way, Place place) {
    const Slot& slot = now_.slots[place];
    if ((now_.overwrites & bit(place)) != 0) return slot.effect;
    return object_.apply(static_cast<std::uint32_t>(way[state_word]), slot.operation);
}

void Frontier::perform(const Way& way, Place place, models::Live::Effect effect, Way& after) {
    after = way;
    after[done_word] |= bit(place);
    after[head + place] = (now_.unknown & bit(place)) != 0 ? 0 : effect.result;
    const Mask looking = now_.busy & now_.looks;
    if ((now_.overwrites & bit(place)) != 0)
        after[gap_word] |= (looking | (waiting(way) & now_.overwrites)) & ~bit(place);
    if (effect.state == way[state_word]) return;
    after[state_word] = effect.state;
    if (looking == 0) return;
    const Mask seen = state_bit(way[state_word]);
    for (Mask left = looking; left != 0; left &= left - 1)
        after[head + static_cast<Place>(std::countr_zero(left))] |= seen;
}

// Of equal unknown operations that may still take effect, the first does.
bool Frontier::is_behind_equal(const Way& way, Place place) const {
    if ((now_.unknown & bit(place)) == 0) return false;
    for (Mask left = waiting(way) & now_.unknown & (bit(place) - 1); left != 0; left &= left - 1)
        if (now_.slots[static_cast<Place>(std::countr_zero(left))].operation == now_.slots[place].operation)
            return true;
    return false;
}

// Whether it may help that `spent` takes effect now. What overwrites need not come before another one of its
// kind, for that is a gap. An unknown one must be seen by what comes next, or by what looks.
bool Frontier::has_purpose(const Way& way, Place spent, models::Live::Effect effect, const End& end) {
    const bool unknown = (now_.unknown & bit(spent)) != 0;
    const bool overwrites = (now_.overwrites & bit(spent)) != 0;
    if (unknown && effect.state == way[state_word]) return false;
    const bool looks = (now_.looks & bit(end.place)) != 0;
    if (looks && object_.agrees_in(effect.state, now_.slots[end.place].operation, end.result)) return true;
    const bool seen = (now_.busy & now_.looks) != 0;
    if (seen && !overwrites) return true;
    Mask next = waiting(way) & ~bit(spent);
    if (!looks) next |= bit(end.place);
    if (overwrites) next &= ~now_.overwrites;
    if (next != 0 && (seen || !unknown)) return true;
    for (; next != 0; next &= next - 1) {
        const std::uint32_t operation = now_.slots[static_cast<Place>(std::countr_zero(next))].operation;
        const auto without = object_.apply(static_cast<std::uint32_t>(way[state_word]), operation);
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
    if (states_used_ == ~Mask{0}) return lag(), 0;
    const int place = std::countr_one(states_used_);
    states_used_ |= Mask{1} << place;
    states_left_[static_cast<std::size_t>(place)] = state;
    return Mask{1} << place;
}

// Frees the bits of states that no operation under way may have seen.
void Frontier::forget_states() {
    states_used_ = 0;
    const Mask looking = (now_.busy | before_.busy) & (now_.looks | before_.looks);
    const auto mark = [&](const std::uint64_t* way) {
        for (Mask left = looking; left != 0; left &= left - 1)
            states_used_ |= way[head + static_cast<Place>(std::countr_zero(left))];
    };
    for (const WaySet* ways : {&ways_, &next_, &visited_, &ways_before_})
        for (std::uint32_t number = 0; number < ways->size(); ++number) mark(ways->way(number));
    for (const Way* way : {&way_, &after_, &kept_})
        if (way->size() == width()) mark(way->data());
}

void Frontier::visit(const Way& way) {
    if (standing_ == Standing::lagging) return;
    const std::uint64_t hash = hash_of(way);
    for (std::uint32_t other = visited_.first(hash); other != WaySet::none; other = visited_.next(other))
        if (std::equal(way.begin(), way.end(), visited_.way(other))) return;
    visited_.add(way.data(), hash);
}

// `freed`: the place whose operation ended, if any; its words say nothing any more.
void Frontier::keep(const Way& way, Place freed) {
    if (standing_ == Standing::lagging) return;
    kept_ = way;
    if (freed < places_max) {
        kept_[done_word] &= ~bit(freed);
        kept_[gap_word] &= ~bit(freed);
        kept_[head + freed] = 0;
    }
    const std::uint64_t hash = hash_of(kept_);
    for (std::uint32_t other = next_.first(hash); other != WaySet::none; other = next_.next(other)) {
        const Comparison found = compare(next_.way(other), kept_.data());
        if (found.first_is_enough) return;
        if (!found.second_is_enough) continue;
        next_.way(other)[state_word] = gone;
        needless_ = true;
    }
    next_.add(kept_.data(), hash);
}

// One is enough if it has the same to come, with no more unknown operations spent, no fewer states left and no
// fewer gaps. What was told is the same already by the hash, but a hash alone would once in a while be wrong.
// Without branches, for most of the time goes here.
Frontier::Comparison Frontier::compare(const std::uint64_t* first, const std::uint64_t* second) const {
    const std::uint64_t spent_apart = first[done_word] ^ second[done_word];
    if (first[state_word] != second[state_word] || (spent_apart & ~now_.unknown) != 0) return {};
    std::uint64_t differ = 0;
    std::uint64_t more_in_first = first[gap_word] & ~second[gap_word];
    std::uint64_t more_in_second = second[gap_word] & ~first[gap_word];
    for (std::size_t place = 0; place < look_words_.size(); ++place) {
        const std::uint64_t apart = first[head + place] ^ second[head + place];
        differ |= apart & ~look_words_[place];
        more_in_first |= apart & first[head + place] & look_words_[place];
        more_in_second |= apart & second[head + place] & look_words_[place];
    }
    if (differ != 0) return {};
    return {more_in_second == 0 && (spent_apart & first[done_word]) == 0,
            more_in_first == 0 && (spent_apart & second[done_word]) == 0};
}

// Of the words in which a way that dominates another is its equal.
std::uint64_t Frontier::hash_of(const Way& way) const {
    std::uint64_t hash = models::fold(way[state_word], way[done_word] & ~now_.unknown);
    for (Mask left = way[done_word] & ~now_.unknown; left != 0; left &= left - 1)
        hash = models::fold(hash, way[head + static_cast<Place>(std::countr_zero(left))]);
    return hash;
}

} // namespace orrery::reports::judges

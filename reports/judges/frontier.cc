#include "orrery/reports/judges/frontier.h"

#include <algorithm>

#include "orrery/sim/check.h"

namespace orrery::reports::judges {

namespace {

constexpr std::uint32_t done_unknown = 1;
constexpr std::uint32_t results_from = 2;
constexpr std::uint32_t gone = UINT32_MAX; // the state of a way that another made needless

} // namespace

Frontier::Frontier(models::Live& object, std::size_t ways_max) : object_(object), ways_max_(ways_max) {
    const std::uint32_t initial = models::Live::initial_state;
    ways_.reset(1);
    ways_.add(&initial, 0);
    ways_before_ = ways_;
}

// A place that is free now and was before the ends of this stamp. All ways get a word for a new one.
Frontier::Place Frontier::free_place() {
    for (Place place = 0; place < slots_.size(); ++place)
        if (!slots_[place].busy && !slots_before_[place].busy) return place;
    const auto widen = [&](WaySet& ways) {
        WaySet wider;
        wider.reset(slots_.size() + 2);
        for (std::uint32_t number = 0; number < ways.size(); ++number) {
            way_.assign(ways.way(number), ways.way(number) + slots_.size() + 1);
            way_.push_back(0);
            wider.add(way_.data(), 0);
        }
        ways = std::move(wider);
    };
    widen(ways_);
    widen(ways_before_);
    slots_.emplace_back();
    slots_before_.emplace_back();
    return static_cast<Place>(slots_.size() - 1);
}

Frontier::Place Frontier::invoke(std::uint32_t operation, sim::WorldTime time) {
    if (standing_ != Standing::legal) return 0;
    if (time != stamp_) {
        ends_.clear();
        slots_before_ = slots_;
    }
    const Place place = free_place();
    slots_[place] = {operation, true, object_.looks(operation), false};
    if (slots_.size() > places_max) {
        lag();
    } else if (!ends_.empty()) {
        // It was under way when those of this stamp returned.
        slots_before_[place] = slots_[place];
        slots_ = slots_before_;
        ways_ = ways_before_;
        kept_before_ = true;
        for (const End& each : ends_) apply(each);
    }
    return place;
}

Frontier::Standing Frontier::answer(Place place, std::uint32_t result, sim::WorldTime time) {
    return end({End::Kind::answer, place, result}, time);
}
Frontier::Standing Frontier::refuse(Place place, sim::WorldTime time) { return end({End::Kind::refuse, place}, time); }
Frontier::Standing Frontier::lose(Place place, sim::WorldTime time) { return end({End::Kind::lose, place}, time); }

Frontier::Standing Frontier::end(const End& end, sim::WorldTime time) {
    if (standing_ != Standing::legal) return standing_;
    CHECK(slots_.at(end.place).busy);
    CHECK(time >= stamp_);
    if (time != stamp_) {
        ends_.clear();
        slots_before_ = slots_;
        stamp_ = time;
        kept_before_ = false;
    }
    ends_.push_back(end);
    apply(end);
    return standing_;
}

void Frontier::apply(const End& end) {
    if (standing_ != Standing::legal) return;
    next_.reset(slots_.size() + 1);
    switch (end.kind) {
    case End::Kind::answer: answered(end); break;
    case End::Kind::refuse: refused(end.place); break;
    case End::Kind::lose: lost(end.place); break;
    }
    if (standing_ == Standing::legal) take_next();
}

void Frontier::take_next() {
    std::swap(ways_, next_);
    if (!kept_before_) std::swap(ways_before_, next_);
    kept_before_ = true;
    // Those that another made needless go.
    next_.reset(slots_.size() + 1);
    for (std::uint32_t number = 0; number < ways_.size(); ++number)
        if (ways_.way(number)[0] != gone) next_.add(ways_.way(number), 0);
    if (next_.size() < ways_.size()) std::swap(ways_, next_);
    if (ways_.size() == 0) standing_ = Standing::violated;
}

// It surely never took effect: where it did, it was not so.
void Frontier::refused(Place place) {
    const bool looks = slots_[place].looks;
    slots_[place].busy = false;
    for (std::uint32_t number = 0; number < ways_.size(); ++number)
        if (looks || ways_.way(number)[place + 1] == 0) keep(ways_.way(number), place);
}

// What looks tells nothing any more; the others stay.
void Frontier::lost(Place place) {
    slots_[place].unknown = true;
    if (slots_[place].looks) slots_[place].busy = false;
    for (std::uint32_t number = 0; number < ways_.size(); ++number) {
        kept_.assign(ways_.way(number), ways_.way(number) + slots_.size() + 1);
        std::uint32_t& word = kept_[place + 1];
        word = slots_[place].looks || word == 0 ? 0 : done_unknown;
        keep(kept_.data(), static_cast<Place>(slots_.size()));
    }
}

void Frontier::answered(const End& end) {
    visited_.reset(slots_.size() + 1);
    slots_[end.place].busy = false;
    for (std::uint32_t number = 0; number < ways_.size(); ++number) {
        const std::uint32_t* way = ways_.way(number);
        const std::uint32_t word = way[end.place + 1];
        if (slots_[end.place].looks ? met(way, end) : word >= results_from && object_.agrees(end.result, word - results_from))
            keep(way, end.place);
        else if (slots_[end.place].looks || word == 0)
            visit(way);
    }
    explore(end);
}

// Whether the operation would be told in this state what it was.
bool Frontier::fits(std::uint32_t state, const End& end) {
    return object_.agrees(end.result, object_.apply(state, slots_[end.place].operation).result);
}

// Whether one that looks was told so in a state that was left while it was under way, or in the present one.
bool Frontier::met(const std::uint32_t* way, const End& end) {
    if (fits(way[0], end)) return true;
    const std::vector<std::uint32_t>& left = sets_[way[end.place + 1]];
    return std::any_of(left.begin(), left.end(), [&](std::uint32_t state) { return fits(state, end); });
}

void Frontier::perform(const Way& way, Place place, Way& after) {
    const models::Live::Effect effect = object_.apply(way[0], slots_[place].operation);
    after = way;
    after[place + 1] = slots_[place].unknown ? done_unknown : effect.result + results_from;
    if (effect.state == way[0]) return;
    after[0] = effect.state;
    for (Place other = 0; other < slots_.size(); ++other)
        if (slots_[other].busy && slots_[other].looks) after[other + 1] = with(after[other + 1], way[0]);
}

void Frontier::explore(const End& end) {
    const std::uint32_t first = visited_.size();
    for (std::uint32_t number = 0; number < visited_.size() && standing_ == Standing::legal; ++number) {
        way_.assign(visited_.way(number), visited_.way(number) + slots_.size() + 1);
        explore_from(way_, number < first, end);
        if (visited_.size() + next_.size() > ways_max_) lag();
    }
}

// `first`: a way of before, of which it is known that an operation that looks was not told so there.
void Frontier::explore_from(const Way& way, bool first, const End& end) {
    if (slots_[end.place].looks) {
        if (!first && fits(way[0], end)) return keep(way.data(), end.place);
    } else {
        perform(way, end.place, after_);
        if (object_.agrees(end.result, after_[end.place + 1] - results_from)) keep(after_.data(), end.place);
    }
    for (Place place = 0; place < slots_.size(); ++place) {
        const Slot& slot = slots_[place];
        if (!slot.busy || slot.looks || way[place + 1] != 0) continue;
        if (slot.unknown && is_behind_equal(way, place)) continue;
        perform(way, place, after_);
        if (slot.unknown && (after_[0] == way[0] || !has_purpose(way, after_, end))) continue;
        visit(after_.data());
    }
}

// Of equal unknown operations that may still take effect, the first does.
bool Frontier::is_behind_equal(const Way& way, Place place) const {
    for (Place other = 0; other < place; ++other) {
        const Slot& slot = slots_[other];
        if (slot.busy && slot.unknown && way[other + 1] == 0 && slot.operation == slots_[place].operation) return true;
    }
    return false;
}

// Whether it helped that an unknown operation took effect: what comes next, or what looks, must see it.
bool Frontier::has_purpose(const Way& before, const Way& after, const End& end) {
    if (slots_[end.place].looks && fits(after[0], end)) return true;
    for (Place place = 0; place < slots_.size(); ++place) {
        const Slot& slot = slots_[place];
        const bool next = place == end.place ? !slot.looks : slot.busy && !slot.looks && after[place + 1] == 0;
        if (slot.busy && slot.looks) return true;
        if (!next) continue;
        const models::Live::Effect without = object_.apply(before[0], slot.operation);
        const models::Live::Effect with_it = object_.apply(after[0], slot.operation);
        if (without.state != with_it.state || without.result != with_it.result) return true;
    }
    return false;
}

void Frontier::visit(const std::uint32_t* way) {
    const std::uint64_t hash = hash_of(way, true);
    for (std::uint32_t other = visited_.first(hash); other != WaySet::none; other = visited_.next(other))
        if (std::equal(way, way + slots_.size() + 1, visited_.way(other))) return;
    visited_.add(way, hash);
}

// `freed`: the place whose operation ended, if any; its word says nothing any more.
void Frontier::keep(const std::uint32_t* way, Place freed) {
    kept_.assign(way, way + slots_.size() + 1);
    if (freed < slots_.size()) kept_[freed + 1] = 0;
    const std::uint64_t hash = hash_of(kept_.data(), false);
    for (std::uint32_t other = next_.first(hash); other != WaySet::none; other = next_.next(other)) {
        if (dominates(next_.way(other), kept_.data())) return;
        if (dominates(kept_.data(), next_.way(other))) next_.way(other)[0] = gone;
    }
    next_.add(kept_.data(), hash);
}

// The same to come, with no more unknown operations spent and no fewer states left for those that look.
bool Frontier::dominates(const std::uint32_t* better, const std::uint32_t* worse) const {
    if (better[0] != worse[0]) return false;
    for (Place place = 0; place < slots_.size(); ++place) {
        const std::uint32_t a = better[place + 1];
        const std::uint32_t b = worse[place + 1];
        if (a == b) continue;
        if (slots_[place].looks) {
            if (!std::includes(sets_[a].begin(), sets_[a].end(), sets_[b].begin(), sets_[b].end())) return false;
        } else if (!slots_[place].unknown || a != 0) {
            return false;
        }
    }
    return true;
}

// Of all words, or of those in which one way that dominates another is its equal.
std::uint64_t Frontier::hash_of(const std::uint32_t* way, bool all) const {
    std::uint64_t hash = models::fold(11, way[0]);
    for (Place place = 0; place < slots_.size(); ++place)
        if (all || (!slots_[place].looks && !slots_[place].unknown)) hash = models::fold(hash, way[place + 1]);
    return hash;
}

std::uint32_t Frontier::with(std::uint32_t set, std::uint32_t state) {
    const auto [place, is_new] = unions_.try_emplace({set, state}, 0);
    if (!is_new) return place->second;
    std::vector<std::uint32_t> states = sets_[set];
    const auto at = std::lower_bound(states.begin(), states.end(), state);
    if (at != states.end() && *at == state) return place->second = set;
    states.insert(at, state);
    const auto [same, unseen] = set_numbers_.try_emplace(states, static_cast<std::uint32_t>(sets_.size()));
    if (unseen) sets_.push_back(std::move(states));
    return place->second = same->second;
}

void Frontier::lag() {
    standing_ = Standing::lagging;
    for (WaySet* each : {&ways_, &next_, &visited_, &ways_before_}) each->reset(1);
}

} // namespace orrery::reports::judges

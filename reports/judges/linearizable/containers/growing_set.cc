// Growing set: values are only added, each once, and now and then all are listed. What a list shows was added
// before it, and what it does not show after it. So lists stand in the order of their sizes, and each addition
// right before the first that shows it: that order is the only one, up to what stands between two different lists,
// which may go by invocation. O(what was listed, and the sorting).
#include <algorithm>

#include "orrery/reports/judges/linearizable/containers/lifetimes.h"
#include "orrery/sim/check.h"

namespace orrery::reports::judges::linearizable::containers {

using models::ContainerEffect;

namespace {

class GrowingSet {
public:
    GrowingSet(std::span<const models::Interval> intervals, const models::ContainerEffects& effects)
        : intervals_(intervals), effects_(effects), adder_(effects.values, no_operation),
          level_(effects.values, SIZE_MAX) {}

    Contained run() {
        CHECK(intervals_.size() == effects_.all.size());
        if (!collect()) return {};
        for (std::size_t each = 0; each < lists_.size(); ++each)
            if (const auto wrong = read(each)) return *wrong;
        std::vector<std::pair<std::size_t, std::uint32_t>> order; // (level, operation)
        for (std::size_t each = 0; each < lists_.size(); ++each) order.emplace_back(rank_[each], lists_[each]);
        for (std::uint32_t value = effects_.initial; value < effects_.values; ++value) {
            const std::uint32_t adder = adder_[value];
            const bool seen = level_[value] != SIZE_MAX;
            if (adder == no_operation || (!seen && intervals_[adder].unknown)) continue;
            order.emplace_back(seen ? 2 * level_[value] : 2 * lists_.size() + 2, adder);
        }
        std::sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
            if (a.first != b.first) return a.first < b.first;
            return std::pair(intervals_[a.second].invoked, a.second) <
                   std::pair(intervals_[b.second].invoked, b.second);
        });
        return check(order);
    }

private:
    // False if a value was added twice, or something else was done.
    bool collect() {
        for (std::uint32_t each = 0; each < effects_.all.size(); ++each) {
            const ContainerEffect& effect = effects_.all[each];
            if (effect.kind == ContainerEffect::Kind::list) {
                if (!intervals_[each].unknown) lists_.push_back(each);
                continue;
            }
            if (effect.kind != ContainerEffect::Kind::insert || effect.value < effects_.initial) return false;
            if (adder_[effect.value] != no_operation) return false;
            adder_[effect.value] = each;
        }
        std::stable_sort(lists_.begin(), lists_.end(),
                         [&](std::uint32_t a, std::uint32_t b) { return shown(a).size() < shown(b).size(); });
        rank_.resize(lists_.size());
        return true;
    }
    const std::vector<std::uint32_t>& shown(std::uint32_t list) const {
        return effects_.listed[effects_.all[list].value];
    }
    // The list at a place in the order of sizes. Levels: additions have even ones, the lists that show them the next.
    std::optional<Contained> read(std::size_t place) {
        const auto& values = shown(lists_[place]);
        if (std::adjacent_find(values.begin(), values.end()) != values.end()) return impossible({lists_[place]}, {});
        const bool again = place > 0 && values == shown(lists_[place - 1]);
        rank_[place] = again ? rank_[place - 1] : 2 * place + 1;
        if (again) return std::nullopt;
        if (place > 0) {
            const auto& before = shown(lists_[place - 1]);
            if (!std::includes(values.begin(), values.end(), before.begin(), before.end()))
                return impossible({lists_[place - 1], lists_[place]}, {});
        }
        for (std::uint32_t value = 0; place == 0 && value < effects_.initial; ++value)
            if (!std::binary_search(values.begin(), values.end(), value)) return impossible({lists_[place]}, {});
        for (const std::uint32_t value : values) {
            if (value >= effects_.initial && adder_[value] == no_operation) return impossible({lists_[place]}, {});
            if (level_[value] == SIZE_MAX) level_[value] = place;
        }
        return std::nullopt;
    }
    // Whether real time allows the order.
    Contained check(const std::vector<std::pair<std::size_t, std::uint32_t>>& order) const {
        Contained found{Contained::Outcome::found};
        std::uint32_t latest = no_operation; // of all so far the one that was invoked last
        for (const auto& [level, operation] : order) {
            if (latest != no_operation && intervals_[operation].precedes(intervals_[latest]))
                return conflict(latest, operation);
            if (latest == no_operation || intervals_[latest].invoked < intervals_[operation].invoked)
                latest = operation;
            found.order.push_back(operation);
        }
        return found;
    }
    // `first` must stand before `second`, by what was listed, but began after it had returned.
    Contained conflict(std::uint32_t first, std::uint32_t second) const {
        std::vector<std::uint32_t> lists;
        for (const std::uint32_t each : {first, second})
            if (effects_.all[each].kind == ContainerEffect::Kind::list) lists.push_back(each);
        // An addition is before what shows it, and that before all else that comes later.
        if (effects_.all[first].kind != ContainerEffect::Kind::list)
            lists.push_back(lists_[level_of(effects_.all[first].value)]);
        return impossible(std::move(lists), {first, second});
    }
    std::size_t level_of(std::uint32_t value) const {
        CHECK(level_[value] != SIZE_MAX); // an addition that no list shows stands last, and must precede nothing
        return level_[value];
    }
    Contained impossible(std::vector<std::uint32_t> lists, const std::vector<std::uint32_t>& others) const {
        Contained found{Contained::Outcome::impossible};
        found.core = lists;
        found.core.insert(found.core.end(), others.begin(), others.end());
        for (const std::uint32_t list : lists)
            for (const std::uint32_t value : shown(list))
                if (adder_[value] != no_operation) found.core.push_back(adder_[value]);
        std::sort(found.core.begin(), found.core.end());
        found.core.erase(std::unique(found.core.begin(), found.core.end()), found.core.end());
        return found;
    }

    std::span<const models::Interval> intervals_;
    const models::ContainerEffects& effects_;
    std::vector<std::uint32_t> adder_;
    std::vector<std::size_t> level_;   // of a value: the place of the first list that shows it
    std::vector<std::uint32_t> lists_; // by size
    std::vector<std::size_t> rank_;    // of each of them
};

} // namespace

Contained order_growing_set(std::span<const models::Interval> intervals, const models::ContainerEffects& effects) {
    return GrowingSet(intervals, effects).run();
}

} // namespace orrery::reports::judges::linearizable::containers

// ValueNumbers: equal values to equal numbers, in the order of their first appearance. Whole numbers that
// are small and dense, as most sources write them, cost one load; all others one probe of an open table.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "orrery/reports/models/fields.h"

namespace orrery::reports::models {

template <class Plain>
class ValueNumbers {
public:
    static constexpr std::uint32_t unheard = UINT32_MAX;

    explicit ValueNumbers(std::size_t expected) : dense_(expected * 2 + 64, unheard) {}

    // The value lives longer than this. nullptr: no value, which has a number of its own.
    std::uint32_t operator()(const Plain* value) {
        if (value == nullptr) return number(none_);
        if constexpr (std::same_as<Plain, std::int64_t>) {
            const auto place = static_cast<std::uint64_t>(*value);
            if (place < dense_.size()) return number(dense_[place]);
        }
        if constexpr (std::same_as<Plain, Value>)
            if (value->is_integer() && static_cast<std::uint64_t>(value->integer()) < dense_.size())
                return number(dense_[static_cast<std::size_t>(value->integer())]);
        return find(*value);
    }
    std::uint32_t count() const { return count_; }

private:
    struct Slot {
        const Plain* value = nullptr;
        std::uint64_t hash = 0;
        std::uint32_t number = 0;
    };

    std::uint32_t number(std::uint32_t& known) {
        if (known == unheard) known = count_++;
        return known;
    }
    std::uint32_t find(const Plain& value) {
        if ((used_ + 1) * 2 > slots_.size()) grow();
        const std::uint64_t hash = digest(3, value);
        std::size_t place = hash & (slots_.size() - 1);
        for (; slots_[place].value != nullptr; place = (place + 1) & (slots_.size() - 1))
            if (slots_[place].hash == hash && *slots_[place].value == value) return slots_[place].number;
        slots_[place] = {&value, hash, count_++};
        ++used_;
        return slots_[place].number;
    }
    void grow() {
        std::vector<Slot> old(slots_.empty() ? 64 : slots_.size() * 2);
        old.swap(slots_);
        for (const Slot& each : old) {
            if (each.value == nullptr) continue;
            std::size_t place = each.hash & (slots_.size() - 1);
            while (slots_[place].value != nullptr) place = (place + 1) & (slots_.size() - 1);
            slots_[place] = each;
        }
    }

    std::vector<std::uint32_t> dense_; // whole numbers only
    std::vector<Slot> slots_;
    std::uint32_t none_ = unheard;
    std::uint32_t count_ = 0;
    std::size_t used_ = 0;
};

} // namespace orrery::reports::models

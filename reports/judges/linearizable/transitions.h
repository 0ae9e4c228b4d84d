// Transitions: the steps of a machine, remembered in a table when it is small, so that a step costs
// one load instead of a copy of the state, an application and a comparison.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "orrery/reports/models/machine.h"

namespace orrery::reports::judges::linearizable {

class Transitions {
public:
    static constexpr std::uint32_t refused = models::Machine::refused;

    explicit Transitions(models::Machine& machine) : machine_(machine), classes_(machine.class_count()) {}

    std::uint32_t next(std::uint32_t state, std::uint32_t operation_class) {
        const std::size_t place = state * classes_ + operation_class;
        if (place < table_.size() && table_[place] != untried) return table_[place];
        return compute(state, operation_class, place);
    }
    models::Machine& machine() const { return machine_; }
    std::size_t bytes() const { return table_.size() * sizeof(table_[0]); }

private:
    static constexpr std::uint32_t untried = UINT32_MAX - 1;
    static constexpr std::size_t table_max = std::size_t{1} << 22;

    std::uint32_t compute(std::uint32_t state, std::uint32_t operation_class, std::size_t place) {
        const std::uint32_t next = machine_.step(state, operation_class);
        if (place >= table_max) return next;
        if (place >= table_.size()) table_.resize(std::min((place + classes_) * 2, table_max), untried);
        table_[place] = next;
        return next;
    }

    models::Machine& machine_;
    std::size_t classes_;
    std::vector<std::uint32_t> table_;
};

} // namespace orrery::reports::judges::linearizable

// Plan: the faults of a run, one a line:
//
//     f101 crash target=raft.role=leader at=2s for=800ms
//     f402 cut target=server1,server2 at=3500ms for=2s hold=true direction=out
//     f501 loss target=* effect=server1:send:40 for=1s probability=1/20
//
// What print gives, parse takes back exactly. Parse errors name file, line and column.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "orrery/faults/fault.h"

namespace orrery::faults {

struct PlanError {
    std::string file;
    std::size_t line = 0;
    std::size_t column = 0;
    std::string expected;
    std::string text() const {
        return file + ":" + std::to_string(line) + ":" + std::to_string(column) + ": expected " + expected;
    }
};

struct Plan {
    std::vector<Fault> faults;
    bool operator==(const Plan&) const = default;
};

std::string print(const Fault& fault);
std::string print(const Plan& plan);
// `first_line`: the number of the text's first line in its file.
std::variant<Plan, PlanError> parse_plan(std::string_view text, std::string_view file, std::size_t first_line = 1);

} // namespace orrery::faults

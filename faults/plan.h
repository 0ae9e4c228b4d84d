// Plan: the faults of a run, one a line:
//
//     f101 crash target=raft.role=leader at=2s for=800ms
//     f402 cut target=server1,server2 at=3500ms for=2s hold=true direction=out
//     f501 loss target=* effect=server1:send:40 for=1s probability=1/20
//
// What print gives, parse takes back exactly; README.md has the grammar. Nothing here knows a single kind: what
// a line may say is declared by its kind, in a list that who adds a kind of his own gives along.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "orrery/faults/fault.h"

namespace orrery::faults {

class KindList;
const KindList& standard_kinds();

struct Plan {
    std::vector<Fault> faults;
    bool operator==(const Plan&) const = default;
};

std::string print(const Fault& fault, const KindList& kinds = standard_kinds());
std::string print(const Plan& plan, const KindList& kinds = standard_kinds());
// `first_line`: the number of the text's first line in its file. Complaints name file, line and column.
sim::Checked<Plan> parse_plan(std::string_view text, std::string_view file, std::size_t first_line = 1,
                              const KindList& kinds = standard_kinds());

// Why the plan cannot be armed in a world of these hosts, if it cannot: a name that no host has, a link as the
// target of a kind that strikes hosts, a value beyond the bounds of its parameter.
sim::Problem problem_of(const Plan& plan, const HostNames& hosts, const KindList& kinds = standard_kinds());

// Why an operator cannot be told of the plan, if so: a fault of a kind that strikes members names another host.
// `members`: of whom he can say whether they are members; none: there is no such operator.
sim::Problem problem_of_members(const Plan& plan, const HostNames& members, const KindList& kinds = standard_kinds());

} // namespace orrery::faults

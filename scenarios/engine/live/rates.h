// Rates: links of the run's own network (links.h) that lose, double and delay some of their messages, as far as this
// kernel and the tools on this machine can have it. What a rate is told by: rate_rules.h.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "orrery/scenarios/engine/live/rate_rules.h"
#include "orrery/sim/complaint.h"

namespace orrery::scenarios::engine::live {

class Rates {
public:
    // Tries each of these kinds once, in the network in which this process is.
    explicit Rates(const std::vector<Rate::Kind>& kinds);
    Rates(const Rates&) = delete;
    Rates& operator=(const Rates&) = delete;

    // Empty: that kind can be had. Else why not.
    std::string obstacle(Rate::Kind kind) const;
    // Of a kind that can be had. Messages that a delay holds at that moment may be lost. A problem if the kernel or its
    // tool, which did the like before, does not do it any more.
    sim::Problem begin(Rate rate);
    sim::Problem end(std::uint32_t fault);

private:
    sim::Problem tell_kernel(bool concerns_delays);

    std::map<Rate::Kind, std::string> obstacles_{};
    std::vector<Rate> rates_{};
    bool has_queue_ = false;
};

} // namespace orrery::scenarios::engine::live

#include "orrery/scenarios/engine/live/rates.h"

#include <algorithm>

#include "orrery/scenarios/engine/live/system_tool.h"
#include "orrery/sim/check.h"

namespace orrery::scenarios::engine::live {
namespace {

std::string filter(const std::vector<Rate>& rates) { return run_system_tool({"nft", "-f", "-"}, filter_text(rates)); }
std::string queue(const std::string& text) { return run_system_tool({"tc", "-batch", "-"}, text); }

} // namespace

Rates::Rates(const std::vector<Rate::Kind>& kinds) {
    for (const Rate::Kind kind : kinds) {
        const std::vector<Rate> one{
            {0, kind, {1, 2}, std::chrono::milliseconds(1), {{"127.255.255.1", "127.255.255.2"}}}};
        const bool is_delay = kind == Rate::Kind::delay;
        obstacles_[kind] = is_delay ? queue(queue_text(one)) : filter(one);
        // Whatever of it is there goes.
        if (is_delay) (void)queue(no_queue_text());
        if (obstacles_[kind].empty() && !is_delay) obstacles_[kind] = filter({});
    }
}

std::string Rates::obstacle(Rate::Kind kind) const {
    const auto found = obstacles_.find(kind);
    CHECK(found != obstacles_.end()); // it was tried
    return found->second;
}

sim::Problem Rates::begin(Rate rate) {
    const std::string obstacle = this->obstacle(rate.kind);
    CHECK(obstacle.empty());
    rates_.push_back(std::move(rate));
    return tell_kernel(rates_.back().kind == Rate::Kind::delay);
}

sim::Problem Rates::end(std::uint32_t fault) {
    const auto found =
        std::find_if(rates_.begin(), rates_.end(), [fault](const Rate& each) { return each.fault == fault; });
    CHECK(found != rates_.end());
    const bool is_delay = found->kind == Rate::Kind::delay;
    rates_.erase(found);
    return tell_kernel(is_delay);
}

sim::Problem Rates::tell_kernel(bool concerns_delays) {
    std::string obstacle;
    if (!concerns_delays) {
        obstacle = filter(rates_);
    } else {
        if (has_queue_) (void)queue(no_queue_text());
        const std::string text = queue_text(rates_);
        has_queue_ = !text.empty();
        if (has_queue_) obstacle = queue(text);
    }
    if (obstacle.empty()) return std::nullopt;
    return sim::missing_complaint("the network of the run can no more be changed: " + obstacle);
}

} // namespace orrery::scenarios::engine::live

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

void Rates::begin(Rate rate) {
    const std::string obstacle = this->obstacle(rate.kind);
    CHECK(obstacle.empty());
    rates_.push_back(std::move(rate));
    tell_kernel(rates_.back().kind == Rate::Kind::delay);
}

void Rates::end(std::uint32_t fault) {
    const auto found =
        std::find_if(rates_.begin(), rates_.end(), [fault](const Rate& each) { return each.fault == fault; });
    CHECK(found != rates_.end());
    const bool is_delay = found->kind == Rate::Kind::delay;
    rates_.erase(found);
    tell_kernel(is_delay);
}

// The network is this process's own, and the kernel has done the like before.
void Rates::tell_kernel(bool concerns_delays) {
    if (!concerns_delays) {
        const std::string problem = filter(rates_);
        CHECK(problem.empty());
        return;
    }
    if (has_queue_) (void)queue(no_queue_text());
    const std::string text = queue_text(rates_);
    has_queue_ = !text.empty();
    const std::string problem = has_queue_ ? queue(text) : "";
    CHECK(problem.empty());
}

} // namespace orrery::scenarios::engine::live

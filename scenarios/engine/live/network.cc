#include "orrery/scenarios/engine/live/network.h"

#include <algorithm>

#include "orrery/scenarios/engine/live/fault_timeline.h"

namespace orrery::scenarios::engine::live {

sim::Checked<std::unique_ptr<Network>> Network::make(const faults::Plan& plan) {
    auto network = std::make_unique<Network>();
    if (!needs_network(plan)) return network;
    sim::Checked<std::unique_ptr<Links>> links = Links::make();
    if (!links) return links.complaint();
    network->links_ = std::move(*links);
    if (network->links_ == nullptr) return network;
    std::vector<Rate::Kind> kinds;
    for (const faults::Fault& fault : plan.faults)
        if (const auto kind = rate_kind(fault); kind && std::find(kinds.begin(), kinds.end(), *kind) == kinds.end())
            kinds.push_back(*kind);
    network->rates_ = std::make_unique<Rates>(kinds);
    return network;
}

std::string Network::obstacle(const faults::Fault& fault) const {
    if (links_ == nullptr) return "the kernel does not give this user a network of his own";
    const std::optional<Rate::Kind> kind = rate_kind(fault);
    return kind ? rates_->obstacle(*kind) : "";
}

} // namespace orrery::scenarios::engine::live

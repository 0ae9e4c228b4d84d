// Network: the network that a run has for itself, in which its plan's faults of links can be done as far as this
// machine can have them.
#pragma once

#include <memory>
#include <string>

#include "orrery/faults/plan.h"
#include "orrery/scenarios/engine/live/links.h"
#include "orrery/scenarios/engine/live/rates.h"

namespace orrery::scenarios::engine::live {

class Network {
public:
    // Takes this process, which must have one thread, into the network for good, if the plan has faults of links and
    // the kernel gives it one. Tries once what the plan asks for.
    static sim::Checked<std::unique_ptr<Network>> make(const faults::Plan& plan);

    // Of a fault of links. Empty: it can be done. Else why not.
    std::string obstacle(const faults::Fault& fault) const;
    // Of faults that can be done.
    Links& links() { return *links_; }
    Rates& rates() { return *rates_; }

private:
    std::unique_ptr<Links> links_{}; // null: the kernel gives none
    std::unique_ptr<Rates> rates_{};
};

} // namespace orrery::scenarios::engine::live

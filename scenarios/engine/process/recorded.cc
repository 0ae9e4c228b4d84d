// A run is deterministic: what a sweep did not keep can be had again.
#include "orrery/scenarios/engine/process/recorded.h"

namespace orrery::scenarios::engine {

std::optional<Summary> recorded(const Summary& failed, const Limits& limits) {
    ChildOptions options;
    options.detail = Detail::events;
    options.limits = limits;
    options.run.record_until = sim::WorldTime{INT64_MAX};
    // A finding from after the end has no event, and then all is shown.
    if (!failed.findings.empty() && failed.findings.front().time.nanoseconds != 0)
        options.run.record_until = failed.findings.front().time;
    Summary again = run_in_child(failed.input, options);
    // One that died has no hosts.
    if (!again.is_known() || again.hosts.empty()) return std::nullopt;
    return again;
}

} // namespace orrery::scenarios::engine

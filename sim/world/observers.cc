#include "orrery/sim/world/observers.h"

#include "orrery/sim/world/host.h"

namespace orrery::sim::world {

void Observers::add_monitor(std::unique_ptr<Monitor> monitor) {
    CHECK(monitor != nullptr);
    monitor->object_to = [this](Finding finding) { report(std::move(finding)); };
    if (monitor->hears_messages()) message_monitors_.push_back(monitor.get());
    messages_watched_ = messages_watched_ || monitor->hears_messages();
    monitors_.push_back(std::move(monitor));
    watched_ = true;
}

void Observers::set_recorder(std::function<void(const Observation&)> recorder) {
    recorder_ = std::move(recorder);
    watched_ = true;
    messages_watched_ = true;
}

Observation Observers::observation(Observation::Kind kind, const Host& host) const {
    Observation seen;
    seen.kind = kind;
    seen.time = kernel_.now();
    seen.event = kernel_.running();
    seen.origin = kernel_.origin();
    seen.host = host.index;
    seen.host_name = host.spec.name;
    seen.boot = host.boot;
    return seen;
}

void Observers::observe(const Observation& seen) {
    for (const auto& monitor : monitors_) monitor->observe(seen);
    if (recorder_) recorder_(seen);
}

void Observers::end() {
    for (const auto& monitor : monitors_) monitor->end(kernel_.now());
}

void Observers::observe_message(Observation::Kind kind, const Event& event, const Host& host, HostIndex peer) {
    CHECK(event.label != nullptr);
    Observation seen = observation(kind, host);
    seen.peer = peer;
    seen.name = event.label->name;
    seen.message = event.id;
    seen.label = event.label;
    seen.bytes = event.bytes.view();
    for (Monitor* monitor : message_monitors_) monitor->observe(seen);
    if (recorder_) recorder_(seen);
}

void Observers::observe_fault(FaultId fault, bool begins, std::string_view text) {
    if (!watched_) return;
    Observation seen;
    seen.kind = begins ? Observation::Kind::fault_begin : Observation::Kind::fault_end;
    seen.time = kernel_.now();
    seen.event = kernel_.running();
    seen.fault = fault;
    seen.name = text;
    observe(seen);
}

void Observers::report(Finding finding) {
    if (finding.event == 0) finding.event = kernel_.running();
    finding.time = kernel_.now();
    finding.sequence = kernel_.events();
    findings_.push_back(std::move(finding));
}

void Observers::count_goal(std::string_view name) {
    const auto found = goals_.find(name);
    if (found == goals_.end())
        goals_.emplace(name, 1);
    else
        ++found->second;
}

} // namespace orrery::sim::world

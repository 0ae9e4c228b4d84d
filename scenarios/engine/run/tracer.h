// Tracer: makes rows and steps of what a running world shows (reports/trace/row.h). What is shown is only valid while
// it is shown; a row owns its words.
//
// A step is handed out when it is known where its event acts: with the first row of the event, or when the next event
// begins. So the step of an event comes before its rows.
#pragma once

#include <functional>
#include <optional>
#include <set>

#include "orrery/scenarios/engine/run/run.h"

namespace orrery::scenarios::engine {

class Tracer {
public:
    using TakeRow = std::function<void(reports::trace::Row)>;
    using TakeStep = std::function<void(const reports::trace::Step&)>;

    // The narrator may be null.
    Tracer(TakeRow take_row, TakeStep take_step, std::unique_ptr<sim::Narrator> narrator = nullptr)
        : take_row_(std::move(take_row)), take_step_(std::move(take_step)), narrator_(std::move(narrator)) {}

    // As each event begins.
    void begin(const sim::world::Event& event, sim::WorldTime now);
    void observe(const sim::Observation& seen);
    // What the client on that host asked, or what became of it, during that event.
    void add(const reports::Entry& entry, const ClientOperation& operation, sim::world::HostIndex host,
             std::uint64_t event);
    // After the last event.
    void finish() { hand_out_step(); }

private:
    void hand_out_step();
    void place(const reports::trace::Row& row);
    void add_step(std::uint64_t cause, std::uint32_t host);

    TakeRow take_row_;
    TakeStep take_step_;
    std::unique_ptr<sim::Narrator> narrator_;
    reports::trace::Step step_{};   // of the running event
    std::uint64_t origin_ = 0;      // its
    bool is_open_ = false;          // it has not been handed out
    bool arrives_ = false;          // the running event is a message that has not been seen to reach its host
    std::set<std::uint32_t> hosts_; // at which the running event has acted
    std::set<std::uint32_t> up_;
};

} // namespace orrery::scenarios::engine

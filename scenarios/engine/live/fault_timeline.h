// FaultTimeline: the faults of a plan, done to real processes: a crash and a loss of power are a kill -9 and a new
// start on the same folder, a pause is SIGSTOP and SIGCONT, cuts and rates are whatever their owner has (links.h,
// rates.h). What cannot be had is named, with why.
//
// It decides what is due and to whom; whoever owns the processes does it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "orrery/faults/plan.h"
#include "orrery/scenarios/engine/live/rate_rules.h"

namespace orrery::scenarios::engine::live {

// From and to.
using HostLinks = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

// What is done to the processes. Hosts by their index among the names.
class Striking {
public:
    virtual ~Striking() = default;
    virtual void kill(std::uint32_t host) = 0;
    virtual void start(std::uint32_t host) = 0;
    virtual void freeze(std::uint32_t host) = 0;
    virtual void thaw(std::uint32_t host) = 0;
    // One direction of a link. Cuts are layers.
    virtual void cut(std::uint32_t from, std::uint32_t to) = 0;
    virtual void mend(std::uint32_t from, std::uint32_t to) = 0;
    // For the links, each in its direction, until the fault ends.
    virtual void begin_rate(const faults::Fault& fault, const HostLinks& links) = 0;
    virtual void end_rate(const faults::Fault& fault) = 0;
    // Empty: faults of its kind can be done. Else why not.
    virtual std::string obstacle(const faults::Fault& fault) const = 0;
    virtual bool is_up(std::uint32_t host) const = 0;
    // What a host says of itself, as of its last line: "" if it never said.
    virtual std::string state_of(std::uint32_t host, const std::string& key) const = 0;
    virtual void announce(const faults::Fault& fault, bool begins, const std::string& text) = 0;
};

// Those that begin by what hosts say of themselves, or strike whom that shows.
bool depends_on_states(const faults::Plan& plan);
bool has_kind(const faults::Plan& plan, std::string_view kind);
// Of a kind that spoils some messages of links.
std::optional<Rate::Kind> rate_kind(const faults::Fault& fault);
// Has faults of links.
bool needs_network(const faults::Plan& plan);
// Begins at something that processes count themselves (triggers.h).
bool is_counted(const faults::Trigger& trigger);

struct LeftOut {
    faults::Fault fault;
    std::string why;
};

class FaultTimeline {
public:
    // Times in the plan count from `start`; at `heal` all faults end.
    FaultTimeline(const faults::Plan& plan, std::vector<std::string> hosts, Striking& striking, sim::WorldTime start,
                  sim::WorldTime heal);

    const std::vector<LeftOut>& left_out() const { return left_out_; }
    // A host came to have that state: faults may begin with it.
    void stated(std::uint32_t host, const std::string& key, const std::string& value, sim::WorldTime now);
    // What was to be counted has come to its number. Says so again and again: it counts once.
    void counted(std::uint32_t fault, sim::WorldTime now);
    // Does what is due, and says when something will be.
    sim::WorldTime advance(sim::WorldTime now);
    // Ends all faults, starts who is down. After it nothing begins.
    void heal(sim::WorldTime now);
    // How often each began.
    std::map<std::uint32_t, std::uint64_t> began() const;
    // The faults that began, as a plan by which they begin and end at the times at which they did, at the hosts that
    // were struck.
    faults::Plan plan_of_what_happened() const;

private:
    struct Waiting {
        faults::Fault fault;
        std::optional<sim::WorldTime> due{}; // none: its state has not come
        std::optional<std::uint32_t> host{}; // by whose state it began
        std::uint64_t seen = 0;              // of its state
    };
    struct Active {
        faults::Fault fault;
        std::vector<std::uint32_t> hosts;
        sim::WorldTime began{};
        sim::WorldTime end{};
    };
    void begin(const Waiting& waiting, sim::WorldTime now);
    void begin_at_hosts(const faults::Fault& fault, const std::vector<std::uint32_t>& hosts);
    void end(const Active& active, sim::WorldTime now);
    // Each direction of the links that a fault of links strikes.
    HostLinks links_of(const faults::Fault& fault, const std::vector<std::uint32_t>& struck) const;
    std::vector<std::uint32_t> resolve(const Waiting& waiting) const;

    std::vector<std::string> hosts_;
    Striking& striking_;
    sim::WorldTime start_;
    sim::WorldTime heal_;
    std::vector<LeftOut> left_out_{};
    std::vector<Waiting> waiting_{};
    std::vector<Active> active_{};
    std::vector<Active> over_{};
    std::map<std::uint32_t, int> down_{};   // by host: how many faults keep it down
    std::map<std::uint32_t, int> frozen_{}; // likewise
};

} // namespace orrery::scenarios::engine::live

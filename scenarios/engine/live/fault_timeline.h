// FaultTimeline: the faults of a plan as they can be had without privileges, done to real processes: a crash is a
// kill -9 and a new start on the same folder, a pause is SIGSTOP and SIGCONT, a cut is whatever its owner has
// (links.h). What cannot be had is named, with why.
//
// It decides what is due and to whom; whoever owns the processes does it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "orrery/faults/plan.h"
#include "orrery/reports/trace/row.h"

namespace orrery::scenarios::engine::live {

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
    virtual bool can_cut() const = 0;
    virtual bool is_up(std::uint32_t host) const = 0;
    // What a host says of itself, as of its last line: "" if it never said.
    virtual std::string state_of(std::uint32_t host, const std::string& key) const = 0;
    virtual void announce(const faults::Fault& fault, bool begins, const std::string& text) = 0;
};

// Those that begin by what hosts say of themselves, or strike whom that shows.
bool depends_on_states(const faults::Plan& plan);
// Would cut links, if links can be cut.
bool has_cuts(const faults::Plan& plan);

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
    // Does what is due, and says when something will be.
    sim::WorldTime advance(sim::WorldTime now);
    // Ends all faults, starts who is down. After it nothing begins.
    void heal();
    // How often each began.
    const std::map<std::uint32_t, std::uint64_t>& began() const { return began_; }

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
        sim::WorldTime end{};
    };
    void begin(const Waiting& waiting, sim::WorldTime now);
    void end(const Active& active);
    // Each direction that a cut of these hosts cuts.
    std::vector<std::pair<std::uint32_t, std::uint32_t>> links_of(const faults::Fault& fault,
                                                                  const std::vector<std::uint32_t>& struck) const;
    std::vector<std::uint32_t> resolve(const Waiting& waiting) const;

    std::vector<std::string> hosts_;
    Striking& striking_;
    sim::WorldTime heal_;
    std::vector<LeftOut> left_out_{};
    std::vector<Waiting> waiting_{};
    std::vector<Active> active_{};
    std::map<std::uint32_t, int> down_{};   // by host: how many faults keep it down
    std::map<std::uint32_t, int> frozen_{}; // likewise
    std::map<std::uint32_t, std::uint64_t> began_{};
};

} // namespace orrery::scenarios::engine::live

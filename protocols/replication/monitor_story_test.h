// A trace made by hand, for tests of monitors: what three servers say, told in a row of calls, and what the monitors
// object to.
//
//     using Story = replication::MonitorStory<monitors>;
//     EXPECT_EQ(Story().note(0, leader, 1, 0).note(1, leader, 1, 0).objections(), "raft.election_safety: two leaders");
#pragma once

#include <array>
#include <string>
#include <vector>

#include "orrery/sim/monitor.h"

namespace orrery::replication {

template <std::vector<sim::MonitorFactory> (*monitors)()>
class MonitorStory {
public:
    MonitorStory() {
        for (const sim::MonitorFactory factory : monitors()) {
            monitors_.push_back(factory());
            monitors_.back()->object_to = [this](sim::Finding finding) {
                objections_ += (objections_.empty() ? "" : "\n") + finding.judge + ": " + finding.kind;
            };
        }
        for (std::uint32_t host = 0; host < 3; ++host) boot(host);
    }
    MonitorStory(const MonitorStory&) = delete;
    MonitorStory& operator=(const MonitorStory&) = delete;

    MonitorStory& boot(std::uint32_t host) {
        ++boots_[host];
        return add(sim::Observation::Kind::boot, host, "boot", nullptr, {});
    }
    template <class... Values>
    MonitorStory& note(std::uint32_t host, const sim::NoteKind& kind, Values... values) {
        const std::array<sim::Field, sizeof...(Values)> fields{sim::Field(values)...};
        return add(sim::Observation::Kind::note, host, kind.name, &kind, fields);
    }
    // `kind`: send or deliver. Such a message of any sender is as good as another.
    MonitorStory& message(sim::Observation::Kind kind, std::uint32_t host, const char* label, sim::ByteView bytes) {
        sim::Observation seen = observed(kind, host, label);
        seen.bytes = bytes;
        return show(seen);
    }
    MonitorStory& state(std::uint32_t host, const char* key, sim::Field value) {
        return add(sim::Observation::Kind::state, host, key, nullptr, {&value, 1});
    }
    // `bytes` leave for `peer`, or came from there.
    MonitorStory& message(sim::Observation::Kind kind, std::uint32_t host, std::uint32_t peer, const sim::Label& label,
                          sim::ByteView bytes) {
        sim::Observation seen = observed(kind, host, label.name);
        seen.peer = peer;
        seen.label = &label;
        seen.bytes = bytes;
        return show(seen);
    }
    // What follows happens so long after the start, in another event.
    MonitorStory& at(sim::Duration since_start) {
        ++event_;
        now_ = sim::WorldTime{} + since_start;
        return *this;
    }
    MonitorStory& fault(bool begins) {
        return add(begins ? sim::Observation::Kind::fault_begin : sim::Observation::Kind::fault_end, 0, "", nullptr,
                   {});
    }
    // What happens often has a name: a function of the story.
    template <class Told>
    MonitorStory& tell(const Told& told) {
        told(*this);
        return *this;
    }
    MonitorStory& end() {
        for (const auto& monitor : monitors_) monitor->end(now_);
        return *this;
    }
    // All that was objected to, one a line.
    const std::string& objections() const { return objections_; }

private:
    MonitorStory& add(sim::Observation::Kind kind, std::uint32_t host, std::string_view name, const sim::NoteKind* note,
                      std::span<const sim::Field> fields) {
        sim::Observation seen = observed(kind, host, name);
        seen.note = note;
        seen.fields = fields;
        return show(seen);
    }
    sim::Observation observed(sim::Observation::Kind kind, std::uint32_t host, std::string_view name) const {
        sim::Observation seen;
        seen.kind = kind;
        seen.time = now_;
        seen.event = event_;
        seen.host = host;
        seen.boot = host * 100 + boots_[host];
        seen.host_name = names_[host];
        seen.name = name;
        return seen;
    }
    MonitorStory& show(const sim::Observation& seen) {
        for (const auto& monitor : monitors_) monitor->observe(seen);
        return *this;
    }
    static constexpr const char* names_[] = {"s0", "s1", "s2"};
    std::uint64_t boots_[3] = {};
    sim::WorldTime now_{};
    std::uint64_t event_ = 1;
    std::vector<std::unique_ptr<sim::Monitor>> monitors_;
    std::string objections_;
};

} // namespace orrery::replication

// A monitor watches for broken invariants. It is given what the world shows (notes, gauges, messages, faults) one
// observation after the other, and nothing else. So the same monitor can judge a run as it happens, a recorded trace,
// foreign code, or live nodes. It may object; it cannot act.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/sim/bytes.h"
#include "orrery/sim/finding.h"
#include "orrery/sim/note.h"
#include "orrery/sim/types.h"

namespace orrery::sim {

struct Observation {
    enum class Kind : std::uint8_t { boot, crash, note, state, send, deliver, lose, fault_begin, fault_end };

    Kind kind{};
    WorldTime time{};
    std::uint64_t event = 0;         // the running event's identity
    std::uint64_t origin = 0;        // the root of its causal path
    std::uint32_t host = 0;          // index in the world, 0-based; the actor
    std::uint32_t peer = 0;          // send, deliver, lose: the other host
    std::uint64_t boot = 0;          // which boot of the host: changes with every crash
    std::string_view host_name;      // "s1"
    std::uint32_t fault = 0;         // fault_begin, fault_end: the fault's number in its plan
    std::string_view name;           // note kind, state key, label, fault text
    const NoteKind* note = nullptr;  // note: its descriptor
    std::span<const Field> fields{}; // note: its fields; state: the one value
    std::uint64_t message = 0;       // send, deliver, lose: which message
    const Label* label = nullptr;    // send, deliver, lose
    ByteView bytes{};                // send, deliver, lose: the content
};

class Monitor {
public:
    virtual ~Monitor() = default;
    virtual std::string_view name() const = 0; // "raft.election_safety"
    virtual void observe(const Observation& seen) = 0;
    // The run has come to its end in its own time, after a recovery in which nothing went wrong. Not called of a run
    // that was stopped, nor of logs, which end anywhere.
    virtual void end(WorldTime) {}
    // Whether it wants to see send, deliver and lose: a hundred of these come for each of the others.
    virtual bool hears_messages() const { return false; }
    // How the names of the notes and states begin that it judges: who was shown none of these has judged nothing.
    // Empty: it judges whatever there is.
    virtual std::vector<std::string_view> watches() const { return {}; }

    // Takes each objection. The world, or what else runs the monitor, sets it.
    std::function<void(Finding)> object_to;

protected:
    // `kind` and `rule` are fixed words, because they make the fingerprint. `text` describes this one case.
    void object(const Observation& seen, std::string kind, std::string rule, std::string text) {
        Finding finding{std::string(name()), std::move(kind), std::move(rule), std::move(text), seen.time, seen.event};
        if (object_to) object_to(std::move(finding));
    }
};

using MonitorFactory = std::unique_ptr<Monitor> (*)();

} // namespace orrery::sim

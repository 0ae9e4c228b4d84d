// Network: links between hosts, and what crosses them.
//
// A link is one direction between two hosts. Links that no fault ever touched have no state and cost nothing. Of the
// others, each keeps cuts and rules as counted layers: a fault adds its own and takes away only its own.
//
// A message is affected by a cut if its link was cut at any instant from its sending to its arrival. To know that
// without looking at messages under way, a link counts its cuts and a message remembers the count:
//
//     send (0 cuts)      cut       heal      arrival: 1 cut by now, the message remembers 0, so it is affected
//     send (1 cut)                           arrival: it remembers 1: it is not
//
// A fault may also strike a single message, the nth of its label (strikes.h): that comes before cuts and rules.
//
// Datagrams and segments of streams obey the same cuts and the same rules, by the same code. They differ in what a
// rule can do to them: a lost datagram is lost, a lost segment is sent again by its stream; a datagram may come
// twice, a segment is put in order by its number; and streams wait for a heal where datagrams may be dropped.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "orrery/sim/hash.h"
#include "orrery/sim/world/event.h"
#include "orrery/sim/world/host.h"
#include "orrery/sim/world/kernel.h"
#include "orrery/sim/world/observers.h"
#include "orrery/sim/world/strikes.h"
#include "orrery/sim/world/watch.h"

namespace orrery::sim::world {

// Where chance decides about messages: keyed by the message's own identity.
namespace link_sites {
inline constexpr Site latency{"latency"};
inline constexpr Site slowest{"slowest"}; // of a link, keyed by its ends
inline constexpr Site loss{"loss"};
inline constexpr Site duplication{"duplication"};
inline constexpr Site delay{"delay"};
inline constexpr Site delay_length{"delay_length"};
} // namespace link_sites

enum class CutMode : std::uint8_t { drop, hold };

// What a link does to some of its messages.
struct Rule {
    RuleKind kind{};
    Ratio probability{};  // for each message
    Duration delay_max{}; // delay: a hit waits for up to this much longer
    FaultId fault = 0;
};

struct Cut {
    CutMode mode{};
    FaultId fault = 0;
    std::uint64_t number = 0; // among the cuts of its link, from 1
};

struct Link {
    std::vector<Cut> cuts;    // the layers now in force
    std::uint64_t epoch = 0;  // how many cuts there ever were
    Cut last{};               // the cut that messages of an earlier epoch met
    Cut dropped{};            // the last one that drops
    std::vector<Rule> rules;  // in the order in which they were added
    std::vector<Event*> held; // in the order in which they were held

    bool is_cut() const { return !cuts.empty(); }
    // The layer to which a wait is due: the youngest in force, or the last there was.
    const Cut& latest() const { return cuts.empty() ? last : cuts.back(); }
    // As remembered by a datagram that leaves now: every cut with a higher number affects it. A layer in force that
    // drops affects it already.
    std::uint64_t epoch_of_departure() const {
        for (const Cut& cut : cuts)
            if (cut.mode == CutMode::drop) return cut.number - 1;
        return epoch;
    }
};

struct NetworkOptions {
    Duration latency_min{500'000};
    Duration latency_max{1'500'000};
    bool uneven_links = false; // each direction between two hosts has a slowest latency of its own, up to latency_max
    Duration user_timeout{10'000'000'000}; // a stream breaks when a segment was held for so long
};

class Connections;

class Network {
public:
    static constexpr std::int64_t loopback = 10'000;            // nanoseconds from a host to itself
    static constexpr std::int64_t retransmission = 200'000'000; // until a lost segment is sent again

    Network(Kernel& kernel, Observers& observers, Watches& watches, const NetworkOptions& options);
    Network(const Network&) = delete;
    Network& operator=(const Network&) = delete;
    // All there are, whenever one was added: a vector of them moves.
    void attach(std::span<Host> hosts) { hosts_ = hosts; }
    // Segments that were held and could leave again go back to their stream.
    void attach(Connections& connections) { connections_ = &connections; }

    // --- messages ---
    // A datagram leaves. One to an address that no host has is lost.
    void send(HostIndex from, std::uint64_t from_port, Address to, const Label& label, Bytes&& bytes);
    // A message that was just made leaves: its latency, the rules, the agenda. `departure`: how often it left before,
    // so that each departure has draws of its own.
    void depart(Event* event, std::uint64_t departure);
    // A message is about to arrive. False: it does not now, and was taken care of.
    [[gnu::always_inline]] bool arrives(Event* event) {
        if (is_plain_) [[likely]]
            return true;
        return arrives_by_link(event);
    }
    // No fault has touched any link or waits for a message, and nobody records what faults do to messages.
    bool is_plain() const { return is_plain_; }
    // What looks at messages is shown one that leaves.
    void show_sent(const Event& event);
    // Nobody has seen it, and nobody will.
    void drop_unreceived(Event* event);

    // --- what faults do ---
    void cut(HostIndex from, HostIndex to, CutMode mode, FaultId fault);
    void heal(HostIndex from, HostIndex to, FaultId fault);
    void add_rule(HostIndex from, HostIndex to, const Rule& rule);
    void remove_rules(HostIndex from, HostIndex to, FaultId fault);
    void strike(const MessageWatch& which, const Strike& strike, FaultId fault, std::function<bool()> begins);

    // --- what rules and dropping cuts did, message by message: from now on, if it is asked for before anything leaves
    void record_struck();
    std::vector<StruckMessage> take_struck() { return strikes_.take_struck(); }

    const NetworkOptions& options() const { return options_; }

private:
    Link* find(HostIndex from, HostIndex to) {
        const auto found = links_.find({from, to});
        return found == links_.end() ? nullptr : &found->second;
    }
    // Drawn for each departure of a message: datagrams overtake each other without any fault.
    [[gnu::always_inline]] std::int64_t latency(const Event& event, std::uint64_t departure) {
        if (event.passage.from == event.host) [[unlikely]]
            return loopback;
        const std::uint64_t span = options_.uneven_links ? span_of_link(event.passage.from, event.host) : span_;
        return options_.latency_min.count() +
               static_cast<std::int64_t>(kernel_.chance().draw(
                   event.id, link_sites::latency, static_cast<std::uint32_t>(departure), span, event.passage.from));
    }
    std::uint64_t span_of_link(HostIndex from, HostIndex to);
    bool arrives_by_link(Event* event);
    bool pass(Event* event, std::uint64_t departure);
    void remember_cuts(Event& event, const Link& link);
    bool obey_strikes(Event* event);
    bool obey_rules(Event* event, const Link& link, bool again);
    bool obey(Event* event, const Strike& strike, FaultId fault);
    std::optional<Strike> hit(const Event& event, const Rule& rule, std::uint32_t number);
    void depart_again(Event* event, const Link& link);
    void double_datagram(const Event& event, std::uint32_t number);
    void hold(Event* event, Link& link);
    void lose(Event* event, FaultId fault);
    void took_effect(FaultId fault) { ++observers_.efficacy(fault).effective; }
    void record(const Event& event, const Strike& strike, FaultId fault) {
        if (strikes_.is_recording()) strikes_.record(event, strike, fault, kernel_.now());
    }

    Kernel& kernel_;
    Observers& observers_;
    Watches& watches_;
    std::span<Host> hosts_;
    Connections* connections_ = nullptr;
    NetworkOptions options_;
    std::uint64_t span_ = 1; // how many latencies there are, a nanosecond apart
    bool is_plain_ = true;
    std::map<std::pair<HostIndex, HostIndex>, Link> links_;
    Strikes strikes_;
    std::vector<std::uint32_t> twins_; // that the message has which leaves now
};

inline bool is_segment(const Event& event) { return event.kind == EventKind::segment; }

[[gnu::always_inline]] inline void Network::send(HostIndex from, std::uint64_t from_port, Address to,
                                                 const Label& label, Bytes&& bytes) {
    Host& sender = hosts_[from];
    sender.count_effect(EffectKind::send);
    if (to.host == 0 || to.host > hosts_.size()) [[unlikely]]
        return;
    const auto target = static_cast<HostIndex>(to.host - 1);
    Kernel& kernel = kernel_; // stays in a register
    Event* event = kernel.make(EventKind::deliver, target, to.host << 20 ^ to.port);
    event->passage.from = from;
    event->passage.operation = sender.operation;
    event->ports = {to.port, from_port};
    event->label = &label;
    event->time = sender.local_time(kernel.now().nanoseconds) + latency(*event, 0);
    kernel.trace().add(from, event->id, label.hash ^ hash_bytes(bytes));
    std::construct_at(&event->bytes, std::move(bytes)); // an event from the pool holds none
    if (sender.operation != 0) [[unlikely]]
        sender.reach_sent(sender.operation);
    if (observers_.messages_are_watched()) [[unlikely]]
        show_sent(*event);
    if (!is_plain_) [[unlikely]] {
        if (!pass(event, 0)) return;
    }
    kernel.put(event);
}

} // namespace orrery::sim::world

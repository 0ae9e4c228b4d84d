// Operation k of a client is an event without a cause, so that its draws depend on (client, k) alone. What the client's
// host sends from its invocation to the next carries its number: in this way one knows at the end whom it reached.
#include "orrery/scenarios/engine/run/driver.h"

#include <algorithm>

#include "orrery/sim/world/process.h"

namespace orrery::scenarios::engine {

bool ClientDriver::next(sim::Env& env) {
    leave(); // the boot before this one may have died within an operation
    sim::world::World& world = workload_.world;
    while (const std::optional<Due> due = next_due()) {
        set_number(due->number);
        if (due->time >= workload_.end) return false;
        world.begin_operation(host_, due->number, due->time, env.current());
        if (!env.park().ok()) return false;
        if (!workload_.skipped.contains({client(), due->number})) return true;
    }
    return false;
}

std::optional<ClientDriver::Due> ClientDriver::next_due() const {
    sim::world::World& world = workload_.world;
    if (workload_.operations) {
        const auto found = workload_.operations->lower_bound({client(), next_number()});
        if (found == workload_.operations->end() || found->first.client != client()) return std::nullopt;
        return Due{found->first.number, std::max(world.now(), found->second.time)};
    }
    // Drawn from the operation's own root, so that it is the same whatever came before.
    const std::uint64_t root = sim::mix(sim::name_hash("think"), client(), next_number());
    const auto choices = static_cast<std::uint64_t>(workload_.think.count()) + 1;
    const std::uint64_t think = world.chance().draw(root, "think", 0, choices);
    return Due{next_number(), world.now() + sim::Duration{static_cast<std::int64_t>(think)}};
}

std::optional<reports::models::Words> ClientDriver::written() const {
    if (!workload_.operations) return std::nullopt;
    const auto found = workload_.operations->find({client(), number()});
    CHECK(found != workload_.operations->end()); // nothing else is invoked
    return found->second.words;
}

void ClientDriver::take(reports::Entry entry) {
    std::vector<reports::Entry>& entries = workload_.history.entries;
    entry.index = entries.size();
    entries.push_back(std::move(entry));
    workload_.events.push_back(workload_.world.running_event());
    if (workload_.at_entry) workload_.at_entry(entries.back(), {client(), number()}, host_);
}

void ClientDriver::leave() {
    if (!is_open()) return;
    workload_.unanswered.push_back({std::nullopt, host_, number(), process(), words()});
    abandon();
}

void ClientDriver::opened() {
    // Until the next one: what leaves late belongs to it too. Operation 0 is none.
    workload_.world.send_under(host_, static_cast<std::uint32_t>(number() + 1));
    invoked_ = workload_.world.now();
    if (invoked_ >= workload_.healed) ++workload_.asked[client()];
}

void ClientDriver::answered() {
    ++workload_.answered;
    if (invoked_ >= workload_.healed) ++workload_.progress[client()];
}

void ClientDriver::gave_up() {
    // A task besides the one that gave it up may still send for it, under another operation's number:
    // then nothing can be known.
    const bool alone = workload_.world.host(host_).process->tasks_alive() == 1;
    if (alone) workload_.unanswered.push_back({workload_.history.entries.size(), host_, number(), process(), words()});
}

void conclude(Workload& workload) {
    std::vector<reports::Entry>& entries = workload.history.entries;
    for (const Unanswered& each : workload.unanswered) {
        if (!workload.world.reached_nobody(each.host, static_cast<std::uint32_t>(each.number + 1))) continue;
        if (each.entry)
            entries[*each.entry].type = reports::Entry::Type::fail;
        else
            entries.push_back({reports::Entry::Type::fail,
                               each.process,
                               each.words.f,
                               each.words.key,
                               {},
                               workload.world.now(),
                               entries.size()});
    }
}

} // namespace orrery::scenarios::engine

// Operation k of a client is a root of its own, and what its host sends meanwhile carries its number.
#include "orrery/scenarios/engine/run/driver.h"

#include "orrery/sim/world/process.h"

namespace orrery::scenarios::engine {

bool ClientDriver::next(sim::Env& env) {
    leave(); // the boot before this one may have died within an operation
    sim::world::World& world = recording_.world;
    while (true) {
        const std::uint64_t number = number_++;
        // Drawn from the operation's own root, so that it is the same whatever came before.
        const std::uint64_t root = sim::mix(sim::name_hash("think"), client_, number);
        const auto choices = static_cast<std::uint64_t>(recording_.think.count()) + 1;
        const std::uint64_t think = world.chance().draw(root, "think", 0, choices);
        const sim::WorldTime time = world.now() + sim::Duration{static_cast<std::int64_t>(think)};
        if (time >= recording_.end) return false;
        world.begin_operation(host_, number, time, env.current());
        if (!env.park().ok()) return false;
        if (!recording_.skipped.contains({client_, number})) return true;
    }
}

void ClientDriver::add(reports::Entry::Type type, const reports::Value& value) {
    std::vector<reports::Entry>& entries = recording_.history.entries;
    entries.push_back({type, static_cast<std::int64_t>(process_), words_.f, words_.key, value, recording_.world.now(),
                       entries.size()});
}

void ClientDriver::leave() {
    if (!open_) return;
    open_ = false;
    if (recording_.online) recording_.online->lose(static_cast<std::int64_t>(process_), recording_.world.now());
    recording_.unanswered.push_back({std::nullopt, host_, number(), static_cast<std::int64_t>(process_), words_});
    process_ += recording_.clients;
}

// The world stops with this event, and everything still stands as it did.
void ClientDriver::stop_unless(bool legal) {
    if (legal || recording_.objected) return;
    recording_.objected = true;
    recording_.objected_event = recording_.world.running_event();
    recording_.world.stop();
}

void ClientDriver::invoke(const reports::models::Words& words) {
    CHECK(!open_);
    open_ = true;
    // Until the next one: what leaves late belongs to it too. Operation 0 is none.
    recording_.world.send_under(host_, static_cast<std::uint32_t>(number() + 1));
    words_ = words;
    invoked_ = recording_.world.now();
    add(reports::Entry::Type::invoke, words.argument);
    if (recording_.online) recording_.online->invoke(static_cast<std::int64_t>(process_), words, invoked_);
}

void ClientDriver::answer(const reports::Value& value) {
    CHECK(open_);
    open_ = false;
    add(reports::Entry::Type::ok, value);
    if (recording_.online)
        stop_unless(recording_.online->answer(static_cast<std::int64_t>(process_), value, recording_.world.now()));
    ++recording_.answered;
    if (invoked_ >= recording_.healed) ++recording_.progress[client_];
}

void ClientDriver::refuse() {
    CHECK(open_);
    open_ = false;
    add(reports::Entry::Type::fail, {});
    if (recording_.online)
        stop_unless(recording_.online->refuse(static_cast<std::int64_t>(process_), recording_.world.now()));
}

void ClientDriver::lose() {
    CHECK(open_);
    open_ = false;
    // A task besides the one that gave it up may still send for it, under another operation's number:
    // then nothing can be known.
    const bool alone = recording_.world.host(host_).process->tasks_alive() == 1;
    if (alone)
        recording_.unanswered.push_back(
            {recording_.history.entries.size(), host_, number(), static_cast<std::int64_t>(process_), words_});
    add(reports::Entry::Type::info, {});
    if (recording_.online)
        stop_unless(recording_.online->lose(static_cast<std::int64_t>(process_), recording_.world.now()));
    process_ += recording_.clients; // the old one may still be stuck in it
}

void conclude(Recording& recording) {
    std::vector<reports::Entry>& entries = recording.history.entries;
    for (const Unanswered& each : recording.unanswered) {
        if (!recording.world.reached_nobody(each.host, static_cast<std::uint32_t>(each.number + 1))) continue;
        if (each.entry)
            entries[*each.entry].type = reports::Entry::Type::fail;
        else
            entries.push_back({reports::Entry::Type::fail,
                               each.process,
                               each.words.f,
                               each.words.key,
                               {},
                               recording.world.now(),
                               entries.size()});
    }
}

} // namespace orrery::scenarios::engine

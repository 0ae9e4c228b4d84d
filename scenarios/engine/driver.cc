#include "orrery/scenarios/engine/driver.h"

namespace orrery::scenarios {

bool ClientDriver::next(sim::Env& env) {
    sim::World& world = recording_.world;
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

void ClientDriver::invoke(const reports::models::Words& words) {
    words_ = words;
    invoked_ = recording_.world.now();
    add(reports::Entry::Type::invoke, words.argument);
}

void ClientDriver::answer(const reports::Value& value) {
    add(reports::Entry::Type::ok, value);
    ++recording_.answered;
    if (invoked_ >= recording_.healed) ++recording_.progress[client_];
}

void ClientDriver::lose() {
    add(reports::Entry::Type::info, {});
    process_ += recording_.clients; // the old one may still be stuck in it
}

} // namespace orrery::scenarios

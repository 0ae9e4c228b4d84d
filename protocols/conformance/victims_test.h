// Mains of processes that crash, by name: in the live world they run in a program of their own, which can be killed.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "orrery/sim/env.h"

namespace orrery::conformance {

constexpr std::uint64_t victim_port = 7;

// Adds a line to a file that it never syncs, and one to a file that it does, and tells each peer that connects what
// they held before, and who it is. Then it keeps the stream open until it dies.
inline void keeper(sim::Env& env) {
    static constexpr sim::Label words_label{"test.words"};
    const auto add_line = [&](std::string_view path, bool is_synced) {
        sim::File file = *env.open(path, sim::OpenMode::create);
        const std::uint64_t size = *file.size();
        const std::string before(file.read_at(0, size)->text());
        CHECK(file.write_at(size, sim::view_of("line\n")).ok());
        if (is_synced) CHECK(file.sync().ok());
        return before;
    };
    const std::string synced = add_line("kept/synced", true);
    CHECK(env.sync_directory("kept").ok());
    const std::string written = add_line("written", false);
    const std::string words = std::to_string(env.self().boot) + ";" + synced + ";" + written + ";";
    sim::Result<sim::Socket> socket = env.bind(victim_port);
    CHECK(socket.ok());
    while (true) {
        sim::Result<sim::Stream> stream = env.accept(*socket);
        if (!stream.ok()) return;
        CHECK(stream->write(sim::view_of(words), words_label).ok());
        env.spawn("keep", [&env, held = std::make_shared<sim::Stream>(std::move(*stream))] { (void)env.park(); });
    }
}

inline std::function<void(sim::Env&)> victim_named(const std::string& name) {
    static const std::map<std::string, void (*)(sim::Env&)> all = {{"keeper", keeper}};
    const auto found = all.find(name);
    CHECK(found != all.end());
    return found->second;
}

} // namespace orrery::conformance

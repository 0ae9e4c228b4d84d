// Participants: the names of the lanes on which the hosts and clients of a failure are shown.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "orrery/reports/history.h"

namespace orrery::reports::views {

struct Participants {
    std::vector<std::string> hosts{};   // by their index in the world
    std::vector<std::string> clients{}; // process p was one of these: the one at p modulo their number
    bool timed = true;                  // else the times only number the steps of a recorded history

    const History* history = nullptr; // if it was read from a file: its operations are named by their places there

    // In a history from elsewhere every process is a client of its own.
    std::string client(std::int64_t process) const {
        if (history != nullptr)
            for (const auto& [number, name] : history->source.processes)
                if (number == process) return name;
        if (clients.empty() || process < 0) return "process " + std::to_string(process);
        return clients[static_cast<std::uint64_t>(process) % clients.size()];
    }
};

} // namespace orrery::reports::views

// Serve: one process of a scenario, a server or a client, runs in this process on real sockets and files until it ends,
// or until a signal ends it.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "orrery/protocols/live/env.h"
#include "orrery/scenarios/engine/run/run.h"

namespace orrery::scenarios::engine::live {

namespace world = orrery::live;

struct Serving {
    RunInput input; // scenario and settings; counts follow the cluster
    std::string role;
    std::uint32_t index = 0;
    std::string cluster; // a file
    std::string listen;  // in place of a cluster: HOST:PORT, where the process stands alone, and callers know it
    std::string data;    // a folder; empty: none
    bool loses_unsynced = false; // of data, when it is killed
    bool holds = false;          // it stops itself (SIGSTOP) when it is ready to begin
    std::string triggers;        // a folder (triggers.h): stops itself when it comes to one; empty: none
    std::string log;             // a file to which it adds what it says of itself; empty: none
    std::string history;         // of a client: the file that it adds to
    std::optional<std::uint64_t> seed{};
    sim::Duration time{};                             // of a client: how long it asks; 0: until it is stopped
    std::function<void(const std::string&)> remark{}; // hears what is odd and no error
};

// SIGTERM, SIGINT or the end of its terminal stop it in order: main is cancelled, and unwinds. A second signal, or two
// seconds, end it without waiting for what it does. `at_listening` is told where others reach it, once they do. A
// process that ended because it cannot go on with what is in its folder is a complaint (input).
sim::Checked<world::Ending> serve(Serving serving, const std::function<void(const world::Member&)>& at_listening);

} // namespace orrery::scenarios::engine::live

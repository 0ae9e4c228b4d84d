// A trace as a file: a header, then a line of JSON for everything that was observed, messages included. README.md of
// this folder has its grammar.
#pragma once

#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/run/run.h"

namespace orrery::scenarios::engine {

class TraceFile {
public:
    // Writes the header.
    sim::Problem open(const std::string& path, const RunInput& input);
    // The world is the one that shows it, and knows the names of its hosts.
    void add(const sim::Observation& seen, const sim::world::World& world);
    // What the client of that host asked, or what became of it.
    void add(const reports::Entry& entry, sim::world::HostIndex client, const sim::world::World& world);
    // In the process that has added: everything stands in the file, or this says why not.
    sim::Problem flush() { return file_.flush(); }
    // In the process that has opened it, after that: it gets its name.
    sim::Problem complete() { return file_.complete(); }

private:
    OutputFile file_{};
};

} // namespace orrery::scenarios::engine

// A trace as a file: a header, then a line of JSON for everything that was observed, messages
// included. Written beside its name and renamed when the run has ended: whole or not at all.
//     {"type":"trace","version":1,"scenario":"raft-kv","seed":"7","source":"..."}
//     {"type":"deliver","time":"1200431","event":"0123456789abcdef","host":"server1","peer":"server0","name":"raft.append"}
#pragma once

#include <cstdio>
#include <optional>
#include <string>

#include "orrery/scenarios/engine/run/run.h"

namespace orrery::scenarios::engine {

class TraceFile {
public:
    TraceFile() = default;
    TraceFile(const TraceFile&) = delete;
    TraceFile& operator=(const TraceFile&) = delete;
    ~TraceFile();

    // What hindered it, if anything.
    std::optional<std::string> open(const std::string& path, const RunInput& input);
    void add(const sim::Observation& seen, const sim::world::World& world);
    std::optional<std::string> complete();

private:
    std::string path_{};
    std::string beside_{};
    std::FILE* file_ = nullptr;
};

} // namespace orrery::scenarios::engine

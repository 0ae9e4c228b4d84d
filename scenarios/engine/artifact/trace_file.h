// A trace as text: a header, then a line of JSON for each step and each row of a run (reports/trace/row.h). README.md
// of this folder has its grammar. What is written reads the same again.
#pragma once

#include <functional>
#include <string_view>

#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/run/run.h"

namespace orrery::scenarios::engine {

// Of which run it is.
struct TraceHead {
    std::string scenario;
    std::uint64_t seed = 0;
    std::string source; // hash of the sources of the program that wrote it
    std::vector<std::string> hosts{};

    bool operator==(const TraceHead&) const = default;
};

TraceHead head_of(const RunInput& input);
std::string trace_line(const TraceHead& head);
// `hosts`: those of the head.
std::string trace_line(const reports::trace::Row& row, const std::vector<std::string>& hosts);
std::string trace_line(const reports::trace::Step& step, const std::vector<std::string>& hosts);

class TraceFile {
public:
    // Writes the header.
    sim::Problem open(const std::string& path, const RunInput& input);
    // Has all that the run shows written. After the run, in the process that has run it, flush() says whether all
    // stands in the file.
    void watch(Watcher& watcher);
    sim::Problem flush() { return file_.flush(); }
    // In the process that has opened it, after that: it gets its name.
    sim::Problem complete() { return file_.complete(); }

private:
    void write(const std::string& line);

    OutputFile file_{};
    std::vector<std::string> hosts_{};
};

// Is it a trace? It begins like one, whatever is wrong with it.
bool is_trace(std::string_view text);
sim::Checked<TraceHead> read_trace_head(std::string_view text, const std::string& file);
// Hands out rows and steps in their order, up to the first line that is wrong.
sim::Problem read_trace(std::string_view text, const std::string& file,
                        const std::function<void(const reports::trace::Row&)>& at_row,
                        const std::function<void(const reports::trace::Step&)>& at_step);

} // namespace orrery::scenarios::engine

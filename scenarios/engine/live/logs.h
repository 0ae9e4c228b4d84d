// Logs of live runs, read again: those of all processes as one list of rows, by time, and monitors that fold over it as
// they do over a world. A log of the simulated world, which is a trace, reads likewise.
#pragma once

#include <string>
#include <vector>

#include "orrery/reports/trace/row.h"
#include "orrery/scenarios/engine/artifact/trace_file.h"
#include "orrery/sim/monitor.h"

namespace orrery::scenarios::engine::live {

struct Story {
    TraceHead head{}; // of the first log; all are of the same scenario and hosts
    std::vector<reports::trace::Row> rows{};
    sim::WorldTime start{};         // what the clock showed where the rows' times begin
    std::vector<std::string> cut{}; // the logs whose last line was no whole one, and is left out
};

// Each log up to its last whole line: a process may have been killed while it wrote. Times count from the first row.
sim::Checked<Story> read_logs(const std::vector<std::string>& files);

// What the monitors object to, in the order of the rows. They are shown no messages: logs hold none, and a trace not
// their bytes.
std::vector<sim::Finding> watched(const std::vector<reports::trace::Row>& rows, const std::vector<std::string>& hosts,
                                  const std::vector<sim::MonitorFactory>& monitors);

// The monitors whose silence says nothing.
struct NotJudging {
    struct Blind {
        std::string monitor;
        std::vector<std::string> watches; // how the names begin of what it judges
    };
    std::vector<std::string> deaf{}; // hear messages, of which rows have not all
    std::vector<Blind> blind{};      // were shown nothing of what they judge

    std::vector<std::string> blind_names() const;
};
NotJudging not_judging(const std::vector<reports::trace::Row>& rows, const std::vector<sim::MonitorFactory>& monitors);

// The end of a log that grows: what states its process has taken since it was asked last.
class LogTail {
public:
    explicit LogTail(std::string path = {}) : path_(std::move(path)) {}
    // Key and value, in their order.
    std::vector<std::pair<std::string, std::string>> new_states();

private:
    std::string path_;
    std::size_t read_ = 0;
    std::string rest_{}; // an unfinished line
};

} // namespace orrery::scenarios::engine::live

// Log: what one process of the live world says of itself while it runs, in the lines of a trace file
// (artifact/README.md), so that whatever reads a simulated run reads this. A line is written whole, by one call, as
// soon as it is said: after a kill -9 all lines are there but perhaps the end of the last one. A process that is
// started again goes on in the log of its predecessor, from a boot of its own.
//
// Times are those of the monotonic clock, which all processes of one machine share. Events are numbered anew by each
// process and mean nothing to another; rows of messages and steps there are none.
#pragma once

#include <functional>
#include <string>

#include "orrery/protocols/live/env.h"
#include "orrery/reports/trace/row.h"
#include "orrery/scenarios/engine/artifact/trace_file.h"
#include "orrery/sim/complaint.h"

namespace orrery::scenarios::engine::live {

namespace world = orrery::live;

// What the monotonic clock shows, as the time of an entry or a row.
sim::WorldTime time_now();

// Lines that are added at the end of a file and never change.
class LineFile {
public:
    LineFile() = default;
    LineFile(const LineFile&) = delete;
    LineFile& operator=(const LineFile&) = delete;
    ~LineFile();

    // Makes the file if there is none.
    sim::Problem open(const std::string& path);
    bool is_open() const { return file_ >= 0; }
    void write(const std::string& line);
    // Whether all that was written stands there.
    sim::Problem problem() const;

private:
    std::string path_{};
    int file_ = -1;
    int error_ = 0; // the first
};

// What stands in such a file, up to the last whole line: its process may have been killed while it wrote, and then its
// last line was cut.
struct WholeLines {
    std::string text{};
    bool was_cut = false;
};
sim::Checked<WholeLines> read_whole_lines(const std::string& path);
// The problem if a file of another run is there, or one of another time.
sim::Problem problem_of_log(const std::string& text, const std::string& path, const TraceHead& head);

class Log final : public world::Watcher {
public:
    // `host`: whose log it is, as the head names them. Goes on behind the whole lines of a log that is there, which
    // must be of the same scenario and hosts, and of no later time than the clock's.
    sim::Problem open(const std::string& path, const TraceHead& head, std::uint32_t host);
    // Of the log that was there: its last line was no whole one, and is gone.
    bool has_cut_line() const { return has_cut_line_; }
    sim::Problem problem() const { return file_.problem(); }
    // What this process had against its disk, if it said so: "replication.damaged: cause foreign, file a.log".
    const std::string& refusal() const { return refusal_; }

    void booted(const sim::Identity& who);
    void died(const std::string& rule);
    void noted(const sim::Identity& who, const sim::NoteKind& kind, std::span<const sim::Field> fields) override;
    void stated(const sim::Identity& who, const sim::StateKey& key, const sim::Field& value) override;
    void listens(const sim::Identity&) override {
        if (at_listening) at_listening();
    }
    // For whoever started the process and writes of others too: time and event are filled in.
    void write(reports::trace::Row row);

    std::function<void()> at_listening{}; // hears that the process can be reached

private:
    using Row = reports::trace::Row;
    Row row_of(Row::Kind kind, std::string_view name) const;

    LineFile file_{};
    std::vector<std::string> hosts_{};
    std::uint32_t host_ = 0;
    std::uint64_t origin_ = 0; // the boot
    std::uint64_t events_ = 0;
    bool has_cut_line_ = false;
    std::string refusal_{};
};

} // namespace orrery::scenarios::engine::live

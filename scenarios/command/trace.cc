// orrery trace: what a run showed, a row a line, and only the rows that one asks for.
//
// A repro is run once more, here in a child, and its rows are printed as they come. Only a past has to wait: which
// events it holds is known when its last one is over. A file that --trace wrote is read instead of run.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "orrery/reports/trace/past.h"
#include "orrery/reports/trace/query.h"
#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/failed_run.h"
#include "orrery/scenarios/command/state_trace_lines.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/artifact/trace_file.h"
#include "orrery/scenarios/engine/process/interruption.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {

using namespace engine;

namespace {

using reports::trace::Row;
using reports::trace::Step;
using Kind = Row::Kind;

// Which part of the trace is shown; 0: no such bound.
struct Bounds {
    std::uint64_t before = 0;
    std::uint64_t after = 0;
    std::uint64_t past_of = 0;

    // The event with which all is known, so that a run need not go on; 0: it is to go on.
    std::uint64_t last() const {
        if (after != 0) return 0;
        return before == 0 || past_of == 0 ? before + past_of : 0;
    }
};

// "append term 3 from server1": what a row says, behind its kind.
std::string words_of(const Row& row, const std::vector<std::string>& hosts) {
    const std::string said = row.words();
    switch (row.kind) {
    case Kind::send:
    case Kind::lose:
    case Kind::deliver:
        return row.name + (row.kind == Kind::deliver ? " from " : " to ") + hosts.at(row.peer) +
               (said.empty() ? "" : ": " + said);
    case Kind::state:
        return row.name + " = " + said;
    default:
        return row.name + (said.empty() ? "" : " " + said);
    }
}

// "    2.104517308 s": exactly, so that it can be given back as time>=2.104517308s.
std::string time_of(sim::WorldTime time) {
    return fmt::format("{:>5}.{:09} s", time.nanoseconds / 1'000'000'000, time.nanoseconds % 1'000'000'000);
}

// A stdout of its own: that of a child goes elsewhere, for what a scenario prints must not come between the rows.
using Output = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

Output second_stdout() { return {fdopen(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3), "w"), std::fclose}; }

sim::Problem problem_of_writing(std::FILE* out) {
    // A reader that leaves early, like head, knows that it did.
    if (std::ferror(out) == 0 || errno == EPIPE) return std::nullopt;
    return sim::missing_complaint(std::string("the rows could not be written: ") + std::strerror(errno));
}

// Prints rows, a line each, as wide as the terminal; to a file or a pipe in full.
class Lines {
public:
    Lines(std::FILE* out, std::vector<std::string> hosts, const TraceOptions& options)
        : out_(out), hosts_(std::move(hosts)), limit_(options.limit), json_(options.json), style_(terminal_style()),
          width_(terminal_width(STDOUT_FILENO, 0)) {
        for (const std::string& host : hosts_)
            host_columns_ = std::max(host_columns_, std::min<std::size_t>(host.size(), 16));
    }

    void print(const Row& row) {
        if (limit_ != 0 && printed_ == limit_) {
            ++left_out_;
            return;
        }
        ++printed_;
        write(json_ ? trace_line(row, hosts_) : text_of(row));
    }
    sim::Problem finish() {
        if (!json_ && left_out_ > 0) write("and " + std::to_string(left_out_) + " more\n");
        return problem_;
    }

private:
    static constexpr std::size_t words_min = 20; // columns

    void write(const std::string& text) {
        std::fputs(text.c_str(), out_);
        std::fflush(out_); // the run may die with the next event
        if (!problem_) problem_ = problem_of_writing(out_);
    }

    std::string text_of(const Row& row) const {
        using namespace reports::views;
        const std::string event = sim::hexadecimal(row.event);
        const std::string host = row.is_fault() ? "" : clipped(hosts_.at(row.host), host_columns_, style_);
        const std::string start = time_of(row.time) + "  " + padded(host, host_columns_) + "  " +
                                  padded(std::string(reports::trace::name(row.kind)), 11) + "  ";
        const std::string words = shown(words_of(row, hosts_), style_);
        if (width_ == 0) return start + words + "  " + event + "\n";
        // A narrow terminal has the words rather than the event.
        const std::size_t used = columns_of(start) + 2 + event.size();
        if (width_ < used + words_min) return clipped(start + words, width_, style_) + "\n";
        const std::size_t columns = width_ - used;
        return start + padded(clipped(words, columns, style_), columns) + "  " + event + "\n";
    }

    std::FILE* out_;
    std::vector<std::string> hosts_;
    std::uint64_t limit_;
    bool json_;
    reports::views::Style style_;
    std::size_t width_; // 0: no bound
    std::size_t host_columns_ = 0;
    std::uint64_t printed_ = 0;
    std::uint64_t left_out_ = 0;
    sim::Problem problem_{}; // the first
};

// Takes rows and steps as they come, and prints those that were asked for.
class Selection {
public:
    Selection(reports::trace::Query query, const Bounds& bounds, Lines lines)
        : query_(std::move(query)), bounds_(bounds), lines_(std::move(lines)) {}

    void take(const Step& step) {
        if (bounds_.past_of != 0) recording_.steps.push_back(step);
        met_before_ = met_before_ || step.event == bounds_.before;
        met_past_ = met_past_ || step.event == bounds_.past_of;
        if (dies_ && step.event == bounds_.past_of) print_past();
        is_after_ = is_after_ || (met_after_ && step.event != bounds_.after);
        met_after_ = met_after_ || step.event == bounds_.after;
    }
    void take(const Row& row) {
        for (const reports::trace::Field& field : row.fields) names_.insert(field.name);
        if (bounds_.before != 0 && met_before_) return;
        if (bounds_.after != 0 && !is_after_) return;
        if (!query_.matches(row)) return;
        if (bounds_.past_of == 0 || (dies_ && row.event == bounds_.past_of))
            lines_.print(row);
        else
            recording_.rows.push_back(row);
    }
    std::uint64_t last_event() const { return bounds_.last(); }
    // After the last: what was asked for and is not there.
    sim::Problem finish() {
        for (const auto& [event, met] : {std::pair(bounds_.before, met_before_), std::pair(bounds_.after, met_after_),
                                         std::pair(bounds_.past_of, met_past_)})
            if (event != 0 && !met)
                return sim::usage_complaint("no event " + sim::hexadecimal(event) + " began in this run");
        if (const sim::Problem problem = query_.problem_of(names_)) return in_query(*problem);
        if (bounds_.past_of != 0) print_past();
        return lines_.finish();
    }
    // The process dies in the event whose past is asked for, and finish() is never called: the past is printed as the
    // event begins.
    void expect_death() { dies_ = true; }
    bool asks_for_past() const { return bounds_.past_of != 0; }
    // What is wrong with the words behind --where.
    static sim::Complaint in_query(const sim::Complaint& complaint) {
        return sim::usage_complaint("--where, column " + std::to_string(complaint.place.column) + ": " +
                                    complaint.message);
    }

private:
    void print_past() {
        for (const std::size_t place : rows_of(recording_, past_of(recording_, bounds_.past_of)))
            lines_.print(recording_.rows[place]);
    }

    reports::trace::Query query_;
    Bounds bounds_;
    Lines lines_;
    bool dies_ = false;
    bool met_before_ = false;
    bool met_after_ = false;
    bool is_after_ = false; // that event is over
    bool met_past_ = false;
    reports::trace::Recording recording_{};      // of a past: its steps, and rows that may belong to it
    std::set<std::string, std::less<>> names_{}; // of fields
};

// The event at which the failure of a repro was found: it is run for that.
sim::Checked<std::uint64_t> finding_of(const Repro& repro) {
    const Summary summary = run_in_child(repro.input);
    if (!summary.is_known()) return why_unknown(summary);
    if (summary.findings.empty()) return sim::usage_complaint("this run has no finding");
    const std::uint64_t event = summary.findings.front().event;
    if (event == 0) return sim::usage_complaint("the finding is of the whole run, of no event");
    return event;
}

// Its process ended within the run.
bool has_died(const Summary& summary) {
    return summary.is_known() && !summary.findings.empty() && summary.findings.front().judge == "process";
}

// Fills in the events that the options name. `repro`: none if a trace is read.
sim::Problem read_bounds(const TraceOptions& options, const Repro* repro, Bounds& bounds) {
    std::optional<std::uint64_t> finding;
    const auto read = [&](const char* flag, const std::string& word, std::uint64_t& event) -> sim::Problem {
        if (word.empty()) return std::nullopt;
        if (word == "finding" && repro == nullptr)
            return sim::usage_complaint(std::string(flag) +
                                        " finding needs a repro: a trace does not say what was found");
        if (word == "finding" && !finding) {
            const sim::Checked<std::uint64_t> found = finding_of(*repro);
            if (!found) return found.complaint();
            finding = *found;
        }
        if (word == "finding") event = *finding;
        if (word == "finding" || (sim::parse_hexadecimal(word, event) && event != 0)) return std::nullopt;
        return sim::usage_complaint(
            std::string(flag) + " expects finding, or an event's identity, 16 hexadecimal digits, got '" + word + "'");
    };
    if (sim::Problem problem = read("--before", options.before, bounds.before)) return problem;
    if (sim::Problem problem = read("--after", options.after, bounds.after)) return problem;
    return read("--past-of", options.past_of, bounds.past_of);
}

sim::Checked<Selection> selection_of(const TraceOptions& options, const TraceHead& head, const Repro* repro,
                                     std::FILE* out) {
    sim::Checked<reports::trace::Query> query = reports::trace::parse_query(options.where, head.hosts);
    if (!query) return Selection::in_query(query.complaint());
    Bounds bounds;
    if (const sim::Problem problem = read_bounds(options, repro, bounds)) return *problem;
    if (options.json) say("{}", trace_line(head));
    std::fflush(stdout);
    return Selection(std::move(*query), bounds, Lines(out, head.hosts, options));
}

// Whoever writes one that grows may have been killed in the middle of its last line.
int show_file(std::string text, const TraceOptions& options) {
    const std::size_t whole = text.rfind('\n') + 1; // npos + 1 is 0
    if (whole > 0 && whole < text.size()) {
        text.resize(whole);
        mention("{}: its last line was cut, and is left out\n", shown_line(options.file));
    }
    const sim::Checked<TraceHead> head = read_trace_head(text, options.file);
    if (!head) return complain(head.complaint());
    sim::Checked<Selection> selection = selection_of(options, *head, nullptr, stdout);
    if (!selection) return complain(selection.complaint());
    sim::Problem problem = read_trace(
        text, options.file, [&](const Row& row) { selection->take(row); },
        [&](const Step& step) { selection->take(step); });
    if (!problem) problem = selection->finish();
    return problem ? complain(*problem) : exit_passed;
}

// The state trace needs messages in full, so it comes of a run and not of a trace.
int show_state_trace(const TraceOptions& options) {
    if (!options.where.empty() || !options.before.empty() || !options.after.empty() || !options.past_of.empty() ||
        options.limit != 0 || options.json)
        return complain(sim::usage_complaint("--format etcd writes the whole trace, and goes with no other option"));
    const sim::Checked<Repro> repro = read_repro(options.file);
    if (!repro) return complain(repro.complaint());
    listen_for_interruption();
    const Output out = second_stdout();
    if (out == nullptr) return complain(sim::missing_complaint("there is no stdout to write to"));
    StateTraceLines lines([&](const std::string& line) {
        std::fputs(line.c_str(), out.get());
        std::fflush(out.get()); // the run may die with the next event
    });
    if (const sim::Problem problem = lines.open()) return complain(*problem);
    ChildOptions child;
    child.detail = Detail::counts;
    lines.watch(child.run.watcher);
    child.afterwards = [&] {
        lines.finish();
        return problem_of_writing(out.get());
    };
    const Summary summary = run_in_child(repro->input, child);
    if (!summary.is_known()) return complain(why_unknown(summary));
    return summary.left_undone ? complain(*summary.left_undone) : lines.tell_if_empty();
}

int show_run(const TraceOptions& options) {
    const sim::Checked<Repro> repro = read_repro(options.file);
    if (!repro) return complain(repro.complaint());
    listen_for_interruption();
    const Output out = second_stdout();
    if (out == nullptr) return complain(sim::missing_complaint("there is no stdout to write to"));
    sim::Checked<Selection> selection = selection_of(options, head_of(repro->input), &*repro, out.get());
    if (!selection) return complain(selection.complaint());
    ChildOptions child;
    child.detail = Detail::counts;
    child.run.stop_at_event = selection->last_event();
    child.run.watcher.at_row = [&](const Row& row) { selection->take(row); };
    child.run.watcher.at_step = [&](const Step& step) { selection->take(step); };
    child.afterwards = [&] { return selection->finish(); };
    Summary summary = run_in_child(repro->input, child);
    if (has_died(summary) && selection->asks_for_past()) {
        selection->expect_death();
        summary = run_in_child(repro->input, child);
    }
    if (!summary.is_known()) return complain(why_unknown(summary));
    return summary.left_undone ? complain(*summary.left_undone) : exit_passed;
}

} // namespace

int trace(const TraceOptions& options) {
    const sim::Checked<std::string> text = read_file(options.file);
    if (!text) return complain(text.complaint());
    if (!options.format.empty() && options.format != "etcd")
        return complain(sim::usage_complaint("--format expects etcd, got '" + options.format + "'"));
    if (!options.format.empty() && is_trace(*text))
        return complain(
            sim::usage_complaint("--format etcd needs a repro: a trace has no messages in full; a run writes "
                                 "it with --trace FILE --format etcd"));
    if (!options.format.empty()) return show_state_trace(options);
    return is_trace(*text) ? show_file(*text, options) : show_run(options);
}

} // namespace orrery::scenarios::command

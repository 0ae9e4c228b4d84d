// orrery replay: repros once more in fresh processes, one or a whole folder of them; or one here, for a debugger.
//
// A repro says what is expected of it. One that is expected to pass keeps a mended bug in the tree: a folder of those
// is a test of regressions, and passes as a whole.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "orrery/scenarios/command/annotations.h"
#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/command_line.h"
#include "orrery/scenarios/command/debugger.h"
#include "orrery/scenarios/command/failed_run.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/artifact/trace_comparison.h"
#include "orrery/scenarios/engine/artifact/trace_file.h"
#include "orrery/scenarios/engine/process/interruption.h"
#include "orrery/scenarios/engine/process/verify.h"
#include "orrery/scenarios/engine/run/plan.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {

using namespace engine;

namespace {

// A repro and what became of it.
struct Replayed {
    std::string file{};
    Repro repro{};
    Summary summary{};
    std::vector<std::string> unmet{};       // decisions that met no draw, as lines of the repro
    std::optional<Divergence> divergence{}; // from what was recorded
    bool same_source = false;
    bool is_compared = false;       // with another trace of the same run ...
    std::optional<Parted> parted{}; // ... from which it parted

    bool same_fingerprint() const { return summary.fingerprint() == repro.recorded().fingerprint(); }
    std::string diverged() const { return divergence ? divergence->text() : ""; }
    int code() const { return same_source && divergence ? exit_nondeterminism : exit_of(summary.verdict); }
};

// The lines that decide draws which nobody made: overrides, and sites that are fixed.
std::vector<std::string> unmet_lines(const RunInput& input, const Summary& summary) {
    std::vector<std::string> lines;
    for (const sim::Override& each : summary.unmet) lines.push_back(print(each));
    if (input.fixed.empty()) return lines;
    ChildOptions options;
    options.run.record_sites = true;
    const Summary again = run_in_child(input, options);
    if (again.sites.empty()) return lines; // it died, and left none
    const std::vector<FixedSite>& drawn = again.sites;
    for (const FixedSite& each : input.fixed)
        if (std::none_of(drawn.begin(), drawn.end(), [&each](const FixedSite& at) {
                return at.site == each.site && (each.host.empty() || at.host == each.host);
            }))
            lines.push_back("fixed " + each.site + (each.host.empty() ? "" : " " + each.host) + " " +
                            std::to_string(each.percent) + "%");
    return lines;
}

// In a fresh process.
sim::Checked<Replayed> replayed_of(const std::string& file, const Repro& repro) {
    Replayed replayed{file, repro, run_in_fresh_process(repro.input), {}};
    if (!replayed.summary.is_known()) return why_unknown(replayed.summary);
    replayed.unmet = unmet_lines(repro.input, replayed.summary);
    replayed.same_source = repro.source == source_identity();
    replayed.divergence = divergence(repro.recorded(), replayed.summary);
    return replayed;
}

std::string json_of(const Parted::Side& side) {
    if (!side.step) return "null";
    return "{\"event\":\"" + sim::hexadecimal(side.step->event) + "\",\"time\":\"" +
           std::to_string(side.step->time.nanoseconds) + "\",\"host\":" + json_string(side.host) + ",\"cause\":\"" +
           sim::hexadecimal(side.step->cause) + "\",\"shown\":" + json_string(side.shown) + "}";
}

std::string json_of(const Parted& parted) {
    return "{\"agreed\":" + std::to_string(parted.agreed) +
           ",\"same_event\":" + (parted.same_event ? "true" : "false") + ",\"then\":" + json_of(parted.then) +
           ",\"now\":" + json_of(parted.now) + "}";
}

void tell_json(const Replayed& replayed) {
    const Summary& summary = replayed.summary;
    Object object("replay");
    object.text("file", replayed.file)
        .text("scenario", replayed.repro.input.scenario->name)
        .number("seed", summary.input.seed)
        .text("verdict", name(summary.verdict))
        .text("digest", sim::hexadecimal(summary.digest))
        .count("events", summary.events);
    const std::vector<std::string> never =
        replayed.same_fingerprint() ? std::vector<std::string>{} : never_began(replayed.repro.input, summary);
    add_finding(object, summary)
        .flag("same_source", replayed.same_source)
        .flag("same_fingerprint", replayed.same_fingerprint())
        .text_or_null("diverged", replayed.diverged())
        .texts("unmet", replayed.unmet)
        .texts("never_began", never);
    if (replayed.is_compared) object.raw("parted", replayed.parted ? json_of(*replayed.parted) : "null");
    object.print();
}

// Of what the repro expects.
std::string_view what_became(const Replayed& replayed) {
    const Repro& repro = replayed.repro;
    const bool is_expected = replayed.summary.verdict == repro.expected && replayed.same_fingerprint();
    if (is_expected)
        return repro.expected == RunVerdict::violated ? "the fingerprint is still the same" : "as expected";
    const RunVerdict verdict = replayed.summary.verdict;
    if (verdict == RunVerdict::passed) return "it does not fail any more";
    if (verdict == RunVerdict::undecided) return "it is undecided now";
    if (repro.expected == RunVerdict::undecided) return "it is decided now, and is a violation";
    return replayed.summary.fingerprint() == repro.fingerprint ? "the failure that was mended is back"
                                                               : "the fingerprint is another one now";
}

// What is to be known besides the verdict. From other sources a replay is best effort: what still holds, and where it
// diverged. Whatever the source: a decision that was never taken changes nothing, and whoever wrote it should know.
void tell_remarks(const Replayed& replayed) {
    if (!replayed.unmet.empty()) say("met no draw:\n");
    for (const std::string& line : replayed.unmet) say("  {}\n", shown_line(line));
    // Where it does not fail as it did, a fault that waits for what never comes may be why.
    if (!replayed.same_fingerprint()) tell_never_began(replayed.repro.input, replayed.summary, 5);
    if (!replayed.same_source) {
        say("made from other sources; best effort:\n  {}\n  {}\n",
            replayed.divergence ? shown_line(replayed.diverged()) : "the runs agree all the same",
            what_became(replayed));
    } else if (replayed.divergence) {
        say("the replay is not what was recorded: {}\n", shown_line(replayed.diverged()));
    }
    if (!replayed.is_compared) return;
    say("against the other trace:\n");
    if (!replayed.parted) say("  the two are the same\n");
    const std::string text = replayed.parted ? replayed.parted->text() : "";
    for (const std::string_view line : sim::split(text, '\n'))
        if (!line.empty()) say("  {}\n", shown_line(line));
}

void tell_whole(const Replayed& replayed) {
    tell(replayed.summary);
    say("\n{}, digest {}\n", painted(replayed.summary.verdict), sim::hexadecimal(replayed.summary.digest));
    tell_remarks(replayed);
    say("{}\n", headline(replayed.repro.input));
    if (replayed.summary.verdict != RunVerdict::passed) say("replay with:\n{}\n", replay_line(replayed.file));
}

// One of many: a line, and where to see more.
void tell_line(const Replayed& replayed) {
    const std::string fingerprint = replayed.summary.fingerprint();
    say("{}: {}{}\n", shown_line(replayed.file), painted(replayed.summary.verdict),
        fingerprint.empty() ? "" : ", " + shown_line(fingerprint));
    tell_remarks(replayed);
    std::fflush(stdout);
}

JunitCase case_of(const Replayed& replayed) {
    using Outcome = JunitCase::Outcome;
    const Summary& summary = replayed.summary;
    JunitCase result{replayed.repro.input.scenario->name, replayed.file};
    result.text = replay_line(replayed.file);
    if (replayed.code() == exit_nondeterminism) {
        result.outcome = Outcome::unknown;
        result.message = "the replay is not what was recorded: " + replayed.diverged();
    } else if (summary.verdict == RunVerdict::violated) {
        result.outcome = Outcome::failed;
        result.message = summary.fingerprint();
        result.text = summary.findings.front().text + "\n" + result.text;
    } else if (summary.verdict == RunVerdict::undecided) {
        result.outcome = Outcome::unknown;
        result.message = "undecided: " + summary.why_undecided();
    }
    return result;
}

sim::Problem write_trace(const RunInput& input, const std::string& file) {
    TraceFile trace;
    if (sim::Problem problem = trace.open(file, input)) return problem;
    ChildOptions child;
    trace.watch(child.run.watcher);
    child.afterwards = [&] { return trace.flush(); };
    const Summary summary = run_in_child(input, child);
    if (!summary.is_known()) return why_unknown(summary);
    return summary.left_undone ? summary.left_undone : trace.complete();
}

// Compares the run with a trace of the same repro, which another source wrote. This one's is in `written`.
sim::Problem compare(const std::string& against, const std::string& written, Replayed& replayed) {
    const sim::Checked<KeptTrace> then = read_kept_trace(against);
    if (!then) return then.complaint();
    const RunInput& input = replayed.repro.input;
    if (then->head.scenario != input.scenario->name || then->head.seed != input.seed)
        return sim::Complaint{sim::Cause::input,
                              {against, 1, 1},
                              "expected a trace of " + headline(input) + ", got one of " + then->head.scenario +
                                  ", seed " + std::to_string(then->head.seed)};
    const sim::Checked<KeptTrace> now = read_kept_trace(written);
    if (!now) return now.complaint();
    replayed.is_compared = true;
    replayed.parted = parted(*then, *now);
    return std::nullopt;
}

// A file of its own among those that the machine clears away; it goes with this.
class TemporaryFile {
public:
    TemporaryFile() {
        std::error_code none;
        path_ = std::filesystem::temp_directory_path(none) / ("orrery-" + std::string(6, 'X')); // to be replaced
        const int descriptor = mkstemp(path_.data());
        if (descriptor >= 0) close(descriptor); // else who writes it says what is wrong
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() { std::remove(path_.c_str()); }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

constexpr int exit_untestable = 125; // so git bisect run is told to try another commit

// 1 only for the failure that the repro is of. A file that cannot be read, another failure, a judge that did not
// decide: none of these says on which side of the change this commit lies, and git would take each for "bad".
int bisect(const ReplayOptions& options) {
    const auto untestable = [](const sim::Complaint& why) { return complain(why), exit_untestable; };
    const std::string& file = options.files.front();
    if (options.files.size() > 1 || is_for_debugger(options) || !options.trace.empty() || !options.against.empty() ||
        !options.junit.empty())
        return untestable(sim::usage_complaint("--bisect takes one file, and no other option but --json"));
    const sim::Checked<Repro> repro = read_repro(file);
    if (!repro) return untestable(repro.complaint());
    if (repro->expected != RunVerdict::violated)
        return untestable({sim::Cause::input, {file}, "expects no failure, so there is none to look for"});
    listen_for_interruption();
    const sim::Checked<Replayed> replayed = replayed_of(file, *repro);
    if (!replayed) return untestable(replayed.complaint());
    if (options.json)
        tell_json(*replayed);
    else
        tell_line(*replayed);
    const bool is_same = replayed->summary.fingerprint() == repro->fingerprint;
    const int code = replayed->code();
    return code == exit_passed || (code == exit_violated && is_same) ? code : exit_untestable;
}

int replay_one(const std::string& file, const ReplayOptions& options) {
    if (const sim::Problem problem = problem_of_names({{"the repro", file},
                                                       {"--trace", options.trace},
                                                       {"--junit", options.junit},
                                                       {"--against", options.against}}))
        return complain(*problem);
    const sim::Checked<Repro> repro = read_repro(file);
    if (!repro) return complain(repro.complaint());
    listen_for_interruption();
    if (!options.json) say("{}\n", headline(repro->input));
    std::fflush(stdout);
    if (is_for_debugger(options)) return replay_for_debugger(file, *repro, options);
    std::optional<TemporaryFile> temporary;
    if (options.trace.empty() && !options.against.empty()) temporary.emplace();
    const std::string trace = temporary ? temporary->path() : options.trace;
    if (!trace.empty())
        if (const sim::Problem problem = write_trace(repro->input, trace)) return complain(*problem);
    sim::Checked<Replayed> replayed = replayed_of(file, *repro);
    if (!replayed) return complain(replayed.complaint());
    if (!options.against.empty())
        if (const sim::Problem problem = compare(options.against, trace, *replayed)) return complain(*problem);
    // Ahead of the text, which ends in the line to copy.
    const sim::Problem unpublished = publish("replay", {case_of(*replayed)}, options.junit, options.json);
    if (options.json)
        tell_json(*replayed);
    else
        tell_whole(*replayed);
    return unpublished ? complain(*unpublished) : replayed->code();
}

sim::Checked<Replayed> replay_of_many(const std::string& file) {
    const sim::Checked<Repro> repro = read_repro(file);
    if (!repro) return repro.complaint();
    return replayed_of(file, *repro);
}

// More severe first: a file that cannot be read hides what it would have shown.
int worst(const std::vector<int>& codes) {
    for (const int code : {exit_internal, exit_missing, exit_input, exit_violated, exit_nondeterminism, exit_undecided})
        if (std::find(codes.begin(), codes.end(), code) != codes.end()) return code;
    return exit_passed;
}

int replay_many(const std::vector<std::string>& files, const ReplayOptions& options) {
    std::vector<int> codes;
    std::vector<JunitCase> cases;
    std::string first; // that did not pass
    for (const std::string& file : files) {
        if (interruption() != 0) break;
        const sim::Checked<Replayed> replayed = replay_of_many(file);
        if (interruption() != 0) break;
        if (!replayed) {
            codes.push_back(complain(replayed.complaint()));
            cases.push_back({"repros", file, JunitCase::Outcome::unknown, replayed.complaint().text()});
            continue;
        }
        if (options.json)
            tell_json(*replayed);
        else
            tell_line(*replayed);
        codes.push_back(replayed->code());
        cases.push_back(case_of(*replayed));
        if (codes.back() != exit_passed && first.empty()) first = file;
    }
    const sim::Problem unpublished = publish("replay", cases, options.junit, options.json);
    const auto passed = std::count(codes.begin(), codes.end(), exit_passed);
    if (!options.json) say("{} of {} passed{}\n", passed, files.size(), interruption() != 0 ? ", interrupted" : "");
    if (!options.json && !first.empty()) say("see the first that did not with:\n{}\n", replay_line(first));
    return unpublished ? complain(*unpublished) : worst(codes);
}

// Every repro below the folders, in the order of their names.
sim::Checked<std::vector<std::string>> files_of(const std::vector<std::string>& names) {
    std::vector<std::string> files;
    for (const std::string& each : names) {
        std::error_code error;
        if (!std::filesystem::is_directory(each, error)) {
            files.push_back(each);
            continue;
        }
        const sim::Checked<std::vector<std::string>> found = files_below(each, ".repro");
        if (!found) return found.complaint();
        if (found->empty()) return sim::Complaint{sim::Cause::input, {each}, "holds no repro, no file named *.repro"};
        files.insert(files.end(), found->begin(), found->end());
    }
    return files;
}

} // namespace

int replay(const ReplayOptions& options) {
    if (options.bisect) return bisect(options);
    const sim::Checked<std::vector<std::string>> files = files_of(options.files);
    if (!files) return complain(files.complaint());
    const bool is_one = files->size() == 1 && *files == options.files;
    if (is_one) return replay_one(files->front(), options);
    if (is_for_debugger(options)) return complain(sim::usage_complaint("a debugger takes one file"));
    if (!options.trace.empty()) return complain(sim::usage_complaint("--trace takes one file"));
    if (!options.against.empty()) return complain(sim::usage_complaint("--against takes one file"));
    listen_for_interruption();
    return replay_many(*files, options);
}

} // namespace orrery::scenarios::command

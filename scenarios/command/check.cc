// orrery check: judges recorded histories, one line a file: whole ones, or line by line what is too long to be kept.
#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <optional>
#include <thread>

#include "orrery/reports/formats/format.h"
#include "orrery/reports/judges/independent.h"
#include "orrery/reports/judges/judge.h"
#include "orrery/reports/judges/linearizable/minimal_history.h"
#include "orrery/reports/judges/linearizable/stream.h"
#include "orrery/reports/judges/registry.h"
#include "orrery/reports/large_pages.h"
#include "orrery/reports/models/proposal.h"
#include "orrery/reports/views/failure.h"
#include "orrery/scenarios/command/annotations.h"
#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/command_line.h"
#include "orrery/scenarios/command/names.h"
#include "orrery/scenarios/command/progress.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/history_file.h"
#include "orrery/scenarios/engine/artifact/json.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {

using namespace engine;

namespace {

void print_blocked(Object& object, const reports::Blocked& blocked, const std::vector<reports::Call>& calls) {
    std::vector<std::string> window;
    for (const std::size_t each : blocked.window) window.push_back(calls[each].rendered());
    if (blocked.deepest) object.text("deepest", calls[*blocked.deepest].rendered());
    object.texts("window", window)
        .count("width", blocked.width)
        .count("unknown", blocked.unknown)
        .count("states", blocked.states);
    object.text("cost", blocked.cost).texts("suggestions", blocked.suggestions);
}

using reports::judges::linearizable::MinimalHistory;

// Of the one key that was violated, with its operations as they stand in the whole history.
MinimalHistory minimal_of_key(const reports::History& history, const std::vector<reports::Call>& calls,
                              const reports::Verdict& verdict) {
    for (const reports::judges::KeyPart& part : reports::judges::key_parts(history, calls)) {
        if (part.key != verdict.counterexample->key) continue;
        const auto paired = reports::calls(part.history);
        const reports::Verdict again = reports::judges::judge(
            part.history, {.judge = std::string(verdict.judge), .model = std::string(verdict.model)});
        MinimalHistory minimal = reports::judges::linearizable::minimal_history(part.history, *paired, again);
        for (std::vector<reports::Call>* all : {&minimal.calls, &minimal.doubtful})
            for (reports::Call& call : *all) {
                call.invoke_entry = part.entries[call.invoke_entry];
                if (call.return_entry) call.return_entry = part.entries[*call.return_entry];
                call.key = part.key;
            }
        minimal.key = part.key;
        return minimal;
    }
    return {};
}

std::string story_of(const reports::History& history, const reports::Verdict& verdict) {
    const auto calls = reports::calls(history);
    const auto* language = reports::models::language(verdict.model);
    MinimalHistory minimal;
    if (calls && verdict.counterexample) {
        const bool of_key = language != nullptr && !language->takes_keys() &&
                            !(*calls)[verdict.counterexample->unpassable].key.is_nil();
        minimal = of_key ? minimal_of_key(history, *calls, verdict)
                         : reports::judges::linearizable::minimal_history(history, *calls, verdict);
    }
    return reports::views::judgement(history, verdict, minimal, terminal_style());
}

// Where the objects of the history start, if the file or somebody says so.
std::string start_of(const reports::History& history) {
    constexpr std::size_t length_max = 60;
    if (!history.initial) return {};
    const std::string start = history.initial->rendered();
    return start.size() <= length_max ? start : start.substr(0, length_max) + "...";
}

// {"operation":"process 1: write 2","line":5,"end_line":6,"index":4,"end_index":5}; without what nobody knows.
std::string place_in_json(const reports::History& history, const reports::Call& call) {
    std::string text = "{\"operation\":" + json_string(call.rendered());
    const auto number = [&](std::string_view name, std::uint64_t value) {
        text += "," + json_string(name) + ":" + std::to_string(value);
    };
    const reports::Entry& begin = history.entries[call.invoke_entry];
    if (begin.place.line > 0) number("line", begin.place.line);
    if (begin.place.line > 0 && call.return_entry) number("end_line", history.entries[*call.return_entry].place.line);
    if (history.source.numbered) number("index", begin.index);
    if (history.source.numbered && call.return_entry) number("end_index", history.entries[*call.return_entry].index);
    return text + "}";
}

void print_check(const std::string& file, const reports::Verdict& verdict, double seconds, const CheckOptions& options,
                 const reports::History& history) {
    const std::string word(verdict.vacuous() ? "vacuous" : reports::name(verdict.outcome));
    if (!options.json) {
        const std::string start = start_of(history);
        const bool is_unexplained = !verdict.passed() && !verdict.vacuous() && !options.counterexample;
        say("{}: {} ({}, {} operations{}, {} nodes, {:.3f} ms){}\n", file, word, verdict.judge, verdict.operations,
            start.empty() ? "" : shown_line(", starts at " + start), verdict.nodes, seconds * 1000,
            is_unexplained ? "; --counterexample shows why" : "");
        if (options.counterexample) say("{}", story_of(history, verdict));
        return;
    }
    std::vector<std::string> example;
    std::vector<std::string> kinds;
    const auto read_calls = reports::calls(history);
    const auto& calls = *read_calls;
    std::vector<std::string> places;
    for (const std::size_t each : reports::evidence(verdict)) {
        example.push_back(calls[each].rendered());
        places.push_back(place_in_json(history, calls[each]));
    }
    if (verdict.counterexample) kinds.emplace_back(reports::name(verdict.counterexample->kind));
    for (const reports::Anomaly& each : verdict.anomalies)
        if (std::find(kinds.begin(), kinds.end(), each.kind) == kinds.end()) kinds.push_back(each.kind);
    Object object("check");
    object.text("file", file)
        .text("verdict", word)
        .text("judge", verdict.judge)
        .text("model", verdict.model)
        .text("algorithm", verdict.basis)
        .count("nodes", verdict.nodes)
        .decimal("seconds", seconds, 6)
        .texts("classes", kinds)
        .texts("broken", verdict.broken)
        .texts("also_broken", verdict.also_broken)
        .texts("counterexample", example)
        .raw("places", "[" + sim::join(places, ",") + "]");
    object.text_or_null("starts_at", start_of(history));
    if (verdict.blocked) print_blocked(object, *verdict.blocked, calls);
    object.print();
}

int exit_code(const reports::Verdict& verdict) {
    if (verdict.vacuous()) return exit_vacuous;
    return verdict.passed() ? exit_passed : verdict.violated() ? exit_violated : exit_undecided;
}

// Shows why.
std::string line_of(const std::string& file, const CheckOptions& options) {
    std::vector<std::string> words;
    const auto add = [&](const char* flag, const std::string& value) {
        if (!value.empty()) words.insert(words.end(), {flag, value});
    };
    words.emplace_back("--counterexample");
    add("--model", options.model);
    add("--judge", options.judge);
    add("--format", options.format);
    if (options.read.initial) add("--initial", options.read.initial->rendered());
    std::vector<std::string> names;
    for (const auto& [of_model, of_file] : options.read.names) names.push_back(of_model + "=" + of_file);
    add("--names", sim::join(names, ","));
    if (options.read.by_time) add("--order", "time");
    if (options.stream) words.emplace_back("--stream");
    if (options.budget != CheckOptions{}.budget) add("--budget", std::to_string(options.budget));
    return check_line(words, file);
}

// Why it is undecided, or what is wrong, without the operations; the line shows these.
JunitCase case_of(const std::string& file, const reports::Verdict& verdict, const CheckOptions& options,
                  const reports::History& history) {
    using Outcome = JunitCase::Outcome;
    JunitCase result{"histories", file};
    if (verdict.passed() && !verdict.vacuous()) return result;
    result.outcome = verdict.violated() ? Outcome::failed : Outcome::unknown;
    result.message = verdict.vacuous() ? "vacuous" : std::string(reports::name(verdict.outcome));
    const auto calls = reports::calls(history);
    if (const std::optional<sim::Finding> found = calls ? reports::finding(verdict, *calls) : std::nullopt) {
        result.message = found->fingerprint();
        result.text = found->text + "\n";
    }
    result.text += line_of(file, options);
    return result;
}

// All files of one call, one after the other.
struct Checks {
    const CheckOptions& options;
    Progress progress;
    double seconds = 0; // of judging
    std::vector<JunitCase> cases{};

    int complain_of(const std::string& file, const sim::Complaint& complaint) {
        progress.clear();
        cases.push_back({"histories", file, JunitCase::Outcome::unknown, complaint.text()});
        return complain(complaint);
    }
    int tell(const std::string& file, const reports::Verdict& verdict, double took, const reports::History& history) {
        seconds += took;
        progress.clear();
        print_check(file, verdict, took, options, history);
        cases.push_back(case_of(file, verdict, options, history));
        return exit_code(verdict);
    }
};

// The lines of a file, as entries.
class EntryFile {
public:
    explicit EntryFile(const std::string& name) : name_(name), file_(name, std::ios::binary) {}

    bool next(reports::Entry& entry) {
        while (wrong.empty() && std::getline(file_, line_)) {
            ++number_;
            if (line_.ends_with('\r')) line_.pop_back();
            auto read = reader_.read(line_, number_);
            if (!read) return tell(read.complaint()), false;
            if (*read) return entry = **std::move(read), true;
        }
        if (number_ == 0 && wrong.empty()) wrong = name_ + ": cannot be read, or is empty";
        if (const auto error = reader_.finish(); error && wrong.empty()) tell(*error);
        return false;
    }
    const reports::History& header() const { return reader_.header(); }
    std::size_t line() const { return number_; }

    std::string wrong; // not empty: what is wrong, and where

private:
    void tell(sim::Complaint complaint) {
        complaint.place.file = name_;
        wrong = complaint.text() + (number_ <= 1 ? "; only jsonl is judged line by line" : "");
    }

    std::string name_;
    std::ifstream file_;
    std::string line_;
    std::size_t number_ = 0;
    reports::formats::JsonlReader reader_;
};

// The entries on one key, up to a line.
reports::History history_of(const std::string& file, const reports::models::Language& language,
                            const reports::Value& key, std::size_t line) {
    EntryFile entries(file);
    reports::History history;
    std::map<std::int64_t, bool> concerned; // by process
    reports::Entry entry;
    while (entries.line() < line && entries.next(entry)) {
        bool& its = concerned[entry.process];
        if (entry.type == reports::Entry::Type::invoke) its = language.key({entry.f, entry.key, entry.value}) == key;
        if (its) history.entries.push_back(entry);
    }
    std::vector<reports::Entry> kept = std::move(history.entries);
    history = entries.header();
    history.entries = std::move(kept);
    return history;
}

int check_stream(const std::string& file, Checks& checks) {
    const CheckOptions& options = checks.options;
    const auto begin = std::chrono::steady_clock::now();
    const auto complained = [&](const std::string& text) {
        return checks.complain_of(file, {sim::Cause::input, {}, text});
    };
    EntryFile entries(file);
    std::optional<reports::judges::linearizable::Stream> stream;
    const reports::models::Language* language = nullptr;
    bool legal = true;
    reports::Entry entry;
    while (legal && entries.next(entry)) {
        if (!stream) {
            const std::string& model = options.model.empty() ? entries.header().model : options.model;
            language = reports::models::language(model);
            if (language == nullptr) return complained(file + ": names no model that there is; give one with --model");
            stream.emplace(*language, entries.header().initial);
        }
        const auto taken = stream->take(entry);
        if (!taken) return complained(sim::Place{file, entries.line(), 1}.text() + ": " + taken.complaint().message);
        legal = *taken;
        if (entries.line() % 100'000 == 0) checks.progress.show(0, std::to_string(entries.line()) + " lines");
    }
    if (!entries.wrong.empty()) return complained(entries.wrong);
    reports::Verdict verdict;
    verdict.judge = "linearizable";
    verdict.model = language == nullptr ? "" : language->name();
    verdict.basis = "online";
    verdict.operations = stream ? stream->operations() : 0;
    verdict.outcome = reports::Verdict::Outcome::passed;
    if (stream && stream->gave_up() > 0) verdict.outcome = reports::Verdict::Outcome::undecided;
    reports::History history = entries.header();
    if (!legal) {
        // Now that it is known where to look, that much is kept, and told as ever.
        history = history_of(file, *language, stream->violated_key(), entries.line());
        verdict = reports::judges::judge(
            history, {.judge = "linearizable", .model = std::string(language->name()), .budget = options.budget});
        verdict.outcome = reports::Verdict::Outcome::violated;
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    const int code = checks.tell(file, verdict, seconds, history);
    if (verdict.outcome == reports::Verdict::Outcome::undecided)
        mention("{}: {} of its keys needed more nodes at once than are kept; only the whole history can tell: leave "
                "out --stream\n",
                file, stream->gave_up());
    return code;
}

// What of the file was left out, and what is odd about it.
void remark_on(const std::string& file, const reports::Source& source, Progress& progress) {
    std::vector<std::string> skipped;
    for (const reports::Source::Skipped& each : source.skipped)
        skipped.push_back(std::to_string(each.count) + " " + each.what + (each.count == 1 ? "" : "s"));
    if (skipped.empty() && source.back_in_time == 0) return;
    progress.clear();
    if (!skipped.empty()) mention("{}: {} skipped\n", file, sim::join(skipped));
    if (source.nil_unread)
        mention("{}: nothing is known of a read of nil; --initial nil takes it as one of an object that starts there\n",
                file);
    if (source.back_in_time > 0)
        mention("{}: {} an earlier time than one before; they are taken in the order of the lines, --order time takes "
                "that of the times\n",
                file,
                source.back_in_time == 1 ? "1 entry bears" : std::to_string(source.back_in_time) + " entries bear");
}

// Which model to name, in a clause; empty if it looks like none.
std::string proposal(const reports::History& history) {
    const auto paired = reports::calls(history);
    const std::string model(paired ? reports::models::proposed_model(history, *paired) : "");
    if (model.empty()) return {};
    return "; these look like operations of a " + model + ": --model " + model;
}

int check_one(const std::string& file, Checks& checks) {
    const CheckOptions& options = checks.options;
    if (options.stream) return check_stream(file, checks);
    reports::formats::ReadOptions how = options.read;
    how.model = options.model;
    const auto read = read_history(file, options.format, how);
    if (!read) return checks.complain_of(file, read.complaint());
    const reports::History& history = *read;
    remark_on(file, history.source, checks.progress);
    if (!options.as.empty()) {
        checks.progress.clear();
        const reports::formats::Format& as = *reports::formats::find_format(options.as);
        const std::optional<std::string> text = as.write(history);
        if (!text)
            return complain({sim::Cause::input, {file}, "holds operations that " + options.as + " has no words for"});
        say("{}", *text);
        // What that format does not carry, as far as its own reader leaves it out.
        if (const auto again = as.read(*text, how))
            remark_on(file + " as " + options.as, again->source, checks.progress);
        return exit_passed;
    }
    reports::judges::JudgeOptions judge_options;
    judge_options.judge = options.judge;
    judge_options.model = options.model;
    judge_options.budget = options.budget;
    judge_options.threads = options.threads > 0 ? options.threads : std::thread::hardware_concurrency();
    const auto begin = std::chrono::steady_clock::now();
    std::optional<SlowWorkAside> slow(std::in_place, shown_line(file) + ": judging");
    const reports::Verdict verdict = reports::judges::judge(history, judge_options);
    slow.reset();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (verdict.error) {
        sim::Complaint complaint = *verdict.error;
        if (complaint.cause == sim::Cause::input) complaint.place.file = file;
        if (options.model.empty() && history.model.empty()) complaint.message += proposal(history);
        return checks.complain_of(file, complaint);
    }
    return checks.tell(file, verdict, seconds, history);
}

// What is wrong with the options, before any file is looked at.
sim::Problem problem_of(const CheckOptions& options) {
    const auto no = [](const std::string& what, const std::string& name, const std::string& see,
                       const std::vector<std::string>& names) {
        return sim::usage_complaint("there is no " + what + " '" + name + "'; see " + see +
                                    sim::suggestion(name, names));
    };
    if (options.files.empty()) return sim::usage_complaint("check needs the names of histories");
    if (!options.format.empty() && reports::formats::find_format(options.format) == nullptr)
        return no("format", options.format, "--format list", format_names());
    const auto* as = reports::formats::find_format(options.as);
    if (!options.as.empty() && (as == nullptr || as->write == nullptr))
        return sim::usage_complaint("no format '" + options.as + "' is written; there are " +
                                    sim::join(written_format_names()));
    if (!options.as.empty() && options.files.size() > 1)
        return sim::usage_complaint("one history is written at a time");
    if (!options.model.empty() && reports::models::language(options.model) == nullptr)
        return no("model", options.model, "orrery list", model_names());
    const std::string judge = options.judge.substr(0, options.judge.find('='));
    if (!judge.empty() && reports::judges::find_judge(judge) == nullptr)
        return no("judge", judge, "orrery list", judge_names());
    if (!judge.empty()) {
        const std::string parameter =
            judge.size() == options.judge.size() ? "" : options.judge.substr(judge.size() + 1);
        const auto& row = *reports::judges::find_judge(judge);
        if (const auto problem = reports::judges::problem_of_parameter(row, parameter))
            return sim::usage_complaint("--judge: " + problem->message);
    }
    if (options.stream && !judge.empty() && judge != "linearizable")
        return sim::usage_complaint("only linearizable judges line by line; leave out --stream");
    if (options.stream && (!options.read.names.empty() || options.read.initial || options.read.by_time))
        return sim::usage_complaint("--initial, --names and --order are for whole histories; leave out --stream");
    if (!options.junit.empty() && !options.as.empty())
        return sim::usage_complaint("--as does not judge; leave out --junit");
    if (options.stream && !options.as.empty())
        return sim::usage_complaint("--as keeps the history; leave out --stream");
    return std::nullopt;
}

} // namespace

int check(const CheckOptions& options) {
    if (options.format == "list") {
        for (const reports::formats::Format& format : reports::formats::formats())
            say("{:<12} {}\n", format.name, format.about);
        return exit_passed;
    }
    if (const sim::Problem problem = problem_of(options)) return complain(*problem);
    reports::prefer_large_heap();
    std::map<int, std::size_t> codes; // how many files ended with each
    Checks checks{options, Progress("check", "files", options.files.size())};
    for (std::size_t i = 0; i < options.files.size(); ++i) {
        checks.progress.show(i, std::to_string(codes[exit_violated]) + " violated");
        ++codes[check_one(options.files[i], checks)];
    }
    checks.progress.clear();
    const sim::Problem unpublished =
        options.as.empty() ? publish("check", checks.cases, options.junit, options.json) : std::nullopt;
    if (unpublished) ++codes[complain(*unpublished)];
    const std::size_t files = options.files.size();
    mention("{} file{}, {:.3f} ms of judging\n", files, files == 1 ? "" : "s", checks.seconds * 1000);
    for (const int code : {exit_input, exit_violated, exit_vacuous, exit_undecided, exit_missing})
        if (codes[code] > 0) return code;
    return exit_passed;
}

} // namespace orrery::scenarios::command

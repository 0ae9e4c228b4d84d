#include "orrery/scenarios/command/check.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <map>
#include <thread>

#include "orrery/reports/formats/format.h"
#include "orrery/reports/judges/judge.h"
#include "orrery/reports/judges/linearizable/minimal_history.h"
#include "orrery/reports/judges/registry.h"
#include "orrery/reports/views/failure.h"
#include "orrery/scenarios/command/check_stream.h"
#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/history_file.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {
namespace {

// A history in which nothing happened keeps every promise, and says nothing.
bool is_vacuous(const reports::Verdict& verdict) { return verdict.passed() && verdict.operations == 0; }

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

std::string story_of(const reports::History& history, const reports::Verdict& verdict) {
    const auto paired = reports::calls(history);
    const auto* calls = std::get_if<std::vector<reports::Call>>(&paired);
    reports::judges::linearizable::MinimalHistory minimal;
    if (calls != nullptr) minimal = reports::judges::linearizable::minimal_history(history, *calls, verdict);
    return reports::views::judgement(history, verdict, minimal, terminal_style());
}

} // namespace

void print_check(const std::string& file, const reports::Verdict& verdict, double seconds, const CheckOptions& options,
                 const reports::History& history) {
    const std::string word(is_vacuous(verdict) ? "vacuous" : reports::name(verdict.outcome));
    if (!options.json) {
        say("{}: {} ({}, {} operations, {} nodes, {:.3f} ms)\n", file, word, verdict.judge, verdict.operations,
            verdict.nodes, seconds * 1000);
        if (options.counterexample) say("{}", story_of(history, verdict));
        return;
    }
    std::vector<std::string> example;
    std::vector<std::string> kinds;
    const auto read_calls = reports::calls(history);
    const auto& calls = std::get<std::vector<reports::Call>>(read_calls);
    for (const std::size_t each : reports::evidence(verdict)) example.push_back(calls[each].rendered());
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
        .texts("counterexample", example);
    if (verdict.blocked) print_blocked(object, *verdict.blocked, calls);
    object.print();
}

int exit_code(const reports::Verdict& verdict) {
    if (is_vacuous(verdict)) return exit_vacuous;
    return verdict.passed() ? exit_passed : verdict.violated() ? exit_violated : exit_undecided;
}

namespace {

int check_one(const std::string& file, const CheckOptions& options, Progress& progress, double& total) {
    if (options.stream) return check_stream(file, options, progress, total);
    const auto read = read_history(file, options.format);
    if (!read) {
        progress.clear();
        return complain(read.complaint());
    }
    const reports::History& history = *read;
    if (!options.as.empty()) {
        progress.clear();
        const std::optional<std::string> text = reports::formats::find_format(options.as)->write(history);
        if (!text) return complain(exit_input, file + ": holds operations that " + options.as + " has no words for");
        say("{}", *text);
        return exit_passed;
    }
    reports::judges::JudgeOptions judge_options;
    judge_options.judge = options.judge;
    judge_options.model = options.model;
    judge_options.budget = options.budget;
    judge_options.threads = options.threads > 0 ? options.threads : std::thread::hardware_concurrency();
    const auto begin = std::chrono::steady_clock::now();
    const reports::Verdict verdict = reports::judges::judge(history, judge_options);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    total += seconds;
    progress.clear();
    if (!verdict.error.empty()) {
        const reports::Place place = verdict.error_place;
        const std::string where = std::to_string(place.line) + ":" + std::to_string(place.column);
        return complain(exit_input, file + (place.line == 0 ? ": " : ":" + where + ": ") + verdict.error);
    }
    print_check(file, verdict, seconds, options, history);
    return exit_code(verdict);
}

std::vector<std::string> format_names() {
    std::vector<std::string> names;
    for (const reports::formats::Format& format : reports::formats::formats()) names.emplace_back(format.name);
    return names;
}

std::vector<std::string> model_names() {
    std::vector<std::string> names;
    for (const reports::models::Language* language : reports::models::languages()) names.emplace_back(language->name());
    return names;
}

std::vector<std::string> judge_names() {
    std::vector<std::string> names;
    for (const reports::judges::Judge& judge : reports::judges::registry()) names.emplace_back(judge.name);
    return names;
}

} // namespace

int check(const CheckOptions& options) {
    if (options.format == "list") {
        for (const reports::formats::Format& format : reports::formats::formats())
            say("{:<12} {}\n", format.name, format.about);
        return exit_passed;
    }
    if (options.files.empty()) return complain(exit_usage, "check needs the names of histories");
    if (!options.format.empty() && reports::formats::find_format(options.format) == nullptr)
        return complain(exit_usage, "there is no format '" + options.format + "'; see --format list" +
                                        sim::suggestion(options.format, format_names()));
    const auto* as = reports::formats::find_format(options.as);
    if (!options.as.empty() && (as == nullptr || as->write == nullptr))
        return complain(exit_usage,
                        "no format '" + options.as + "' is written; there are jsonl, edn, json and porcupine");
    if (!options.as.empty() && options.files.size() > 1)
        return complain(exit_usage, "one history is written at a time");
    if (!options.model.empty() && reports::models::language(options.model) == nullptr)
        return complain(exit_usage, "there is no model '" + options.model + "'; see orrery list" +
                                        sim::suggestion(options.model, model_names()));
    const std::string judge = options.judge.substr(0, options.judge.find('='));
    if (!judge.empty() && reports::judges::find_judge(judge) == nullptr)
        return complain(exit_usage,
                        "there is no judge '" + judge + "'; see orrery list" + sim::suggestion(judge, judge_names()));
    if (options.stream && !judge.empty() && judge != "linearizable")
        return complain(exit_usage, "only linearizable judges line by line; leave out --stream");
    if (options.stream && !options.as.empty())
        return complain(exit_usage, "--as keeps the history; leave out --stream");
    std::map<int, std::size_t> codes; // how many files ended with each
    double seconds = 0;
    Progress progress("check", "files", options.files.size());
    for (std::size_t i = 0; i < options.files.size(); ++i) {
        progress.show(i, std::to_string(codes[exit_violated]) + " violated");
        ++codes[check_one(options.files[i], options, progress, seconds)];
    }
    progress.clear();
    const std::size_t files = options.files.size();
    mention("{} file{}, {:.3f} ms of judging\n", files, files == 1 ? "" : "s", seconds * 1000);
    for (const int code : {exit_input, exit_violated, exit_vacuous, exit_undecided})
        if (codes[code] > 0) return code;
    return exit_passed;
}

} // namespace orrery::scenarios::command

#include "orrery/scenarios/command/check.h"

#include <chrono>
#include <cstdio>

#include "orrery/reports/formats/format.h"
#include "orrery/reports/judges/judge.h"
#include "orrery/reports/views/failure.h"
#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/engine/files.h"
#include "orrery/scenarios/engine/nearest.h"

namespace orrery::scenarios::command {
namespace {

int bad_input(const std::string& file, const std::string& text) {
    std::fprintf(stderr, "orrery: %s%s\n", file.c_str(), text.c_str());
    return exit_input;
}

// Reads one file whole; tells what is wrong with it and returns false otherwise.
bool read(const std::string& file, const CheckOptions& options, reports::History& history) {
    const std::optional<std::string> text = read_file(file);
    if (!text) return bad_input(file, ": cannot be read"), false;
    const reports::formats::Format* format =
        options.format.empty() ? reports::formats::detect(*text) : reports::formats::find_format(options.format);
    if (format == nullptr) return bad_input(file, ":1:1: expected a history in a known format; see --format"), false;
    reports::formats::ReadResult result = format->read(*text);
    if (const auto* error = std::get_if<reports::formats::ReadError>(&result)) {
        bad_input(file, ":" + std::to_string(error->line) + ":" + std::to_string(error->column) +
                            ": expected " + error->expected);
        return false;
    }
    history = std::move(std::get<reports::History>(result));
    return true;
}

void print(const std::string& file, const reports::Verdict& verdict, double seconds, const CheckOptions& options,
           const reports::History& history) {
    const std::string word(reports::name(verdict.outcome));
    if (!options.json) {
        std::printf("%s: %s (%zu operations, %llu nodes, %.3f ms)\n", file.c_str(), word.c_str(), verdict.operations,
                    static_cast<unsigned long long>(verdict.nodes), seconds * 1000);
        if (options.counterexample) std::printf("%s", reports::views::judgement(history, verdict, terminal_style()).c_str());
        return;
    }
    std::string example;
    const auto read_calls = reports::calls(history);
    const auto& calls = std::get<std::vector<reports::Call>>(read_calls);
    if (verdict.counterexample)
        for (const std::size_t each : verdict.counterexample->operations)
            example += (example.empty() ? "" : ",") + quoted(calls[each].rendered());
    std::printf("{\"type\":\"check\",\"version\":1,\"file\":%s,\"verdict\":\"%s\",\"model\":%s,\"algorithm\":%s,\"nodes\":%llu,"
                "\"seconds\":%.6f,\"counterexample\":[%s]}\n",
                quoted(file).c_str(), word.c_str(), quoted(verdict.model).c_str(), quoted(verdict.basis).c_str(),
                static_cast<unsigned long long>(verdict.nodes), seconds, example.c_str());
}

int check_one(const std::string& file, const CheckOptions& options, double& total) {
    reports::History history;
    if (!read(file, options, history)) return exit_input;
    reports::judges::JudgeOptions judge_options;
    judge_options.model = options.model;
    judge_options.budget = options.budget;
    const auto begin = std::chrono::steady_clock::now();
    const reports::Verdict verdict = reports::judges::judge(history, judge_options);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    total += seconds;
    if (!verdict.error.empty()) {
        const reports::Place place = verdict.error_place;
        const std::string where = std::to_string(place.line) + ":" + std::to_string(place.column);
        return bad_input(file, (place.line == 0 ? ": " : ":" + where + ": ") + verdict.error);
    }
    print(file, verdict, seconds, options, history);
    return verdict.passed() ? exit_passed : verdict.violated() ? exit_violated : exit_undecided;
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

int usage(const std::string& text) {
    std::fprintf(stderr, "orrery: %s\n", text.c_str());
    return exit_usage;
}

// What the files had in common so far. Says on long work, once a second, how far it is.
struct Tally {
    bool seen[exit_internal + 1] = {};
    std::size_t files = 0;
    double seconds = 0;
    std::chrono::steady_clock::time_point told = std::chrono::steady_clock::now();

    void tell_progress(std::size_t all) {
        const auto now = std::chrono::steady_clock::now();
        if (now - told < std::chrono::seconds(1)) return;
        told = now;
        std::fprintf(stderr, "%zu of %zu files judged\n", files, all);
    }
};

} // namespace

int check(const CheckOptions& options) {
    if (options.format == "list") {
        for (const reports::formats::Format& format : reports::formats::formats())
            std::printf("%-12s %s\n", std::string(format.name).c_str(), std::string(format.about).c_str());
        return exit_passed;
    }
    if (options.files.empty()) return usage("check needs the names of histories");
    if (!options.format.empty() && reports::formats::find_format(options.format) == nullptr)
        return usage("there is no format '" + options.format + "'; see --format list" +
                     suggestion(options.format, format_names()));
    if (!options.model.empty() && reports::models::language(options.model) == nullptr)
        return usage("there is no model '" + options.model + "'; see orrery list" + suggestion(options.model, model_names()));
    Tally tally;
    for (const std::string& file : options.files) {
        tally.tell_progress(options.files.size());
        tally.seen[check_one(file, options, tally.seconds)] = true;
        ++tally.files;
    }
    std::fprintf(stderr, "%zu files, %.3f ms of judging\n", tally.files, tally.seconds * 1000);
    for (const int code : {exit_input, exit_violated, exit_undecided})
        if (tally.seen[code]) return code;
    return exit_passed;
}

} // namespace orrery::scenarios::command

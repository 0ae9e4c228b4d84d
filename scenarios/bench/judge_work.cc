#include "orrery/scenarios/bench/judge_work.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

#include "orrery/reports/formats/etcd_report.h"
#include "orrery/reports/judges/judge.h"
#include "orrery/scenarios/bench/etcd_report_text.h"
#include "orrery/scenarios/bench/judge_histories.h"
#include "orrery/scenarios/bench/transaction_histories.h"
#include "orrery/scenarios/engine/artifact/history_file.h"

namespace orrery::scenarios::bench {

using namespace engine;
namespace {

using namespace reports;

// Above this size a history is judged only with the split by key, which is what makes large ones easy.
constexpr std::size_t together_max = 1000;

double seconds_since(std::chrono::steady_clock::time_point begin) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

// Judges five times and keeps the fastest: the machine may be shared.
double time_of(const models::Operations& operations, bool shrink, Verdict& verdict, bool split = true) {
    double best = 0;
    for (int i = 0; i < 5; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        verdict = judges::linearizable::judge_operations(operations, {.split = split, .shrink = shrink});
        const double seconds = seconds_since(begin);
        best = i == 0 ? seconds : std::min(best, seconds);
        if (seconds > 1) break;
    }
    return best;
}

// Measures the verdict, including the check of its certificate. The time to minimise a counterexample is shown
// separately.
void measure_one(const models::Operations& operations, const std::string& what, double reading, std::FILE* figures,
                 JudgeMeasure& measure) {
    Verdict verdict;
    const double seconds = time_of(operations, false, verdict);
    std::string text = fmt::format("{}: {} by {}, {} operations, {} nodes, judged in {:.3f} ms, read in {:.3f} ms",
                                   what, name(verdict.outcome), verdict.basis, verdict.operations, verdict.nodes,
                                   seconds * 1000, reading * 1000);
    if (verdict.violated())
        text += fmt::format(", made small in {:.3f} ms more", (time_of(operations, true, verdict) - seconds) * 1000);
    if (verdict.keys > 1 && verdict.operations < together_max) {
        Verdict together;
        const double longer = time_of(operations, false, together, false);
        text += fmt::format(", with all keys together {} in {:.3f} ms, {} nodes", name(together.outcome), longer * 1000,
                            together.nodes);
    }
    std::fputs((text + "\n").c_str(), figures);
    measure.operations += verdict.operations;
    measure.seconds += seconds;
}

std::optional<std::string> judge_file(const std::string& file, const std::string& model, std::FILE* figures,
                                      JudgeMeasure& measure) {
    const auto begin = std::chrono::steady_clock::now();
    const auto read = read_history(file);
    if (!read) return read.complaint().text();
    const History& history = *read;
    const auto* language = models::language(history.model.empty() ? model : history.model);
    if (language == nullptr) return file + ": names no model; give one with --model";
    const auto paired = calls(history);
    if (!paired) return file + ": " + paired.complaint().message;
    std::vector<std::size_t> places;
    const auto operations = language->read(history, *paired, places);
    if (!operations) return file + ": " + operations.complaint().message;
    const double reading = seconds_since(begin);
    measure_one(**operations, file, reading, figures, measure);
    return std::nullopt;
}

template <class M>
void judge_made(const std::string& what, Recorded<M> made, std::FILE* figures, JudgeMeasure& measure) {
    const auto begin = std::chrono::steady_clock::now();
    const models::TypedOperations<M> operations(std::move(made), {});
    const double reading = seconds_since(begin);
    measure_one(operations, what, reading, figures, measure);
}

void judge_transactions(const std::string& what, const History& history, const std::string& judge, int times,
                        std::FILE* figures, JudgeMeasure& measure) {
    double best = 0;
    Verdict verdict;
    for (int i = 0; i < times; ++i) {
        const auto begin = std::chrono::steady_clock::now();
        verdict = judges::judge(history, {.judge = judge});
        const double seconds = seconds_since(begin);
        best = i == 0 ? seconds : std::min(best, seconds);
    }
    std::fputs(fmt::format("{}: {} by {}, {} transactions, {} edges, judged in {:.3f} ms\n", what,
                           name(verdict.outcome), verdict.judge, verdict.operations, verdict.nodes, best * 1000)
                   .c_str(),
               figures);
    measure.operations += verdict.operations;
    measure.seconds += best;
}

// What each shape takes, from the weakest level to the strongest. Their transactions differ too much in size to be
// counted as operations among others.
void judge_registers(std::uint64_t operations, std::FILE* figures) {
    JudgeMeasure measure;
    const History registers = register_history(operations, 50);
    for (const char* judge : {"read-committed", "read-atomic", "causal"})
        judge_transactions("reads and writes of registers, 50 clients", registers, judge, 3, figures, measure);
    const std::uint64_t transactions = operations / 10;
    judge_transactions("as TPC-C, 24 clients", tpcc_history(transactions, 24), "serializable", 1, figures, measure);
    judge_transactions("as TPC-C, one in 1,000 stale", tpcc_history(transactions, 24, 1000), "serializable", 1, figures,
                       measure);
    judge_transactions("as RUBiS, 24 clients", rubis_history(transactions, 24), "serializable", 1, figures, measure);
    judge_transactions("as RUBiS, one in 1,000 stale", rubis_history(transactions, 24, 1000), "serializable", 1,
                       figures, measure);
    judge_transactions("as Twitter, one in 1,000 stale", twitter_history(transactions, 24, 1000), "serializable", 1,
                       figures, measure);
    const History twitter = twitter_history(transactions, 24);
    for (const char* judge : {"serializable", "snapshot-isolation"})
        judge_transactions("as Twitter, 24 clients", twitter, judge, 1, figures, measure);
}

// From the text to the verdict: how such a report is read costs more than how it is judged.
void judge_etcd_report(std::uint64_t requests, bool stale, std::FILE* figures) {
    EtcdReportText text = etcd_report_text(requests, 20, stale);
    const auto begin = std::chrono::steady_clock::now();
    formats::EtcdReport report;
    for (std::string& each : text.operations) {
        CHECK(!report.add_operations(each));
        each = {};
    }
    CHECK(!report.add_watches(text.watch));
    const History history = *report.finish();
    const double reading = seconds_since(begin);
    const Verdict verdict = judges::judge(history);
    std::fputs(fmt::format("as a report of etcd's tests, 20 clients{}: {} by {}, {} requests, judged in {:.3f} ms, "
                           "read in {:.3f} ms\n",
                           stale ? ", one range stale" : "", name(verdict.outcome), verdict.basis, verdict.operations,
                           (seconds_since(begin) - reading) * 1000, reading * 1000)
                   .c_str(),
               figures);
}

} // namespace

std::optional<std::string> judge_files(const std::vector<std::string>& files, const std::string& model,
                                       std::FILE* figures, const std::function<void(std::uint64_t)>& progress,
                                       JudgeMeasure& measure) {
    for (std::size_t i = 0; i < files.size(); ++i) {
        progress(i);
        if (const auto wrong = judge_file(files[i], model, figures, measure)) return wrong;
    }
    return std::nullopt;
}

JudgeMeasure judge_own(std::uint64_t operations, std::FILE* figures) {
    JudgeMeasure measure;
    judge_made("unique values, 50 clients", unique_history(operations, 50), figures, measure);
    judge_made("5 values with cas, 20 clients", swapping_history(operations / 10, 20, 5), figures, measure);
    judge_made("growing texts, 10 keys, 50 clients", growing_history(operations / 500, 50, 10), figures, measure);
    judge_made("queue, 20 clients", queue_history(operations / 10, 20), figures, measure);
    judge_made("stack, 20 clients", stack_history(operations / 10, 20), figures, measure);
    judge_made("set of 1,000 elements, 20 clients", set_history(operations / 10, 20, 1000), figures, measure);
    judge_made("mutex, 20 clients", mutex_history(operations / 10, 20), figures, measure);
    judge_made("counter, 20 clients", counter_history(operations / 10, 20), figures, measure);
    judge_transactions("appends to lists, 20 clients", list_history(operations / 10, 20), "strict-serializable", 3,
                       figures, measure);
    judge_registers(operations, figures);
    for (const bool stale : {false, true}) judge_etcd_report(operations / 10, stale, figures);
    return measure;
}

} // namespace orrery::scenarios::bench

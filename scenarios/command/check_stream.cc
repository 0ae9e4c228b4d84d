#include "orrery/scenarios/command/check_stream.h"

#include <chrono>
#include <fstream>
#include <map>
#include <optional>

#include "orrery/reports/formats/format.h"
#include "orrery/reports/judges/judge.h"
#include "orrery/reports/judges/linearizable/stream.h"
#include "orrery/scenarios/command/command.h"

namespace orrery::scenarios::command {
namespace {

using namespace reports;

// The lines of a file, as entries.
class EntryFile {
public:
    explicit EntryFile(const std::string& name) : name_(name), file_(name, std::ios::binary) {}

    bool next(Entry& entry) {
        while (wrong.empty() && std::getline(file_, line_)) {
            ++number_;
            if (line_.ends_with('\r')) line_.pop_back();
            auto read = reader_.read(line_, number_);
            if (const auto* error = std::get_if<formats::ReadError>(&read)) tell(*error);
            if (auto* found = std::get_if<Entry>(&read)) return entry = std::move(*found), true;
        }
        if (number_ == 0 && wrong.empty()) wrong = name_ + ": cannot be read, or is empty";
        if (const auto error = reader_.finish(); error && wrong.empty()) tell(*error);
        return false;
    }
    const History& header() const { return reader_.header(); }
    std::size_t line() const { return number_; }

    std::string wrong; // not empty: what is wrong, and where

private:
    void tell(const formats::ReadError& error) {
        wrong = name_ + ":" + std::to_string(error.line) + ":" + std::to_string(error.column) + ": expected " +
                error.expected + (number_ <= 1 ? "; only jsonl is judged line by line" : "");
    }

    std::string name_;
    std::ifstream file_;
    std::string line_;
    std::size_t number_ = 0;
    formats::JsonlReader reader_;
};

// The entries on one key, up to a line.
History history_of(const std::string& file, const models::Language& language, const Value& key, std::size_t line) {
    EntryFile entries(file);
    History history;
    std::map<std::int64_t, bool> concerned; // by process
    Entry entry;
    while (entries.line() < line && entries.next(entry)) {
        bool& its = concerned[entry.process];
        if (entry.type == Entry::Type::invoke) its = language.key({entry.f, entry.key, entry.value}) == key;
        if (its) history.entries.push_back(entry);
    }
    std::vector<Entry> kept = std::move(history.entries);
    history = entries.header();
    history.entries = std::move(kept);
    return history;
}

} // namespace

int check_stream(const std::string& file, const CheckOptions& options, Progress& progress, double& total) {
    const auto begin = std::chrono::steady_clock::now();
    const auto complained = [&](const std::string& text) {
        progress.clear();
        return complain(exit_input, text);
    };
    EntryFile entries(file);
    std::optional<judges::linearizable::Stream> stream;
    const models::Language* language = nullptr;
    bool legal = true;
    Entry entry;
    while (legal && entries.next(entry)) {
        if (!stream) {
            const std::string& model = options.model.empty() ? entries.header().model : options.model;
            language = models::language(model);
            if (language == nullptr) return complained(file + ": names no model that there is; give one with --model");
            stream.emplace(*language, entries.header().initial);
        }
        const auto taken = stream->take(entry);
        if (!taken) return complained(sim::Place{file, entries.line(), 1}.text() + ": " + taken.complaint().message);
        legal = *taken;
        if (entries.line() % 100'000 == 0) progress.show(0, std::to_string(entries.line()) + " lines");
    }
    if (!entries.wrong.empty()) return complained(entries.wrong);
    reports::Verdict verdict;
    verdict.judge = "linearizable";
    verdict.model = language == nullptr ? "" : language->name();
    verdict.basis = "online";
    verdict.operations = stream ? stream->operations() : 0;
    verdict.outcome = reports::Verdict::Outcome::passed;
    if (stream && stream->gave_up() > 0) verdict.outcome = reports::Verdict::Outcome::undecided;
    History history = entries.header();
    if (!legal) {
        // Now that it is known where to look, that much is kept, and told as ever.
        history = history_of(file, *language, stream->violated_key(), entries.line());
        verdict = judges::judge(
            history, {.judge = "linearizable", .model = std::string(language->name()), .budget = options.budget});
        verdict.outcome = reports::Verdict::Outcome::violated;
    }
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    total += seconds;
    progress.clear();
    print_check(file, verdict, seconds, options, history);
    if (verdict.outcome == reports::Verdict::Outcome::undecided)
        mention("{}: {} of its keys had too many possible configurations; only the whole history can tell: leave out "
                "--stream\n",
                file, stream->gave_up());
    return exit_code(verdict);
}

} // namespace orrery::scenarios::command

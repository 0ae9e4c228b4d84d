// Formats: recorded histories as text. Each reader is a pure function of the text; it gives a whole
// history or an error with line and column, never half of one. A format knows what its words mean:
// what :fail says, and where an object starts.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "orrery/reports/history.h"
#include "orrery/sim/complaint.h"
#include "orrery/sim/text.h"

namespace orrery::reports::formats {

// A complaint has the place within the text; whoever knows its file puts the name in.
using ReadResult = sim::Checked<History>;

// What somebody who knows the source says about it.
struct ReadOptions {
    std::string model{}; // that it will be judged by; empty: not known
    // Operations that go by another word in the source: {of the model, in the source}.
    std::vector<std::pair<std::string, std::string>> names{};
    std::optional<Value> initial{}; // where objects start, in place of what the format says
    bool by_time = false;           // entries go in the order of their times, not of their lines
};

struct Format {
    std::string_view name;
    std::string_view about;
    bool (*recognises)(std::string_view text);
    ReadResult (*reader)(std::string_view text, const ReadOptions& options);
    // Null: is only read. Nothing: the history holds what the format has no words for.
    std::optional<std::string> (*write)(const History& history) = nullptr;

    // Without a byte order mark, and with the start that was told.
    ReadResult read(std::string_view text, const ReadOptions& options = {}) const;
};

// In the order in which they are tried.
const std::vector<Format>& formats();
const Format* find_format(std::string_view name);
// By content; null if no format recognises it.
const Format* detect(std::string_view text);

// Our own, one line at a time, for histories that are too long to be kept.
class JsonlReader {
public:
    // The header and empty lines give nothing. `number` is the line's, from 1.
    sim::Checked<std::optional<Entry>> read(std::string_view line, std::size_t number);
    // After the last line: whether there was a header.
    sim::Problem finish() const;
    // What the header says, in a history without entries.
    const History& header() const { return header_; }
    bool headed() const { return headed_; }

private:
    History header_;
    bool headed_ = false;
};

// The readers, a file each.
ReadResult read_jsonl(std::string_view text, const ReadOptions& options = {});
ReadResult read_edn(std::string_view text, const ReadOptions& options = {});
ReadResult read_edn_observed(std::string_view text, const ReadOptions& options = {});
ReadResult read_porcupine(std::string_view text, const ReadOptions& options = {});
ReadResult read_json(std::string_view text, const ReadOptions& options = {});
ReadResult read_json_observed(std::string_view text, const ReadOptions& options = {});
ReadResult read_jepsen_log(std::string_view text, const ReadOptions& options = {});
ReadResult read_history_txt(std::string_view text, const ReadOptions& options = {});
ReadResult read_plain(std::string_view text, const ReadOptions& options = {});
// And the writers.
std::string write_jsonl(const History& history);
// The same line by line, for a history that grows: the first line, without its entries, and one for each of them.
std::string jsonl_header(const History& history);
std::string jsonl_line(const Entry& entry);
std::optional<std::string> write_edn(const History& history);
std::optional<std::string> write_json(const History& history);
std::optional<std::string> write_porcupine(const History& history); // get, put, append

// --- for the readers ---
// What was expected, and where: "expected a value".
inline sim::Complaint expected_at(std::size_t line, std::size_t column, const std::string& what) {
    return {sim::Cause::input, {{}, line, column}, "expected " + what};
}
inline sim::Complaint expected_at(Place place, const std::string& what) {
    return expected_at(place.line, place.column, what);
}
// The same of a part of the text that begins at `begin`, which has its own lines and columns.
sim::Complaint moved_to(Place begin, sim::Complaint within);
// Cuts a text into lines and counts them.
class Lines {
public:
    explicit Lines(std::string_view text) : rest_(text) {}
    bool next(std::string_view& line) {
        if (rest_.empty()) return false;
        const std::size_t end = std::min(rest_.find('\n'), rest_.size());
        line = rest_.substr(0, end);
        if (line.ends_with('\r')) line.remove_suffix(1);
        rest_.remove_prefix(std::min(end + 1, rest_.size()));
        ++number_;
        return true;
    }
    std::size_t number() const { return number_; }
    bool at_end() const { return rest_.empty(); }

private:
    std::string_view rest_;
    std::size_t number_ = 0;
};
using sim::parse_integer;
// A value as somebody writes it on a command line: EDN, or JSON if it is a JSON object or array. Nothing if it is
// neither, or more than one.
std::optional<Value> parse_value(std::string_view text);
// The model's word for an operation of the source.
std::string model_word(std::string_view word, const ReadOptions& options);
// How deep values may nest: deeper than in any history, and not so deep that hostile input overflows the stack.
constexpr int depth_max = 64;

} // namespace orrery::reports::formats

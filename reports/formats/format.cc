// The list of formats, how each is recognised by its content, and what is the same for all of them.
#include "orrery/reports/formats/format.h"

#include "orrery/reports/formats/edn_value.h"
#include "orrery/reports/formats/etcd_report.h"
#include "orrery/reports/formats/jepsen.h"
#include "orrery/reports/formats/json_value.h"
#include "orrery/reports/formats/session_transactions.h"

namespace orrery::reports::formats {
namespace {

constexpr std::size_t recognised_by = 4096; // bytes, of formats whose objects take several lines
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

std::string_view without_mark(std::string_view text) {
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    return text;
}

// The first line that is neither empty nor a comment.
std::string_view first_line(std::string_view text) {
    Lines lines(text);
    std::string_view line;
    while (lines.next(line)) {
        const std::size_t begin = line.find_first_not_of(" \t");
        if (begin != std::string_view::npos && line[begin] != ';') return line.substr(begin);
    }
    return {};
}
bool holds(std::string_view line, std::string_view word) { return line.find(word) != std::string_view::npos; }

bool is_jsonl(std::string_view text) {
    const std::string_view line = first_line(text);
    return line.starts_with("{\"") && (holds(line, "\"history\"") || holds(line, "\"version\""));
}
// Whatever stands before its first operation.
bool is_jepsen_log(std::string_view text) {
    constexpr std::string_view mark = "jepsen.util";
    for (std::size_t at = text.find(mark); at != std::string_view::npos; at = text.find(mark, at + mark.size())) {
        const std::size_t begin = text.rfind('\n', at) + 1; // 0 if there is none
        if (is_operation_of_log(text.substr(begin, text.find('\n', at) - begin))) return true;
    }
    return false;
}
bool is_history_txt(std::string_view text) { return is_operation_of_history_txt(first_line(text)); }
bool is_porcupine(std::string_view text) {
    const std::string_view line = first_line(text);
    const bool keyed = line.starts_with("{:process") && holds(line, ":key");
    return keyed && (holds(line, ":f :get") || holds(line, ":f :put") || holds(line, ":f :append"));
}
bool is_plume(std::string_view text) {
    const std::string_view line = first_line(text);
    return (line.starts_with("r(") || line.starts_with("w(")) && holds(line, ",");
}
// Arrays of arrays of objects with events, or an object that holds such arrays.
bool is_dbcop(std::string_view text) {
    const std::string_view begin = text.substr(0, recognised_by);
    std::string dense;
    for (const char each : begin)
        if (each != ' ' && each != '\t' && each != '\r' && each != '\n') dense += each;
    if (dense.starts_with("[[{")) return holds(dense, "\"events\"");
    return dense.starts_with("{") && holds(dense, "\"params\"") && holds(dense, "\"data\"");
}
bool is_json(std::string_view text) {
    constexpr const char* blanks = " \t\r\n";
    const auto skip = [&] { text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size())); };
    skip();
    if (text.starts_with('[')) {
        text.remove_prefix(1);
        skip();
    }
    if (!text.starts_with('{')) return false;
    text.remove_prefix(1);
    skip();
    return text.starts_with('"');
}
bool is_edn(std::string_view text) {
    EdnReader reader(text);
    if (reader.at_end()) return false;
    const std::string_view line = text.substr(reader.offset());
    return line.starts_with("{:") || line.starts_with("{ :") || line.starts_with("[") || line.starts_with("(") ||
           line.starts_with("#");
}
bool is_never(std::string_view) { return false; } // only by name: the same words mean something else
bool is_plain(std::string_view text) {
    const std::string_view line = first_line(text);
    return !line.empty() && line[0] >= '0' && line[0] <= '9';
}

bool occurs(const Value& value, const Value& within) {
    if (value == within) return true;
    if (within.is_list())
        return std::any_of(within.list().begin(), within.list().end(),
                           [&](const Value& each) { return occurs(value, each); });
    return within.is_map() && std::any_of(within.map().begin(), within.map().end(), [&](const Value::Pair& each) {
               return occurs(value, each.first) || occurs(value, each.second);
           });
}

// Somebody who writes "a" means the keyword :a, if that is how the history names its objects, and the other way round.
Value as_spelled(const Value& told, const History& history) {
    if (!told.is_map()) return told;
    const auto known = [&](const Value& name) {
        return std::any_of(history.entries.begin(), history.entries.end(),
                           [&](const Entry& entry) { return occurs(name, entry.key) || occurs(name, entry.value); });
    };
    Value::Map map = told.map();
    for (auto& [name, each] : map) {
        if (!name.is_text() || known(name)) continue;
        const std::string& text = name.text();
        const Value other = text.starts_with(':') ? Value(text.substr(1)) : Value(":" + text);
        if (known(other)) name = other;
    }
    return map;
}

} // namespace

bool is_etcd_operations(std::string_view text) {
    const std::string_view begin = text.substr(0, recognised_by);
    return is_json(text) && holds(begin, "\"Input\"") && holds(begin, "\"Call\"");
}
bool is_etcd_watches(std::string_view text) {
    const std::string_view begin = text.substr(0, recognised_by);
    return is_json(text) && holds(begin, "\"Request\"") && holds(begin, "\"Responses\"");
}

const std::vector<Format>& formats() {
    static const std::vector<Format> all = {
        {"jsonl", "our own: one JSON object a line", is_jsonl, read_jsonl,
         [](const History& history) { return std::optional(write_jsonl(history)); }},
        {"jepsen_log", "the log of a Jepsen run, with other lines around its operations", is_jepsen_log,
         read_jepsen_log},
        {"history_txt", "Jepsen's history.txt: process, type, f and value, a line each", is_history_txt,
         read_history_txt},
        {"cobra", "the log of one session of Cobra; a folder of them is a run", is_cobra_log, read_cobra},
        {"dbcop", "dbcop's sessions as JSON", is_dbcop, read_dbcop},
        {"dbcop-binary", "the same in dbcop's binary form", is_dbcop_binary, read_dbcop_binary},
        {"etcd-operations", "operations.json of etcd's robustness tests", is_etcd_operations, read_etcd_operations},
        {"etcd-watch", "watch.json of etcd's robustness tests", is_etcd_watches, read_etcd_watches},
        {"plume", "Plume's and PolySI's text: r(key,value,session,transaction) a line", is_plume, read_plume},
        {"porcupine", "Porcupine's key-value text: a map a line", is_porcupine, read_porcupine, write_porcupine},
        {"json", "Jepsen's operations as JSON: one array, or an object a line", is_json, read_json, write_json},
        {"edn", "Jepsen's EDN: a vector of maps, a map a line, or tuples", is_edn, read_edn, write_edn},
        {"edn-observed", "as edn, but a :cas that failed had compared and was unequal", is_never, read_edn_observed},
        {"json-observed", "as json, but a cas that failed had compared and was unequal", is_never, read_json_observed},
        {"plain", "seven fields a line: client op a b out call ret", is_plain, read_plain}};
    return all;
}

const Format* find_format(std::string_view name) {
    for (const Format& format : formats())
        if (format.name == name) return &format;
    return nullptr;
}

const Format* detect(std::string_view text) {
    for (const Format& format : formats())
        if (format.recognises(without_mark(text))) return &format;
    return nullptr;
}

ReadResult Format::read(std::string_view text, const ReadOptions& options) const {
    ReadResult history = reader(without_mark(text), options);
    if (history && options.initial) {
        history->initial = as_spelled(*options.initial, *history);
        history->source.told = true;
    }
    return history;
}

sim::Complaint moved_to(Place begin, sim::Complaint within) {
    if (within.place.line <= 1) within.place.column += begin.column - 1;
    within.place.line += begin.line - 1;
    return within;
}

std::optional<Value> parse_value(std::string_view text) {
    if (text.starts_with('{') || text.starts_with('[')) {
        if (const auto json = parse_json(text)) {
            Value value = any_value_of(*json);
            restore_numbers(value);
            return value;
        }
    }
    if (text == "null") return Value();
    EdnReader reader(text);
    Value value;
    if (!reader.read(value) || !reader.at_end()) return std::nullopt;
    return value;
}

std::string model_word(std::string_view word, const ReadOptions& options) {
    for (const auto& [of_model, of_source] : options.names)
        if (of_source == word) return of_model;
    return std::string(word);
}

} // namespace orrery::reports::formats

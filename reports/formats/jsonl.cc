// Our own: a line of header, then an entry a line.
//     {"type":"history","version":1,"model":"kv","settings":{}}
//     {"type":"invoke","process":0,"f":"put","key":"a","value":"x","time":"12","index":0}
//
// Read strictly: see json_line.h.
#include "orrery/reports/formats/json_line.h"

namespace orrery::reports::formats {
namespace {

constexpr std::array<LineRule<History>, 5> header_rules = {{
    {"type", true, "\"history\"", [](const Json& json, History&) { return json == "history"; }},
    {"version", true, "1", [](const Json& json, History&) { return json == 1; }},
    {"model", false, "the name of a model",
     [](const Json& json, History& history) {
         if (json.is_string()) history.model = json.get<std::string>();
         return json.is_string();
     }},
    {"settings", false, "an object without fractions",
     [](const Json& json, History& history) {
         Value settings;
         if (!value_of(json, settings) || !settings.is_map()) return false;
         for (const auto& [key, each] : settings.map()) history.settings.emplace_back(key.text(), each);
         return true;
     }},
    {"initial", false, "whole numbers only",
     [](const Json& json, History& history) { return value_of(json, history.initial.emplace()); }},
}};

constexpr std::array<LineRule<Entry>, 8> entry_rules = {{
    {"type", true, "invoke, ok, fail or info",
     [](const Json& json, Entry& entry) {
         const auto known = json.is_string() ? entry_type(json.get<std::string>()) : std::nullopt;
         if (known) entry.type = *known;
         return known.has_value();
     }},
    {"process", true, "a whole number",
     [](const Json& json, Entry& entry) {
         Value process;
         if (!value_of(json, process) || !process.is_integer()) return false;
         entry.process = process.integer();
         return true;
     }},
    {"f", true, "a word",
     [](const Json& json, Entry& entry) {
         if (json.is_string()) entry.f = json.get<std::string>();
         return json.is_string();
     }},
    {"key", false, "whole numbers only", [](const Json& json, Entry& entry) { return value_of(json, entry.key); }},
    {"value", false, "whole numbers only", [](const Json& json, Entry& entry) { return value_of(json, entry.value); }},
    {"time", true, "nanoseconds as a string",
     [](const Json& json, Entry& entry) {
         return json.is_string() && parse_integer(json.get<std::string>(), entry.time.nanoseconds);
     }},
    {"index", false, "a whole number from 0",
     [](const Json& json, Entry& entry) {
         if (json.is_number_unsigned()) entry.index = json.get<std::uint64_t>();
         return json.is_number_unsigned();
     }},
    {"order", false, "a whole number",
     [](const Json& json, Entry& entry) {
         Value order;
         if (!value_of(json, order) || !order.is_integer()) return false;
         entry.order = order.integer();
         return true;
     }},
}};

} // namespace

sim::Checked<std::optional<Entry>> JsonlReader::read(std::string_view line, std::size_t number) {
    if (line.empty()) return std::optional<Entry>();
    if (!headed_) {
        if (auto wrong = read_line(header_rules, line, number, header_)) return *std::move(wrong);
        headed_ = true;
        return std::optional<Entry>();
    }
    Entry entry;
    if (auto wrong = read_line(entry_rules, line, number, entry)) return *std::move(wrong);
    entry.place = {static_cast<std::uint32_t>(number), 1};
    return std::optional(std::move(entry));
}

sim::Problem JsonlReader::finish() const {
    if (headed_) return std::nullopt;
    return expected_at(1, 1, R"({"type":"history","version":1,...} in the first line)");
}

ReadResult read_jsonl(std::string_view text, const ReadOptions& options) {
    JsonlReader reader;
    std::vector<Entry> entries;
    Lines lines(text);
    std::string_view line;
    while (lines.next(line)) {
        auto read = reader.read(line, lines.number());
        if (!read) return read.complaint();
        std::optional<Entry>& entry = *read;
        if (!entry) continue;
        entry->f = model_word(entry->f, options);
        entries.push_back(std::move(*entry));
    }
    if (auto wrong = reader.finish()) return *std::move(wrong);
    History history = reader.header();
    history.entries = std::move(entries);
    return history;
}

std::string jsonl_header(const History& history) {
    Json settings = Json::object();
    for (const auto& [key, value] : history.settings) settings[key] = json_of(value);
    Json header = {{"type", "history"}, {"version", 1}, {"model", history.model}, {"settings", settings}};
    if (history.initial) header["initial"] = json_of(*history.initial);
    return header.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string jsonl_line(const Entry& entry) {
    Json json = {{"type", name(entry.type)}, {"process", entry.process}, {"f", entry.f}};
    if (!entry.key.is_nil()) json["key"] = json_of(entry.key);
    json["value"] = json_of(entry.value);
    json["time"] = std::to_string(entry.time.nanoseconds);
    json["index"] = entry.index;
    if (entry.order) json["order"] = *entry.order;
    return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string write_jsonl(const History& history) {
    std::string text = jsonl_header(history);
    for (const Entry& entry : history.entries) text += jsonl_line(entry);
    return text;
}

} // namespace orrery::reports::formats

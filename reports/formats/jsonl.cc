// Our own: a line of header, then an entry a line.
//     {"type":"history","version":1,"model":"kv","settings":{}}
//     {"type":"invoke","process":0,"f":"put","key":"a","value":"x","time":"12","index":0}
#include "orrery/reports/formats/json_value.h"

namespace orrery::reports::formats {
namespace {

bool read_header(const Json& json, History& history, std::string& expected) {
    expected = R"({"type":"history","version":1,"model":NAME,"settings":{}})";
    if (!json.is_object() || json.value("type", Json()) != "history" || json.value("version", Json()) != 1) return false;
    if (json.contains("model") && !json["model"].is_string()) return false;
    if (json.contains("model")) history.model = json["model"].get<std::string>();
    if (json.contains("settings")) {
        Value settings;
        if (!value_of(json["settings"], settings) || !settings.is_map()) return false;
        for (const auto& [key, each] : settings.map()) history.settings.emplace_back(key.text(), each);
    }
    if (!json.contains("initial")) return true;
    return value_of(json["initial"], history.initial.emplace());
}

bool read_entry(const Json& json, Entry& entry, std::string& expected) {
    expected = "an object with type, process, f, value and time";
    if (!json.is_object()) return false;
    const Json type = json.value("type", Json());
    const auto known = type.is_string() ? entry_type(type.get<std::string>()) : std::nullopt;
    if (!known) return expected = "type invoke, ok, fail or info", false;
    entry.type = *known;
    Value process;
    if (!json.contains("process") || !value_of(json["process"], process) || !process.is_integer())
        return expected = "process with a whole number", false;
    entry.process = process.integer();
    const Json f = json.value("f", Json());
    if (!f.is_string()) return expected = "f with a word", false;
    entry.f = f.get<std::string>();
    const Json time = json.value("time", Json());
    if (!time.is_string() || !parse_integer(time.get<std::string>(), entry.time.nanoseconds))
        return expected = "time in nanoseconds as a string", false;
    if (json.contains("key") && !value_of(json["key"], entry.key)) return expected = "a key without fractions", false;
    if (json.contains("value") && !value_of(json["value"], entry.value)) return expected = "a value without fractions", false;
    if (json.contains("index") && json["index"].is_number_unsigned()) entry.index = json["index"].get<std::uint64_t>();
    return true;
}

} // namespace

ReadResult read_jsonl(std::string_view text) {
    History history;
    Lines lines(text);
    std::string_view line;
    bool headed = false;
    while (lines.next(line)) {
        if (line.empty()) continue;
        Json json;
        std::string expected;
        try {
            json = Json::parse(line);
        } catch (const Json::parse_error& error) {
            return ReadError{lines.number(), error.byte == 0 ? 1 : error.byte, "a JSON object"};
        }
        Entry entry;
        const bool good = headed ? read_entry(json, entry, expected) : read_header(json, history, expected);
        if (!good) return ReadError{lines.number(), 1, expected};
        entry.place = {static_cast<std::uint32_t>(lines.number()), 1};
        if (headed) history.entries.push_back(std::move(entry));
        headed = true;
    }
    if (!headed) return ReadError{1, 1, R"({"type":"history","version":1,...} in the first line)"};
    return history;
}

std::string write_jsonl(const History& history) {
    Json settings = Json::object();
    for (const auto& [key, value] : history.settings) settings[key] = json_of(value);
    Json header = {{"type", "history"}, {"version", 1}, {"model", history.model}, {"settings", settings}};
    if (history.initial) header["initial"] = json_of(*history.initial);
    std::string text = header.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    for (const Entry& entry : history.entries) {
        Json json = {{"type", name(entry.type)}, {"process", entry.process}, {"f", entry.f}};
        if (!entry.key.is_nil()) json["key"] = json_of(entry.key);
        json["value"] = json_of(entry.value);
        json["time"] = std::to_string(entry.time.nanoseconds);
        json["index"] = entry.index;
        text += json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
    }
    return text;
}

} // namespace orrery::reports::formats

// Jepsen's EDN and Porcupine's key-value text: both are maps with :process, :type, :f, :value.
//
// In Jepsen's EDN :fail means that it did not happen, a nil read on :ok is an unknown one, :nemesis
// is nobody, and a process id may be used again after :info. A cas register starts at 0 there. In
// Porcupine's text there are keys, and each starts as the empty text.
#include "orrery/reports/formats/edn_value.h"

namespace orrery::reports::formats {
namespace {

std::string_view word(const Value* value) {
    if (value == nullptr || !value->is_text()) return {};
    std::string_view text = value->text();
    if (text.starts_with(':')) text.remove_prefix(1);
    return text;
}

// An entry out of one map; false with `expected` set if it is none. `skip`: it concerns nobody.
bool entry_of(const Value& map, Entry& entry, bool& skip, std::string& expected) {
    skip = false;
    if (!map.is_map()) return expected = "a map with :process, :type, :f and :value", false;
    const Value* process = map.find(":process");
    if (word(process) == "nemesis") return skip = true;
    if (process == nullptr || !process->is_integer()) return expected = ":process with a number", false;
    const auto type = entry_type(word(map.find(":type")));
    if (!type) return expected = ":type :invoke, :ok, :fail or :info", false;
    const std::string_view f = word(map.find(":f"));
    if (f.empty()) return expected = ":f with a word", false;
    entry.type = *type;
    entry.process = process->integer();
    entry.f = f;
    if (const Value* value = map.find(":value")) entry.value = *value;
    if (const Value* key = map.find(":key")) entry.key = *key;
    return true;
}

// All maps of a text: in one vector, or one after the other.
bool read_maps(std::string_view text, EdnReader& reader, History& history, std::string& expected, std::size_t& line) {
    (void)text;
    std::int64_t rank = 0;
    std::uint64_t index = 0;
    while (!reader.at_end()) {
        line = reader.line();
        Value value;
        if (!reader.read(value)) return false;
        const Value::List maps = value.is_list() ? value.list() : Value::List{value};
        for (const Value& map : maps) {
            Entry entry;
            bool skip = false;
            if (!entry_of(map, entry, skip, expected)) return false;
            if (skip) continue;
            entry.time = {++rank};
            entry.index = index++;
            history.entries.push_back(std::move(entry));
        }
    }
    return true;
}

ReadResult read_either(std::string_view text, History history) {
    EdnReader reader(text);
    std::string expected;
    std::size_t line = 1;
    if (read_maps(text, reader, history, expected, line)) return history;
    if (expected.empty()) return reader.error();
    return ReadError{line, 1, expected};
}

// An ok read of nil says nothing: as if it never returned.
void drop_unknown_reads(History& history) {
    for (Entry& entry : history.entries)
        if (entry.type == Entry::Type::ok && entry.f == "read" && entry.value.is_nil()) entry.type = Entry::Type::fail;
}

} // namespace

ReadResult read_edn(std::string_view text) {
    ReadResult result = read_either(text, {});
    History* history = std::get_if<History>(&result);
    if (history == nullptr) return result;
    history->initial = Value(0);
    for (const Entry& entry : history->entries)
        if (entry.f == "acquire" || entry.f == "txn" || entry.f == "append") history->initial.reset();
    drop_unknown_reads(*history);
    retire_processes(*history);
    return result;
}

ReadResult read_porcupine(std::string_view text) {
    ReadResult result = read_either(text, {});
    History* history = std::get_if<History>(&result);
    if (history == nullptr) return result;
    history->model = "kv";
    history->initial = Value("");
    for (Entry& entry : history->entries)
        if (entry.type == Entry::Type::ok && entry.f != "get") entry.value = Value();
    return result;
}

} // namespace orrery::reports::formats

// Jepsen's EDN and Porcupine's key-value text: both are maps with :process, :type, :f, :value, in one
// vector or one after the other. In Porcupine's text there are keys, and each starts as the empty text.
#include "orrery/reports/formats/edn_value.h"
#include "orrery/reports/formats/jepsen.h"

namespace orrery::reports::formats {
namespace {

// One map, where the reader stands.
std::optional<ReadError> read_entry(EdnReader& reader, History& history) {
    (void)reader.at_end();
    const Place place = reader.place();
    Value map;
    if (!reader.read(map)) return reader.error();
    Entry entry;
    bool skip = false;
    std::string expected;
    if (!jepsen_entry(map, entry, skip, expected)) return ReadError{place.line, place.column, expected};
    if (skip) return {};
    entry.index = history.entries.size();
    entry.time = {static_cast<std::int64_t>(history.entries.size()) + 1};
    entry.place = place;
    history.entries.push_back(std::move(entry));
    return {};
}

ReadResult read_entries(std::string_view text) {
    History history;
    EdnReader reader(text);
    while (!reader.at_end()) {
        if (!reader.enter_sequence()) {
            if (auto error = read_entry(reader, history)) return *error;
            continue;
        }
        while (!reader.at_close())
            if (auto error = read_entry(reader, history)) return *error;
    }
    return history;
}

} // namespace

ReadResult read_edn(std::string_view text) {
    ReadResult result = read_entries(text);
    if (History* history = std::get_if<History>(&result)) finish_jepsen(*history);
    return result;
}

ReadResult read_porcupine(std::string_view text) {
    ReadResult result = read_entries(text);
    History* history = std::get_if<History>(&result);
    if (history == nullptr) return result;
    history->model = "kv";
    history->initial = Value("");
    for (Entry& entry : history->entries)
        if (entry.type == Entry::Type::ok && entry.f != "get") entry.value = Value();
    return result;
}

} // namespace orrery::reports::formats

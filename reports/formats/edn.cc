// Jepsen's EDN and Porcupine's key-value text: both are maps with :process, :type, :f, :value, in one
// vector or one after the other, or tuples [process type f value]. In Porcupine's text there are keys, and each
// starts as the empty text.
#include "orrery/reports/formats/edn_value.h"
#include "orrery/reports/formats/jepsen.h"

namespace orrery::reports::formats {
namespace {

// One map or tuple, where the reader stands.
sim::Problem read_entry(EdnReader& reader, JepsenEntries& entries) {
    (void)reader.at_end();
    const Place place = reader.place();
    Value form;
    if (!reader.read(form)) return reader.error();
    return form.is_list() ? entries.add_tuple(form.list(), place) : entries.add(form, place);
}

sim::Problem read_entries(std::string_view text, JepsenEntries& entries) {
    EdnReader reader(text);
    while (!reader.at_end()) {
        if (reader.at_tuple() || !reader.enter_sequence()) {
            if (auto error = read_entry(reader, entries)) return error;
            continue;
        }
        while (!reader.at_close())
            if (auto error = read_entry(reader, entries)) return error;
    }
    return std::nullopt;
}

} // namespace

ReadResult read_edn(std::string_view text, const ReadOptions& options) {
    JepsenEntries entries(options, {});
    if (auto error = read_entries(text, entries)) return *std::move(error);
    return entries.finish();
}

ReadResult read_edn_observed(std::string_view text, const ReadOptions& options) {
    JepsenEntries entries(options, {.swaps_compared = true});
    if (auto error = read_entries(text, entries)) return *std::move(error);
    return entries.finish();
}

ReadResult read_porcupine(std::string_view text, const ReadOptions& options) {
    JepsenEntries entries(options, {.nil_is_read = true});
    if (auto error = read_entries(text, entries)) return *std::move(error);
    ReadResult history = entries.finish();
    if (!history) return history;
    history->model = "kv";
    history->initial = Value("");
    for (Entry& entry : history->entries)
        if (entry.type == Entry::Type::ok && entry.f != "get") entry.value = Value();
    return history;
}

} // namespace orrery::reports::formats

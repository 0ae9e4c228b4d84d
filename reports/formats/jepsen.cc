// From a Jepsen operation to an entry: types, processes, and values that are lists of key and value.
#include "orrery/reports/formats/jepsen.h"

#include <algorithm>
#include <map>

namespace orrery::reports::formats {
namespace {

// Keywords are texts with a colon in EDN, plain texts in JSON.
const Value* member(const Value& map, std::string_view name) {
    const Value* found = map.find(":" + std::string(name));
    return found != nullptr ? found : map.find(name);
}

std::string_view word(const Value* value) {
    if (value == nullptr || !value->is_text()) return {};
    std::string_view text = value->text();
    if (text.starts_with(':')) text.remove_prefix(1);
    return text;
}

bool is_read(const Value& step) {
    if (!step.is_list() || step.list().empty()) return false;
    const std::string_view f = word(&step.list().front());
    return f == "read" || f == "write";
}

// Registers start at 0 in Jepsen's own histories; so do the objects of transactions that are made of
// :read and :write. Everything else starts as its model says.
void find_initial(History& history) {
    Value::Map objects;
    bool registers = !history.entries.empty();
    for (const Entry& entry : history.entries) {
        registers = registers && (entry.f == "read" || entry.f == "write" || entry.f == "cas") &&
                    (entry.f == "cas" || !(entry.value.is_list() || entry.value.is_map()));
        if (!entry.value.is_list()) continue;
        for (const Value& step : entry.value.list()) {
            if (!is_read(step) || step.list().size() != 3) continue;
            const Value& key = step.list()[1];
            const auto same = [&](const Value::Pair& pair) { return pair.first == key; };
            if (std::none_of(objects.begin(), objects.end(), same)) objects.emplace_back(key, Value(0));
        }
    }
    if (!objects.empty())
        history.initial = Value(std::move(objects));
    else if (registers)
        history.initial = Value(0);
}

bool tells_nothing(const Value& step) {
    return step.is_list() && step.list().size() == 3 && word(&step.list()[0]) == "read" && step.list()[2].is_nil();
}

// A :read among the steps of a transaction that came back with nil was not read: without it, the rest stands.
void leave_out_unread_steps(History& history) {
    std::map<std::int64_t, Entry*> invoked;
    for (Entry& entry : history.entries) {
        if (entry.type == Entry::Type::invoke) invoked[entry.process] = &entry;
        const auto asked = invoked.find(entry.process);
        if (entry.type != Entry::Type::ok || !entry.value.is_list() || asked == invoked.end()) continue;
        const Value::List& answers = entry.value.list();
        if (std::none_of(answers.begin(), answers.end(), tells_nothing)) continue;
        const Value& question = asked->second->value;
        if (!question.is_list() || question.list().size() != answers.size()) continue;
        Value::List steps;
        Value::List response;
        for (std::size_t i = 0; i < answers.size(); ++i) {
            if (tells_nothing(answers[i])) continue;
            steps.push_back(question.list()[i]);
            response.push_back(answers[i]);
        }
        asked->second->value = Value(std::move(steps));
        entry.value = Value(std::move(response));
    }
}

} // namespace

bool jepsen_entry(const Value& map, Entry& entry, bool& skip, std::string& expected) {
    skip = false;
    if (!map.is_map()) return expected = "a map with :process, :type, :f and :value", false;
    const Value* process = member(map, "process");
    if (word(process) == "nemesis") return skip = true;
    if (process == nullptr || !process->is_integer()) return expected = ":process with a number", false;
    const auto type = entry_type(word(member(map, "type")));
    if (!type) return expected = ":type :invoke, :ok, :fail or :info", false;
    const Value* value = member(map, "value");
    const Value* f = member(map, "f");
    entry.f = word(f);
    // Elle's own files leave out that a list of steps is a transaction.
    if (f == nullptr && value != nullptr && value->is_list()) entry.f = "txn";
    if (entry.f.empty()) return expected = ":f with a word", false;
    entry.type = *type;
    entry.process = process->integer();
    if (value != nullptr) entry.value = *value;
    if (const Value* key = member(map, "key")) entry.key = *key;
    return true;
}

void finish_jepsen(History& history) {
    find_initial(history);
    leave_out_unread_steps(history);
    // An ok read of nil says nothing: as if it had never returned.
    for (Entry& entry : history.entries)
        if (entry.type == Entry::Type::ok && entry.f == "read" && entry.value.is_nil()) entry.type = Entry::Type::fail;
    retire_processes(history);
}

ReadResult failed_swaps_observed(ReadResult read) {
    History* history = std::get_if<History>(&read);
    if (history == nullptr) return read;
    for (Entry& entry : history->entries) {
        if (entry.type != Entry::Type::fail || entry.f != "cas") continue;
        entry.type = Entry::Type::ok;
        entry.value = Value(false);
    }
    return read;
}

} // namespace orrery::reports::formats

// What a transaction asks is what it did without what its reads saw.
#include "orrery/reports/formats/session_transactions.h"

#include <set>

namespace orrery::reports::formats {

Value read_step(Value key, Value value) { return Value::List{"r", std::move(key), std::move(value)}; }
Value write_step(Value key, Value value) { return Value::List{"w", std::move(key), std::move(value)}; }

History history_of(const std::vector<SessionTransaction>& transactions, const Value& initial) {
    History history;
    history.model = "rw-register";
    history.source.counted = true;
    std::set<Value> keys;
    for (const SessionTransaction& each : transactions) {
        Value::List asked;
        for (const Value& step : each.steps) {
            const bool reads = step.list()[0] == Value("r");
            asked.push_back(reads ? read_step(step.list()[1], {}) : step);
            if (!initial.is_nil()) keys.insert(step.list()[1]);
        }
        Entry entry;
        entry.process = each.session;
        entry.f = "txn";
        entry.value = std::move(asked);
        entry.index = each.index;
        entry.place = each.place;
        history.entries.push_back(entry);
        entry.type = each.end;
        entry.value = each.end == Entry::Type::ok ? Value(each.steps) : Value();
        history.entries.push_back(std::move(entry));
    }
    Value::Map start;
    for (const Value& key : keys) start.emplace_back(key, initial);
    if (!start.empty()) history.initial = std::move(start);
    retire_processes(history);
    return history;
}

} // namespace orrery::reports::formats

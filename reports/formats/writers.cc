// Histories as others read them, for a second opinion: Jepsen's EDN and JSON, Porcupine's key-value text.
//
// These formats have order and no equal stamps, so what is invoked at a stamp is written before what returns
// then. They say less than ours: a swap that compared unequal is a :fail, which is to say that it did not
// happen, and a read of nil says nothing. What is lost only ever makes a history legal.
#include <algorithm>
#include <map>
#include <optional>

#include "orrery/reports/formats/format.h"
#include "orrery/reports/formats/json_value.h"

namespace orrery::reports::formats {
namespace {

// An entry, with what an ok repeats of its invocation.
struct Written {
    const Entry* entry = nullptr;
    Entry::Type type{};
    Value value;
};

std::vector<Written> written(const History& history) {
    std::vector<const Entry*> order;
    for (const Entry& each : history.entries) order.push_back(&each);
    std::stable_sort(order.begin(), order.end(), [](const Entry* a, const Entry* b) {
        return std::pair(a->time, a->type != Entry::Type::invoke) < std::pair(b->time, b->type != Entry::Type::invoke);
    });
    std::vector<Written> all;
    std::map<std::int64_t, const Entry*> running;
    for (const Entry* each : order) {
        Written made{each, each->type, each->value};
        if (each->type == Entry::Type::invoke) running[each->process] = each;
        const Entry* invocation = running[each->process];
        if (each->type == Entry::Type::ok && each->value == Value(false) && each->f == "cas")
            made.type = Entry::Type::fail;
        const bool echoes = each->type != Entry::Type::invoke && (each->value.is_nil() || each->value.is_boolean());
        if (echoes && invocation != nullptr) made.value = invocation->value;
        all.push_back(std::move(made));
    }
    return all;
}

std::string edn(const Value& value) {
    if (!value.is_list() && !value.is_map()) return value.rendered();
    std::vector<std::string> parts;
    if (value.is_list()) {
        for (const Value& each : value.list()) parts.push_back(edn(each));
        return "[" + sim::join(parts, " ") + "]";
    }
    for (const auto& [key, each] : value.map()) parts.push_back(edn(key) + " " + edn(each));
    return "{" + sim::join(parts) + "}";
}

// Porcupine's lines begin with the process, by which the two are distinguished.
std::string edn_line(const Written& each, std::optional<std::size_t> index) {
    const std::string process = ":process " + std::to_string(each.entry->process);
    const std::string type = ":type :" + std::string(name(each.type));
    std::string text = "{" + (index ? type + ", " + process : process + ", " + type) + ", :f :" + each.entry->f;
    if (!each.entry->key.is_nil()) text += ", :key " + edn(each.entry->key);
    text += ", :value " + edn(each.value);
    if (index) text += ", :time " + std::to_string(each.entry->time.nanoseconds) + ", :index " + std::to_string(*index);
    return text + "}\n";
}

} // namespace

std::optional<std::string> write_edn(const History& history) {
    std::string text;
    std::size_t index = 0;
    for (const Written& each : written(history)) text += edn_line(each, index++);
    return text;
}

std::optional<std::string> write_porcupine(const History& history) {
    std::string text;
    for (Written& each : written(history)) {
        if (each.entry->f != "get" && each.entry->f != "put" && each.entry->f != "append") return {};
        // There, a key that was never written holds an empty text.
        if (each.entry->f == "get" && each.type == Entry::Type::ok && each.value.is_nil()) each.value = "";
        text += edn_line(each, {});
    }
    return text;
}

std::optional<std::string> write_json(const History& history) {
    std::string text;
    std::size_t index = 0;
    for (const Written& each : written(history)) {
        Json json = {{"type", name(each.type)}, {"f", each.entry->f}, {"process", each.entry->process}};
        if (!each.entry->key.is_nil()) json["key"] = json_of(each.entry->key);
        json["value"] = json_of(each.value);
        json["time"] = each.entry->time.nanoseconds;
        json["index"] = index++;
        text += (text.empty() ? "[" : ",\n") + json.dump(-1, ' ', false, Json::error_handler_t::replace);
    }
    return (text.empty() ? "[" : text) + "]\n";
}

} // namespace orrery::reports::formats

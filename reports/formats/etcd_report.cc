// From the fields of etcd's tests, as Go writes them, to requests; then from requests to a history.
#include "orrery/reports/formats/etcd_report.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "orrery/reports/formats/json_objects.h"

namespace orrery::reports::formats {
namespace {

std::int64_t whole_number(JsonPart object, std::string_view name) {
    const JsonPart found = object.find(name);
    return found.is_integer() ? found.integer() : 0;
}
std::string_view text_of(JsonPart object, std::string_view name) {
    const JsonPart found = object.find(name);
    return found.is_text() ? found.text() : "";
}
bool flag(JsonPart object, std::string_view name) {
    const JsonPart found = object.find(name);
    return found.is_boolean() && found.boolean();
}

// A value, or what the tests keep of one that is long: its hash.
std::string put_value(JsonPart object) {
    const JsonPart value = object.find("Value");
    if (value.is_text()) return std::string(value.text());
    if (const std::int64_t hash = whole_number(value, "Hash"); hash != 0) return "hash " + std::to_string(hash);
    return std::string(text_of(value, "Value"));
}

// The text behind all that begin with `prefix`: how etcd asks for these.
std::string end_of(std::string prefix) {
    while (!prefix.empty() && prefix.back() == '\xff') prefix.pop_back();
    if (!prefix.empty()) ++prefix.back();
    return prefix;
}

Value::List range_of(JsonPart range) {
    const std::string_view start = text_of(range, range.find("Start").is_text() ? "Start" : "Key");
    const std::string end = flag(range, "WithPrefix") ? end_of(std::string(start)) : std::string(text_of(range, "End"));
    return {start, end, whole_number(range, "Limit")};
}

// Steps are objects with a type and one part for each; older ones have all fields side by side.
std::optional<Value> etcd_step(JsonPart step) {
    const std::string_view type = text_of(step, "Type");
    const auto part = [&](std::string_view name) -> JsonPart {
        return step.find(name).is_object() ? step.find(name) : step;
    };
    if (type.starts_with("put")) {
        const JsonPart put = part("Put");
        return Value::List{"put", text_of(put, "Key"), put_value(put), whole_number(put, "LeaseID")};
    }
    if (type.starts_with("delete")) return Value::List{"delete", text_of(part("Delete"), "Key")};
    if (!type.starts_with("range")) return std::nullopt;
    Value::List range = range_of(part("Range"));
    range.insert(range.begin(), Value("range"));
    return range;
}

std::optional<Value::List> steps_of(JsonPart steps) {
    Value::List all;
    if (steps.is_null()) return all;
    if (!steps.is_array()) return std::nullopt;
    for (const JsonPart each : steps) {
        auto step = etcd_step(each);
        if (!step) return std::nullopt;
        all.push_back(*std::move(step));
    }
    return all;
}

// [[key value revision version] ...] and their number.
Value::List keys_of(JsonPart range) {
    Value::List keys;
    if (range.find("KVs").is_array())
        for (const JsonPart each : range.find("KVs")) {
            const JsonPart version = each.find("Version");
            keys.push_back(Value::List{text_of(each, "Key"), put_value(each), whole_number(each, "ModRevision"),
                                       version.is_integer() ? Value(version.integer()) : Value()});
        }
    return {std::move(keys), whole_number(range, "Count")};
}

} // namespace

sim::Problem EtcdReport::read_input(JsonPart input, EtcdRequest& request) {
    const std::string_view type = text_of(input, "Type");
    if (type == "range") {
        request.f = "range";
        request.argument = range_of(input.find("Range"));
    } else if (type == "txn") {
        const JsonPart txn = input.find("Txn");
        Value::List conditions;
        if (txn.find("Conditions").is_array())
            for (const JsonPart each : txn.find("Conditions"))
                conditions.push_back(Value::List{text_of(each, "Key"), whole_number(each, "ExpectedRevision"),
                                                 whole_number(each, "ExpectedVersion")});
        auto then = steps_of(txn.find("OperationsOnSuccess"));
        auto otherwise = steps_of(txn.find("OperationsOnFailure"));
        if (!then || !otherwise) return expected_at(request.place, "operations that put, delete or range");
        request.f = "txn";
        request.argument = Value::List{std::move(conditions), *std::move(then), *std::move(otherwise)};
    } else if (type == "leaseGrant" || type == "leaseRevoke") {
        request.f = type == "leaseGrant" ? "lease-grant" : "lease-revoke";
        request.argument = whole_number(input.find(type == "leaseGrant" ? "LeaseGrant" : "LeaseRevoke"), "LeaseID");
    } else if (type != "compact" && type != "defragment") {
        return expected_at(request.place,
                           "an Input of the type range, txn, leaseGrant, leaseRevoke, compact or defragment");
    }
    return std::nullopt;
}

sim::Problem EtcdReport::read_output(JsonPart output, EtcdRequest& request) {
    if (!output.is_object()) return std::nullopt; // never answered
    request.revision = std::max(whole_number(output, "Revision"), whole_number(output, "PersistedRevision"));
    if (!text_of(output, "ClientError").empty()) return request.outcome = Entry::Type::fail, std::nullopt;
    const bool failed = !text_of(output, "Error").empty() || !output.find("Err").is_null();
    if (failed || flag(output, "Persisted") || flag(output, "ResultUnknown")) {
        request.changed = request.revision > 0;
        return std::nullopt;
    }
    Value::List result = {request.revision};
    if (request.f == "range") {
        if (!output.find("Range").is_object()) return expected_at(request.place, "an Output with a Range");
        for (Value& each : keys_of(output.find("Range"))) result.push_back(std::move(each));
    } else if (request.f == "txn") {
        const JsonPart txn = output.find("Txn");
        if (!txn.is_object()) return expected_at(request.place, "an Output with a Txn");
        const bool otherwise = flag(txn, "Failure");
        const Value::List& steps = request.argument.list()[otherwise ? 2 : 1].list();
        const JsonPart results = txn.find("Results");
        if (steps.size() != (results.is_array() ? results.size() : 0))
            return expected_at(request.place, "one of the Results for each operation");
        Value::List answers;
        for (const JsonPart answer : results) {
            const std::string& word = steps[answers.size()].list()[0].text();
            const std::int64_t deleted = whole_number(answer, "Deleted");
            request.changed = request.changed || word == "put" || (word == "delete" && deleted > 0);
            if (word == "put") answers.emplace_back();
            if (word == "delete") answers.emplace_back(deleted);
            if (word == "range") answers.emplace_back(keys_of(answer));
        }
        result.emplace_back(otherwise);
        result.emplace_back(std::move(answers));
    }
    request.outcome = Entry::Type::ok;
    request.result = std::move(result);
    return std::nullopt;
}

// The value with all that it holds as they were met before, if they were.
Value EtcdReport::shared(const Value& value) {
    if (value.is_nil() || value.is_boolean() || value.is_integer()) return value;
    Value made = value;
    if (value.is_list()) made = with_shared_parts(value.list());
    return known_[known_.intern(made, models::digest(1, made))];
}
Value EtcdReport::with_shared_parts(const Value::List& list) {
    Value::List parts;
    parts.reserve(list.size());
    for (const Value& each : list) parts.push_back(shared(each));
    return parts;
}

sim::Problem EtcdReport::add_request(JsonPart json, Place place) {
    EtcdRequest request;
    request.place = place;
    for (const char* name : {"Call", "Return"})
        if (!json.find(name).is_integer()) return expected_at(place, "an operation with Call and Return");
    const JsonPart client = json.find("ClientID");
    request.client = client.is_null() ? whole_number(json, "ClientId") : whole_number(json, "ClientID");
    request.call = whole_number(json, "Call");
    request.end = std::max(request.call, whole_number(json, "Return"));
    const JsonPart input = json.find("Input");
    if (auto wrong = read_input(input, request)) return wrong;
    if (request.f.empty()) return source_.skip(std::string(text_of(input, "Type")) + " request"), std::nullopt;
    if (request.f == "range" && whole_number(input.find("Range"), "Revision") > 0)
        return source_.skip("old-revision read"), std::nullopt;
    if (auto wrong = read_output(json.find("Output"), request)) return wrong;
    request.argument = shared(request.argument);
    // As a whole no result comes again: its revision is its own.
    if (request.result.is_list()) request.result = with_shared_parts(request.result.list());
    const bool reads = request.f == "range" || (request.f == "txn" && possible_changes(request.argument).empty());
    if (reads && request.outcome != Entry::Type::ok) return source_.skip("unanswered read"), std::nullopt;
    if (request.outcome == Entry::Type::ok && request.f == "range") see(request.result.list()[1]);
    if (request.outcome == Entry::Type::ok && request.f == "txn")
        for (const Value& each : request.result.list()[2].list())
            if (each.is_list()) see(each.list()[0]);
    requests_.push_back(std::move(request));
    return std::nullopt;
}

void EtcdReport::see(const Value& keys) {
    for (const Value& each : keys.list()) see(each.list()[2].integer(), {true, each.list()[0], each.list()[1]});
}
void EtcdReport::see(std::int64_t revision, EtcdChange change) {
    const auto [begin, end] = seen_.equal_range(revision);
    if (std::none_of(begin, end, [&](const auto& each) { return each.second == change; }))
        seen_.emplace_hint(end, revision, std::move(change));
}

sim::Problem EtcdReport::add_watch(JsonPart json, Place place) {
    const JsonPart responses = json.find("Responses");
    if (!responses.is_array() && !responses.is_null()) return expected_at(place, "a watch with Responses");
    for (const JsonPart response : responses)
        for (const JsonPart event : response.find("Events")) {
            const std::string_view type = text_of(event, "Type");
            if (!type.starts_with("put") && !type.starts_with("delete"))
                return expected_at(place, "events that put or delete");
            const std::int64_t revision = whole_number(event, "Revision");
            const bool put = type.starts_with("put");
            see(revision, {put, shared(text_of(event, "Key")), put ? shared(put_value(event)) : Value()});
        }
    return std::nullopt;
}

// A client may have several requests under way: each further one goes to a process of its own.
std::vector<std::int64_t> EtcdReport::processes_of(const std::vector<std::size_t>& by_call) const {
    struct Process {
        std::int64_t id = 0;
        std::int64_t free_at = 0;
    };
    std::int64_t fresh = 0;
    for (const EtcdRequest& each : requests_) fresh = std::max(fresh, each.client + 1);
    std::map<std::int64_t, std::vector<Process>>
        processes; // of a client: those that are not stuck in an unknown request
    std::vector<std::int64_t> made(requests_.size());
    for (const std::size_t place : by_call) {
        const EtcdRequest& each = requests_[place];
        const auto [own, first] = processes.try_emplace(each.client);
        std::vector<Process>& all = own->second;
        auto free = std::find_if(all.begin(), all.end(), [&](const Process& one) { return one.free_at < each.call; });
        if (free == all.end()) free = all.insert(free, {first ? each.client : fresh++, 0});
        made[place] = free->id;
        free->free_at = each.end;
        if (each.outcome == Entry::Type::info) all.erase(free);
    }
    return made;
}

// Takes the value along.
Entry EtcdReport::entry_of(EtcdRequest& request, std::int64_t process, bool ends) {
    Entry entry;
    entry.type = ends ? request.outcome : Entry::Type::invoke;
    entry.process = process;
    entry.f = request.f;
    entry.value = std::move(ends ? request.result : request.argument);
    entry.time = {ends ? request.end : request.call};
    entry.index = request.place.line;
    entry.place = request.place;
    if (ends) entry.order = request.order;
    return entry;
}

// Only places are sorted: entries are large, and there may be millions.
History EtcdReport::in_order() {
    std::vector<std::size_t> by_call(requests_.size());
    std::iota(by_call.begin(), by_call.end(), 0);
    std::stable_sort(by_call.begin(), by_call.end(),
                     [&](std::size_t a, std::size_t b) { return requests_[a].call < requests_[b].call; });
    const std::vector<std::int64_t> processes = processes_of(by_call);
    struct End {
        std::int64_t time = 0;
        int rank = 0; // at one instant: what ended, what began, what did both
        std::size_t number = 0;
        std::size_t request = 0;
    };
    std::vector<End> ends;
    ends.reserve(2 * by_call.size());
    for (const std::size_t place : by_call) {
        const EtcdRequest& each = requests_[place];
        ends.push_back({each.call, 1, ends.size(), place});
        ends.push_back({each.end, each.end == each.call ? 2 : 0, ends.size(), place});
    }
    std::sort(ends.begin(), ends.end(), [](const End& a, const End& b) {
        return std::tie(a.time, a.rank, a.number) < std::tie(b.time, b.rank, b.number);
    });
    History history;
    history.model = "etcd";
    history.entries.reserve(ends.size());
    for (const End& each : ends) // every second number is a return
        history.entries.push_back(entry_of(requests_[each.request], processes[each.request], each.number % 2 == 1));
    return history;
}

History EtcdReport::finish() {
    known_ = {};
    EtcdOrder(requests_, seen_).find();
    seen_.clear();
    History history = in_order();
    history.source = std::move(source_);
    return history;
}

sim::Problem EtcdReport::add_operations(std::string_view text) {
    return add_each_in_place(text, [this](JsonPart request, Place place) { return add_request(request, place); });
}

sim::Problem EtcdReport::add_watches(std::string_view text) {
    return add_each_in_place(text, [this](JsonPart watch, Place place) { return add_watch(watch, place); });
}

ReadResult read_etcd_operations(std::string_view text, const ReadOptions&) {
    EtcdReport report;
    if (auto wrong = report.add_operations(text)) return *std::move(wrong);
    return report.finish();
}

ReadResult read_etcd_watches(std::string_view text, const ReadOptions&) {
    History history;
    std::int64_t process = 0;
    const auto add = [&](JsonPart json, Place place) -> sim::Problem {
        Value::List events;
        Entry entry;
        entry.process = process++;
        entry.f = "watch";
        entry.index = place.line;
        entry.place = place;
        if (const std::int64_t from = whole_number(json.find("Request"), "Revision"); from > 0) entry.value = from;
        for (const JsonPart response : json.find("Responses"))
            for (const JsonPart event : response.find("Events"))
                events.push_back(Value::List{whole_number(event, "Revision"), text_of(event, "Key"), put_value(event)});
        history.entries.push_back(entry);
        entry.type = Entry::Type::ok;
        entry.value = std::move(events);
        history.entries.push_back(std::move(entry));
        return std::nullopt;
    };
    if (auto wrong = add_each_in_place(text, add)) return *std::move(wrong);
    history.source.counted = true;
    return history;
}

} // namespace orrery::reports::formats

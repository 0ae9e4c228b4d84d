// From the fields of etcd's tests, as Go writes them, to requests; then from requests to a history.
#include "orrery/reports/formats/etcd_report.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "orrery/reports/formats/json_objects.h"
#include "orrery/reports/large_pages.h"

namespace orrery::reports::formats {
namespace {

// The text behind all that begin with `prefix`: how etcd asks for these.
std::string end_of(std::string prefix) {
    while (!prefix.empty() && prefix.back() == '\xff') prefix.pop_back();
    if (!prefix.empty()) ++prefix.back();
    return prefix;
}

// Whether an event puts; else it deletes.
bool is_put(EtcdFields& fields, JsonPart event) {
    const std::string_view type = fields.text(event, "Type");
    if (!type.starts_with("put") && !type.starts_with("delete")) fields.expect("events that put or delete");
    return type.starts_with("put");
}

Word name(EtcdRequest::Kind kind) {
    static const Word names[] = {"range", "put", "txn", "lease-grant", "lease-revoke"};
    return names[static_cast<std::size_t>(kind)];
}

// Without those that stand there twice. Only places are sorted: moving what is shown costs more.
std::vector<EtcdShown> in_order_of_revisions(std::vector<EtcdShown> shown) {
    std::vector<std::pair<std::int64_t, std::uint32_t>> places;
    places.reserve(shown.size());
    for (const EtcdShown& each : shown) places.emplace_back(each.revision, places.size());
    std::sort(places.begin(), places.end());
    std::vector<EtcdShown> ordered;
    ordered.reserve(shown.size());
    std::size_t begin = 0; // of the last revision
    for (const auto& [revision, place] : places) {
        if (!ordered.empty() && ordered.back().revision < revision) begin = ordered.size();
        const auto first = ordered.begin() + static_cast<std::ptrdiff_t>(begin);
        if (std::find(first, ordered.end(), shown[place]) == ordered.end()) ordered.push_back(std::move(shown[place]));
    }
    return ordered;
}

} // namespace

// --- What a request asks ---

// [start end limit]
Value::List EtcdReport::range_of(JsonPart range) {
    const std::string_view start = fields_.key(range, range.find("Start").is_null() ? "Key" : "Start");
    const std::string end =
        fields_.flag(range, "WithPrefix") ? end_of(std::string(start)) : std::string(fields_.text(range, "End"));
    return {values_.text(start), values_.text(end), fields_.number(range, "Limit")};
}

// Steps are objects with a type and one part for each; older ones have all fields side by side.
Value EtcdReport::step_of(JsonPart step) {
    const std::string_view type = fields_.text(step, "Type");
    const auto part = [&](std::string_view name) {
        return step.find(name).is_null() ? step : fields_.object(step, name);
    };
    if (type.starts_with("put")) {
        const JsonPart put = part("Put");
        return Value::List{values_.text("put"), values_.text(fields_.key(put)), values_.text(fields_.value(put)),
                           fields_.number(put, "LeaseID")};
    }
    if (type.starts_with("delete"))
        return values_.list({values_.text("delete"), values_.text(fields_.key(part("Delete")))});
    if (!type.starts_with("range")) fields_.expect("operations that put, delete or range");
    Value::List range = range_of(part("Range"));
    range.insert(range.begin(), values_.text("range"));
    return values_.list(std::move(range));
}

Value EtcdReport::steps_of(JsonPart steps) {
    Value::List all;
    all.reserve(steps.size());
    for (const JsonPart each : steps) all.push_back(step_of(each));
    return all.empty() ? values_.list({}) : Value(std::move(all));
}

Value EtcdReport::transaction_of(JsonPart txn) {
    const JsonPart asked = fields_.array(txn, "Conditions");
    Value::List conditions;
    conditions.reserve(asked.size());
    for (const JsonPart each : asked)
        conditions.push_back(Value::List{values_.text(fields_.key(each)), fields_.number(each, "ExpectedRevision"),
                                         fields_.number(each, "ExpectedVersion")});
    return Value::List{conditions.empty() ? values_.list({}) : Value(std::move(conditions)),
                       steps_of(fields_.array(txn, "OperationsOnSuccess")),
                       steps_of(fields_.array(txn, "OperationsOnFailure"))};
}

// The put of a transaction that does nothing else, whatever it finds; null of any other. Most are such ones, and the
// model has a shorter word for them.
JsonPart EtcdReport::only_put(JsonPart txn) {
    const JsonPart steps = fields_.array(txn, "OperationsOnSuccess");
    if (fields_.array(txn, "Conditions").size() > 0 || fields_.array(txn, "OperationsOnFailure").size() > 0) return {};
    if (steps.size() != 1 || !fields_.text(*steps.begin(), "Type").starts_with("put")) return {};
    const JsonPart step = *steps.begin();
    const JsonPart put = step.find("Put").is_null() ? step : fields_.object(step, "Put");
    return fields_.number(put, "LeaseID") == 0 ? put : JsonPart();
}

// False if it is none that the model knows; that is counted.
bool EtcdReport::read_input(JsonPart input, EtcdRequest& request) {
    const std::string_view type = fields_.text(input, "Type");
    if (type == "range") {
        const JsonPart range = fields_.needed_object(input, "Range");
        if (fields_.number(range, "Revision") > 0) return source_.skip("old-revision read"), false;
        request.argument = values_.list(range_of(range));
    } else if (type == "txn") {
        const JsonPart txn = fields_.needed_object(input, "Txn");
        if (const JsonPart put = only_put(txn); !put.is_null()) {
            request.kind = EtcdRequest::Kind::put;
            request.key = values_.text(fields_.key(put));
            request.argument = values_.text(fields_.value(put));
        } else {
            request.kind = EtcdRequest::Kind::txn;
            request.argument = transaction_of(txn);
        }
    } else if (type == "leaseGrant" || type == "leaseRevoke") {
        const bool grant = type == "leaseGrant";
        request.kind = grant ? EtcdRequest::Kind::grant : EtcdRequest::Kind::revoke;
        request.argument =
            fields_.needed_number(fields_.object(input, grant ? "LeaseGrant" : "LeaseRevoke"), "LeaseID");
    } else if (type == "compact" || type == "defragment") {
        return source_.skip(std::string(type) + " request"), false;
    } else {
        fields_.expect("an Input of the type range, txn, leaseGrant, leaseRevoke, compact or defragment");
    }
    return true;
}

// --- What came back ---

// [key value revision version]. Most were shown before: then not even their texts are looked for.
Value EtcdReport::shown_key(JsonPart shown) {
    const std::string_view key = fields_.key(shown);
    const std::string value = fields_.value(shown);
    const std::int64_t revision = fields_.needed_number(shown, "ModRevision");
    const Value version = shown.find("Version").is_null() ? Value() : Value(fields_.number(shown, "Version"));
    const auto same = [&](const Value& each) {
        const Value::List& known = each.list();
        return known[2].integer() == revision && known[0].text() == key && known[1].text() == value &&
               known[3] == version;
    };
    const auto make = [&] {
        Value::List fresh{values_.text(key), values_.text(value), revision, version};
        shown_.push_back({revision, {true, fresh[0], fresh[1]}});
        return Value(std::move(fresh));
    };
    return shown_keys_.find(models::digest(models::digest(models::digest(3, key), value), revision), same, make);
}

// All that a range shows, and their number.
Value::List EtcdReport::keys_of(JsonPart range) {
    const JsonPart shown = fields_.array(range, "KVs");
    Value::List keys;
    keys.reserve(shown.size());
    for (const JsonPart each : shown) keys.push_back(shown_key(each));
    return {keys.empty() ? values_.list({}) : Value(std::move(keys)), fields_.number(range, "Count")};
}

// Whether the conditions failed, and what each step gave.
void EtcdReport::read_transaction(JsonPart txn, EtcdRequest& request, Value::List& result) {
    const bool otherwise = fields_.flag(txn, "Failure");
    const Value::List& steps = request.argument.list()[otherwise ? 2 : 1].list();
    const JsonPart results = fields_.array(txn, "Results");
    if (steps.size() != results.size()) return fields_.expect("one of the Results for each operation");
    Value::List answers;
    answers.reserve(results.size());
    for (const JsonPart answer : results) {
        const Value::List& step = steps[answers.size()].list();
        const std::string& word = step[0].text();
        const std::int64_t deleted = word == "delete" ? fields_.number(answer, "Deleted") : 0;
        request.changed = request.changed || deleted > 0 || (word == "put" && step[3].integer() == 0);
        if (word == "put") answers.emplace_back();
        if (word == "delete") answers.emplace_back(deleted);
        if (word == "range") answers.emplace_back(keys_of(answer));
    }
    result.emplace_back(otherwise);
    result.push_back(values_.list(std::move(answers)));
}

void EtcdReport::read_output(JsonPart output, EtcdRequest& request) {
    request.revision = std::max(fields_.number(output, "Revision"), fields_.number(output, "PersistedRevision"));
    if (request.revision < 0) fields_.expect("a Revision from 0 on");
    if (!fields_.text(output, "ClientError").empty()) {
        request.outcome = Entry::Type::fail;
        return;
    }
    const bool failed = !fields_.text(output, "Error").empty() || !output.find("Err").is_null();
    if (output.is_null() || failed || fields_.flag(output, "Persisted") || fields_.flag(output, "ResultUnknown")) {
        request.changed = request.revision > 0;
        return;
    }
    request.outcome = Entry::Type::ok;
    if (request.kind == EtcdRequest::Kind::put) {
        const JsonPart txn = fields_.needed_object(output, "Txn");
        if (fields_.array(txn, "Results").size() != 1 || fields_.flag(txn, "Failure"))
            return fields_.expect("one of the Results for each operation");
        request.changed = true;
        request.result = request.revision;
        return;
    }
    Value::List result;
    result.reserve(3);
    result.emplace_back(request.revision);
    if (request.kind == EtcdRequest::Kind::range)
        for (Value& each : keys_of(fields_.needed_object(output, "Range"))) result.push_back(std::move(each));
    if (request.kind == EtcdRequest::Kind::txn) read_transaction(fields_.needed_object(output, "Txn"), request, result);
    request.result = std::move(result);
}

// --- Files ---

sim::Problem EtcdReport::add_request(JsonPart json, Place place) {
    fields_.begin(place);
    EtcdRequest request;
    request.place = place;
    request.client = fields_.number(json, json.find("ClientID").is_null() ? "ClientId" : "ClientID");
    request.call = fields_.needed_number(json, "Call");
    request.end = fields_.needed_number(json, "Return");
    if (request.end < request.call) fields_.expect("a Return that is not before the Call");
    if (request.client == INT64_MAX) fields_.expect("a smaller ClientID"); // there must be some left
    const bool known = read_input(fields_.needed_object(json, "Input"), request);
    if (known && !fields_.wrong()) read_output(fields_.object(json, "Output"), request);
    if (!known || fields_.wrong()) return fields_.wrong();
    const bool reads = request.kind == EtcdRequest::Kind::range ||
                       (request.kind == EtcdRequest::Kind::txn && possible_changes(request).empty());
    if (reads && request.outcome != Entry::Type::ok) return source_.skip("unanswered read"), std::nullopt;
    requests_.push_back(std::move(request));
    return std::nullopt;
}

sim::Problem EtcdReport::add_watch(JsonPart json, Place place) {
    fields_.begin(place);
    for (const JsonPart response : fields_.array(json, "Responses"))
        for (const JsonPart event : fields_.array(response, "Events")) {
            const bool put = is_put(fields_, event);
            const Value key = values_.text(fields_.key(event));
            const std::int64_t revision = fields_.needed_number(event, "Revision");
            shown_.push_back({revision, {put, key, put ? values_.text(fields_.value(event)) : Value()}});
        }
    return fields_.wrong();
}

// A client asks one thing at one instant: what stands in the files twice was not asked twice.
sim::Problem EtcdReport::told_twice(const std::vector<std::size_t>& by_call) const {
    const auto asked = [&](std::size_t place) {
        const EtcdRequest& each = requests_[place];
        return std::tie(each.call, each.client, each.kind, each.key, each.argument);
    };
    for (std::size_t begin = 0, end = 0; begin < by_call.size(); begin = end) {
        while (end < by_call.size() && requests_[by_call[end]].call == requests_[by_call[begin]].call) ++end;
        if (end - begin < 2) continue;
        std::vector<std::size_t> at_once(by_call.begin() + static_cast<std::ptrdiff_t>(begin),
                                         by_call.begin() + static_cast<std::ptrdiff_t>(end));
        std::stable_sort(at_once.begin(), at_once.end(), [&](auto a, auto b) { return asked(a) < asked(b); });
        for (std::size_t each = 1; each < at_once.size(); ++each)
            if (asked(at_once[each - 1]) == asked(at_once[each]))
                return expected_at(requests_[at_once[each]].place, "each request once, and this one of client " +
                                                                       std::to_string(requests_[at_once[each]].client) +
                                                                       " is told twice");
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
    entry.f = name(request.kind);
    entry.key = request.key;
    entry.value = std::move(ends ? request.result : request.argument);
    entry.time = {ends ? request.end : request.call};
    entry.index = request.place.line;
    entry.place = request.place;
    if (ends) entry.order = request.order;
    return entry;
}

// Only places are sorted: entries are large, and there may be millions.
ReadResult EtcdReport::in_order() {
    std::vector<std::size_t> by_call(requests_.size());
    std::iota(by_call.begin(), by_call.end(), 0);
    std::stable_sort(by_call.begin(), by_call.end(),
                     [&](std::size_t a, std::size_t b) { return requests_[a].call < requests_[b].call; });
    if (auto wrong = told_twice(by_call)) return *std::move(wrong);
    const std::vector<std::int64_t> processes = processes_of(by_call);
    CHECK(by_call.size() < UINT32_MAX / 2); // their numbers fit
    struct End {
        std::int64_t time = 0;
        std::uint32_t rank = 0;   // at one instant: what ended, what began, what did both
        std::uint32_t number = 0; // each request has two, and every second one is a return
    };
    std::vector<End> ends;
    ends.reserve(2 * by_call.size());
    for (const std::size_t place : by_call) {
        const EtcdRequest& each = requests_[place];
        const auto number = static_cast<std::uint32_t>(ends.size());
        ends.push_back({each.call, 1, number});
        ends.push_back({each.end, each.end == each.call ? 2u : 0u, number + 1});
    }
    std::sort(ends.begin(), ends.end(), [](const End& a, const End& b) {
        return std::tie(a.time, a.rank, a.number) < std::tie(b.time, b.rank, b.number);
    });
    History history;
    history.model = "etcd";
    reserve_large(history.entries, ends.size());
    for (const End& each : ends) {
        const std::size_t place = by_call[each.number / 2];
        history.entries.push_back(entry_of(requests_[place], processes[place], each.number % 2 == 1));
    }
    return history;
}

ReadResult EtcdReport::finish() {
    values_ = {};
    shown_keys_ = {};
    EtcdOrder(requests_, in_order_of_revisions(std::move(shown_))).find();
    ReadResult history = in_order();
    if (history) history->source = std::move(source_);
    return history;
}

void EtcdReport::expect(std::size_t bytes) {
    constexpr std::size_t request = 200; // bytes, or an event of a watch: most take more
    reserve_large(requests_, bytes / request);
    reserve_large(shown_, bytes / request);
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
    EtcdFields fields;
    std::int64_t process = 0;
    const auto add = [&](JsonPart json, Place place) {
        fields.begin(place);
        Value::List events;
        Entry entry;
        entry.process = process++;
        entry.f = "watch";
        entry.index = place.line;
        entry.place = place;
        if (const std::int64_t from = fields.number(fields.object(json, "Request"), "Revision"); from > 0)
            entry.value = from;
        for (const JsonPart response : fields.array(json, "Responses"))
            for (const JsonPart event : fields.array(response, "Events")) {
                const bool put = is_put(fields, event);
                events.push_back(Value::List{fields.needed_number(event, "Revision"), fields.key(event),
                                             put ? Value(fields.value(event)) : Value("")});
            }
        history.entries.push_back(entry);
        entry.type = Entry::Type::ok;
        entry.value = std::move(events);
        history.entries.push_back(std::move(entry));
        return fields.wrong();
    };
    if (auto wrong = add_each_in_place(text, add)) return *std::move(wrong);
    history.source.counted = true;
    return history;
}

} // namespace orrery::reports::formats

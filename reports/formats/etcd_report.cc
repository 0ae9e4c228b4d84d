// From the fields of etcd's tests, as Go writes them, to requests; then from requests to a history.
#include "orrery/reports/formats/etcd_report.h"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "orrery/reports/formats/json_objects.h"

namespace orrery::reports::formats {
namespace {

const Json& field(const Json& object, std::string_view name) {
    static const Json none;
    if (!object.is_object()) return none;
    const auto found = object.find(std::string(name));
    return found == object.end() ? none : *found;
}
std::int64_t whole_number(const Json& object, std::string_view name) {
    const Json& found = field(object, name);
    return found.is_number_integer() ? found.get<std::int64_t>() : 0;
}
std::string text_of(const Json& object, std::string_view name) {
    const Json& found = field(object, name);
    return found.is_string() ? found.get<std::string>() : "";
}
bool flag(const Json& object, std::string_view name) {
    const Json& found = field(object, name);
    return found.is_boolean() && found.get<bool>();
}

// A value, or what the tests keep of one that is long: its hash.
std::string put_value(const Json& object) {
    const Json& value = field(object, "Value");
    if (value.is_string()) return value.get<std::string>();
    if (const std::int64_t hash = whole_number(value, "Hash"); hash != 0) return "hash " + std::to_string(hash);
    return text_of(value, "Value");
}

// The text behind all that begin with `prefix`: how etcd asks for these.
std::string end_of(std::string prefix) {
    while (!prefix.empty() && prefix.back() == '\xff') prefix.pop_back();
    if (!prefix.empty()) ++prefix.back();
    return prefix;
}

Value::List range_of(const Json& range) {
    const std::string start = field(range, "Start").is_string() ? text_of(range, "Start") : text_of(range, "Key");
    const std::string end = flag(range, "WithPrefix") ? end_of(start) : text_of(range, "End");
    return {start, end, whole_number(range, "Limit")};
}

// Steps are objects with a type and one part for each; older ones have all fields side by side.
std::optional<Value> etcd_step(const Json& step) {
    const std::string type = text_of(step, "Type");
    const auto part = [&](std::string_view name) -> const Json& {
        return field(step, name).is_object() ? field(step, name) : step;
    };
    if (type.starts_with("put")) {
        const Json& put = part("Put");
        return Value::List{"put", text_of(put, "Key"), put_value(put), whole_number(put, "LeaseID")};
    }
    if (type.starts_with("delete")) return Value::List{"delete", text_of(part("Delete"), "Key")};
    if (!type.starts_with("range")) return std::nullopt;
    Value::List range = range_of(part("Range"));
    range.insert(range.begin(), Value("range"));
    return range;
}

std::optional<Value::List> steps_of(const Json& steps) {
    Value::List all;
    if (steps.is_null()) return all;
    if (!steps.is_array()) return std::nullopt;
    for (const Json& each : steps) {
        auto step = etcd_step(each);
        if (!step) return std::nullopt;
        all.push_back(*std::move(step));
    }
    return all;
}

// [[key value revision version] ...] and their number.
Value::List keys_of(const Json& range) {
    Value::List keys;
    if (field(range, "KVs").is_array())
        for (const Json& each : field(range, "KVs")) {
            const Json& version = field(each, "Version");
            keys.push_back(Value::List{text_of(each, "Key"), put_value(each), whole_number(each, "ModRevision"),
                                       version.is_number_integer() ? Value(version.get<std::int64_t>()) : Value()});
        }
    return {std::move(keys), whole_number(range, "Count")};
}

} // namespace

sim::Problem EtcdReport::read_input(const Json& input, Request& request) {
    const std::string type = text_of(input, "Type");
    if (type == "range") {
        request.f = "range";
        request.argument = range_of(field(input, "Range"));
    } else if (type == "txn") {
        const Json& txn = field(input, "Txn");
        Value::List conditions;
        if (field(txn, "Conditions").is_array())
            for (const Json& each : field(txn, "Conditions"))
                conditions.push_back(Value::List{text_of(each, "Key"), whole_number(each, "ExpectedRevision"),
                                                 whole_number(each, "ExpectedVersion")});
        auto then = steps_of(field(txn, "OperationsOnSuccess"));
        auto otherwise = steps_of(field(txn, "OperationsOnFailure"));
        if (!then || !otherwise) return expected_at(request.place, "operations that put, delete or range");
        request.f = "txn";
        request.argument = Value::List{std::move(conditions), *std::move(then), *std::move(otherwise)};
    } else if (type == "leaseGrant" || type == "leaseRevoke") {
        request.f = type == "leaseGrant" ? "lease-grant" : "lease-revoke";
        request.argument = whole_number(field(input, type == "leaseGrant" ? "LeaseGrant" : "LeaseRevoke"), "LeaseID");
    } else if (type != "compact" && type != "defragment") {
        return expected_at(request.place,
                           "an Input of the type range, txn, leaseGrant, leaseRevoke, compact or defragment");
    }
    return std::nullopt;
}

sim::Problem EtcdReport::read_output(const Json& output, Request& request) {
    if (!output.is_object()) return std::nullopt; // never answered
    request.revision = std::max(whole_number(output, "Revision"), whole_number(output, "PersistedRevision"));
    if (!text_of(output, "ClientError").empty()) return request.outcome = Entry::Type::fail, std::nullopt;
    const bool failed = !text_of(output, "Error").empty() || !field(output, "Err").is_null();
    if (failed || flag(output, "Persisted") || flag(output, "ResultUnknown")) {
        request.changed = request.revision > 0;
        return std::nullopt;
    }
    Value::List result = {request.revision};
    if (request.f == "range") {
        if (!field(output, "Range").is_object()) return expected_at(request.place, "an Output with a Range");
        for (Value& each : keys_of(field(output, "Range"))) result.push_back(std::move(each));
    } else if (request.f == "txn") {
        const Json& txn = field(output, "Txn");
        if (!txn.is_object()) return expected_at(request.place, "an Output with a Txn");
        const bool otherwise = flag(txn, "Failure");
        const Value::List& steps = request.argument.list()[otherwise ? 2 : 1].list();
        const Json& results = field(txn, "Results");
        if (steps.size() != (results.is_array() ? results.size() : 0))
            return expected_at(request.place, "one of the Results for each operation");
        Value::List answers;
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const std::string& word = steps[i].list()[0].text();
            const std::int64_t deleted = whole_number(results[i], "Deleted");
            if (word == "put") answers.emplace_back();
            if (word == "delete") answers.emplace_back(deleted);
            if (word == "range") answers.emplace_back(keys_of(results[i]));
            request.changed = request.changed || word == "put" || (word == "delete" && deleted > 0);
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

sim::Problem EtcdReport::add_request(const Json& json, Place place) {
    Request request;
    request.place = place;
    for (const char* name : {"Call", "Return"})
        if (!field(json, name).is_number_integer()) return expected_at(place, "an operation with Call and Return");
    const Json& client = field(json, "ClientID");
    request.client = client.is_null() ? whole_number(json, "ClientId") : whole_number(json, "ClientID");
    request.call = whole_number(json, "Call");
    request.end = std::max(request.call, whole_number(json, "Return"));
    const Json& input = field(json, "Input");
    if (auto wrong = read_input(input, request)) return wrong;
    if (request.f.empty()) return source_.skip(text_of(input, "Type") + " request"), std::nullopt;
    if (request.f == "range" && whole_number(field(input, "Range"), "Revision") > 0)
        return source_.skip("old-revision read"), std::nullopt;
    if (auto wrong = read_output(field(json, "Output"), request)) return wrong;
    request.argument = shared(request.argument);
    // As a whole no result comes again: its revision is its own.
    if (request.result.is_list()) request.result = with_shared_parts(request.result.list());
    const bool reads = request.f == "range" || (request.f == "txn" && changes_of(request.argument).empty());
    if (reads && request.outcome != Entry::Type::ok) return source_.skip("unanswered read"), std::nullopt;
    if (request.outcome == Entry::Type::ok && request.f == "range") see(request.result.list()[1]);
    if (request.outcome == Entry::Type::ok && request.f == "txn")
        for (const Value& each : request.result.list()[2].list())
            if (each.is_list()) see(each.list()[0]);
    latest_ = std::max(latest_, request.revision);
    requests_.push_back(std::move(request));
    return std::nullopt;
}

std::vector<EtcdReport::Change> EtcdReport::changes_of(const Value& transaction) {
    std::vector<Change> changes;
    if (!transaction.is_list()) return changes;
    for (const std::size_t branch : {1u, 2u})
        for (const Value& each : transaction.list()[branch].list()) {
            const Value::List& step = each.list();
            if (step[0].text() == "put") changes.push_back({true, step[1], step[2]});
            if (step[0].text() == "delete") changes.push_back({false, step[1], {}});
        }
    return changes;
}

void EtcdReport::see(const Value& keys) {
    for (const Value& each : keys.list()) {
        const Value::List& key = each.list();
        seen_[key[2].integer()] = {true, key[0], key[1]};
    }
}

sim::Problem EtcdReport::add_watch(const Json& json, Place place) {
    const Json& responses = field(json, "Responses");
    if (!responses.is_array() && !responses.is_null()) return expected_at(place, "a watch with Responses");
    for (const Json& response : responses)
        for (const Json& event : field(response, "Events")) {
            const std::string type = text_of(event, "Type");
            if (!type.starts_with("put") && !type.starts_with("delete"))
                return expected_at(place, "events that put or delete");
            const std::int64_t revision = whole_number(event, "Revision");
            const bool put = type.starts_with("put");
            seen_[revision] = {put, shared(text_of(event, "Key")), put ? shared(put_value(event)) : Value()};
            latest_ = std::max(latest_, revision);
        }
    return std::nullopt;
}

// Of requests that nobody saw an answer to: those whose writing somebody was shown, if only one can have written it.
void EtcdReport::find_revisions() {
    std::map<Change, std::vector<std::size_t>> writers;
    std::set<std::int64_t> claimed;
    for (std::size_t place = 0; place < requests_.size(); ++place) {
        const Request& request = requests_[place];
        if (request.changed) claimed.insert(request.revision);
        if (request.f == "txn")
            for (const Change& each : changes_of(request.argument)) writers[each].push_back(place);
    }
    for (const auto& [revision, change] : seen_) {
        const auto found = writers.find(change);
        if (claimed.contains(revision) || found == writers.end() || found->second.size() != 1) continue;
        Request& request = requests_[found->second[0]];
        if (request.outcome != Entry::Type::info || request.changed) continue;
        request.revision = revision;
        request.changed = true;
        claimed.insert(revision);
    }
    for (Request& request : requests_) // a lease that is revoked makes a revision if it had keys
        if (request.f == "lease-revoke" && request.outcome == Entry::Type::ok)
            request.changed = claimed.insert(request.revision).second;
    fill_gaps(claimed);
}

// Who revokes a lease deletes the keys that were put with it.
void EtcdReport::add_revokers(const Value& transaction, const std::map<Value, std::set<std::size_t>>& revokers,
                              Makers& makers) {
    for (const std::size_t branch : {1u, 2u})
        for (const Value& each : transaction.list()[branch].list()) {
            const Value::List& step = each.list();
            if (step[0].text() != "put" || step[3] == Value(0)) continue;
            const auto found = revokers.find(step[3]);
            if (found == revokers.end()) continue;
            makers[{false, step[1], {}}].insert(found->second.begin(), found->second.end());
        }
}

// Each revision that nobody claims goes to the earliest unknown request that can have made it: if it was shown, that
// makes such a change, or revokes a lease that such a key had; else to the earliest of all.
void EtcdReport::fill_gaps(const std::set<std::int64_t>& claimed) {
    std::vector<std::size_t> unknown; // in the order of their calls
    for (std::size_t place = 0; place < requests_.size(); ++place)
        if (requests_[place].outcome == Entry::Type::info && !requests_[place].changed) unknown.push_back(place);
    std::stable_sort(unknown.begin(), unknown.end(),
                     [&](std::size_t a, std::size_t b) { return requests_[a].call < requests_[b].call; });
    std::set<std::size_t> left; // places in `unknown`, as are all that follow
    Makers makers;
    std::map<Value, std::set<std::size_t>> revokers; // by lease
    for (std::size_t each = 0; each < unknown.size(); ++each) {
        const Request& request = requests_[unknown[each]];
        left.insert(each);
        if (request.f == "lease-revoke") revokers[request.argument].insert(each);
        for (const Change& change : changes_of(request.argument)) makers[change].insert(each);
    }
    for (const Request& request : requests_)
        if (request.f == "txn" && !revokers.empty()) add_revokers(request.argument, revokers, makers);
    for (std::int64_t revision = 2; revision <= latest_ && !left.empty(); ++revision) {
        if (claimed.contains(revision)) continue;
        const auto shown = seen_.find(revision);
        std::set<std::size_t>& fit = shown == seen_.end() ? left : makers[shown->second];
        while (!fit.empty() && !left.contains(*fit.begin())) fit.erase(fit.begin());
        if (fit.empty()) continue;
        const std::size_t first = *fit.begin();
        requests_[unknown[first]].revision = revision;
        requests_[unknown[first]].changed = true;
        left.erase(first);
    }
}

// By revision; of one revision first what made it, then what looked at it, in the order of the calls.
void EtcdReport::set_order() {
    std::vector<Request*> hinted;
    for (Request& each : requests_)
        if (each.revision > 0 && (each.changed || each.outcome == Entry::Type::ok)) hinted.push_back(&each);
    std::stable_sort(hinted.begin(), hinted.end(), [](const Request* a, const Request* b) {
        return std::tuple(a->revision, !a->changed, a->call) < std::tuple(b->revision, !b->changed, b->call);
    });
    for (std::size_t rank = 0; rank < hinted.size(); ++rank) hinted[rank]->order = static_cast<std::int64_t>(rank);
}

// A client may have several requests under way: each further one goes to a process of its own.
std::vector<std::int64_t> EtcdReport::processes_of(const std::vector<std::size_t>& by_call) const {
    struct Process {
        std::int64_t id = 0;
        std::int64_t free_at = 0;
    };
    std::int64_t fresh = 0;
    for (const Request& each : requests_) fresh = std::max(fresh, each.client + 1);
    std::map<std::int64_t, std::vector<Process>>
        processes; // of a client: those that are not stuck in an unknown request
    std::vector<std::int64_t> made(requests_.size());
    for (const std::size_t place : by_call) {
        const Request& each = requests_[place];
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
Entry EtcdReport::entry_of(Request& request, std::int64_t process, bool ends) {
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
        const Request& each = requests_[place];
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
    find_revisions();
    seen_.clear();
    set_order();
    History history = in_order();
    history.source = std::move(source_);
    return history;
}

sim::Problem EtcdReport::add_operations(std::string_view text) {
    return add_each(text, [this](const Json& request, Place place) { return add_request(request, place); });
}

sim::Problem EtcdReport::add_watches(std::string_view text) {
    return add_each(text, [this](const Json& watch, Place place) { return add_watch(watch, place); });
}

ReadResult read_etcd_operations(std::string_view text, const ReadOptions&) {
    EtcdReport report;
    if (auto wrong = report.add_operations(text)) return *std::move(wrong);
    return report.finish();
}

ReadResult read_etcd_watches(std::string_view text, const ReadOptions&) {
    History history;
    std::int64_t process = 0;
    const auto add = [&](const Json& json, Place place) -> sim::Problem {
        Value::List events;
        Entry entry;
        entry.process = process++;
        entry.f = "watch";
        entry.index = place.line;
        entry.place = place;
        if (const std::int64_t from = whole_number(field(json, "Request"), "Revision"); from > 0) entry.value = from;
        for (const Json& response : field(json, "Responses"))
            for (const Json& event : field(response, "Events"))
                events.push_back(Value::List{whole_number(event, "Revision"), text_of(event, "Key"), put_value(event)});
        history.entries.push_back(entry);
        entry.type = Entry::Type::ok;
        entry.value = std::move(events);
        history.entries.push_back(std::move(entry));
        return std::nullopt;
    };
    if (auto wrong = add_each(text, add)) return *std::move(wrong);
    history.source.counted = true;
    return history;
}

} // namespace orrery::reports::formats

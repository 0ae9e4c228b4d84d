// The store is the model of etcd; its requests and answers are written in the words of Go's JSON.
#include "orrery/scenarios/bench/etcd_report_text.h"

#include <fmt/core.h>

#include <optional>

#include "orrery/reports/models/etcd.h"
#include "orrery/reports/models/fields.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::bench {

namespace {

using reports::Value;
using reports::models::Etcd;
using Kind = Etcd::Operation::Kind;

class RequestDraws {
public:
    std::uint64_t below(std::uint64_t bound) { return (reports::models::fold(13, ++count_) >> 33) % bound; }

private:
    std::uint64_t count_ = 0;
};

std::string key_in_json(const Value& key) { return fmt::format(R"("Key":"{}")", key.text()); }
std::string value_in_json(const Value& value) { return fmt::format(R"("Value":{{"Value":"{}"}})", value.text()); }
std::string keys_in_json(const Value& keys, const Value& count) {
    std::vector<std::string> all;
    for (const Value& each : keys.list()) {
        const Value::List& key = each.list();
        all.push_back(fmt::format(R"({{{},{},"ModRevision":{},"Version":{}}})", key_in_json(key[0]),
                                  value_in_json(key[1]), key[2].integer(), key[3].integer()));
    }
    return fmt::format(R"("KVs":[{}],"Count":{})", sim::join(all, ","), count.integer());
}

std::string step_in_json(const Value::List& step) {
    const std::string& word = step[0].text();
    if (word == "put")
        return fmt::format(R"({{"Type":"put-operation","Put":{{{},{},"LeaseID":{}}}}})", key_in_json(step[1]),
                           value_in_json(step[2]), step[3].integer());
    if (word == "delete") return fmt::format(R"({{"Type":"delete-operation","Delete":{{{}}}}})", key_in_json(step[1]));
    return fmt::format(R"({{"Type":"range-operation","Range":{{"Start":"{}","End":"{}","Limit":{}}}}})", step[1].text(),
                       step[2].text(), step[3].integer());
}
std::string steps_in_json(const Value& steps) {
    std::vector<std::string> all;
    for (const Value& each : steps.list()) all.push_back(step_in_json(each.list()));
    return sim::join(all, ",");
}

std::string request_in_json(const Etcd::Operation& operation) {
    if (operation.kind == Kind::grant || operation.kind == Kind::revoke) {
        const char* type = operation.kind == Kind::grant ? "Grant" : "Revoke";
        return fmt::format(R"({{"Type":"lease{}","Lease{}":{{"LeaseID":{}}}}})", type, type,
                           operation.request.integer());
    }
    const Value::List& request = operation.request.list();
    if (operation.kind == Kind::range)
        return fmt::format(R"({{"Type":"range","Range":{{"Start":"{}","End":"{}","Limit":{}}}}})", request[0].text(),
                           request[1].text(), request[2].integer());
    std::vector<std::string> conditions;
    for (const Value& each : request[0].list())
        conditions.push_back(fmt::format(R"({{{},"ExpectedRevision":{},"ExpectedVersion":{}}})",
                                         key_in_json(each.list()[0]), each.list()[1].integer(),
                                         each.list()[2].integer()));
    return fmt::format(
        R"({{"Type":"txn","Txn":{{"Conditions":[{}],"OperationsOnSuccess":[{}],"OperationsOnFailure":[{}]}}}})",
        sim::join(conditions, ","), steps_in_json(request[1]), steps_in_json(request[2]));
}

std::string answer_in_json(const Etcd::Operation& operation, const Value& response) {
    const Value::List& answer = response.list();
    std::string what = R"("LeaseGrant":{})";
    if (operation.kind == Kind::revoke) what = R"("LeaseRevoke":{})";
    if (operation.kind == Kind::range) what = fmt::format(R"("Range":{{{}}})", keys_in_json(answer[1], answer[2]));
    if (operation.kind == Kind::txn) {
        std::vector<std::string> results;
        for (const Value& each : answer[2].list()) {
            if (each.is_nil()) results.emplace_back("{}");
            if (each.is_integer()) results.push_back(fmt::format(R"({{"Deleted":{}}})", each.integer()));
            if (each.is_list()) results.push_back("{" + keys_in_json(each.list()[0], each.list()[1]) + "}");
        }
        what = fmt::format(R"("Txn":{{"Failure":{},"Results":[{}]}})", answer[1].boolean(), sim::join(results, ","));
    }
    return fmt::format(R"({{{},"Revision":{}}})", what, answer[0].integer());
}

Value listed(Value value) {
    Value::List list;
    list.push_back(std::move(value));
    return list;
}

// The answer to a range, but for the value of its first key, which is the first that was ever put.
Value with_first_value(const Value& response) {
    Value::List answer = response.list();
    Value::List keys = answer[1].list();
    Value::List key = keys[0].list();
    key[1] = "1";
    keys[0] = std::move(key);
    answer[1] = std::move(keys);
    return answer;
}

// Draws requests for the store as it is.
class Requests {
public:
    Etcd::Operation next(RequestDraws& draws, const Etcd::State& state) {
        const std::uint64_t kind = draws.below(100);
        const std::string key = fmt::format("/k{}", draws.below(10));
        const auto cell = state.cells.find(key);
        const std::int64_t changed = cell == state.cells.end() ? 0 : cell->second.revision;
        const Value none = Value::List{};
        if (kind < 25) return of(Kind::range, Value::List{key, "", 0});
        if (kind < 35) return of(Kind::range, Value::List{"/k", "/l", 0});
        if (kind < 70) return of(Kind::txn, Value::List{none, listed(put(key, 0)), none});
        if (kind < 75) return of(Kind::txn, Value::List{none, listed(Value::List{"delete", key}), none});
        if (kind < 90)
            return of(Kind::txn, Value::List{listed(Value::List{key, changed, 0}), listed(put(key, 0)),
                                             listed(Value::List{"range", key, "", 0})});
        if (kind < 94 || state.leases.empty()) return of(Kind::grant, ++leases_);
        const std::int64_t lease = *state.leases.begin();
        if (kind < 98) return of(Kind::txn, Value::List{none, listed(put(key, lease)), none});
        return of(Kind::revoke, lease);
    }

private:
    static Etcd::Operation of(Kind kind, Value request) { return {kind, {}, {}, 0, std::move(request)}; }
    Value put(const std::string& key, std::int64_t lease) {
        return Value::List{"put", key, std::to_string(++values_), lease};
    }

    std::int64_t leases_ = 0;
    std::int64_t values_ = 0;
};

// What somebody saw who watched the store, and began anew after every thousand changes.
class Watching {
public:
    void see(const Etcd::State& before, const Etcd::State& after);
    std::string take() {
        end();
        return std::move(text_);
    }

private:
    void end() {
        if (events_.empty()) return;
        text_ +=
            fmt::format("{{\"Request\":{{\"Revision\":{}}},\"Responses\":[{{\"Events\":[{}]}}]}}\n", from_, events_);
        events_.clear();
        changes_ = 0;
    }

    std::string text_;
    std::string events_;
    std::int64_t from_ = 1;
    std::uint64_t changes_ = 0;
};

void Watching::see(const Etcd::State& before, const Etcd::State& after) {
    constexpr std::uint64_t changes_max = 1000;
    if (before.revision == after.revision) return;
    if (++changes_ > changes_max) end();
    if (events_.empty()) from_ = after.revision;
    const auto event = [&](const char* type, const std::string& key, const std::string& value) {
        events_ += fmt::format(R"({}{{"Type":"{}-operation","Key":"{}"{},"Revision":{}}})", events_.empty() ? "" : ",",
                               type, key, value, after.revision);
    };
    for (const auto& [key, cell] : after.cells)
        if (cell.revision == after.revision) event("put", key, "," + value_in_json(cell.value));
    for (const auto& [key, cell] : before.cells)
        if (!after.cells.contains(key)) event("delete", key, "");
}

} // namespace

EtcdReportText etcd_report_text(std::uint64_t requests, std::uint64_t clients, bool stale) {
    struct Client {
        std::optional<Etcd::Operation> operation{};
        std::optional<std::string> answer{};
        std::int64_t invoked = 0;
    };
    EtcdReportText made;
    made.operations.resize(clients);
    RequestDraws draws;
    Requests drawn;
    Etcd::State state;
    std::vector<Client> all(clients);
    Watching watching;
    std::uint64_t begun = 0;
    std::uint64_t returned = 0;
    for (std::int64_t now = 1; returned < requests; ++now) {
        const std::uint64_t which = draws.below(clients);
        Client& client = all[which];
        if (!client.operation) {
            if (begun == requests) continue; // all return: what was done is in the report
            client = {drawn.next(draws, state), {}, now};
            ++begun;
        } else if (!client.answer) {
            const std::uint64_t luck = draws.below(100); // one in a hundred is lost before, one after it was done
            const Etcd::State before = state;
            client.answer = R"({"Error":"timeout"})";
            if (luck == 0) continue;
            Etcd::Result result = Etcd::apply(state, *client.operation);
            watching.see(before, state);
            const bool shows = client.operation->kind == Kind::range && !result.response.list()[1].list().empty();
            if (stale && shows && luck > 1 && returned > requests / 4 * 3) {
                result.response = with_first_value(result.response);
                stale = false;
            }
            if (luck > 1) client.answer = answer_in_json(*client.operation, result.response);
        } else {
            made.operations[which] +=
                fmt::format("{{\"ClientID\":{},\"Input\":{},\"Call\":{},\"Output\":{},\"Return\":{}}}\n", which + 1,
                            request_in_json(*client.operation), client.invoked, *client.answer, now);
            client = {};
            ++returned;
        }
    }
    made.watch = watching.take();
    return made;
}

} // namespace orrery::scenarios::bench

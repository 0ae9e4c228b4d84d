// Runs of an etcd, for tests: some clients ask one store for ranges, transactions and leases; some are never answered,
// and some of those were served nevertheless. Then, if a test asks for it, one answer becomes a lie.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "orrery/reports/judges/linearizable/random_history.h"
#include "orrery/reports/models/etcd.h"

namespace orrery::reports::judges::linearizable {

// What a watch shows.
struct EtcdEvent {
    std::int64_t revision = 0;
    std::string key;
    std::optional<std::string> value; // nothing: it was deleted
};

struct EtcdRun {
    std::vector<models::Operation<models::Etcd>> operations;
    std::vector<EtcdEvent> events; // all there were
};

class AnyEtcdRun {
public:
    // Values repeat now and then, unless they are `unique`.
    AnyEtcdRun(Draws& draws, bool unique) : draws_(draws), unique_(unique) {}

    EtcdRun of(std::size_t requests, std::size_t clients) {
        std::vector<Client> all(clients);
        std::size_t begun = 0;
        for (std::int64_t now = 1; run_.operations.size() < requests; ++now) {
            const std::int64_t which = draws_.below(static_cast<std::int64_t>(clients));
            Client& client = all[static_cast<std::size_t>(which)];
            if (!client.asked) {
                if (begun == requests) continue; // all return
                client = {next(), {}, now};
                ++begun;
            } else if (!client.done) {
                client.done = true;
                const std::int64_t luck = draws_.below(10); // of ten one is lost before, one after it was done
                if (luck > 0) serve(client, luck > 1);
            } else {
                run_.operations.push_back(
                    {std::move(*client.asked), client.result, {client.invoked}, {now}, which, {}});
                client = {};
            }
        }
        return std::move(run_);
    }

private:
    using Etcd = models::Etcd;
    using Kind = Etcd::Operation::Kind;
    struct Client {
        std::optional<Etcd::Operation> asked{};
        std::optional<Etcd::Result> result{};
        std::int64_t invoked = 0;
        bool done = false;
    };

    static Etcd::Operation request(Kind kind, Value value) { return {kind, {}, {}, 0, std::move(value)}; }
    static Value::List one(Value::List step) {
        Value::List steps;
        steps.push_back(std::move(step));
        return steps;
    }
    Value::List put(const std::string& key) {
        const bool again = !unique_ && draws_.below(4) == 0;
        const std::string value = again ? "again" : std::to_string(++values_);
        const bool leased = draws_.below(3) == 0;
        const std::int64_t lease = leased ? 1 + draws_.below(std::max<std::int64_t>(leases_, 1)) : 0;
        return {"put", key, value, lease};
    }
    Etcd::Operation next() {
        const std::string key = draws_.below(2) == 0 ? "k" : "l";
        const auto cell = state_.cells.find(key);
        const std::int64_t revision = cell == state_.cells.end() ? 0 : cell->second.revision;
        const Value::List none;
        switch (draws_.below(9)) {
        case 0:
            return request(Kind::range, Value::List{key, "", 0});
        case 1:
            return request(Kind::range, Value::List{"a", "z", draws_.below(2)});
        case 2:
            return request(Kind::txn, Value::List{none, one({"delete", key}), none});
        case 3:
            return request(Kind::txn, Value::List{one({key, revision, 0}), one(put(key)), one({"range", key, "", 0})});
        case 4:
            return request(Kind::grant, ++leases_);
        case 5:
            return request(Kind::revoke, 1 + draws_.below(std::max<std::int64_t>(leases_, 1)));
        case 6:
            return request(Kind::txn, Value::List{none, Value::List{put("k"), put("l")}, none});
        default:
            return request(Kind::txn, Value::List{none, one(put(key)), none});
        }
    }
    void serve(Client& client, bool answered) {
        const Etcd::State before = state_;
        const Etcd::Result result = Etcd::apply(state_, *client.asked);
        if (answered) client.result = result;
        for (const auto& [key, cell] : state_.cells)
            if (cell.revision > before.revision) run_.events.push_back({state_.revision, key, cell.value});
        for (const auto& [key, cell] : before.cells)
            if (!state_.cells.contains(key)) run_.events.push_back({state_.revision, key, {}});
    }

    Draws& draws_;
    bool unique_;
    Etcd::State state_;
    EtcdRun run_;
    std::int64_t values_ = 0;
    std::int64_t leases_ = 0;
};

inline EtcdRun any_etcd_run(Draws& draws, std::size_t requests, std::size_t clients, bool unique = false) {
    return AnyEtcdRun(draws, unique).of(requests, clients);
}

// One answer becomes another: one revision more or less, or of a range a key less, or one of another revision or value.
// It may still be possible.
inline void lie(EtcdRun& run, Draws& draws) {
    std::vector<std::size_t> answered;
    for (std::size_t each = 0; each < run.operations.size(); ++each)
        if (run.operations[each].result) answered.push_back(each);
    if (answered.empty()) return;
    const auto chosen = static_cast<std::size_t>(draws.below(static_cast<std::int64_t>(answered.size())));
    Value& response = run.operations[answered[chosen]].result->response;
    Value::List answer = response.list();
    const std::int64_t step = draws.below(2) * 2 - 1;
    const bool shows = run.operations[answered[chosen]].operation.kind == models::Etcd::Operation::Kind::range &&
                       !answer[1].list().empty();
    if (!shows || draws.below(3) == 0) {
        answer[0] = answer[0].integer() + step;
    } else {
        Value::List keys = answer[1].list();
        Value::List key = keys.back().list();
        keys.pop_back();
        const std::int64_t kind = draws.below(3);
        if (kind == 0) answer[2] = answer[2].integer() - 1;
        if (kind == 1) key[2] = key[2].integer() + step;
        if (kind == 2) key[1] = std::to_string(1 + draws.below(static_cast<std::int64_t>(answered.size())));
        if (kind > 0) keys.push_back(std::move(key));
        answer[1] = std::move(keys);
    }
    response = std::move(answer);
}

} // namespace orrery::reports::judges::linearizable

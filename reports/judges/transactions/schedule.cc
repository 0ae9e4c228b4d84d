// Of the moments that may come next, the one that came first in real time. A write waits until all who read what it
// overwrites have begun; with snapshots, a beginning waits until nobody under way writes the same.
#include "orrery/reports/judges/transactions/schedule.h"

#include <algorithm>
#include <queue>

#include "orrery/sim/check.h"

namespace orrery::reports::judges::transactions {
namespace {

using Moment = Polygraph::Moment;

class Scheduler {
public:
    Scheduler(Polygraph& polygraph, std::uint64_t& work)
        : polygraph_(polygraph), history_(polygraph.history()), work_(work), left_(polygraph.moments(), 0),
          keys_(history_.transactions.keys.size()), readers_(history_.transactions.versions.size(), 0) {
        for (const Digraph::Edge& each : polygraph.graph().edges()) ++left_[each.to];
        for (Txn txn = 0; txn < history_.size(); ++txn)
            for (const RegisterRead& each : history_.first.of(txn)) ++pending(each);
        for (Moment moment = 0; moment < left_.size(); ++moment)
            if (left_[moment] == 0) make_ready(moment);
    }

    Schedule run() {
        while (!ready_.empty()) {
            const Moment moment = ready_.top().second;
            ready_.pop();
            if (!wait_if_early(moment)) pass(moment);
        }
        work_ += polygraph_.graph().edges().size();
        if (made_.order.size() < left_.size()) find_stuck();
        return std::move(made_);
    }

private:
    struct Key {
        Version version = no_version;    // written last
        Txn writer = no_txn;             // of that
        Txn under_way = no_txn;          // it has begun, will write this key, and has not ended
        std::uint32_t start_readers = 0; // that have not begun
        std::vector<Moment> waiting;
    };

    std::uint32_t& pending(const RegisterRead& read) {
        if (read.source == no_txn) return keys_[read.key].start_readers;
        return readers_[history_.write_of(read.source, read.key)->version];
    }
    std::uint32_t pending(const Key& key) const {
        return key.version == no_version ? key.start_readers : readers_[key.version];
    }
    bool is_begin(Moment moment) const { return polygraph_.begin(polygraph_.transaction(moment)) == moment; }
    bool is_end(Moment moment) const { return polygraph_.end(polygraph_.transaction(moment)) == moment; }
    std::int64_t time_of(Moment moment) const {
        const Txn txn = polygraph_.transaction(moment);
        if (txn == no_txn) return INT64_MIN;
        const Transaction& each = history_.transactions.all[txn];
        return (is_end(moment) && each.outcome == Call::Outcome::ok ? each.returned : each.invoked).nanoseconds;
    }
    void make_ready(Moment moment) { ready_.push({time_of(moment), moment}); }

    // Whether it has to wait at some key; then it does.
    bool wait_if_early(Moment moment) {
        const Txn txn = polygraph_.transaction(moment);
        if (txn == no_txn) return false;
        for (const RegisterWrite& each : history_.writes.of(txn)) {
            Key& key = keys_[each.key];
            bool early = is_begin(moment) && key.under_way != no_txn;
            if (is_end(moment) && !early) {
                const RegisterRead* own = is_begin(moment) ? history_.read_of(txn, each.key) : nullptr;
                early = pending(key) > (own == nullptr ? 0U : 1U);
            }
            if (!early) continue;
            key.waiting.push_back(moment);
            return true;
        }
        return false;
    }

    void pass(Moment moment) {
        made_.order.push_back(moment);
        const Txn txn = polygraph_.transaction(moment);
        if (txn != no_txn && is_begin(moment)) begin(txn);
        if (txn != no_txn && is_end(moment)) end(txn);
        for (const std::uint32_t each : polygraph_.graph().from(moment)) {
            const Moment next = polygraph_.graph().edges()[each].to;
            if (--left_[next] == 0) make_ready(next);
        }
    }
    void begin(Txn txn) {
        for (const RegisterRead& each : history_.first.of(txn)) {
            CHECK(keys_[each.key].writer == each.source); // others waited
            if (--pending(each) <= 1) wake(keys_[each.key]);
        }
        if (polygraph_.end(txn) == polygraph_.begin(txn)) return;
        for (const RegisterWrite& each : history_.writes.of(txn)) keys_[each.key].under_way = txn;
    }
    void end(Txn txn) {
        for (const RegisterWrite& each : history_.writes.of(txn)) {
            Key& key = keys_[each.key];
            key.version = each.version;
            key.writer = txn;
            key.under_way = no_txn;
            wake(key);
        }
    }
    void wake(Key& key) {
        for (const Moment each : key.waiting) make_ready(each);
        key.waiting.clear();
    }

    // The one that has waited longest, at the key where it waits.
    void find_stuck() {
        std::optional<std::pair<std::int64_t, Moment>> first;
        for (std::uint32_t key = 0; key < keys_.size(); ++key)
            for (const Moment each : keys_[key].waiting) {
                const std::pair<std::int64_t, Moment> candidate{time_of(each), each};
                if (first && *first <= candidate) continue;
                first = candidate;
                const Key& at = keys_[key];
                const Txn earlier = is_begin(each) && at.under_way != no_txn ? at.under_way : at.writer;
                made_.stuck = {key, earlier, polygraph_.transaction(each)};
            }
        CHECK(made_.stuck.has_value());        // without waiting all would have passed
        CHECK(made_.stuck->earlier != no_txn); // who read the start comes before all writers by an edge
    }

    Polygraph& polygraph_;
    const RegisterHistory& history_;
    std::uint64_t& work_;
    Schedule made_;
    std::vector<std::uint32_t> left_; // edges from moments not passed
    std::vector<Key> keys_;
    std::vector<std::uint32_t> readers_; // of each version: that have not begun
    std::priority_queue<std::pair<std::int64_t, Moment>, std::vector<std::pair<std::int64_t, Moment>>, std::greater<>>
        ready_;
};

// Plays the order from the first moment to the last.
class Player {
public:
    Player(const RegisterHistory& history, const OrderPromise& promise, const Polygraph& polygraph)
        : history_(history), promise_(promise), polygraph_(polygraph), keys_(history.transactions.keys.size()),
          begun_(history.size(), 0), ended_(history.size(), 0) {}

    bool run(const std::vector<Moment>& order) {
        for (const Moment moment : order) {
            ++now_;
            const Txn txn = polygraph_.transaction(moment);
            if (txn == no_txn || !history_.committed[txn]) continue;
            if (polygraph_.begin(txn) == moment && !begin(txn)) return false;
            if (polygraph_.end(txn) == moment && !end(txn)) return false;
        }
        for (Txn txn = 0; txn < history_.size(); ++txn)
            if (history_.committed[txn] && (begun_[txn] == 0 || ended_[txn] < begun_[txn])) return false;
        return !promise_.sessions || sessions_kept();
    }

private:
    struct Key {
        Txn writer = no_txn;
        std::size_t written = 0;
    };

    bool begin(Txn txn) {
        begun_[txn] = now_;
        latest_invoked_ = std::max(latest_invoked_, history_.transactions.all[txn].invoked);
        for (const RegisterRead& each : history_.first.of(txn))
            if (keys_[each.key].writer != each.source) return false;
        return promise_.snapshots || polygraph_.begin(txn) == polygraph_.end(txn);
    }
    bool end(Txn txn) {
        ended_[txn] = now_;
        if (promise_.realtime && history_.transactions.all[txn].returned < latest_invoked_) return false;
        for (const RegisterWrite& each : history_.writes.of(txn)) {
            if (keys_[each.key].written > begun_[txn]) return false;
            keys_[each.key] = {txn, now_};
        }
        return true;
    }
    bool sessions_kept() const {
        for (const auto& session : history_.sessions)
            for (std::size_t place = 1; place < session.size(); ++place)
                if (ended_[session[place - 1]] >= begun_[session[place]]) return false;
        return true;
    }

    const RegisterHistory& history_;
    OrderPromise promise_;
    const Polygraph& polygraph_;
    std::vector<Key> keys_;
    std::vector<std::size_t> begun_;
    std::vector<std::size_t> ended_;
    sim::WorldTime latest_invoked_{INT64_MIN};
    std::size_t now_ = 0;
};

} // namespace

Schedule schedule(Polygraph& polygraph, std::uint64_t& work) { return Scheduler(polygraph, work).run(); }

bool explains(const RegisterHistory& history, const OrderPromise& promise, const Polygraph& polygraph,
              const std::vector<Moment>& order) {
    return Player(history, promise, polygraph).run(order);
}

} // namespace orrery::reports::judges::transactions

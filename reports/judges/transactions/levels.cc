// A violation is named by the weakest level that it breaks, so the weaker levels are asked once something is wrong.
#include "orrery/reports/judges/transactions/levels.h"

#include <algorithm>
#include <array>
#include <optional>

#include "orrery/reports/judges/transactions/commit_order.h"
#include "orrery/reports/judges/transactions/consistency.h"
#include "orrery/reports/judges/transactions/words.h"
#include "orrery/sim/check.h"

namespace orrery::reports::judges::transactions {
namespace {

using Outcome = Verdict::Outcome;

constexpr const char* too_large = "fewer transactions: what comes before each of them is kept for each client";
constexpr const char* out_of_budget =
    "too many pairs of writes, none of which was read by the other's transaction, could go either way";

OrderPromise promise_of(std::string_view model) {
    const bool serial = implies(model, "serializable") || model == "repeatable-read";
    const bool realtime = implies(model, "strong-snapshot-isolation");
    return {!serial, false, realtime || implies(model, "strong-session-snapshot-isolation"), realtime};
}

class Decider {
public:
    Decider(const RegisterHistory& history, bool lists, const std::vector<WriterPair>& known,
            const JudgeOptions& options, std::uint64_t& work)
        : history_(history), lists_(lists), known_(known), memory_(options.memory), work_(work),
          work_max_(std::min(options.budget, UINT64_MAX / words_per_configuration) * words_per_configuration) {}

    bool is_explained_in_time(const OrderPromise& promise) {
        for (const OrderPromise& asked : {OrderPromise{.sessions = true, .realtime = true},
                                          OrderPromise{.snapshots = promise.snapshots, .sessions = true}}) {
            if (asked == promise || (promise.realtime && !asked.realtime)) continue;
            if (search(asked, 4).outcome == OrderSearch::Outcome::exists) return true;
        }
        return false;
    }

    LevelDecision weak(WeakLevel level) {
        const CommitOrder made = commit_order(history_, level, true, known_, memory_, work_);
        if (made.too_large) return {Outcome::undecided, {}, too_large, true};
        if (made.cycle.empty()) return {};
        return {Outcome::violated, {*weakest(true)}};
    }

    LevelDecision strong(const OrderPromise& promise) {
        found_ = search(promise);
        if (found_.outcome == OrderSearch::Outcome::exists) return {};
        if (found_.outcome == OrderSearch::Outcome::impossible) return {Outcome::violated, {named(promise)}};
        return gave_up();
    }

    LevelDecision consistent_view() {
        if (auto anomaly = weakest(false)) return {Outcome::violated, {std::move(*anomaly)}};
        OrderPromise promise;
        promise.views = true;
        found_ = search(promise);
        if (found_.outcome == OrderSearch::Outcome::exists) return {};
        if (found_.outcome != OrderSearch::Outcome::impossible) return gave_up();
        return {Outcome::violated,
                {anomaly("G-single", found_.cycle, found_.choices == 0 ? std::vector<Txn>{} : found_.concerned)}};
    }

private:
    // Within a part of the budget.
    OrderSearch search(const OrderPromise& promise, std::uint64_t part = 1) {
        return search_order(history_, promise, known_, {work_max_ / part, memory_}, work_);
    }
    LevelDecision gave_up() const {
        const bool out_of_memory = found_.outcome == OrderSearch::Outcome::too_large;
        return {Outcome::undecided, {}, out_of_memory ? too_large : out_of_budget, out_of_memory};
    }

    // Of the levels that commit_order.h decides, the weakest that is broken.
    std::optional<Anomaly> weakest(bool sessions) {
        for (const WeakLevel level : {WeakLevel::read_committed, WeakLevel::read_atomic, WeakLevel::causal}) {
            if (lists_ && level != WeakLevel::causal) continue; // Adya's are weaker there
            const CommitOrder made = commit_order(history_, level, sessions, known_, memory_, work_);
            if (made.cycle.empty()) continue;
            std::vector<Txn> places(history_.size());
            for (Txn txn = 0; txn < places.size(); ++txn) places[txn] = txn;
            places.push_back(no_txn); // the start
            const bool by_client = std::any_of(made.cycle.begin(), made.cycle.end(), [&](const Digraph::Edge& each) {
                return each.why.kind == Because::Kind::order;
            });
            const bool by_session =
                by_client || (sessions && commit_order(history_, level, false, known_, memory_, work_).cycle.empty());
            return anomaly(std::string(pattern_of(level, made.cycle)) + (by_session ? "-process" : ""),
                           dependencies_of(made.cycle, places, history_), {});
        }
        return {};
    }

    // The cycle of the promise, under the name of the weakest that is broken, as far as a small part of the budget
    // shows it.
    Anomaly named(const OrderPromise& promise) {
        const OrderSearch whole = found_;
        struct Order {
            bool sessions;
            bool realtime;
            const char* suffix;
        };
        for (const Order& order :
             {Order{false, false, ""}, Order{true, false, "-process"}, Order{true, true, "-realtime"}}) {
            if ((order.sessions && !promise.sessions) || (order.realtime && !promise.realtime)) break;
            if (!order.realtime)
                if (auto found = weakest(order.sessions)) return *found;
            for (const bool snapshots : {true, false}) {
                const OrderPromise asked{snapshots, false, order.sessions, order.realtime};
                if (!snapshots && promise.snapshots) continue;
                if (asked != promise) {
                    const OrderSearch found = search(asked, 8);
                    if (found.outcome != OrderSearch::Outcome::impossible) continue;
                    return anomaly((snapshots ? "G-nonadjacent" : "G2-item") + std::string(order.suffix), found.cycle,
                                   found.choices == 0 ? std::vector<Txn>{} : found.concerned);
                }
                return anomaly((snapshots ? "G-nonadjacent" : "G2-item") + std::string(order.suffix), whole.cycle,
                               whole.choices == 0 ? std::vector<Txn>{} : whole.concerned);
            }
        }
        CHECK(false); // the promise itself is the last that is asked
        return {};
    }

    // With choices: whatever is chosen there is some cycle, and all that were met stand for it.
    Anomaly anomaly(const std::string& kind, const std::vector<Dependency>& cycle, const std::vector<Txn>& concerned) {
        Anomaly made;
        made.kind = kind;
        for (const Txn each : concerned) made.operations.push_back(history_.transactions.all[each].call);
        if (!concerned.empty()) {
            made.story = "whichever of two writes of a key is taken for the earlier one, some of these " +
                         std::to_string(concerned.size()) + " transactions come before themselves";
            return made;
        }
        std::vector<std::size_t> witnesses;
        for (const Dependency& each : cycle) {
            made.operations.push_back(history_.transactions.all[each.from].call);
            made.reasons.push_back(reason_of(history_.transactions, each));
            if (each.shown_by != no_txn) witnesses.push_back(history_.transactions.all[each.shown_by].call);
        }
        made.story = std::to_string(cycle.size()) +
                     " transactions each come before the next, and the last before the first, in every order of "
                     "their writes";
        for (const std::size_t each : witnesses)
            if (std::find(made.operations.begin(), made.operations.end(), each) == made.operations.end())
                made.operations.push_back(each);
        return made;
    }

    const RegisterHistory& history_;
    bool lists_;
    const std::vector<WriterPair>& known_;
    std::size_t memory_;
    std::uint64_t& work_;
    std::uint64_t work_max_;
    OrderSearch found_;
};

} // namespace

LevelDecision decide_registers(const RegisterHistory& history, std::string_view model, const JudgeOptions& options,
                               std::uint64_t& work) {
    const std::vector<WriterPair> none;
    Decider decider(history, false, none, options, work);
    if (model == "read-committed") return decider.weak(WeakLevel::read_committed);
    if (model == "read-atomic") return decider.weak(WeakLevel::read_atomic);
    if (model == "causal") return decider.weak(WeakLevel::causal);
    if (model == "consistent-view") return decider.consistent_view();
    return decider.strong(promise_of(model));
}

bool is_explained_in_time(const RegisterHistory& history, std::string_view model, const JudgeOptions& options,
                          std::uint64_t& work) {
    const std::vector<WriterPair> none;
    return Decider(history, false, none, options, work).is_explained_in_time(promise_of(model));
}

LevelDecision decide_lists(const RegisterHistory& history, std::string_view model, const std::vector<WriterPair>& known,
                           const JudgeOptions& options, std::uint64_t& work) {
    Decider decider(history, true, known, options, work);
    const OrderPromise promise = promise_of(model);
    if (history.size() > long_history && decider.is_explained_in_time(promise)) return {};
    return decider.strong(promise);
}

LevelDecision decide_causal_lists(const RegisterHistory& history, const std::vector<WriterPair>& known,
                                  const JudgeOptions& options, std::uint64_t& work) {
    return Decider(history, true, known, options, work).weak(WeakLevel::causal);
}

} // namespace orrery::reports::judges::transactions

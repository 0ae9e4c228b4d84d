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

constexpr const char* too_large = "the order of so many transactions by so many clients would take gigabytes";
constexpr const char* out_of_budget =
    "too many pairs of writes, none of which was read by the other's transaction, could go either way";

OrderPromise promise_of(std::string_view model) {
    const bool serial = implies(model, "serializable") || model == "repeatable-read";
    const bool realtime = implies(model, "strong-snapshot-isolation");
    return {!serial, false, realtime || implies(model, "strong-session-snapshot-isolation"), realtime};
}

class Decider {
public:
    Decider(const RegisterHistory& history, bool lists, const std::vector<WriterPair>& known, std::uint64_t budget,
            std::uint64_t& work)
        : history_(history), lists_(lists), known_(known), work_(work),
          work_max_(std::min(budget, UINT64_MAX / words_per_configuration) * words_per_configuration) {}

    LevelDecision weak(WeakLevel level) {
        const CommitOrder made = commit_order(history_, level, true, known_, work_);
        if (made.too_large) return {Outcome::undecided, {}, too_large};
        if (made.cycle.empty()) return {};
        return {Outcome::violated, {*weakest(true)}};
    }

    LevelDecision strong(const OrderPromise& promise) {
        const OrderSearch::Outcome outcome = search(promise);
        if (outcome == OrderSearch::Outcome::exists) return {};
        if (outcome == OrderSearch::Outcome::impossible) return {Outcome::violated, {named(promise)}};
        return {Outcome::undecided, {}, outcome == OrderSearch::Outcome::too_large ? too_large : out_of_budget};
    }

    LevelDecision consistent_view() {
        if (auto anomaly = weakest(false)) return {Outcome::violated, {std::move(*anomaly)}};
        OrderPromise promise;
        promise.views = true;
        found_ = search_order(history_, promise, known_, work_max_, work_);
        if (found_.outcome == OrderSearch::Outcome::exists) return {};
        if (found_.outcome != OrderSearch::Outcome::impossible)
            return {
                Outcome::undecided, {}, found_.outcome == OrderSearch::Outcome::too_large ? too_large : out_of_budget};
        return {Outcome::violated,
                {anomaly("G-single", found_.cycle, found_.choices == 0 ? std::vector<Txn>{} : found_.concerned)}};
    }

private:
    // Where much was recorded, what the system most likely kept is asked first: it implies the rest.
    OrderSearch::Outcome search(const OrderPromise& promise) {
        constexpr std::size_t many = 256;
        const OrderPromise strict{.sessions = true, .realtime = true};
        if (history_.size() > many && promise != strict)
            if (search_order(history_, strict, known_, work_max_ / 4, work_).outcome == OrderSearch::Outcome::exists)
                return OrderSearch::Outcome::exists;
        found_ = search_order(history_, promise, known_, work_max_, work_);
        return found_.outcome;
    }

    // Of the levels that commit_order.h decides, the weakest that is broken.
    std::optional<Anomaly> weakest(bool sessions) {
        for (const WeakLevel level : {WeakLevel::read_committed, WeakLevel::read_atomic, WeakLevel::causal}) {
            if (lists_ && level != WeakLevel::causal) continue; // Adya's are weaker there
            const CommitOrder made = commit_order(history_, level, sessions, known_, work_);
            if (made.cycle.empty()) continue;
            std::vector<Txn> places(history_.size());
            for (Txn txn = 0; txn < places.size(); ++txn) places[txn] = txn;
            places.push_back(no_txn); // the start
            const bool by_client = std::any_of(made.cycle.begin(), made.cycle.end(), [&](const Digraph::Edge& each) {
                return each.why.kind == Because::Kind::order;
            });
            const bool by_session =
                by_client || (sessions && commit_order(history_, level, false, known_, work_).cycle.empty());
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
                    const OrderSearch found = search_order(history_, asked, known_, work_max_ / 8, work_);
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
    std::uint64_t& work_;
    std::uint64_t work_max_;
    OrderSearch found_;
};

} // namespace

LevelDecision decide_registers(const RegisterHistory& history, std::string_view model, std::uint64_t budget,
                               std::uint64_t& work) {
    const std::vector<WriterPair> none;
    Decider decider(history, false, none, budget, work);
    if (model == "read-committed") return decider.weak(WeakLevel::read_committed);
    if (model == "read-atomic") return decider.weak(WeakLevel::read_atomic);
    if (model == "causal") return decider.weak(WeakLevel::causal);
    if (model == "consistent-view") return decider.consistent_view();
    return decider.strong(promise_of(model));
}

LevelDecision decide_lists(const RegisterHistory& history, std::string_view model, const std::vector<WriterPair>& known,
                           std::uint64_t budget, std::uint64_t& work) {
    return Decider(history, true, known, budget, work).strong(promise_of(model));
}

LevelDecision decide_causal_lists(const RegisterHistory& history, const std::vector<WriterPair>& known,
                                  std::uint64_t& work) {
    return Decider(history, true, known, 0, work).weak(WeakLevel::causal);
}

} // namespace orrery::reports::judges::transactions

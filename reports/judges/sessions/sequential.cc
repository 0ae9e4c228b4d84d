// Cheaper ways are tried first: reads that tell what they saw; what is linearizable is sequential, and what is not
// causal is not.
#include "orrery/reports/judges/sessions/sequential.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "orrery/reports/judges/judge.h"
#include "orrery/reports/judges/linearizable/recorded.h"
#include "orrery/reports/judges/linearizable/shrink.h"
#include "orrery/reports/judges/sessions/reads_from.h"
#include "orrery/sim/check.h"

namespace orrery::reports::judges::sessions {
namespace {

class Interleaving {
public:
    enum class Outcome : std::uint8_t { found, impossible, out_of_budget, out_of_memory };

    Interleaving(const models::Operations& operations, std::vector<std::size_t> all, std::uint64_t budget,
                 std::size_t memory)
        : operations_(operations), budget_(budget), memory_(memory), classes_(operations.size()) {
        std::stable_sort(all.begin(), all.end(), [&](auto a, auto b) {
            return operations.interval(a).invoked < operations.interval(b).invoked;
        });
        machine_ = operations.machine(all, classes_of_sorted_);
        std::map<std::int64_t, std::size_t> clients;
        for (std::size_t place = 0; place < all.size(); ++place) {
            classes_[all[place]] = classes_of_sorted_[place];
            const std::size_t client =
                clients.try_emplace(operations.call(all[place]).process, clients.size()).first->second;
            if (client == clients_.size()) clients_.emplace_back();
            clients_[client].push_back(all[place]);
        }
    }

    Outcome run() {
        std::vector<Frame> frames{{std::vector<std::uint32_t>(clients_.size(), 0), models::Machine::initial_state}};
        settle(frames.back());
        while (!frames.empty()) {
            if (finished(frames.back())) return finish(frames), Outcome::found;
            Frame next;
            if (!advance(frames.back(), next)) {
                frames.pop_back();
                continue;
            }
            if (++nodes_ > budget_) return Outcome::out_of_budget;
            if (machine_->bytes() + met_.bytes() > memory_) return Outcome::out_of_memory;
            settle(next);
            const std::size_t before = met_.size();
            met_.intern(key_of(next), hash_of(next));
            if (met_.size() > before) frames.push_back(std::move(next));
        }
        return Outcome::impossible;
    }
    std::uint64_t nodes() const { return nodes_; }
    const std::vector<std::size_t>& order() const { return order_; }

private:
    struct Frame {
        std::vector<std::uint32_t> turns; // of each client: how many it has done
        std::uint32_t state = 0;
        std::size_t tried = 0;           // clients whose next operation was tried from here
        std::vector<std::size_t> done{}; // on the way here from the one before
    };
    using Key = std::vector<std::uint32_t>;

    std::size_t next_of(const Frame& frame, std::size_t client) const { return clients_[client][frame.turns[client]]; }
    bool has_next(const Frame& frame, std::size_t client) const {
        return frame.turns[client] < clients_[client].size();
    }
    // An unknown operation is the last of its client, and may be left out.
    bool finished(const Frame& frame) const {
        for (std::size_t client = 0; client < clients_.size(); ++client)
            if (has_next(frame, client) && !operations_.interval(next_of(frame, client)).unknown) return false;
        return true;
    }
    bool advance(Frame& frame, Frame& next) {
        CHECK(frame.turns.size() == clients_.size());
        for (; frame.tried < clients_.size(); ++frame.tried) {
            if (!has_next(frame, frame.tried)) continue;
            const std::size_t operation = next_of(frame, frame.tried);
            const std::uint32_t state = machine_->step(frame.state, classes_[operation]);
            if (state == models::Machine::refused) continue;
            next = {frame.turns, state, 0, {operation}};
            ++next.turns[frame.tried++];
            return true;
        }
        return false;
    }
    // What looks and fits is done at once: it never hurts.
    void settle(Frame& frame) {
        for (bool more = true; more;) {
            more = false;
            for (std::size_t client = 0; client < clients_.size(); ++client) {
                if (!has_next(frame, client)) continue;
                const std::size_t operation = next_of(frame, client);
                if (!machine_->observer(classes_[operation]) ||
                    machine_->step(frame.state, classes_[operation]) != frame.state)
                    continue;
                ++frame.turns[client];
                frame.done.push_back(operation);
                more = true;
            }
        }
    }
    static Key key_of(const Frame& frame) {
        Key key = frame.turns;
        key.push_back(frame.state);
        return key;
    }
    static std::uint64_t hash_of(const Frame& frame) {
        std::uint64_t hash = models::fold(5, frame.state);
        for (const std::uint32_t each : frame.turns) hash = models::fold(hash, each);
        return hash;
    }
    void finish(const std::vector<Frame>& frames) {
        for (const Frame& each : frames) order_.insert(order_.end(), each.done.begin(), each.done.end());
    }

    const models::Operations& operations_;
    std::uint64_t budget_;
    std::size_t memory_;
    std::unique_ptr<models::Machine> machine_;
    std::vector<std::uint32_t> classes_of_sorted_;
    std::vector<std::uint32_t> classes_;            // of each operation
    std::vector<std::vector<std::size_t>> clients_; // the operations of each
    models::Interner<Key> met_;
    std::uint64_t nodes_ = 0;
    std::vector<std::size_t> order_;
};

// The order once more, by code that knows nothing of the search.
bool is_sequential(const models::Operations& operations, const std::vector<std::size_t>& order) {
    std::map<std::int64_t, sim::WorldTime> latest;
    for (const std::size_t each : order) {
        const auto [before, first] =
            latest.try_emplace(operations.call(each).process, operations.interval(each).invoked);
        if (!first && operations.interval(each).invoked < before->second) return false;
        before->second = operations.interval(each).invoked;
    }
    return !operations.first_refused(order);
}

// Configurations that making a counterexample small may cost, in all and each try.
constexpr std::uint64_t shrink_budget = 50'000;
constexpr std::uint64_t try_budget = 2'000;

Anomaly no_order(const models::Operations& operations, const std::vector<std::size_t>& all,
                 const std::vector<std::size_t>& places) {
    const linearizable::Part part(operations, Value(), all);
    std::vector<std::uint32_t> everything(all.begin(), all.end());
    std::uint64_t budget = shrink_budget;
    const linearizable::Trial trial = [&](const std::vector<std::uint32_t>& some) {
        if (budget == 0) return linearizable::Tried::over;
        Interleaving search(operations, {some.begin(), some.end()}, std::min(budget, try_budget), memory_default);
        const Interleaving::Outcome outcome = search.run();
        budget -= std::min(budget, search.nodes() + 1);
        if (outcome == Interleaving::Outcome::found) return linearizable::Tried::possible;
        return outcome == Interleaving::Outcome::impossible ? linearizable::Tried::impossible
                                                            : linearizable::Tried::unclear;
    };
    Anomaly anomaly{
        "no order",
        {},
        {},
        {},
        "in whatever order these operations took effect, each client's in its own, some result is impossible"};
    for (const std::uint32_t each :
         linearizable::leave_out(operations, part, std::move(everything), linearizable::nothing_kept, trial).left)
        anomaly.operations.push_back(places[each]);
    return anomaly;
}

std::vector<std::size_t> all_of(const models::Operations& operations) {
    std::vector<std::size_t> all(operations.size());
    std::iota(all.begin(), all.end(), 0);
    return all;
}

// Where each read tells its write, that decides, and mostly at once. Empty: it does not, or the budget was not enough.
std::optional<Verdict> by_reads_from(const Case& given, const models::Operations& operations,
                                     const std::vector<std::size_t>& places) {
    const sim::Checked<Accesses> accesses = accesses_of(given);
    if (!accesses || !accesses->ambiguous.empty() || !accesses->from_nowhere.empty()) return {};
    const ReadsFrom made = order_of(*accesses, given.calls, given.options.budget, given.options.memory);
    Verdict verdict;
    verdict.basis = "reads-from";
    verdict.operations = operations.size();
    verdict.keys = 1;
    verdict.nodes = made.nodes;
    if (made.outcome == ReadsFrom::Outcome::impossible) {
        verdict.outcome = Verdict::Outcome::violated;
        verdict.anomalies.push_back(no_order(operations, all_of(operations), places));
        return verdict;
    }
    if (made.outcome != ReadsFrom::Outcome::found) return {};
    std::map<std::size_t, std::size_t> operation_of; // by place
    for (std::size_t each = 0; each < places.size(); ++each) operation_of.emplace(places[each], each);
    std::vector<std::size_t> order;
    std::vector<bool> stands(operations.size(), false);
    for (const std::uint32_t each : made.order) {
        verdict.certificate.push_back(accesses->all[each].call);
        order.push_back(operation_of.at(verdict.certificate.back()));
        stands[order.back()] = true;
    }
    // A swap that was refused is no access, and may not fit where the others do.
    for (std::size_t each = 0; each < operations.size(); ++each)
        if (!stands[each] && !operations.interval(each).unknown) return {};
    CHECK(is_sequential(operations, order));
    verdict.outcome = Verdict::Outcome::passed;
    return verdict;
}

} // namespace

Verdict judge_sequential(const Case& given) {
    const auto* language = given.options.language != nullptr ? given.options.language : models::language(given.model);
    if (language == nullptr) return linearizable::judge_history(given); // says what is wrong
    std::vector<std::size_t> places;
    const auto read = language->read(given.history, given.calls, places);
    if (!read) return cannot_judge(read.complaint());
    const models::Operations& operations = **read;
    const std::optional<Verdict> told = by_reads_from(given, operations, places);
    if (told && told->passed()) return *told;
    // What is linearizable is sequential, and mostly decided sooner than by a search here.
    if (!told)
        if (Verdict stronger = linearizable::judge_history(given); stronger.passed()) return stronger;
    // What is not even causal is not sequential: decided without a search, where values are all different, and in few
    // words.
    if (const Judge* causal = find_judge("causal"); takes(*causal, given.model))
        if (Verdict weaker = causal->judge(given); weaker.violated()) return weaker;
    if (told) return *told;
    const std::vector<std::size_t> all = all_of(operations);
    Interleaving search(operations, all, given.options.budget, given.options.memory);
    const Interleaving::Outcome outcome = search.run();
    Verdict verdict;
    verdict.basis = "interleaving";
    verdict.operations = operations.size();
    verdict.keys = 1;
    verdict.nodes = search.nodes();
    if (outcome == Interleaving::Outcome::found) {
        CHECK(is_sequential(operations, search.order()));
        verdict.outcome = Verdict::Outcome::passed;
        for (const std::size_t each : search.order()) verdict.certificate.push_back(places[each]);
    } else if (outcome == Interleaving::Outcome::impossible) {
        verdict.outcome = Verdict::Outcome::violated;
        verdict.anomalies.push_back(no_order(operations, all, places));
    } else {
        verdict.blocked.emplace();
        verdict.blocked->suggestions = {"a larger budget", "fewer clients", "a shorter history"};
        if (outcome == Interleaving::Outcome::out_of_memory) blame_memory(*verdict.blocked, given.options.memory);
    }
    return verdict;
}

} // namespace orrery::reports::judges::sessions

// The rows of all judges, and the default judge of each model.
#include "orrery/reports/judges/registry.h"

#include <algorithm>

#include "orrery/reports/judges/domain/domain.h"
#include "orrery/reports/judges/linearizable/recorded.h"
#include "orrery/reports/judges/sessions/sequential.h"
#include "orrery/reports/judges/sessions/sessions.h"
#include "orrery/reports/judges/transactions/isolation.h"
#include "orrery/sim/text.h"

namespace orrery::reports::judges {

namespace {

Judge isolation(std::string_view name, std::string_view promise, std::vector<std::string_view> standard = {}) {
    return {name, promise, {"list-append", "rw-register"}, std::move(standard), transactions::judge_isolation};
}

Judge of_any_model(std::string_view name, std::string_view promise, Verdict (*judge)(const Case&)) {
    return {name, promise, {}, {}, judge};
}

bool is_time_or_versions(std::string_view parameter) { return duration_of(parameter) || versions_of(parameter); }
bool is_time_or_nothing(std::string_view parameter) { return parameter.empty() || duration_of(parameter); }

// One promise, of single operations and of transactions.
Verdict judge_causal(const Case& given) {
    const bool transactions = given.model == "list-append" || given.model == "rw-register";
    return transactions ? transactions::judge_isolation(given) : sessions::judge_causal(given);
}

std::size_t values_in(const Value& value) {
    std::size_t count = 1;
    if (value.is_list())
        for (const Value& each : value.list()) count += values_in(each);
    if (value.is_map())
        for (const auto& [key, each] : value.map()) count += values_in(key) + values_in(each);
    return count;
}

// What the judges of domain/ keep beside the history: a node of a tree for each operation and whatever it names, and a
// copy of each value that it was shown.
std::size_t bytes_beside(const std::vector<Call>& calls) {
    constexpr std::size_t node = 96;
    std::size_t bytes = 0;
    for (const Call& each : calls)
        bytes += node * (1 + values_in(each.argument)) + sizeof(Value) * values_in(each.result);
    return bytes;
}

template <Verdict (*judge)(const Case&)>
Verdict within_memory(const Case& given) {
    if (bytes_beside(given.calls) <= given.options.memory) return judge(given);
    Verdict verdict;
    for (const Call& each : given.calls) verdict.operations += each.outcome != Call::Outcome::fail;
    blame_memory(verdict.blocked.emplace(), given.options.memory);
    return verdict;
}

Judge session(std::string_view name, std::string_view promise, Verdict (*judge)(const Case&)) {
    return {name, promise, {"register", "cas-register", "kv"}, {}, judge};
}

std::vector<Judge> of_single_operations() {
    return {
        of_any_model("linearizable", "each operation took effect at one instant between its invocation and its return",
                     linearizable::judge_history),
        of_any_model("sequential", "some order of all operations, each client's in its own, explains them",
                     sessions::judge_sequential),
        {"bounded-staleness",
         "linearizable, if reads may be so old, or so many versions",
         {},
         {},
         sessions::judge_bounded_staleness,
         "TIME|VERSIONS",
         is_time_or_versions,
         "a time or a number of versions from 1 to 1000, like bounded-staleness=100ms or bounded-staleness=2"},
        {"causal",
         "reads show the latest of the writes that causally precede them",
         {"register", "cas-register", "kv", "list-append", "rw-register"},
         {},
         judge_causal},
        session("read-your-writes", "a client sees what it wrote", sessions::judge_session),
        session("monotonic-reads", "a client never goes back behind what it read", sessions::judge_session),
        session("monotonic-writes", "a client's writes are seen in its order, by monotonic reads",
                sessions::judge_session),
        session("writes-follow-reads", "a write is seen after what its client had read, by monotonic reads",
                sessions::judge_session),
    };
}

std::vector<Judge> of_domains() {
    return {
        {"bank",
         "money is neither made nor lost, and no balance is below zero",
         {"bank"},
         {"bank"},
         within_memory<domain::judge_bank>},
        {"set",
         "the last read shows all that was added, and nothing else",
         {"set"},
         {},
         within_memory<domain::judge_set>},
        {"set-full",
         "every read shows what was known to be added when it began",
         {"set"},
         {},
         within_memory<domain::judge_set_full>},
        {"queue",
         "what is dequeued was enqueued, and comes out once",
         {"queue"},
         {},
         within_memory<domain::judge_queue>},
        {"counter", "reads lie within what can have been added", {"counter"}, {}, within_memory<domain::judge_counter>},
        {"unique-ids", "no id is given out twice", {}, {}, within_memory<domain::judge_unique_ids>},
        {"long-fork",
         "no two reads see two writes in opposite orders",
         {"long-fork"},
         {"long-fork"},
         within_memory<domain::judge_long_fork>},
        of_any_model("causal-reverse", "who sees a write sees all that had returned before it began",
                     within_memory<domain::judge_causal_reverse>),
        of_any_model("kafka", "logs keep what was acknowledged, each at one offset, and clients go along them",
                     within_memory<domain::judge_kafka>),
        of_any_model("watch", "events come in order, once, without gaps, and not before they happened",
                     within_memory<domain::judge_watch>),
        {"lock",
         "no two hold the lock, or the lease, at once; tokens grow",
         {"mutex"},
         {},
         within_memory<domain::judge_lock>,
         "TIME",
         is_time_or_nothing,
         "the time of a lease, like lock=5s"},
    };
}

std::vector<Judge> of_transactions() {
    return {
        isolation("strict-serializable", "transactions took effect one after the other, in real time", {"list-append"}),
        isolation("strong-session-serializable", "one after the other, each client's in its order"),
        isolation("serializable", "one after the other, in some order", {"rw-register"}),
        isolation("strong-snapshot-isolation",
                  "each saw a snapshot no older than its beginning, and no two wrote the same"),
        isolation("strong-session-snapshot-isolation", "the same, of each client's own transactions"),
        isolation("snapshot-isolation", "each saw some snapshot, and no two at once wrote the same"),
        isolation("repeatable-read", "no cycle of dependencies on single keys"),
        isolation("consistent-view", "nobody saw a part of the effects of another"),
        isolation("read-atomic", "a transaction agrees with itself, and its writes are seen together"),
        isolation("read-committed", "nothing aborted or unfinished was read"),
        isolation("read-uncommitted", "writes are not interleaved"),
    };
}

std::vector<Judge> all_judges() {
    std::vector<Judge> all = of_single_operations();
    for (const Judge& each : of_domains()) all.push_back(each);
    for (const Judge& each : of_transactions()) all.push_back(each);
    return all;
}

} // namespace

const std::vector<Judge>& registry() {
    static const std::vector<Judge> all = all_judges();
    return all;
}

const Judge* find_judge(std::string_view name) {
    for (const Judge& each : registry())
        if (each.name == name) return &each;
    return nullptr;
}

std::string_view judge_of(std::string_view model) {
    for (const Judge& each : registry())
        if (std::find(each.standard.begin(), each.standard.end(), model) != each.standard.end()) return each.name;
    return "linearizable";
}

bool takes(const Judge& judge, std::string_view model) {
    return judge.models.empty() || model.empty() ||
           std::find(judge.models.begin(), judge.models.end(), model) != judge.models.end();
}

sim::Problem problem_of_parameter(const Judge& judge, std::string_view parameter) {
    const std::string name(judge.name);
    if (judge.takes_parameter == nullptr)
        return parameter.empty() ? sim::Problem{} : sim::usage_complaint(name + " takes no parameter");
    if (judge.takes_parameter(parameter)) return std::nullopt;
    return sim::usage_complaint(name + " expects " + std::string(judge.parameter_expected) + ", in " +
                                sim::duration_units() + ", got '" + std::string(parameter) + "'");
}

std::optional<sim::Duration> duration_of(std::string_view parameter) {
    constexpr sim::Duration duration_max{100LL * 365 * 86'400 * 1'000'000'000};
    sim::Duration duration{};
    if (!sim::parse_duration(parameter, duration)) return {};
    if (duration < sim::Duration{} || duration > duration_max) return {};
    return duration;
}

std::optional<std::int64_t> versions_of(std::string_view parameter) {
    std::int64_t number = 0;
    if (!sim::parse_integer(parameter, number) || number < 1 || number > 1000) return {};
    return number;
}

void blame_memory(Blocked& blocked, std::size_t memory) {
    blocked.out_of_memory = true;
    blocked.suggestions.insert(blocked.suggestions.begin(),
                               "more memory: the " + std::to_string(memory >> 20) + " MB that it may take were full");
}

Verdict cannot_judge(sim::Complaint complaint) {
    Verdict verdict;
    verdict.error = std::move(complaint);
    return verdict;
}

} // namespace orrery::reports::judges

// Objections: what a judge of this folder found, class by class.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "orrery/reports/judges/registry.h"
#include "orrery/sim/check.h"

namespace orrery::reports::judges::domain {

class Objections {
public:
    // Of each class so many are listed; all are counted.
    static constexpr std::size_t listed_max = 8;

    void add(std::string kind, std::vector<std::size_t> operations, std::string story, Value key = {}) {
        CHECK(!kind.empty());
        CHECK(!operations.empty());
        const std::size_t before = counts_[kind]++;
        if (before == 0) ranks_.emplace(kind, ranks_.size());
        if (before < listed_max)
            anomalies_.push_back({std::move(kind), std::move(key), std::move(operations), {}, std::move(story)});
    }
    // The classes in the order of their first objections. Passed if there are none.
    Verdict verdict(const Case& given) {
        Verdict verdict;
        verdict.basis = "counting";
        for (const Call& each : given.calls) verdict.operations += each.outcome != Call::Outcome::fail;
        verdict.nodes = given.calls.size();
        std::stable_sort(anomalies_.begin(), anomalies_.end(),
                         [&](const Anomaly& a, const Anomaly& b) { return ranks_[a.kind] < ranks_[b.kind]; });
        for (Anomaly& each : anomalies_)
            if (const std::size_t count = std::exchange(counts_[each.kind], 0); count > 1)
                each.story += " (and " + std::to_string(count - 1) + " more like this)";
        verdict.outcome = anomalies_.empty() ? Verdict::Outcome::passed : Verdict::Outcome::violated;
        verdict.anomalies = std::move(anomalies_);
        return verdict;
    }

private:
    std::vector<Anomaly> anomalies_;
    std::map<std::string, std::size_t> counts_;
    std::map<std::string, std::size_t> ranks_;
};

inline bool is_ok(const Call& call) { return call.outcome == Call::Outcome::ok; }

// The verdict on an operation or a result that the judge does not know.
inline Verdict not_known(const Case& given, const Call& call, const std::string& expected) {
    const Entry& entry = given.history.entries[is_ok(call) ? *call.return_entry : call.invoke_entry];
    return cannot_judge(complaint_of(entry, call.rendered() + " is not what this judge knows: " + expected));
}

} // namespace orrery::reports::judges::domain

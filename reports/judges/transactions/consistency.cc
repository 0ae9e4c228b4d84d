// The table of consistency models: which anomalies each rules out, and which models each implies.
#include "orrery/reports/judges/transactions/consistency.h"

#include <algorithm>
#include <array>
#include <utility>

#include "orrery/sim/check.h"

namespace orrery::reports::judges::transactions {
namespace {

constexpr std::array<std::string_view, 12> models = {"read-uncommitted",
                                                     "read-committed",
                                                     "read-atomic",
                                                     "causal",
                                                     "consistent-view",
                                                     "repeatable-read",
                                                     "snapshot-isolation",
                                                     "strong-session-snapshot-isolation",
                                                     "serializable",
                                                     "strong-snapshot-isolation",
                                                     "strong-session-serializable",
                                                     "strict-serializable"};

// The first promises all that the second does, and more; the rest follows.
constexpr std::pair<std::string_view, std::string_view> stronger[] = {
    {"read-committed", "read-uncommitted"},
    {"read-atomic", "read-committed"},
    {"causal", "read-atomic"},
    {"consistent-view", "read-committed"},
    {"repeatable-read", "read-committed"},
    {"snapshot-isolation", "read-atomic"},
    {"snapshot-isolation", "consistent-view"},
    {"strong-session-snapshot-isolation", "snapshot-isolation"},
    {"strong-session-snapshot-isolation", "causal"},
    {"serializable", "snapshot-isolation"},
    {"serializable", "repeatable-read"},
    {"strong-snapshot-isolation", "strong-session-snapshot-isolation"},
    {"strong-session-serializable", "serializable"},
    {"strong-session-serializable", "strong-session-snapshot-isolation"},
    {"strict-serializable", "strong-session-serializable"},
    {"strict-serializable", "strong-snapshot-isolation"}};

// Classes from bad to less bad, each with the weakest models that it rules out, and with its names in the literature
// where they differ. `sessions`: it needs the order of clients, so it says nothing of models that do not promise it.
struct Class {
    std::string_view name;
    std::array<std::string_view, 3> rules_out{};
    std::string_view literature{};
    bool sessions = false;
};
constexpr Class classes[] = {
    {"value from nowhere", {"read-uncommitted"}, "Plume: ThinAirRead; Elle: garbage read"},
    {"duplicate-elements", {"read-uncommitted"}, ""},
    {"cyclic-versions", {"read-uncommitted"}, ""},
    {"G0", {"read-uncommitted"}, "Adya: write cycle"},
    {"dirty-update", {"read-committed"}, ""},
    {"incompatible-order", {"read-committed"}, ""},
    {"future-read", {"read-committed"}, "Plume: FutureRead"},
    {"G1a", {"read-committed"}, "Adya: aborted read; Plume: AbortedRead"},
    {"G1b", {"read-committed"}, "Adya: intermediate read; Plume: IntermediateRead"},
    {"G1c", {"read-committed"}, "Adya: circular information flow; Plume: CyclicCO"},
    {"CyclicCO", {"read-committed"}, "Plume; Adya: G1c"},
    {"NonMonoReadCO", {"read-committed"}, "Plume; Adya: G-monotonic"},
    {"NonMonoReadCM", {"read-committed"}, "Plume; Adya: G-monotonic"},
    {"internal",
     {"read-atomic", "consistent-view", "repeatable-read"},
     "Plume: NonRepeatableRead, NotMyOwnWrite or NotMyLastWrite"},
    {"FracturedReadCO", {"read-atomic", "consistent-view", "repeatable-read"}, "Plume; Adya: G-single"},
    {"FracturedReadCM", {"read-atomic", "consistent-view", "repeatable-read"}, "Plume; Adya: G-single"},
    {"COConflictCM", {"causal", "consistent-view", "repeatable-read"}, "Plume; Adya: G-single"},
    {"ConflictCM", {"causal", "consistent-view", "repeatable-read"}, "Plume; Adya: G-single"},
    {"lost-update", {"consistent-view", "repeatable-read"}, "Berenson: P4"},
    {"G-single", {"consistent-view", "repeatable-read"}, "Adya: single anti-dependency cycle, read skew"},
    {"G-nonadjacent", {"snapshot-isolation", "repeatable-read"}, "Elle; long fork is one"},
    {"G2-item", {"repeatable-read"}, "Adya: item anti-dependency cycle, write skew"},
    {"CyclicCO-process", {"read-committed"}, "Plume: CyclicCO", true},
    {"NonMonoReadCO-process", {"read-committed"}, "Plume: NonMonoReadCO", true},
    {"NonMonoReadCM-process", {"read-committed"}, "Plume: NonMonoReadCM", true},
    {"FracturedReadCO-process", {"read-atomic"}, "Plume: FracturedReadCO", true},
    {"FracturedReadCM-process", {"read-atomic"}, "Plume: FracturedReadCM", true},
    {"COConflictCM-process", {"causal"}, "Plume: COConflictCM", true},
    {"ConflictCM-process", {"causal"}, "Plume: ConflictCM", true},
    {"G0-process", {"strong-session-snapshot-isolation"}},
    {"G1c-process", {"strong-session-snapshot-isolation"}},
    {"G-single-process", {"strong-session-snapshot-isolation"}},
    {"G-nonadjacent-process", {"strong-session-snapshot-isolation"}},
    {"G2-item-process", {"strong-session-serializable"}},
    {"G0-realtime", {"strong-snapshot-isolation"}},
    {"G1c-realtime", {"strong-snapshot-isolation"}},
    {"G-single-realtime", {"strong-snapshot-isolation"}},
    {"G-nonadjacent-realtime", {"strong-snapshot-isolation"}},
    {"G2-item-realtime", {"strict-serializable"}}};

const Class& class_of(std::string_view anomaly) {
    const auto* const found =
        std::find_if(std::begin(classes), std::end(classes), [&](const Class& each) { return each.name == anomaly; });
    CHECK(found != std::end(classes));
    return *found;
}

// Of registers, read-committed, read-atomic and causal hold the order of each client's transactions.
bool promises_sessions(std::string_view model) {
    return model == "read-committed" || model == "read-atomic" || model == "causal" ||
           implies(model, "strong-session-snapshot-isolation");
}

} // namespace

std::span<const std::string_view> consistency_models() { return models; }

bool implies(std::string_view model, std::string_view other) {
    if (model == other) return true;
    return std::any_of(std::begin(stronger), std::end(stronger),
                       [&](const auto& each) { return each.first == model && implies(each.second, other); });
}

std::size_t severity(std::string_view anomaly) {
    return static_cast<std::size_t>(&class_of(anomaly) - std::begin(classes));
}

std::string_view literature_of(std::string_view anomaly) { return class_of(anomaly).literature; }

bool rules_out(std::string_view anomaly, std::string_view model) {
    const Class& found = class_of(anomaly);
    if (found.sessions && !promises_sessions(model)) return false;
    return std::any_of(found.rules_out.begin(), found.rules_out.end(),
                       [&](std::string_view root) { return !root.empty() && implies(model, root); });
}

Broken broken_by(const std::vector<std::string_view>& anomalies) {
    Broken broken;
    if (anomalies.empty()) return broken;
    const auto all = consistency_models();
    std::vector<std::string_view> out;
    for (const std::string_view model : all)
        if (std::any_of(anomalies.begin(), anomalies.end(),
                        [&](std::string_view anomaly) { return rules_out(anomaly, model); }))
            out.push_back(model);
    for (const std::string_view model : out) {
        const auto weaker = [&](std::string_view other) { return other != model && implies(model, other); };
        const bool is_weakest = std::none_of(out.begin(), out.end(), weaker);
        (is_weakest ? broken.weakest : broken.implied).emplace_back(model);
    }
    return broken;
}

} // namespace orrery::reports::judges::transactions

// The table of consistency models: which anomalies each rules out, and which models each implies.
#include "orrery/reports/judges/transactions/consistency.h"

#include <algorithm>
#include <array>
#include <utility>

#include "orrery/sim/check.h"

namespace orrery::reports::judges::transactions {
namespace {

constexpr std::array<std::string_view, 11> models = {"read-uncommitted",
                                                     "read-committed",
                                                     "read-atomic",
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
    {"consistent-view", "read-committed"},
    {"repeatable-read", "read-committed"},
    {"snapshot-isolation", "read-atomic"},
    {"snapshot-isolation", "consistent-view"},
    {"strong-session-snapshot-isolation", "snapshot-isolation"},
    {"serializable", "snapshot-isolation"},
    {"serializable", "repeatable-read"},
    {"strong-snapshot-isolation", "strong-session-snapshot-isolation"},
    {"strong-session-serializable", "serializable"},
    {"strong-session-serializable", "strong-session-snapshot-isolation"},
    {"strict-serializable", "strong-session-serializable"},
    {"strict-serializable", "strong-snapshot-isolation"}};

// Classes from bad to less bad, each with the weakest models that it rules out.
struct Class {
    std::string_view name;
    std::array<std::string_view, 2> rules_out{};
};
constexpr Class classes[] = {{"value from nowhere", {"read-uncommitted"}},
                             {"duplicate-elements", {"read-uncommitted"}},
                             {"cyclic-versions", {"read-uncommitted"}},
                             {"G0", {"read-uncommitted"}},
                             {"dirty-update", {"read-committed"}},
                             {"incompatible-order", {"read-committed"}},
                             {"future-read", {"read-committed"}},
                             {"G1a", {"read-committed"}},
                             {"G1b", {"read-committed"}},
                             {"G1c", {"read-committed"}},
                             {"internal", {"read-atomic"}},
                             {"lost-update", {"consistent-view", "repeatable-read"}},
                             {"G-single", {"consistent-view", "repeatable-read"}},
                             {"G-nonadjacent", {"snapshot-isolation", "repeatable-read"}},
                             {"G2-item", {"repeatable-read"}},
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

} // namespace

std::span<const std::string_view> consistency_models() { return models; }

bool implies(std::string_view model, std::string_view other) {
    if (model == other) return true;
    return std::any_of(std::begin(stronger), std::end(stronger),
                       [&](const auto& each) { return each.first == model && implies(each.second, other); });
}

std::vector<std::string_view> ruled_out_by(std::string_view anomaly) {
    std::vector<std::string_view> ruled_out;
    for (const std::string_view each : class_of(anomaly).rules_out)
        if (!each.empty()) ruled_out.push_back(each);
    return ruled_out;
}

std::size_t severity(std::string_view anomaly) {
    return static_cast<std::size_t>(&class_of(anomaly) - std::begin(classes));
}

Broken broken_by(const std::vector<std::string_view>& anomalies) {
    std::vector<std::string_view> roots;
    for (const std::string_view each : anomalies)
        for (const std::string_view model : ruled_out_by(each)) roots.push_back(model);
    Broken broken;
    for (const std::string_view model : consistency_models()) {
        const auto implied = [&](std::string_view root) { return implies(model, root); };
        if (std::none_of(roots.begin(), roots.end(), implied)) continue;
        const auto weaker = [&](std::string_view root) { return root != model && implies(model, root); };
        const bool is_weakest = std::none_of(roots.begin(), roots.end(), weaker);
        (is_weakest ? broken.weakest : broken.implied).emplace_back(model);
    }
    return broken;
}

} // namespace orrery::reports::judges::transactions

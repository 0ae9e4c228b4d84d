#include "orrery/scenarios/engine/run/fault_setting.h"

#include <string>
#include <vector>

#include "orrery/faults/kinds/kind.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::engine {
namespace {

constexpr std::uint64_t count_max = 49; // with storms twice that, and a kind has a hundred ids

std::vector<std::string> kind_names() {
    std::vector<std::string> names;
    for (const faults::Kind* kind : faults::kinds()) names.emplace_back(kind->name);
    return names;
}

// Null if there is no such kind.
std::uint32_t* count_of(faults::Profile& profile, std::string_view kind) {
    if (kind == "crash") return &profile.crashes;
    if (kind == "power") return &profile.power_losses;
    if (kind == "pause") return &profile.pauses;
    if (kind == "cut") return &profile.partitions;
    if (kind == "loss") return &profile.losses;
    if (kind == "duplication") return &profile.duplications;
    return kind == "delay" ? &profile.delays : nullptr;
}

} // namespace

sim::Checked<faults::Profile> profile_of(const faults::Profile& standard, std::string_view setting) {
    faults::Profile profile = standard;
    for (const std::string_view word : sim::split(setting, ',')) {
        if (word == "default") {
            profile = standard;
            continue;
        }
        if (word == "none") {
            for (const std::string& kind : kind_names()) *count_of(profile, kind) = 0;
            continue;
        }
        const std::size_t equals = word.find('=');
        const std::string kind(word.substr(0, equals));
        std::uint32_t* count = count_of(profile, kind);
        if (count == nullptr)
            return sim::usage_complaint("setting faults expects none, default or KIND=COUNT with one of " +
                                        sim::join(kind_names()) + ", got '" + std::string(word) + "'" +
                                        sim::suggestion(kind, kind_names()));
        std::uint64_t most = 0;
        if (equals == std::string_view::npos || !sim::parse_integer(word.substr(equals + 1), most) || most > count_max)
            return sim::usage_complaint("setting faults expects " + kind + "=COUNT with a count of at most " +
                                        std::to_string(count_max) + ", got '" + std::string(word) + "'");
        *count = static_cast<std::uint32_t>(most);
    }
    return profile;
}

} // namespace orrery::scenarios::engine

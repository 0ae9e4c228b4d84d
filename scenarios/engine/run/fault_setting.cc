#include "orrery/scenarios/engine/run/fault_setting.h"

#include <algorithm>
#include <string>
#include <vector>

#include "orrery/faults/kinds/kind.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::engine {
namespace {

sim::Complaint wrong_word(std::string_view setting, std::string_view word, const std::string& message) {
    const std::size_t column = static_cast<std::size_t>(word.data() - setting.data()) + 1;
    return {sim::Cause::usage, {"", 0, column}, "setting faults expects " + message};
}

void set_budget(faults::Profile& profile, const std::string& kind, std::uint32_t count) {
    const auto same = [&](const faults::Budget& budget) { return budget.kind == kind; };
    const auto found = std::find_if(profile.budgets.begin(), profile.budgets.end(), same);
    if (found == profile.budgets.end())
        profile.budgets.emplace_back(kind, count);
    else
        found->count = count;
}

} // namespace

sim::Checked<faults::Profile> profile_of(const faults::Profile& standard, std::string_view setting) {
    const faults::KindList& kinds = faults::standard_kinds();
    faults::Profile profile = standard;
    if (setting.empty()) return wrong_word(setting, setting, "none, default or KIND=COUNT, got ''");
    for (const std::string_view word : sim::split(setting, ',')) {
        if (word == "default") {
            profile = standard;
            continue;
        }
        if (word == "none") {
            profile.budgets.clear();
            continue;
        }
        const std::size_t equals = word.find('=');
        const std::string kind(word.substr(0, equals));
        const std::string got = ", got '" + std::string(word) + "'";
        const faults::Kind* found = kinds.find(kind);
        const std::vector<std::string> drawn = kinds.drawn_names();
        if (found == nullptr || found->strikes_message())
            return wrong_word(
                setting, word,
                "none, default or KIND=COUNT with one of " + sim::join(drawn) + got +
                    (found == nullptr ? sim::suggestion(kind, drawn) : ": it strikes a message that a plan must name"));
        if (found->strikes_members && standard.members.empty())
            return wrong_word(setting, word,
                              "a kind of fault that this scenario can have" + got +
                                  ": nobody there can be told to change members");
        std::uint64_t count = 0;
        if (equals == std::string_view::npos || !sim::parse_integer(word.substr(equals + 1), count) ||
            count > faults::Profile::count_max)
            return wrong_word(setting, word,
                              kind + "=COUNT with a count of at most " + std::to_string(faults::Profile::count_max) +
                                  got);
        set_budget(profile, kind, static_cast<std::uint32_t>(count));
    }
    return profile;
}

} // namespace orrery::scenarios::engine

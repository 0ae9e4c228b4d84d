// Reading settings. The values were checked before the world started, so each failure here is a bug.
#include "orrery/sim/settings.h"

#include "orrery/sim/text.h"

namespace orrery::sim {

const std::string& Settings::text(std::string_view name) const {
    const auto found = values_.find(name);
    if (found == values_.end()) {
        const std::string condition = "the scenario declares the setting '" + std::string(name) + "'";
        check_failed(condition.c_str(), __FILE__ ":" ORRERY_TEXT(__LINE__));
    }
    return found->second;
}

std::int64_t Settings::integer(std::string_view name) const {
    std::int64_t value = 0;
    CHECK(parse_integer(text(name), value));
    return value;
}

bool Settings::flag(std::string_view name) const {
    const std::string& value = text(name);
    CHECK(value == "true" || value == "false");
    return value == "true";
}

Duration Settings::duration(std::string_view name) const {
    Duration value{};
    CHECK(parse_duration(text(name), value));
    return value;
}

} // namespace orrery::sim

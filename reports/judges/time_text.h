// Times as the command line takes them: 5s, 100ms, 1500us, 20ns.
#pragma once

#include <charconv>
#include <optional>
#include <string_view>

#include "orrery/sim/types.h"

namespace orrery::reports::judges {

// Nothing if the text is no time, or one of more than a hundred years.
inline std::optional<sim::Duration> duration_of(std::string_view text) {
    constexpr std::int64_t most = 100LL * 365 * 86'400 * 1'000'000'000;
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || number < 0) return {};
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    std::int64_t factor = 0;
    if (unit == "ns") factor = 1;
    if (unit == "us") factor = 1'000;
    if (unit == "ms") factor = 1'000'000;
    if (unit == "s") factor = 1'000'000'000;
    if (factor == 0 || number > most / factor) return {};
    return sim::Duration{number * factor};
}

} // namespace orrery::reports::judges

// Each word is taken whole, or what was expected is said.
#include "orrery/scenarios/command/read_options.h"

#include "orrery/sim/text.h"

namespace orrery::scenarios::command {

Expected parse_initial(std::string_view text, reports::formats::ReadOptions& options) {
    options.initial = reports::formats::parse_value(text);
    if (options.initial) return std::nullopt;
    return "one value, as EDN or JSON: 10, nil, \"a\", {\"a\":1000}";
}

Expected parse_names(std::string_view text, reports::formats::ReadOptions& options) {
    for (const std::string_view each : sim::split(text, ',')) {
        const std::size_t equals = each.find('=');
        if (equals == std::string_view::npos || equals == 0 || equals + 1 == each.size())
            return "MODEL=FILE,...: the model's word for an operation and the file's, like write=write-set";
        options.names.emplace_back(each.substr(0, equals), each.substr(equals + 1));
    }
    return std::nullopt;
}

Expected parse_order(std::string_view text, reports::formats::ReadOptions& options) {
    options.by_time = text == "time";
    if (options.by_time || text == "lines") return std::nullopt;
    return "lines or time";
}

} // namespace orrery::scenarios::command

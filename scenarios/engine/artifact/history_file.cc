#include "orrery/scenarios/engine/artifact/history_file.h"

#include "orrery/reports/formats/format.h"
#include "orrery/scenarios/engine/artifact/files.h"

namespace orrery::scenarios::engine {

std::variant<reports::History, std::string> read_history(const std::string& file, const std::string& format) {
    namespace formats = reports::formats;
    const std::optional<std::string> text = read_file(file);
    if (!text) return file + ": cannot be read";
    const formats::Format* found = format.empty() ? formats::detect(*text) : formats::find_format(format);
    if (found == nullptr) return file + ":1:1: expected a history in a known format; see orrery check --format list";
    formats::ReadResult read = found->read(*text);
    if (const auto* error = std::get_if<formats::ReadError>(&read))
        return file + ":" + std::to_string(error->line) + ":" + std::to_string(error->column) + ": expected " +
               error->expected;
    return std::get<reports::History>(std::move(read));
}

} // namespace orrery::scenarios::engine

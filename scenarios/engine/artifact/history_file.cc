// A file becomes a history by the format that its content shows, or by the one that is named.
#include "orrery/scenarios/engine/artifact/history_file.h"

#include "orrery/reports/formats/format.h"
#include "orrery/scenarios/engine/artifact/files.h"

namespace orrery::scenarios::engine {

sim::Checked<reports::History> read_history(const std::string& file, const std::string& format) {
    namespace formats = reports::formats;
    const sim::Checked<std::string> text = read_file(file);
    if (!text) return text.complaint();
    const formats::Format* found = format.empty() ? formats::detect(*text) : formats::find_format(format);
    if (found == nullptr)
        return sim::Complaint{
            sim::Cause::input, {file, 1, 1}, "expected a history in a known format; see orrery check --format list"};
    formats::ReadResult read = found->read(*text);
    if (const auto* error = std::get_if<formats::ReadError>(&read))
        return sim::Complaint{sim::Cause::input, {file, error->line, error->column}, "expected " + error->expected};
    return std::get<reports::History>(std::move(read));
}

} // namespace orrery::scenarios::engine

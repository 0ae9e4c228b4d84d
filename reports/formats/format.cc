// The list of formats, and how each is recognised by its content.
#include "orrery/reports/formats/format.h"

#include "orrery/reports/formats/jepsen.h"

namespace orrery::reports::formats {
namespace {

// The first line that is neither empty nor a comment.
std::string_view first_line(std::string_view text) {
    Lines lines(text);
    std::string_view line;
    while (lines.next(line)) {
        const std::size_t begin = line.find_first_not_of(" \t");
        if (begin != std::string_view::npos && line[begin] != ';') return line.substr(begin);
    }
    return {};
}

bool is_jsonl(std::string_view text) { return first_line(text).starts_with("{\""); }
bool is_jepsen_log(std::string_view text) { return first_line(text).find("jepsen.util") != std::string_view::npos; }
bool is_porcupine(std::string_view text) {
    const std::string_view line = first_line(text);
    return line.starts_with("{:process") && line.find(":key") != std::string_view::npos;
}
bool is_json(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos || text[begin] != '[') return false;
    const std::string_view rest = text.substr(std::min(text.find_first_not_of(" \t\r\n", begin + 1), text.size()));
    if (!rest.starts_with('{')) return false;
    return rest.substr(std::min(rest.find_first_not_of(" \t\r\n", 1), rest.size())).starts_with('"');
}
bool is_edn(std::string_view text) {
    const std::string_view line = first_line(text);
    return line.starts_with("{:") || line.starts_with("[") || line.starts_with("(");
}
bool is_never(std::string_view) { return false; } // only by name: the same words mean something else
bool is_plain(std::string_view text) {
    const std::string_view line = first_line(text);
    return !line.empty() && line[0] >= '0' && line[0] <= '9';
}

} // namespace

const std::vector<Format>& formats() {
    static const std::vector<Format> all = {
        {"jsonl", "our own: one JSON object a line", is_jsonl, read_jsonl,
         [](const History& history) { return std::optional(write_jsonl(history)); }},
        {"jepsen_log", "the text log of Jepsen's etcd runs", is_jepsen_log, read_jepsen_log},
        {"porcupine", "Porcupine's key-value text: a map a line", is_porcupine, read_porcupine, write_porcupine},
        {"json", "Jepsen's operations as one JSON array", is_json, read_json, write_json},
        {"edn", "Jepsen's EDN: a vector of maps, or a map a line", is_edn, read_edn, write_edn},
        {"edn-observed", "as edn, but a :cas that failed had compared and was unequal", is_never,
         [](std::string_view text) { return failed_swaps_observed(read_edn(text)); }},
        {"json-observed", "as json, but a cas that failed had compared and was unequal", is_never,
         [](std::string_view text) { return failed_swaps_observed(read_json(text)); }},
        {"plain", "seven fields a line: client op a b out call ret", is_plain, read_plain}};
    return all;
}

const Format* find_format(std::string_view name) {
    for (const Format& format : formats())
        if (format.name == name) return &format;
    return nullptr;
}

const Format* detect(std::string_view text) {
    for (const Format& format : formats())
        if (format.recognises(text)) return &format;
    return nullptr;
}

} // namespace orrery::reports::formats

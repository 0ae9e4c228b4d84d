// The text log of the etcd runs: `INFO  jepsen.util - PROCESS <tab> :type <tab> :f <tab> VALUE`.
//
// The register starts at nil. A compare-and-swap that failed is an observation - the state was not
// `from` - unlike in Jepsen's EDN; a failed read says nothing and is dropped.
#include "orrery/reports/formats/edn_value.h"

namespace orrery::reports::formats {
namespace {

bool next_field(std::string_view& rest, std::string_view& field) {
    const std::size_t begin = rest.find_first_not_of(" \t");
    if (begin == std::string_view::npos) return false;
    const std::size_t end = std::min(rest.find('\t', begin), rest.size());
    field = rest.substr(begin, end - begin);
    while (field.ends_with(' ')) field.remove_suffix(1);
    rest.remove_prefix(end);
    return true;
}

bool read_line(std::string_view line, Entry& entry, bool& skip, ReadError& error) {
    constexpr std::string_view mark = "jepsen.util - ";
    const std::size_t at = line.find(mark);
    skip = at == std::string_view::npos;
    if (skip) return true;
    std::string_view rest = line.substr(at + mark.size());
    std::string_view process;
    std::string_view type;
    std::string_view f;
    const auto column = [&] { return line.size() - rest.size() + 1; };
    if (!next_field(rest, process)) return error = {0, column(), "a process"}, false;
    if (process == ":nemesis") return skip = true;
    if (!parse_integer(process, entry.process)) return error = {0, column(), "a process number"}, false;
    if (!next_field(rest, type) || !entry_type(type.substr(std::min<std::size_t>(1, type.size()))))
        return error = {0, column(), ":invoke, :ok, :fail or :info"}, false;
    entry.type = *entry_type(type.substr(1));
    if (!next_field(rest, f) || f.size() < 2) return error = {0, column(), ":read, :write or :cas"}, false;
    entry.f = f.substr(1);
    EdnReader reader(rest);
    if (!reader.at_end() && !reader.read(entry.value)) return error = {0, column(), reader.error().expected}, false;
    return true;
}

} // namespace

ReadResult read_jepsen_log(std::string_view text) {
    History history;
    history.model = "cas-register";
    history.initial = Value();
    Lines lines(text);
    std::string_view line;
    while (lines.next(line)) {
        Entry entry;
        bool skip = false;
        ReadError error;
        if (!read_line(line, entry, skip, error)) {
            error.line = lines.number();
            return error;
        }
        if (skip && lines.at_end() && !line.empty() && !text.ends_with('\n'))
            return ReadError{lines.number(), line.size() + 1, "the end of the line: the file stops within it"};
        if (skip) continue;
        if (entry.f == "cas" && entry.type == Entry::Type::fail) {
            entry.type = Entry::Type::ok;
            entry.value = Value(false);
        } else if (entry.f == "cas" && entry.type == Entry::Type::ok) {
            entry.value = Value(true);
        } else if (entry.f == "write" && entry.type == Entry::Type::ok) {
            entry.value = Value();
        }
        entry.index = lines.number();
        entry.place = {static_cast<std::uint32_t>(lines.number()), 1};
        entry.time = {static_cast<std::int64_t>(lines.number())};
        history.entries.push_back(std::move(entry));
    }
    return history;
}

} // namespace orrery::reports::formats

#include "orrery/protocols/jsonrpc/value_reader.h"

namespace orrery::jsonrpc {
namespace {

char lower(char byte) { return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte; }

// Takes the first letter of a name, folded.
char take_letter(std::string_view& name) {
    for (const auto& [form, letter] : {std::pair{std::string_view("\u017f"), 's'}, {std::string_view("\u212a"), 'k'}}) {
        if (!name.starts_with(form)) continue;
        name.remove_prefix(form.size());
        return letter;
    }
    const char letter = lower(name[0]);
    name.remove_prefix(1);
    return letter;
}

int base64_digit(char byte) {
    if (byte >= 'A' && byte <= 'Z') return byte - 'A';
    if (byte >= 'a' && byte <= 'z') return byte - 'a' + 26;
    if (byte >= '0' && byte <= '9') return byte - '0' + 52;
    return byte == '+' ? 62 : byte == '/' ? 63 : -1;
}

bool is_line_end(char byte) { return byte == '\r' || byte == '\n'; }

} // namespace

bool is_same_name(std::string_view ours, std::string_view theirs) {
    while (!ours.empty() && !theirs.empty())
        if (take_letter(ours) != take_letter(theirs)) return false;
    return ours.empty() && theirs.empty();
}

// Groups of four digits; the last may lack one or two, for which = stands. Ends of lines do not count.
Problem read_base64(std::string_view text, std::vector<std::uint8_t>& out) {
    const auto corrupt = [](std::size_t at) {
        return Error{ErrorKind::corrupt, "illegal base64 data at input byte " + std::to_string(at)};
    };
    std::size_t at = 0;
    const auto skip_line_ends = [&] {
        while (at < text.size() && is_line_end(text[at])) ++at;
    };
    std::uint32_t bits = 0;
    std::size_t count = 0; // digits of the group so far
    for (skip_line_ends(); at < text.size() && text[at] != '='; skip_line_ends()) {
        const int digit = base64_digit(text[at]);
        if (digit < 0) return corrupt(at);
        ++at;
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        if (++count < 4) continue;
        for (const int shift : {16, 8, 0}) out.push_back(static_cast<std::uint8_t>(bits >> shift));
        count = 0;
    }
    if (at == text.size()) return count == 0 ? Problem() : corrupt(at - count);
    if (count < 2) return corrupt(at);
    ++at;
    if (count == 2) {
        skip_line_ends();
        if (at == text.size()) return corrupt(at);
        if (text[at] != '=') return corrupt(at - 1);
        ++at;
    }
    skip_line_ends();
    if (at < text.size()) return corrupt(at);
    bits <<= 6 * (4 - count);
    out.push_back(static_cast<std::uint8_t>(bits >> 16));
    if (count == 3) out.push_back(static_cast<std::uint8_t>(bits >> 8));
    return std::nullopt;
}

// A name that is the same counts more than one that differs in case.
std::size_t ValueReader::find_field(const gob::Type& type, std::string_view name) {
    for (std::size_t i = 0; i < type.fields.size(); ++i)
        if (gob::is_exported_as(type.fields[i].name, name)) return i;
    for (std::size_t i = 0; i < type.fields.size(); ++i)
        if (is_same_name(type.fields[i].name, name)) return i;
    return type.fields.size();
}

void ValueReader::mismatch(const std::string& what, const gob::Type& type) {
    std::string where = "value";
    if (place_ != nullptr) {
        std::string path;
        for (const Place* each = place_; each != nullptr; each = each->outer)
            path = "." + gob::exported(each->field) + path;
        where = "struct field " + std::string(place_->structure) + path;
    }
    keep(Error{ErrorKind::mismatch,
               "json: cannot unmarshal " + what + " into Go " + where + " of type " + gob::go_text(type)});
}

bool ValueReader::afford(std::size_t bytes) {
    if (bytes > memory_left_) {
        keep(Error{ErrorKind::limit, "json: value too large"});
        return false;
    }
    memory_left_ -= bytes;
    return true;
}

void ValueReader::too_deep() {
    keep(Error{ErrorKind::limit, "exceeded max depth"});
    cursor_.skip();
}

} // namespace orrery::jsonrpc

// A table of the fields that rows have in common: what each holds, and how its value is read. All other fields are
// those that notes, states and operations name themselves.
#include "orrery/reports/trace/query.h"

#include <algorithm>
#include <array>

#include "orrery/sim/text.h"

namespace orrery::reports::trace {
namespace {

using Hosts = std::vector<std::string>;

// What a field holds, and with it which operators and values it takes.
enum class Holds : std::uint8_t { text, number, time, identity, kind, host, truth };

struct Common {
    std::string_view name;
    Holds holds;
    // The row's value; nothing if the row has none.
    std::optional<Field> (*value)(const Row& row, const Hosts& hosts);
    std::string_view before{}; // what stands before a number elsewhere: f12, client0
};

Field text_of(std::string text) { return {{}, std::move(text)}; }
Field number_of(std::uint64_t number) { return {{}, {}, static_cast<std::int64_t>(number)}; }
std::optional<Field> identity_of(std::uint64_t identity) {
    return identity == 0 ? std::nullopt : std::optional(text_of(sim::hexadecimal(identity)));
}
std::optional<Field> host_of(std::uint32_t host, const Hosts& hosts) {
    return host < hosts.size() ? std::optional(text_of(hosts[host])) : std::nullopt;
}
template <class Value>
std::optional<Field> if_so(bool has, const Value& value) {
    return has ? std::optional<Field>(value()) : std::nullopt;
}

constexpr std::array commons = {
    Common{"kind", Holds::kind,
           [](const Row& row, const Hosts&) { return std::optional(text_of(std::string(name(row.kind)))); }},
    Common{"time", Holds::time,
           [](const Row& row, const Hosts&) {
               return std::optional(Field{{}, {}, row.time.nanoseconds});
           }},
    Common{"event", Holds::identity, [](const Row& row, const Hosts&) { return identity_of(row.event); }},
    Common{"cause", Holds::identity, [](const Row& row, const Hosts&) { return identity_of(row.cause); }},
    Common{"origin", Holds::identity, [](const Row& row, const Hosts&) { return identity_of(row.origin); }},
    Common{"host", Holds::host,
           [](const Row& row, const Hosts& hosts) { return row.is_fault() ? std::nullopt : host_of(row.host, hosts); }},
    Common{"from", Holds::host,
           [](const Row& row, const Hosts& hosts) {
               if (!row.is_message()) return std::optional<Field>();
               return host_of(row.sender(), hosts);
           }},
    Common{"to", Holds::host,
           [](const Row& row, const Hosts& hosts) {
               if (!row.is_message()) return std::optional<Field>();
               return host_of(row.receiver(), hosts);
           }},
    Common{"message", Holds::identity, [](const Row& row, const Hosts&) { return identity_of(row.message); }},
    Common{"label", Holds::text,
           [](const Row& row, const Hosts&) { return if_so(row.is_message(), [&] { return text_of(row.name); }); }},
    Common{"content", Holds::text,
           [](const Row& row, const Hosts&) { return if_so(row.is_message(), [&] { return text_of(row.content); }); }},
    Common{"name", Holds::text, [](const Row& row, const Hosts&) { return std::optional(text_of(row.name)); }},
    Common{"fault", Holds::number,
           [](const Row& row, const Hosts&) { return if_so(row.is_fault(), [&] { return number_of(row.fault); }); },
           "f"},
    Common{"goal", Holds::truth,
           [](const Row& row, const Hosts&) {
               return if_so(row.kind == Row::Kind::note, [&] { return text_of(row.goal ? "true" : "false"); });
           }},
    Common{
        "client", Holds::number,
        [](const Row& row, const Hosts&) { return if_so(row.is_operation(), [&] { return number_of(row.client); }); },
        "client"},
    Common{"operation", Holds::number,
           [](const Row& row, const Hosts&) {
               return if_so(row.is_operation(), [&] { return number_of(row.operation); });
           }},
    Common{"process", Holds::number,
           [](const Row& row, const Hosts&) {
               return if_so(row.is_operation(), [&] { return Field{{}, {}, row.process}; });
           }},
};

const Common* common(std::string_view field) {
    const auto* const found =
        std::find_if(commons.begin(), commons.end(), [&](const Common& each) { return each.name == field; });
    return found == commons.end() ? nullptr : found;
}

// "2.1s" is 2100 ms: three more digits are the next smaller unit.
bool parse_time(std::string_view text, std::int64_t& nanoseconds) {
    constexpr std::array<std::string_view, 4> units = {"s", "ms", "us", "ns"};
    std::string exact(text);
    const std::size_t point = exact.find('.');
    if (point != std::string::npos) {
        const std::size_t end = std::min(exact.find_first_not_of("0123456789", point + 1), exact.size());
        const auto* unit = std::find(units.begin(), units.end(), exact.substr(end));
        std::string digits = exact.substr(point + 1, end - point - 1);
        if (digits.empty() || digits.size() > 9 || unit == units.end()) return false;
        for (; digits.size() % 3 != 0; digits += '0') {
        }
        const std::size_t smaller = static_cast<std::size_t>(unit - units.begin()) + digits.size() / 3;
        if (smaller >= units.size()) return false;
        exact = exact.substr(0, point) + digits + std::string(units[smaller]);
    }
    sim::Duration duration{};
    if (!sim::parse_duration(exact, duration)) return false;
    nanoseconds = duration.count();
    return true;
}

} // namespace

class QueryParser {
public:
    QueryParser(std::string_view text, const Hosts& hosts) : text_(text) { query_.hosts_ = hosts; }

    sim::Checked<Query> run() {
        for (skip_blanks(); at_ < text_.size(); skip_blanks())
            if (sim::Problem problem = read_condition()) return *problem;
        return query_;
    }

private:
    using Operator = Query::Operator;
    using Condition = Query::Condition;
    struct Spelling {
        std::string_view text;
        Operator is;
    };
    // The longer ones first.
    static constexpr std::array spellings = {Spelling{"!=", Operator::unequal},  Spelling{"<=", Operator::at_most},
                                             Spelling{">=", Operator::at_least}, Spelling{"=", Operator::equal},
                                             Spelling{"<", Operator::less},      Spelling{">", Operator::greater},
                                             Spelling{"~", Operator::contains}};

    static sim::Complaint complaint(std::size_t column, std::string message) {
        return {sim::Cause::usage, {{}, 1, column}, std::move(message)};
    }
    static bool is_blank(char each) { return each == ' ' || each == '\t' || each == '\n' || each == '\r'; }
    std::size_t column() const { return at_ + 1; }
    void skip_blanks() {
        while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    }

    sim::Problem read_condition() {
        Condition condition;
        condition.column = column();
        const std::size_t begin = at_;
        while (at_ < text_.size() && !is_blank(text_[at_]) && std::string_view("=!<>~\"").find(text_[at_]) == npos)
            ++at_;
        condition.field = text_.substr(begin, at_ - begin);
        if (condition.field.empty())
            return complaint(column(), "expected the name of a field, got '" + std::string(1, text_[at_]) + "'");
        const auto* const found = std::find_if(spellings.begin(), spellings.end(), [&](const Spelling& each) {
            return text_.substr(at_).starts_with(each.text);
        });
        if (found == spellings.end())
            return complaint(column(), "expected an operator after '" + condition.field + "': = != < <= > >= or ~");
        condition.is = found->is;
        at_ += found->text.size();
        const std::size_t value_column = column();
        if (sim::Problem problem = read_value(condition)) return problem;
        if (sim::Problem problem = understand(condition, value_column)) return problem;
        query_.conditions_.push_back(std::move(condition));
        return std::nullopt;
    }
    sim::Problem read_value(Condition& condition) {
        if (at_ < text_.size() && text_[at_] == '"') return read_quoted(condition);
        const std::size_t begin = at_;
        while (at_ < text_.size() && !is_blank(text_[at_]) && text_[at_] != '"') ++at_;
        condition.text = text_.substr(begin, at_ - begin);
        if (condition.text.empty()) return complaint(column(), "expected a value; an empty text is \"\"");
        if (at_ < text_.size() && text_[at_] == '"')
            return complaint(column(), "expected a blank; a value with quotes stands in quotes");
        return std::nullopt;
    }
    sim::Problem read_quoted(Condition& condition) {
        const std::size_t begin = column();
        for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
            const bool escapes = text_[at_] == '\\';
            if (escapes && (at_ + 1 == text_.size() || (text_[at_ + 1] != '"' && text_[at_ + 1] != '\\')))
                return complaint(column(), R"(expected \" or \\ after a backslash in quotes)");
            if (escapes) ++at_;
            condition.text += text_[at_];
        }
        if (at_ == text_.size()) return complaint(begin, "the quote is not closed");
        ++at_;
        if (at_ < text_.size() && !is_blank(text_[at_])) return complaint(column(), "expected a blank after the quote");
        return std::nullopt;
    }

    // Is it a value of the field, under that operator?
    sim::Problem understand(Condition& condition, std::size_t value_column) {
        const Common* const known = common(condition.field);
        const bool orders =
            condition.is != Operator::equal && condition.is != Operator::unequal && condition.is != Operator::contains;
        const Holds holds = known == nullptr ? (orders ? Holds::number : Holds::text) : known->holds;
        const bool is_ordered = holds == Holds::number || holds == Holds::time;
        if (orders && !is_ordered)
            return complaint(condition.column, "'" + condition.field + "' has no order: it takes =, != and ~");
        if (known != nullptr && holds == Holds::number && condition.text.starts_with(known->before))
            condition.text.erase(0, known->before.size());
        std::int64_t number = 0;
        if (holds == Holds::time ? parse_time(condition.text, number) : sim::parse_integer(condition.text, number))
            condition.number = number;
        if (condition.is == Operator::contains) {
            if (is_ordered)
                return complaint(condition.column, "'" + condition.field + "' is no text: ~ finds a part of a text");
            return std::nullopt;
        }
        const auto [expected, names] = expectation(holds, condition);
        if (expected.empty() || std::find(names.begin(), names.end(), condition.text) != names.end())
            return std::nullopt;
        std::string message = "expected " + expected + ", got '" + condition.text + "'";
        if (!names.empty()) message += "; there are " + sim::join(names) + sim::suggestion(condition.text, names);
        return complaint(value_column, message);
    }
    // What is expected of a value, and if only certain names will do, which. Empty if this value will do.
    std::pair<std::string, std::vector<std::string>> expectation(Holds holds, const Condition& condition) const {
        std::uint64_t identity = 0;
        switch (holds) {
        case Holds::number:
            return {condition.number ? "" : "a number", {}};
        case Holds::time:
            return {condition.number ? "" : "a time like 2.1s, in " + sim::duration_units(), {}};
        case Holds::identity:
            return {sim::parse_hexadecimal(condition.text, identity) ? "" : "16 hexadecimal digits", {}};
        case Holds::kind:
            return {"a kind of row", kind_names()};
        case Holds::host:
            return {"a host", query_.hosts_};
        case Holds::truth:
            return {condition.text == "true" || condition.text == "false" ? "" : "true or false", {}};
        case Holds::text:
            break;
        }
        return {};
    }

    static constexpr std::size_t npos = std::string_view::npos;
    std::string_view text_;
    std::size_t at_ = 0;
    Query query_;
};

bool Query::holds(const Condition& condition, const Field& value) {
    const bool numbers = condition.number && value.number;
    switch (condition.is) {
    case Operator::equal:
        return numbers ? value.number == condition.number : value.text == condition.text;
    case Operator::unequal:
        return numbers ? value.number != condition.number : value.text != condition.text;
    case Operator::less:
        return numbers && *value.number < *condition.number;
    case Operator::at_most:
        return numbers && *value.number <= *condition.number;
    case Operator::greater:
        return numbers && *value.number > *condition.number;
    case Operator::at_least:
        return numbers && *value.number >= *condition.number;
    case Operator::contains:
        return value.text.find(condition.text) != std::string::npos;
    }
    return false;
}

bool Query::matches(const Row& row) const {
    return std::all_of(conditions_.begin(), conditions_.end(), [&](const Condition& condition) {
        if (const Common* const known = common(condition.field))
            if (const std::optional<Field> value = known->value(row, hosts_)) return holds(condition, *value);
        // A note may have a field of a name that other rows have in common.
        const Field* const value = row.find(condition.field);
        return value != nullptr && holds(condition, *value);
    });
}

sim::Problem Query::problem_of(const std::set<std::string, std::less<>>& names) const {
    for (const Condition& condition : conditions_) {
        if (common(condition.field) != nullptr || names.contains(condition.field)) continue;
        std::vector<std::string> all = query_fields();
        all.insert(all.end(), names.begin(), names.end());
        return sim::Complaint{sim::Cause::usage,
                              {{}, 1, condition.column},
                              "no row has a field '" + condition.field + "'" + sim::suggestion(condition.field, all)};
    }
    return std::nullopt;
}

sim::Checked<Query> parse_query(std::string_view text, const Hosts& hosts) { return QueryParser(text, hosts).run(); }

std::vector<std::string> kind_names() {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < kinds; ++i) names.emplace_back(name(static_cast<Row::Kind>(i)));
    return names;
}

std::vector<std::string> query_fields() {
    std::vector<std::string> names;
    for (const Common& each : commons) names.emplace_back(each.name);
    return names;
}

} // namespace orrery::reports::trace

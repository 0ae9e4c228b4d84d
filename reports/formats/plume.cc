// Plume's and PolySI's text, a step a line: r(KEY,VALUE,SESSION,TRANSACTION) and w(...), all whole numbers.
//
// Steps with the same session and transaction are one transaction; its number orders nothing, the lines do. Registers
// start at 0. The transaction -1 is no transaction: its writes were aborted, each by itself, and its reads say nothing.
#include <array>
#include <map>

#include "orrery/reports/formats/session_transactions.h"

namespace orrery::reports::formats {
namespace {

constexpr std::int64_t aborted = -1;
constexpr std::string_view step_form = "r(KEY,VALUE,SESSION,TRANSACTION) or w(...), in whole numbers";

struct PlumeLine {
    bool reads = false;
    std::array<std::int64_t, 4> numbers{};
};

// Where the line is something else, in columns from 1; nothing if it is a step.
std::optional<std::size_t> parse_step(std::string_view text, PlumeLine& line) {
    const std::string_view whole = text;
    const auto here = [&] { return whole.size() - text.size() + 1; };
    if (!text.starts_with("r(") && !text.starts_with("w(")) return here();
    line.reads = text[0] == 'r';
    text.remove_prefix(2);
    for (std::size_t i = 0; i < line.numbers.size(); ++i) {
        const std::size_t end = text.find(i + 1 == line.numbers.size() ? ')' : ',');
        if (end == std::string_view::npos || !parse_integer(text.substr(0, end), line.numbers[i])) return here();
        text.remove_prefix(end + 1);
    }
    return text.empty() ? std::nullopt : std::optional(here());
}

} // namespace

ReadResult read_plume(std::string_view text, const ReadOptions&) {
    std::vector<SessionTransaction> transactions;
    std::map<std::pair<std::int64_t, std::int64_t>, std::size_t> known; // by session and number: the place
    Lines lines(text);
    std::string_view each;
    while (lines.next(each)) {
        while (each.ends_with(' ') || each.ends_with('\t')) each.remove_suffix(1);
        if (each.empty()) continue;
        PlumeLine line;
        if (const auto column = parse_step(each, line))
            return expected_at(lines.number(), *column, std::string(step_form));
        const auto [key, value, session, number] = line.numbers;
        if (number == aborted && line.reads) continue;
        const auto [place, added] = known.try_emplace({session, number}, transactions.size());
        if (added || number == aborted) {
            SessionTransaction transaction;
            transaction.session = session;
            transaction.end = number == aborted ? Entry::Type::fail : Entry::Type::ok;
            transaction.place = {static_cast<std::uint32_t>(lines.number()), 1};
            transaction.index = lines.number();
            place->second = transactions.size();
            transactions.push_back(std::move(transaction));
        }
        transactions[place->second].steps.push_back(line.reads ? read_step(key, value) : write_step(key, value));
    }
    return history_of(transactions, Value(0));
}

} // namespace orrery::reports::formats

// Query: which rows one wants to see. A query is a few conditions parted by blanks, and a row is chosen if all hold:
//
//     kind=send to=server2 label=raft.append term=3
//     time>=2.1s host!=client0 content~"entries 5"
//
// A condition is a field, an operator and a value. `=` and `!=` compare, `<`, `<=`, `>` and `>=` order numbers and
// times,
// `~` finds a part of a text. A value with blanks stands in quotes; there \" and \\ mean " and \.
//
// A condition on a field that a row does not have never holds, `!=` neither: term!=3 chooses rows with another term.
#pragma once

#include <set>

#include "orrery/reports/trace/row.h"
#include "orrery/sim/complaint.h"

namespace orrery::reports::trace {

class Query {
public:
    // Chooses every row.
    Query() = default;

    bool matches(const Row& row) const;
    // Words that are no field of every row may be fields of notes, states or operations; only the rows say which there
    // are. What is wrong if these are all fields that rows had.
    sim::Problem problem_of(const std::set<std::string, std::less<>>& names) const;

private:
    friend class QueryParser;
    enum class Operator : std::uint8_t { equal, unequal, less, at_most, greater, at_least, contains };

    struct Condition {
        std::string field;
        Operator is = Operator::equal;
        std::string text;                     // the value as it was given
        std::optional<std::int64_t> number{}; // if it is one; of a time its nanoseconds
        std::size_t column = 0;               // of the field, from 1
        bool operator==(const Condition&) const = default;
    };
    static bool holds(const Condition& condition, const Field& value);

    std::vector<Condition> conditions_{};
    std::vector<std::string> hosts_{};
};

// `hosts`: their names, by their index in the world. A complaint's place has the column, no file.
sim::Checked<Query> parse_query(std::string_view text, const std::vector<std::string>& hosts);

// What a query can ask of every row, for help: "kind", "time", "event", ...
std::vector<std::string> query_fields();
// "boot", "crash", ...
std::vector<std::string> kind_names();

} // namespace orrery::reports::trace

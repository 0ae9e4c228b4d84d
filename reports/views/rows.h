// Rows: out of thousands of recorded events, the few dozen that show how it came to the violation.
//
// Every recorded event gets a rank by what it is and how it is connected with the operations of the story. Of each rank
// the events nearest to the beginning or end of such an operation, or to the finding, are kept. What is left out
// between two rows is counted.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "orrery/reports/trace/row.h"
#include "orrery/reports/views/participants.h"
#include "orrery/reports/views/style.h"
#include "orrery/reports/views/words.h"

namespace orrery::reports::views {

struct Row {
    enum class Shape : std::uint8_t { point, arrow, lost, across, gap };

    Shape shape = Shape::point;
    sim::WorldTime time{};
    std::size_t after = 0;  // how many recorded events of the recording had happened with it
    std::uint32_t host = 0; // point: whose; arrow, lost: the sender
    std::uint32_t to = 0;   // arrow, lost: the receiver
    std::string mark{};     // at the host
    std::string text{};
    Colour colour = Colour::none;
    std::uint64_t fault = 0; // across: which; 0 if it is not a fault
};

struct Scene {
    const trace::Recording& recording;
    const MinimalHistory& minimal; // may be empty
    const Participants& participants;
    const sim::Finding& finding; // which the rows lead to; without a time, the end
    std::size_t rows_max = 40;
    std::vector<std::uint64_t> past_of{}; // events that show the finding: what cannot have led to them is left out
    bool is_of_clients = false;           // the finding: details of a protocol that does what it should say little
    bool is_minimal = false; // of a run in which little is left to chance: all that is new in it is worth a row
};

std::vector<Row> rows(const Scene& scene);
// What a row says: what a narrator told; else its name and fields, without what names nothing that a person knows:
// digests and identities, which are numbers of many digits.
std::string told(const trace::Row& row);
// What a client is told: a value, or "done" to who gave one himself, else "nil".
std::string answer_of(const trace::Row& answer, bool asked_with_value);
// The same as `told` for who is told of a host: "server0 leads term 4", "server0: role = leader".
std::string told_of(const std::string& host, const trace::Row& row);

} // namespace orrery::reports::views

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
    bool is_minimal = false; // of a run in which little is left to chance: all that is new in it is worth a row
};

std::vector<Row> rows(const Scene& scene);
// What a row says beside its name, without what names nothing that a person knows: digests and identities, which are
// numbers of many digits.
std::string told(const trace::Row& row);

} // namespace orrery::reports::views

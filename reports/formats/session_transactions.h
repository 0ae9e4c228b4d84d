// Transactions of registers as the checkers of isolation exchange them: who did what, a session after the other,
// and no times. Plume, PolySI, dbcop and Cobra record so.
//
// All entries bear one and the same time, so all sessions are concurrent; within a session the order is that of the
// source. Nothing is said about real time, and a judge that asks for it finds nothing wrong.
#pragma once

#include <vector>

#include "orrery/reports/formats/format.h"

namespace orrery::reports::formats {

struct SessionTransaction {
    std::int64_t session = 0;
    Value::List steps{};               // [r key value], [w key value], in the order in which they were done
    Entry::Type end = Entry::Type::ok; // fail: aborted; info: nobody knows
    Place place{};
    std::uint64_t index = 0; // how the source numbers it, or the line
};

Value read_step(Value key, Value value);
Value write_step(Value key, Value value);

// `initial`: what every register holds at the beginning; nil: nothing.
History history_of(const std::vector<SessionTransaction>& transactions, const Value& initial);

// One session of Cobra's, for a run is a folder of such logs.
sim::Checked<std::vector<SessionTransaction>> cobra_session(std::string_view log, std::int64_t session);
bool is_cobra_log(std::string_view text);
bool is_dbcop_binary(std::string_view text);

ReadResult read_plume(std::string_view text, const ReadOptions& options = {});
ReadResult read_dbcop(std::string_view text, const ReadOptions& options = {});
ReadResult read_dbcop_binary(std::string_view text, const ReadOptions& options = {});
ReadResult read_cobra(std::string_view text, const ReadOptions& options = {});

} // namespace orrery::reports::formats

// Operations as Jepsen records them, whether they are written as EDN, as JSON, as tuples or as lines of a log:
// a process, a type, a word f and a value.
//
// :fail means that it did not happen, a nil read on :ok is an unknown one - but where somebody told that the objects
// start at nil - , :nemesis is nobody, and a process id may be used again after :info. What else a source may do:
//   - a process is a text: it gets a number, and keeps its name in Source::processes;
//   - there are no processes: each invocation is a client of its own, and a return belongs to the latest
//     invocation that is under way and asked the same;
//   - a transaction returns that was never invoked, as in Elle's short histories: it was under way since its client
//     was last seen, or since the beginning.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "orrery/reports/formats/format.h"

namespace orrery::reports::formats {

// In what one source differs from another.
struct JepsenReading {
    bool swaps_compared = false; // a :cas that failed had compared and was unequal; else it did not happen
    bool nil_is_read = false;    // a read of nil on :ok has seen nil
    bool starts_at_nil = false;  // registers do; else registers of numbers start at 0
};

class JepsenEntries {
public:
    JepsenEntries(const ReadOptions& options, JepsenReading reading) : options_(options), reading_(reading) {}

    // One operation, at its place in the source. Returns what is wrong with it.
    sim::Problem add(const Value& map, Place place);
    // The same as [process type f value]; what stands behind these four is not looked at.
    sim::Problem add_tuple(const Value::List& tuple, Place place);
    void skip(std::string_view what) { source_.skip(what); }
    // What holds for a whole history: processes, unread steps, keys, times, where it starts.
    ReadResult finish();

private:
    enum class Client : std::uint8_t { number, text, nobody };
    struct Recorded {
        Entry entry;
        Client client = Client::number;
        std::string process{};              // a text
        std::optional<std::int64_t> time{}; // what the source says
        bool added = false;                 // the source does not have it
    };

    sim::Problem add(Recorded recorded, const Value* process, const Value* type, const Value* f);
    sim::Problem order_by_time();
    void number_processes();
    void pair_without_processes();
    void add_invocations();
    void set_times();
    void leave_out_unread_steps();
    void leave_out_untold_answers();
    void find_initial(bool keyed);

    const ReadOptions& options_;
    JepsenReading reading_;
    std::vector<Recorded> all_;
    Source source_;
    bool told_process_ = false; // some entry has a process
    History history_;
};

// Whether the word can be the process of an operation, and the type of one, in a line of text.
bool is_process(std::string_view word);
bool is_type(std::string_view word);
// Whether the line is an operation: by these two, and in a log by who wrote it.
bool is_operation_of_log(std::string_view line);
bool is_operation_of_history_txt(std::string_view line);

} // namespace orrery::reports::formats

// History: what the clients of a system asked and what they got back, in the order in which it
// happened. All judges work on histories, and on nothing else.
//
// A history is normalised before it gets here. A format decides what the words of its files mean:
//   invoke  an operation began; `value` is its argument
//   ok      it returned; `value` is its result. A compare-and-swap that compared unequal is an
//           observation: ok with the result false
//   fail    it had no effect and never will: the judges drop it
//   info    unknown: it may take effect at any time after its invocation, or never
// An operation without a return is unknown as well. After an unknown operation its process may
// still be stuck in it, so it does nothing more: the next operation belongs to a new process.
//
// What operations mean is written in `models/`; the built-in words are:
//   register      read -> value or nil      write value
//   cas-register  the same, and             cas [from to] -> true or false
//   kv            with a key, values text:  get -> value or nil    put value    delete    append value
//                                           cas [from to] -> true or false (from nil: if absent)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/reports/value.h"
#include "orrery/reports/word.h"
#include "orrery/sim/complaint.h"
#include "orrery/sim/types.h"

namespace orrery::reports {

// Where something stands in its source, from 1; 0: it has none. It says nothing about what stands there,
// so two entries are equal wherever they were read.
struct Place {
    std::uint32_t line = 0;
    std::uint32_t column = 0;

    bool operator==(const Place&) const { return true; }
};

struct Entry {
    enum class Type : std::uint8_t { invoke, ok, fail, info };

    Type type = Type::invoke;
    std::int64_t process = 0;
    Word f;                  // the operation's word: "read", "write", "get", ...
    Value key;               // nil when the model has only one object
    Value value;             // invoke: the argument; ok: the result; else without meaning
    sim::WorldTime time{};   // never goes back from one entry to the next; equal stamps are concurrent
    std::uint64_t index = 0; // how the source numbers it (its line, if it has no numbers): for messages
    Place place{};
    // ok, info: where the system says that it took effect - an index of its log, a revision. Judges check it.
    std::optional<std::int64_t> order{};

    bool operator==(const Entry&) const = default;
};

// "invoke", "ok", "fail", "info".
std::string_view name(Entry::Type type);
std::optional<Entry::Type> entry_type(std::string_view name);

// How a history was read, for people. It says nothing about what happened, so two histories are equal whatever
// they were read from.
struct Source {
    // What the source holds beside operations of clients, and how much of it: {"nemesis line", 12}.
    struct Skipped {
        std::string what;
        std::size_t count = 0;
    };

    bool numbered = false;   // whether Entry::index is the source's own number, not the line
    bool counted = false;    // whether Entry::time only counts the entries, and is no time
    bool told = false;       // whether somebody said where the objects start; else the format did, or the model
    bool nil_unread = false; // whether reads of nil are among what was skipped
    std::vector<Skipped> skipped{};
    std::size_t back_in_time = 0; // entries that bear an earlier time than one before them
    std::vector<std::pair<std::int64_t, std::string>> processes{}; // those that the source knows by a text

    void skip(std::string_view what);
    bool operator==(const Source&) const { return true; }
};

struct History {
    std::string model; // "register", ...; empty if the source does not say
    std::vector<std::pair<std::string, Value>> settings;
    std::optional<Value> initial; // where each key starts; without it, the model's own initial state
    std::vector<Entry> entries;
    Source source{};

    bool operator==(const History&) const = default;
};

// What is wrong with an entry: "entry 17: process 3 returned without having invoked anything", at its place.
sim::Complaint complaint_of(const Entry& entry, const std::string& message);

// One operation: an invocation and what became of it.
struct Call {
    enum class Outcome : std::uint8_t { ok, fail, unknown };

    std::int64_t process = 0;
    Word f;
    Value key;
    Value argument;
    Value result; // nil unless ok
    Outcome outcome = Outcome::unknown;
    std::uint32_t invoke_entry = 0;            // place in History::entries
    std::optional<std::uint32_t> return_entry; // none if it never returned
    sim::WorldTime invoked{};
    sim::WorldTime returned{INT64_MAX};  // of an unknown one: never
    std::optional<std::int64_t> order{}; // as in Entry

    // For people: `process 3: write 7`, `process 2: read -> 7`, `process 1: cas [1 2] -> ?`.
    std::string rendered() const;
};

// The calls of a history, in the order of their invocations, failed ones included. Errors: a return
// without an invocation, a return with another word or key than its invocation, an invocation while
// the process is still busy or after it retired, time that goes back.
sim::Checked<std::vector<Call>> calls(const History& history);

// The same check alone.
sim::Problem check(const History& history);

// Gives a new process id to whatever a process did after an operation of its own became unknown
// (info). For formats whose sources use their ids again.
void retire_processes(History& history);

} // namespace orrery::reports

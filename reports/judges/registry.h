// Registry: the judges by name. Each judges one promise that a system may make to its clients.
//
// A judge gets the calls of a history and says passed, violated or undecided, with places in `calls` in
// all that it says. A new one is a function like these and a row in registry.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/reports/history.h"
#include "orrery/reports/models/registry.h"
#include "orrery/reports/verdict.h"

namespace orrery::reports::judges {

inline constexpr std::uint64_t budget_default = 2'000'000;          // nodes of the search
inline constexpr std::size_t memory_default = std::size_t{1} << 30; // bytes

struct JudgeOptions {
    std::string judge{};                        // by name, see registry.h; empty: the model's own
    std::string model{};                        // by name; empty: the one the history names
    std::uint64_t budget = budget_default;      // nodes of the search
    std::size_t memory = memory_default;        // bytes that a judge may take beside the history, about
    bool split = true;                          // by key
    bool shortcuts = true;                      // else all is searched
    std::size_t threads = 1;                    // for the keys; they change nothing but the time it takes
    const models::Language* language = nullptr; // a model that is not built in; then `model` is not looked at
};

struct Case {
    const History& history;
    const std::vector<Call>& calls; // of it, in the order of their invocations; failed ones are among them
    std::string_view judge;         // the judge's name: one function may serve several
    std::string_view model;         // by name; empty: not given
    std::string_view parameter;     // what stood behind the judge's name and "="; empty: nothing
    const JudgeOptions& options;
};

struct Judge {
    std::string_view name;                  // as the command line takes it
    std::string_view promise;               // what a passed verdict means, in a clause
    std::vector<std::string_view> models;   // of the histories that it judges; none: of any
    std::vector<std::string_view> standard; // the models of which it is the default judge
    Verdict (*judge)(const Case&);
    std::string_view parameter{}; // "TIME": may be given as NAME=TIME; empty: takes none
    // Of one that takes a parameter: whether it takes this; empty: none was given.
    bool (*takes_parameter)(std::string_view parameter) = nullptr;
    std::string_view parameter_expected{}; // "a time, like 5s"
};

const std::vector<Judge>& registry();
// nullptr if there is none of that name.
const Judge* find_judge(std::string_view name);
// The default judge of a model: linearizable, unless another judge has it in `standard`.
std::string_view judge_of(std::string_view model);
bool takes(const Judge& judge, std::string_view model);
// What is wrong with a parameter, whatever history it is for; nothing if the judge takes it. Empty: none was given.
sim::Problem problem_of_parameter(const Judge& judge, std::string_view parameter);

// The parameter as a time, "5s" or "100ms", of at most a hundred years; nothing if it is anything else.
std::optional<sim::Duration> duration_of(std::string_view parameter);
// Likewise as a number of versions, from 1 to 1000.
std::optional<std::int64_t> versions_of(std::string_view parameter);

// Says of an undecided verdict that what ran out was the memory.
void blame_memory(Blocked& blocked, std::size_t memory);

// The verdict on what cannot be judged: undecided, with the reason.
Verdict cannot_judge(sim::Complaint complaint);
// The same for a history as a whole: "a register cannot start at [1 2]".
inline Verdict cannot_judge(const std::string& message) { return cannot_judge({sim::Cause::input, {}, message}); }

} // namespace orrery::reports::judges

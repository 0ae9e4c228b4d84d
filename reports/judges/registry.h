// Registry: the judges by name. Each judges one promise that a system may make to its clients.
//
// A judge gets the calls of a history and says passed, violated or undecided, with places in `calls` in
// all that it says. A new one is a function like these and a row in registry.cc.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "orrery/reports/history.h"
#include "orrery/reports/verdict.h"

namespace orrery::reports::judges {

struct JudgeOptions;

struct Case {
    const History& history;
    const std::vector<Call>& calls; // of it, in the order of their invocations; failed ones are among them
    std::string_view judge;         // who is asked: one function may serve several
    std::string_view model;         // by name; empty: nobody said
    std::string_view parameter;     // what stood behind the judge's name and "="; empty: nothing
    const JudgeOptions& options;
};

struct Judge {
    std::string_view name;                  // as the command line takes it
    std::string_view promise;               // what a passed verdict means, in a clause
    std::vector<std::string_view> models;   // of the histories that it judges; none: of any
    std::vector<std::string_view> standard; // the models whose histories it judges if nobody says how
    Verdict (*judge)(const Case&);
    std::string_view parameter{}; // "TIME": may be given as NAME=TIME; empty: takes none
};

const std::vector<Judge>& registry();
// nullptr if there is none of that name.
const Judge* find_judge(std::string_view name);
// Who judges the histories of a model if nobody says: linearizable, unless another claims it.
std::string_view judge_of(std::string_view model);
bool takes(const Judge& judge, std::string_view model);

// The verdict on what cannot be judged: undecided, with the reason and the place of the entry.
Verdict cannot_judge(const Case& given, const HistoryError& error);

} // namespace orrery::reports::judges

// Isolation: whether transactions kept what a consistency model promises, after Elle (Kingsbury & Alvaro, VLDB
// 2020): the judges named as the models in consistency.h, for the histories of list-append and rw-register.
//
// Of lists the order of versions is known: dependencies (dependencies.h) make a graph, and anomalies and cycles in it
// (cycles.h) rule models out. Of registers it is known in part, so each level is decided by itself (levels.h). Violated
// if the model that was asked for is among those that what was found rules out; passed only if it was decided.
#pragma once

#include "orrery/reports/judges/registry.h"

namespace orrery::reports::judges::transactions {

Verdict judge_isolation(const Case& given);

} // namespace orrery::reports::judges::transactions

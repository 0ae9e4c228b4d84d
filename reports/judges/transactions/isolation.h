// Isolation: whether transactions kept what a consistency model promises, after Elle (Kingsbury & Alvaro, VLDB
// 2020): the judges named as the models in consistency.h, for the histories of list-append and rw-register.
//
// Dependencies (dependencies.h) make a graph; anomalies and cycles in it (cycles.h) rule models out. Violated
// if the model that was asked for is among those. Of lists the order of versions is known, and a passed
// verdict means that there is an order of transactions that explains every read; of registers it is known in
// part, and it means that none of the anomalies can be shown. Linear in operations and dependencies where
// nothing is wrong.
#pragma once

#include "orrery/reports/judges/registry.h"

namespace orrery::reports::judges::transactions {

Verdict judge_isolation(const Case& given);

} // namespace orrery::reports::judges::transactions

// Revisions: answers of an etcd that contradict each other. Every answer names the revision at which it was given, and
// every key that it shows the revision that put it there. So two answers, or one and what nobody asked for, can show
// that no order explains them, where a search would try all that unknown requests may have done in between:
//   the revision went back in real time, or did not go on where something was changed
//   two requests were told that they made the same revision
//   a range shows a value that was overwritten at a revision up to its own, or another one than was put then
//   a range shows a value that nobody asked to be put, or not before it had returned
//   a range misses a key, although everything since it was put is known, and nothing deleted it
// Each is a proof. That there is none proves nothing.
#pragma once

#include <optional>

#include "orrery/reports/models/operations.h"
#include "orrery/reports/verdict.h"

namespace orrery::reports::judges::linearizable {

// The contradiction that shows first, of a model whose answers name revisions as etcd.h says; of others there is none.
// Places are those of `operations`.
std::optional<Anomaly> contradiction(const models::Operations& operations);

} // namespace orrery::reports::judges::linearizable

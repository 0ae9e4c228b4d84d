// Judges of one kind of promise each, in a pass or two over the calls: what Jepsen's checkers of these names
// look for (jepsen/checker.clj, tests/bank.clj, tests/long_fork.clj), with the operations that show it.
//
// Operations that failed count as never done; unknown ones may have been done or not.
#pragma once

#include "orrery/reports/judges/registry.h"

namespace orrery::reports::judges::domain {

// transfer {from to amount}, read -> {account balance ...}. Every read shows the same total, the one that the
// history starts with or else most reads show; the same accounts; no balance that is nil; and none below zero, unless
// the setting negative-balances of the history is true.
Verdict judge_bank(const Case& given);

// add VALUE, read -> [VALUE ...]. The last read shows all that was acknowledged before it began, and nothing
// that was never added.
Verdict judge_set(const Case& given);
// The same of every read, element by element: once an element was acknowledged or read, reads that begin
// later show it. Stale, if a later read shows it again; lost, if none does. Of both: undecided, if no read shows any
// element.
Verdict judge_set_full(const Case& given);

// enqueue VALUE, dequeue -> VALUE or nil, drain -> [VALUE ...]. Nothing is dequeued that was never enqueued, nothing
// twice; and if the history ends with a drain, nothing whose enqueue was acknowledged is missing. A drain may end with
// :exhausted; where it returns only that, what it took is not known.
Verdict judge_queue(const Case& given);

// add N, read -> N. Each read lies between the least and the most that may have been added by then.
Verdict judge_counter(const Case& given);

// generate -> VALUE. No value twice.
Verdict judge_unique_ids(const Case& given);

// write [[w KEY VALUE]], read [[r KEY VALUE] ...]. Of two reads of the same keys, neither sees a write that the
// other does not see while it misses one that the other sees. Each key is written once.
Verdict judge_long_fork(const Case& given);

// write VALUE, read -> [VALUE ...], of each key apart. Who reads a value reads all those whose writes had returned when
// its own write began. Each value is written once.
Verdict judge_causal_reverse(const Case& given);

// send, poll and txn [[send KEY VALUE] [poll] ...] -> [[send KEY [offset VALUE]] [poll {KEY [[offset VALUE] ...]}]
// ...], assign and subscribe [KEY ...]. Each key is a log. Kinds are those of Jepsen's workload: inconsistent-offsets,
// duplicate, lost-write, G1a, precommitted-read, poll-skip, nonmonotonic-poll, nonmonotonic-send, and int- of these
// inside of one operation. Who subscribes may be given other keys at any time, so the order of his polls is not judged.
// Undecided, if something was sent, nothing polled, and nothing is wrong.
Verdict judge_kafka(const Case& given);

// put VALUE -> revision, watch FROM -> [[revision key value] ...]. Events come in the order of their revisions,
// each once, none left out between the first and the last, and none of a put that had not begun.
Verdict judge_watch(const Case& given);

// acquire -> token or nil, release. No two hold the lock at a time at which both certainly do: from the return of
// acquire to the invocation of release; of a lease (lock=TIME) no longer than TIME after acquire was invoked.
// Tokens that are whole numbers grow: a result that is one, or a map with one under fence or token.
Verdict judge_lock(const Case& given);

} // namespace orrery::reports::judges::domain

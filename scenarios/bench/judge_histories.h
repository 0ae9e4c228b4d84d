// Histories to measure the judge with, made from one seed. Several clients share one real object; each invokes, takes
// effect and returns at drawn turns. So every history is legal, and all clients are concurrent.
#pragma once

#include <cstdint>
#include <vector>

#include "orrery/reports/history.h"
#include "orrery/reports/models/cas_register.h"
#include "orrery/reports/models/counter.h"
#include "orrery/reports/models/kv.h"
#include "orrery/reports/models/mutex.h"
#include "orrery/reports/models/operations.h"
#include "orrery/reports/models/register.h"
#include "orrery/reports/models/sequence.h"
#include "orrery/reports/models/set.h"

namespace orrery::scenarios::bench {

template <class M>
using Recorded = std::vector<reports::models::Operation<M>>;

// Reads and writes of values that are all different.
Recorded<reports::models::Register> unique_history(std::uint64_t operations, std::uint64_t clients);
// Reads, writes and compare-and-swaps over so many values.
Recorded<reports::models::CasRegister> swapping_history(std::uint64_t operations, std::uint64_t clients,
                                                        std::uint64_t values);
// Gets, appends of tokens that are all different, and now and then a put, on so many keys.
Recorded<reports::models::Kv> growing_history(std::uint64_t operations, std::uint64_t clients, std::uint64_t keys);
// A queue or a stack: elements that are all different go in and out.
Recorded<reports::models::Queue> queue_history(std::uint64_t operations, std::uint64_t clients);
Recorded<reports::models::Stack> stack_history(std::uint64_t operations, std::uint64_t clients);
// Elements of a set are added, removed and looked up.
Recorded<reports::models::Set> set_history(std::uint64_t operations, std::uint64_t clients, std::uint64_t elements);
// Clients acquire and release one lock; about half of the acquisitions are refused.
Recorded<reports::models::Mutex> mutex_history(std::uint64_t operations, std::uint64_t clients);
// Operations of a counter: add one, read the sum, or both at once.
Recorded<reports::models::Counter> counter_history(std::uint64_t operations, std::uint64_t clients);
// Transactions of one to four steps on ten lists at a time, each of which gets 32 elements before another
// takes its place. As a format would have read it.
reports::History list_history(std::uint64_t transactions, std::uint64_t clients);

} // namespace orrery::scenarios::bench

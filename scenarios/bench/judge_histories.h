// Histories to measure the judge with, made from one seed: clients of one real object, each of which
// invokes, takes effect and returns at random turns. So they are legal, and as concurrent as they have
// clients.
#pragma once

#include <cstdint>
#include <vector>

#include "orrery/reports/history.h"
#include "orrery/reports/models/cas_register.h"
#include "orrery/reports/models/counter.h"
#include "orrery/reports/models/kv.h"
#include "orrery/reports/models/mutex.h"
#include "orrery/reports/models/operations.h"
#include "orrery/reports/models/queue.h"
#include "orrery/reports/models/register.h"
#include "orrery/reports/models/set.h"
#include "orrery/reports/models/stack.h"

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
// Elements that are all different go in and out.
Recorded<reports::models::Queue> queue_history(std::uint64_t operations, std::uint64_t clients);
Recorded<reports::models::Stack> stack_history(std::uint64_t operations, std::uint64_t clients);
// So many elements are added, removed and looked for.
Recorded<reports::models::Set> set_history(std::uint64_t operations, std::uint64_t clients, std::uint64_t elements);
// Whoever comes wants the lock, or gives it back; half of them are refused.
Recorded<reports::models::Mutex> mutex_history(std::uint64_t operations, std::uint64_t clients);
// One is added, or the sum is told, or both.
Recorded<reports::models::Counter> counter_history(std::uint64_t operations, std::uint64_t clients);
// Transactions of one to four steps on ten lists at a time, each of which gets 32 elements before another
// takes its place. As a format would have read it.
reports::History list_history(std::uint64_t transactions, std::uint64_t clients);

} // namespace orrery::scenarios::bench

// Level oracle: each consistency model spelt out, and asked of every order there is. Slow, obvious, for a handful of
// transactions. The judge of transactions is tested against it.
//
//   read-uncommitted                 every value was written by somebody; one order of transactions puts each that
//                                    overwrites what it read after who wrote that (Adya 1999, PL-1: no cycle of writes)
//   read-committed, read-atomic,     the axioms of Biswas & Enea (OOPSLA 2019), figure 1, over every commit order that
//   causal                           holds reads-from and the order of each client
//   consistent-view, repeatable-read Adya 1999, PL-2+ and PL-2.99 without predicates: over every order of versions of
//                                    each key, the dependencies have no cycle with at most one anti-dependency, or none
//   snapshot isolation               Berenson et al. 1995: transactions begin, read a snapshot, and commit if nobody
//                                    committed a write of the same key meanwhile; over every interleaving
//   serializable                     transactions are played one after the other; over every order
// and the last two with the order of clients or of real time: what came first has ended before the other begins.
//
// An unknown transaction may have happened or not: both are tried.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "orrery/reports/history.h"

namespace orrery::reports::judges::transactions::oracle {

constexpr int start = 0; // the value of a register that nobody wrote

struct Step {
    bool writes = false;
    int key = 0;
    int value = start;         // written, appended, or read from a register
    std::vector<int> values{}; // read from a list
};
struct Txn {
    std::vector<Step> steps{};
    Call::Outcome outcome = Call::Outcome::ok;
    int process = 0;
    std::int64_t invoked = 0;
    std::int64_t returned = 0;
};
struct Tiny {
    bool lists = false; // else registers
    int keys = 0;
    std::vector<Txn> all;
};

// Whether the level allows it. Of lists: what is at least snapshot isolation.
bool allows(const Tiny& tiny, std::string_view level);

} // namespace orrery::reports::judges::transactions::oracle

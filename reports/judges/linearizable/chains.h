// Chains: linearizability without a search, for registers whose values are all different.
//
// Each value then reigns once: from its maker - the write or the successful compare-and-swap that left it - over all
// operations that saw it, up to the maker of the next value. A swap must follow directly on the reign of the value
// that it found. So reigns hang together in chains; each chain begins with a write or with the initial value.
//
// A chain has a zone in time, between the earliest return and the latest invocation of its operations:
//   forward   the return comes first: the chain certainly reigned during all of [return, invocation]
//   backward  the invocation comes first: the chain may have reigned at any one instant of [invocation, return]
//
// Lemma. There is a legal order exactly if
//   1. no value is seen before its maker was invoked, or after a later value of its chain was seen,
//   2. no two forward zones overlap, and
//   3. no backward zone lies inside a forward one;
// and then the chains in order of the left ends of their zones are such an order. (Zones: Gibbons & Korach, "Testing
// Shared Memories", 1997, section 4. Chains of swaps are our own step; its proof are the certificates, which check
// every order, the search, which checks every violation, and the property tests.)
//
// Example of what is allowed:
//     time                0  1  2  3  4  5  6  7  8  9
//     client 1 write 1    [-----]
//     client 2 cas 1 to 2          [-----]
//     client 3 read -> 2                       [--]
//     client 4 write 3       [--------------------]
// The chain 1, 2 has its earliest return at 2 and its latest invocation at 7: a forward zone [2, 7]. The chain 3 is
// write 3 alone, invoked at 1 and returned at 8: a backward zone [1, 8]. It does not lie inside [2, 7], so by the
// lemma there is an order: write 3, write 1, cas, read.
//
// Example of what is not: let write 3 be invoked at 3 and return at 6 instead. Its zone [3, 6] lies inside [2, 7]:
// value 3 would have to reign while the chain 1, 2 certainly does, but the swap lets nothing between 1 and 2, and the
// read sees 2 afterwards. Those four operations are the core of the violation.
//
// Refused swaps and appends that no read saw do not shape the chains: they are put where they fit once the order of
// the others is known. If one does not fit, the order may be at fault, and the question is left to the search.
// O(n log n), most of it for sorting chains.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "orrery/reports/models/operations.h"
#include "orrery/reports/models/register_effect.h"

namespace orrery::reports::judges::linearizable {

// What only tests break, to see that breaking it is noticed.
struct ChainRules {
    bool forward_overlap = true; // two forward zones must not overlap
    bool backward_inside = true; // no backward zone inside a forward one
    bool order_in_chain = true;  // nothing is seen after its reign
    bool seen_too_early = true;  // nothing is seen before its maker is invoked
    bool refused_fit = true;     // a refused swap stands where its value does not reign
    bool touching = true;        // zones that only touch do not conflict
    bool guesses = false;        // what is impossible by a guess is impossible: true is the broken one
};

class Chains {
public:
    enum class Outcome : std::uint8_t { found, impossible, unclear };

    // Operations are numbered by their place in `effects`; intervals and effects outlive this.
    Chains(std::span<const models::Interval> intervals, const models::RegisterEffects& effects, ChainRules rules = {});

    Outcome decide();
    // found: the order, without unknown operations whose effect no other saw.
    const std::vector<std::uint32_t>& order() const { return order_; }
    // impossible: these alone are impossible, and leaving out the others could not make them so.
    const std::vector<std::uint32_t>& core() const { return core_; }

private:
    static constexpr std::uint32_t none = UINT32_MAX;
    // The reign of one value.
    struct Reign {
        std::int64_t first_return = INT64_MAX;
        std::int64_t last_call = INT64_MIN;
        std::uint32_t first = none; // whose return that is
        std::uint32_t last = none;  // whose invocation that is
        std::uint32_t maker = none;
        std::uint32_t taker = none;  // the swap that ended it
        std::uint32_t reader = none; // the last one; see reader_before_ for the others
        bool chained = false;
    };
    struct Chain {
        std::int64_t first_return = INT64_MAX;
        std::int64_t last_call = INT64_MIN;
        std::uint32_t first = none;
        std::uint32_t last = none;
        std::uint32_t root = 0; // its first value

        bool forward() const { return first_return < last_call; }
        std::int64_t left() const { return forward() ? first_return : last_call; }
    };

    bool collect();
    bool collect_known(std::uint32_t operation);
    bool adopt_unknown();
    void adopt(std::uint32_t value, const std::vector<std::uint32_t>& unknown_maker);
    void take(std::uint32_t value, std::uint32_t taker);
    void include(std::uint32_t value, std::uint32_t operation);
    bool check_makers();
    bool link();
    bool follow(std::uint32_t root);
    bool check_zones();
    void emit();
    bool place_floating();

    bool fail(std::initializer_list<std::uint32_t> operations, std::initializer_list<std::uint32_t> values);
    void add_to_core(std::uint32_t operation);
    void add_lineage(std::uint32_t value);
    void add_witness(std::uint32_t value);
    bool is_seen(const Reign& reign) const { return reign.reader != none || reign.taker != none; }
    bool is_swap(std::uint32_t operation) const {
        return effects_.all[operation].kind == models::RegisterEffect::Kind::swap;
    }

    std::span<const models::Interval> intervals_;
    const models::RegisterEffects& effects_;
    ChainRules rules_;
    std::vector<Reign> reigns_;
    std::vector<Chain> chains_;
    std::vector<std::uint32_t> unknown_; // writes and swaps
    std::vector<std::uint32_t> floating_;
    std::vector<std::uint32_t> reader_before_; // of one that saw a value: the one before it that did, by place
    std::vector<std::uint32_t> order_;
    std::vector<std::uint32_t> core_;
    std::vector<bool> in_core_;
    std::uint32_t second_taker_ = none; // a swap whose value had been taken by another
    bool impossible_ = false;
};

} // namespace orrery::reports::judges::linearizable

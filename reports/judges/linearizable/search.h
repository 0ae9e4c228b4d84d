// Search: is there an order of these operations on one object that respects real time and that the
// object can explain?
//
// Depth first, after Wing & Gong (1993) with Lowe's memory of configurations (2014), over a window: a
// configuration is how many returns are passed, which of the operations under way are done, the
// state, and which unknown operations were spent. Unknown operations may be left out. What may be done
// next is tried in order of invocation. Five reductions cut the search, and none changes its answer:
//   observers   an operation that cannot change the state is done at once when its result fits:
//               doing it never hurts
//   symmetry    of equal operations under way the one that returns first goes first: they could be
//               swapped
//   dominance   a configuration is skipped if it was seen with fewer unknown operations spent
//   purpose     an unknown operation is only spent for a successor that does something else without
//               it: otherwise the same order without it is as good
//   focus       if all keys are judged together, only operations on the key of the first return to be
//               passed may go next: those on other keys could as well go after it
// The budget is in configurations, so that a verdict is the same on every machine.
//
// A moment when nothing is under way cuts a history in two: whatever led there, only the state and the unknown
// operations left matter. So once many configurations are remembered, all that lie before such a cut are forgotten
// but the cut's own. Going back behind a cut is rare, and finds them again.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "orrery/reports/judges/linearizable/memo.h"
#include "orrery/reports/judges/linearizable/part.h"
#include "orrery/reports/judges/linearizable/timeline.h"
#include "orrery/reports/judges/linearizable/transitions.h"
#include "orrery/reports/judges/linearizable/window.h"
#include "orrery/reports/judges/registry.h"

namespace orrery::reports::judges::linearizable {

struct Reductions {
    bool observers = true;
    bool symmetry = true;
    bool dominance = true;
    bool purpose = true;
    bool focus = true;
    std::size_t memo_kept = std::size_t{16} << 20; // bytes of configurations before any are forgotten
    // Only tests break one of them, to see that it is noticed.
    enum class Broken : std::uint8_t {
        none,
        observers, // whatever changes nothing in the state at hand is done at once
        symmetry,  // of equal operations the one that returns last goes first
        dominance, // what was spent does not matter
        purpose,   // no unknown operation serves another
        focus      // the key of the last return, not of the first
    };
    Broken broken = Broken::none;
};

class Search {
public:
    enum class Outcome : std::uint8_t { found, impossible, out_of_budget, out_of_memory };

    // A state in which the search could go no further, with the most done.
    struct DeadEnd {
        std::uint32_t state = 0;
        std::vector<std::uint64_t> mask;
        bool operator==(const DeadEnd&) const = default;
    };
    static constexpr std::size_t dead_ends_max = 8;
    static constexpr std::size_t unknown_classes_weighed = 64;

    // The board outlives this; its machine grows. Half of the memory may hold configurations that were met; when it is
    // full, no more are remembered, and the search goes on more slowly.
    Search(const Board& board, Reductions reductions, std::size_t memory = memory_default);

    // Out of memory: configurations and states take more bytes than `memory`. How the search goes does not depend on
    // it, only how far.
    Outcome run(std::uint64_t budget, std::size_t memory);
    Outcome run(std::uint64_t budget) { return run(budget, memory_default); }

    std::uint64_t nodes() const { return nodes_; }
    std::size_t memo_bytes() const { return memo_.bytes() + cuts_.bytes(); }
    std::size_t bytes() const { return memo_bytes() + transitions_.bytes() + board_.machine->bytes(); }
    // found: the order, with the unknown operations that took effect.
    const std::vector<std::uint32_t>& order() const { return window_.order(); }
    // Otherwise: the longest order met, how many returns it passes, and where it and its like stood.
    const std::vector<std::uint32_t>& longest() const { return longest_; }
    std::uint32_t deepest() const { return deepest_; }
    const std::vector<DeadEnd>& dead_ends() const { return dead_ends_; }

private:
    struct Frame {
        std::uint32_t state = 0;
        std::uint32_t parent_state = 0;  // before the unknown operation that led here
        bool by_unknown = false;         // whether one did
        std::size_t mark = 0;            // in the window, when all that this frame tried is undone
        std::uint32_t tried = 0;         // the operation tried last; a list head before the first
        std::uint32_t tried_unknown = 0; // how many unknown classes were tried, once `tried` is at the end
    };

    bool enter(std::uint32_t state, std::uint32_t parent_state, bool by_unknown);
    bool is_new();
    void settle(std::uint32_t state);
    void settle(std::uint32_t state, std::uint32_t list);
    bool advance_frame();
    bool try_known();
    bool try_unknown();
    bool has_purpose(std::uint32_t before, std::uint32_t after);
    bool repeats(const Frame& frame, std::uint32_t operation_class, std::uint32_t next);
    bool is_symmetric(std::uint32_t operation) const;
    std::uint32_t in_focus() const;
    void note_progress(std::uint32_t state);

    const Board& board_;
    const Timeline& timeline_;
    const std::vector<std::uint32_t>& classes_;
    Reductions reductions_;
    Transitions transitions_;
    Window window_;
    Memo memo_;
    Memo cuts_;                         // configurations at cuts behind which all was forgotten
    std::vector<bool> forgotten_;       // returns passed -> whether there is such a cut
    std::vector<std::uint32_t> sooner_; // operation -> the one of its class that returns next before it
    std::vector<std::uint64_t> key_;
    std::vector<Frame> frames_;
    std::uint64_t nodes_ = 0;
    bool found_ = false;

    std::uint32_t deepest_ = 0;
    std::size_t most_done_ = 0;
    std::vector<std::uint32_t> longest_;
    std::vector<DeadEnd> dead_ends_;
};

} // namespace orrery::reports::judges::linearizable

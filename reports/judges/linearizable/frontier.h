// Frontier: every configuration in which one object may be, kept up to date while the object is used. It judges
// linearizability at each return (the "just in time" linearization of Lowe 2017, breadth first).
//
// A configuration is a state and, for each operation under way, whether it has taken effect already and with what
// result. An operation takes effect only when a return forces it: first as many of the others as are needed, then
// the one that returns. Unknown operations stay under way for ever; each may take effect or not.
//
// Two kinds of operations would multiply the configurations, so they are placed afterwards, when they return:
//   - a read-only operation. A configuration remembers the states that it left while the operation was under way;
//     the operation may have happened in any of them
//   - a blind write: its result and the state after it do not depend on the state before. It may have happened just
//     before another blind write, where only a read could see it. The moment before a blind write is called a gap;
//     a configuration remembers which operations were under way at a gap
//
// One configuration dominates another if it has the same state and the same operations still to come, has spent
// no unknown operation that the other has not, and has left every state and met every gap that the other has.
// Whatever the dominated one can do, the other can; so only the dominating one is kept.
//
// Example: a register holds 0. write(1) and write(2) are both under way, and a read returns 1:
//
//     client 1  [ write 1 ............>         two blind writes under way, neither has returned
//     client 2  [ write 2 ............>
//     client 3        [ read -> 1 ]             the return that is judged
//
// Before the return there is one configuration: {state 0}. The read does not agree with it, so write 1 is made to
// happen: {state 1; write 1 is done; write 2 met a gap}, and the read agrees. This one configuration stands for two
// orders, "write 2, write 1, read" and "write 1, read, and write 2 later"; without gaps there would be two of them.
// What it does not allow: a second read that begins now and returns 0. State 0 was left before that read began, and
// nothing under way brings it back. Without a configuration that agrees, the history is not linearizable.
//
// Exact up to `configurations_max` at once, 64 operations under way, and 64 states that a read-only operation may
// have seen. Beyond that the frontier gives up: it drops what it holds and judges no more.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "orrery/reports/judges/linearizable/configuration_set.h"
#include "orrery/reports/models/live.h"
#include "orrery/sim/types.h"

namespace orrery::reports::judges::linearizable {

class Frontier {
public:
    enum class Standing : std::uint8_t { legal, violated, gave_up };
    using Place = std::uint32_t; // of an operation that is under way
    static constexpr std::size_t configurations_standard = 4096;
    static constexpr Place places_max = 64;

    // An object of one key; it outlives this.
    explicit Frontier(models::Live& object, std::size_t configurations_max = configurations_standard);

    // Times never go back. An operation that is invoked when another returns is concurrent with it.
    Place invoke(std::uint32_t operation, sim::WorldTime time);
    // The end of an operation, in Jepsen's words. ok: it returned `result`. fail: it has had no effect and never
    // will. info: its client does not know; it may still take effect. The place is free after ok and fail.
    Standing ok(Place place, std::uint32_t result, sim::WorldTime time);
    Standing fail(Place place, sim::WorldTime time);
    Standing info(Place place, sim::WorldTime time);

    Standing standing() const { return standing_; }
    std::size_t configurations() const { return configurations_.size(); }
    // What the configurations take, about.
    std::size_t bytes() const {
        return (configurations_.size() + configurations_before_.size()) * width() * sizeof(std::uint64_t);
    }
    // The state, if it is certain: no operation is under way or unknown, all ended before `time`, and exactly one
    // configuration is left.
    std::optional<std::uint32_t> state_at_rest(sim::WorldTime time) const;

private:
    using Mask = std::uint64_t; // of places, or of states left
    // A configuration is laid out as 64-bit words: the state; a mask of the operations that took effect; a mask of
    // those that were under way at a gap; then a word for each place. The word of a read-only operation is a mask of
    // the states left while it was under way; the word of another that took effect is its result, else 0.
    using Configuration = std::vector<std::uint64_t>;
    enum Word : std::size_t { state_word, done_word, gap_word, head };
    struct Slot {
        std::uint32_t operation = 0;
        models::Live::Effect effect{}; // of a blind write: the same in every state
    };
    // The operations under way, and of what kind they are.
    struct Places {
        std::vector<Slot> slots;
        Mask busy = 0;
        Mask read_only = 0;
        Mask blind_writes = 0;
        Mask unknown = 0;
    };
    struct End {
        enum class Kind : std::uint8_t { ok, fail, info };
        Kind kind{};
        Place place = 0;
        std::uint32_t result = 0;
    };
    static Mask bit(Place place) { return Mask{1} << place; }
    std::size_t width() const { return now_.slots.size() + head; }
    Mask waiting(const Configuration& configuration) const {
        return now_.busy & ~now_.read_only & ~configuration[done_word];
    }

    Place free_place();
    Standing end(const End& end, sim::WorldTime time);
    void apply(const End& end);
    void returned_ok(const End& end);
    void returned_fail(Place place);
    void returned_info(Place place);
    void take_next();
    void give_up();

    // Steps from one configuration to another.
    Mask states_that_agree(const End& end);
    bool met(const Configuration& configuration, Mask agreeing, const End& end);
    void fill_gap(const Configuration& configuration, const End& end);
    void show_at_gap(std::uint32_t state, Configuration& configuration);
    void explore(const End& end);
    void explore_from(const Configuration& configuration, bool first, const End& end);
    models::Live::Effect effect_of(const Configuration& configuration, Place place);
    void perform(const Configuration& configuration, Place place, models::Live::Effect effect, Configuration& after);
    bool has_purpose(const Configuration& configuration, Place spent, models::Live::Effect effect, const End& end);
    bool is_behind_equal(const Configuration& configuration, Place place) const;
    Mask state_bit(std::uint64_t state);
    void forget_states();

    void visit(const Configuration& configuration);
    void keep(const Configuration& configuration, Place freed);
    // Which of two configurations dominates the other; both, if they are equal.
    struct Comparison {
        bool first_is_enough = false;
        bool second_is_enough = false;
    };
    Comparison compare(const std::uint64_t* first, const std::uint64_t* second) const;
    std::uint64_t hash_of(const Configuration& configuration) const;

    models::Live& object_;
    std::size_t configurations_max_;
    Standing standing_ = Standing::legal;
    Places now_;
    ConfigurationSet configurations_;
    ConfigurationSet next_;             // after the end that is being applied
    ConfigurationSet visited_;          // met on the way from configurations_ to next_
    bool needless_ = false;             // whether some of next_ are dominated
    std::vector<Mask> read_only_words_; // of each place: all ones if its operation is read-only, else 0
    Configuration configuration_;
    Configuration after_;
    Configuration kept_;
    std::array<std::uint64_t, 64> states_left_{}; // the states that the bits of a mask stand for
    Mask states_used_ = 0;

    // The ends of the latest time stamp, and the configurations before them. An operation that is invoked at this
    // stamp is concurrent with those ends, so it is let in before them and they are applied again.
    sim::WorldTime stamp_{-1};
    Places before_;
    ConfigurationSet configurations_before_;
    bool kept_before_ = true;
    std::vector<End> ends_;
};

} // namespace orrery::reports::judges::linearizable

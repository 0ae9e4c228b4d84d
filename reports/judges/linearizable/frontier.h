// Frontier: every way in which one object may stand, kept up to date while it is used - linearizability
// judged at each return (the "just in time" linearization of Lowe 2017, breadth first).
//
// A way is a state and, for each operation under way, whether it took effect already and what it was told.
// An operation takes effect only when a return forces it: the one that returns, after as many of the others
// as it takes. Unknown operations stay under way for ever and may take effect or not. Two kinds of operations
// would make many ways, and are placed afterwards instead, when they return:
//   - one that only looks: a way keeps the states that it left while it was under way
//   - one that overwrites whatever was there: it may have come just before another such one, and only those
//     that look could tell. That moment is a gap; a way keeps who was under way at a gap
// A way goes when another has the same to come, with fewer unknown operations spent, more states left and
// more gaps met.
//
// Exact up to `ways_max` at once, 64 operations under way, and 64 states that one of them may have seen;
// beyond, the frontier is dropped and lagging: it judges no more.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "orrery/reports/judges/linearizable/way_set.h"
#include "orrery/reports/models/live.h"
#include "orrery/sim/types.h"

namespace orrery::reports::judges {

class Frontier {
public:
    enum class Standing : std::uint8_t { legal, violated, lagging };
    using Place = std::uint32_t; // of an operation that is under way
    static constexpr std::size_t ways_standard = 4096;
    static constexpr Place places_max = 64;

    // An object of one key; it outlives this.
    explicit Frontier(models::Live& object, std::size_t ways_max = ways_standard);

    // Times never go back. An operation that is invoked when another returns is concurrent with it.
    Place invoke(std::uint32_t operation, sim::WorldTime time);
    // It was told `result`; nothing, and surely had no effect; nothing, and nobody knows. Its place is free then.
    Standing answer(Place place, std::uint32_t result, sim::WorldTime time);
    Standing refuse(Place place, sim::WorldTime time);
    Standing lose(Place place, sim::WorldTime time);

    Standing standing() const { return standing_; }
    std::size_t ways() const { return ways_.size(); }
    // The state, if nothing is under way or may still take effect, all that ended did so before `time`, and there is
    // only one way to have come here.
    std::optional<std::uint32_t> state_at_rest(sim::WorldTime time) const;

private:
    using Mask = std::uint64_t; // of places, or of states left
    // A way in words: the state; the places of those that took effect; of those that were under way at a gap;
    // then for each place: of one that looks, the states left meanwhile; of one that took effect, its result.
    using Way = std::vector<std::uint64_t>;
    enum Word : std::size_t { state_word, done_word, gap_word, head };
    struct Slot {
        std::uint32_t operation = 0;
        models::Live::Effect effect{}; // of one that overwrites: in every state
    };
    // Who is under way, and of what kind.
    struct Places {
        std::vector<Slot> slots;
        Mask busy = 0;
        Mask looks = 0;
        Mask overwrites = 0;
        Mask unknown = 0;
    };
    struct End {
        enum class Kind : std::uint8_t { answer, refuse, lose };
        Kind kind{};
        Place place = 0;
        std::uint32_t result = 0;
    };
    static Mask bit(Place place) { return Mask{1} << place; }
    std::size_t width() const { return now_.slots.size() + head; }
    Mask waiting(const Way& way) const { return now_.busy & ~now_.looks & ~way[done_word]; }

    Place free_place();
    Standing end(const End& end, sim::WorldTime time);
    void apply(const End& end);
    void answered(const End& end);
    void refused(Place place);
    void lost(Place place);
    void take_next();
    void lag();

    // Steps from way to way.
    Mask states_that_agree(const End& end);
    bool met(const Way& way, Mask told_so, const End& end);
    void fill_gap(const Way& way, const End& end);
    void show_at_gap(std::uint32_t state, Way& way);
    void explore(const End& end);
    void explore_from(const Way& way, bool first, const End& end);
    models::Live::Effect effect_of(const Way& way, Place place);
    void perform(const Way& way, Place place, models::Live::Effect effect, Way& after);
    bool has_purpose(const Way& way, Place spent, models::Live::Effect effect, const End& end);
    bool is_behind_equal(const Way& way, Place place) const;
    Mask state_bit(std::uint64_t state);
    void forget_states();

    void visit(const Way& way);
    void keep(const Way& way, Place freed);
    // Of two ways, whether the other is not needed.
    struct Comparison {
        bool first_is_enough = false;
        bool second_is_enough = false;
    };
    Comparison compare(const std::uint64_t* first, const std::uint64_t* second) const;
    std::uint64_t hash_of(const Way& way) const;

    models::Live& object_;
    std::size_t ways_max_;
    Standing standing_ = Standing::legal;
    Places now_;
    WaySet ways_;
    WaySet next_;                  // after the end that is being worked in
    WaySet visited_;               // on the way there
    bool needless_ = false;        // some of `next_` are
    std::vector<Mask> look_words_; // of each place: all ones if its operation looks, else 0
    Way way_;
    Way after_;
    Way kept_;
    std::array<std::uint64_t, 64> states_left_{}; // that one that looks may have seen, by their bits
    Mask states_used_ = 0;

    // How it stood before the ends of the latest stamp, and those: what is invoked at that stamp is let in there.
    sim::WorldTime stamp_{-1};
    Places before_;
    WaySet ways_before_;
    bool kept_before_ = true;
    std::vector<End> ends_;
};

} // namespace orrery::reports::judges

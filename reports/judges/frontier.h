// Frontier: every way in which one object may stand, kept up to date while it is used - linearizability
// judged at each return (the "just in time" linearization of Lowe 2017, breadth first).
//
// A way is a state and, for each operation under way, whether it took effect already and what it was told.
// An operation takes effect only when a return forces it: the one that returns, after as many of the others
// as it takes. Operations that only look are not placed at all: a way keeps the states that it left while
// they were under way, and one that returns must have been answered in one of them. Unknown operations stay
// under way for ever and may take effect or not. A way goes when another has the same to come with fewer
// unknown operations spent and more states left.
//
// Exact up to `ways_max` at once; beyond, the frontier is dropped and lagging: it judges no more.
#pragma once

#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "orrery/reports/judges/way_set.h"
#include "orrery/reports/models/live.h"
#include "orrery/sim/types.h"

namespace orrery::reports::judges {

class Frontier {
public:
    enum class Standing : std::uint8_t { legal, violated, lagging };
    using Place = std::uint32_t; // of an operation that is under way
    static constexpr std::size_t ways_standard = 4096;
    static constexpr std::size_t places_max = 64;

    // The object outlives this.
    explicit Frontier(models::Live& object, std::size_t ways_max = ways_standard);

    // Times never go back. An operation that is invoked when another returns is concurrent with it.
    Place invoke(std::uint32_t operation, sim::WorldTime time);
    // It was told `result`; nothing, and surely had no effect; nothing, and nobody knows. Its place is free then.
    Standing answer(Place place, std::uint32_t result, sim::WorldTime time);
    Standing refuse(Place place, sim::WorldTime time);
    Standing lose(Place place, sim::WorldTime time);

    Standing standing() const { return standing_; }
    std::size_t ways() const { return ways_.size(); }

private:
    // A way in words: the state, then one for each place: 0 not done; of one that looks, the number of a set
    // of states; of an unknown one, 1 once done; else, 2 and its result.
    using Way = std::vector<std::uint32_t>;
    struct Slot {
        std::uint32_t operation = 0;
        bool busy = false;
        bool looks = false;
        bool unknown = false;
    };
    struct End {
        enum class Kind : std::uint8_t { answer, refuse, lose };
        Kind kind{};
        Place place = 0;
        std::uint32_t result = 0;
    };

    Place free_place();
    Standing end(const End& end, sim::WorldTime time);
    void apply(const End& end);
    void answered(const End& end);
    void refused(Place place);
    void lost(Place place);
    // Steps from way to way. `way` and what it becomes may not be the same.
    bool fits(std::uint32_t state, const End& end);
    bool met(const std::uint32_t* way, const End& end);
    void perform(const Way& way, Place place, Way& after);
    bool has_purpose(const Way& before, const Way& after, const End& end);
    bool is_behind_equal(const Way& way, Place place) const;
    void explore(const End& end);
    void explore_from(const Way& way, bool first, const End& end);
    void visit(const std::uint32_t* way);
    void keep(const std::uint32_t* way, Place freed);
    bool dominates(const std::uint32_t* better, const std::uint32_t* worse) const;
    std::uint64_t hash_of(const std::uint32_t* way, bool all) const;
    std::uint32_t with(std::uint32_t set, std::uint32_t state);
    void take_next();
    void lag();

    models::Live& object_;
    std::size_t ways_max_;
    Standing standing_ = Standing::legal;
    std::vector<Slot> slots_;
    WaySet ways_;    // now
    WaySet next_;    // after the end that is being worked in
    WaySet visited_; // on the way there
    Way way_;
    Way after_;
    Way kept_;
    std::vector<std::vector<std::uint32_t>> sets_{{}}; // of states, sorted; number 0 is the empty one
    std::map<std::vector<std::uint32_t>, std::uint32_t> set_numbers_{{{}, 0}};
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> unions_;

    // How it stood before the ends of the latest stamp, and those: what is invoked at that stamp is let in there.
    sim::WorldTime stamp_{-1};
    std::vector<Slot> slots_before_;
    WaySet ways_before_;
    bool kept_before_ = true;
    std::vector<End> ends_;
};

} // namespace orrery::reports::judges

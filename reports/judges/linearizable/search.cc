// Depth first, with every move undone exactly; a configuration that was met before is not entered again.
#include "orrery/reports/judges/linearizable/search.h"

#include <algorithm>

#include "orrery/sim/check.h"

namespace orrery::reports::judges::linearizable {

namespace {

std::vector<bool> find_observers(const Timeline& timeline, const std::vector<std::uint32_t>& classes,
                                 const models::Machine& machine, bool wanted) {
    std::vector<bool> observers(classes.size());
    for (std::size_t each = 0; each < classes.size(); ++each)
        observers[each] = wanted && !timeline.intervals[each].unknown && machine.observer(classes[each]);
    return observers;
}

// Links each known operation to the one of its class that returns next before it.
std::vector<std::uint32_t> link_sooner(const Timeline& timeline, const std::vector<std::uint32_t>& classes,
                                       std::size_t class_count, bool reversed) {
    std::vector<std::uint32_t> sooner(classes.size(), Timeline::never);
    std::vector<std::uint32_t> last(class_count, Timeline::never);
    std::vector<std::uint32_t> by_return = timeline.by_return;
    if (reversed) std::reverse(by_return.begin(), by_return.end());
    for (const std::uint32_t operation : by_return) {
        sooner[operation] = last[classes[operation]];
        last[classes[operation]] = operation;
    }
    return sooner;
}

} // namespace

Search::Search(const Board& board, Reductions reductions, std::size_t memory)
    : board_(board), timeline_(board.timeline), classes_(board.classes), reductions_(reductions),
      transitions_(*board.machine),
      window_(timeline_, classes_, find_observers(timeline_, classes_, *board.machine, reductions.observers)),
      memo_(1 + window_.mask().size(), reductions.dominance, memory / 2),
      cuts_(1 + window_.mask().size(), reductions.dominance, memory / 2), forgotten_(timeline_.quiet.size()),
      sooner_(link_sooner(timeline_, classes_, board.machine->class_count(),
                          reductions.broken == Reductions::Broken::symmetry)) {}

Search::Outcome Search::run(std::uint64_t budget, std::size_t memory) {
    CHECK(nodes_ == 0); // runs once
    enter(models::Machine::initial_state, 0, false);
    while (!found_ && !frames_.empty()) {
        if (nodes_ >= budget) return Outcome::out_of_budget;
        if (bytes() > memory) return Outcome::out_of_memory;
        if (!advance_frame()) frames_.pop_back();
    }
    return found_ ? Outcome::found : Outcome::impossible;
}

// Goes on from the configuration in which the window stands. False if nothing is to be looked for
// there; then the caller undoes.
bool Search::enter(std::uint32_t state, std::uint32_t parent_state, bool by_unknown) {
    const std::size_t performed = window_.performed();
    settle(state);
    found_ = window_.finished();
    if (found_) return true;
    note_progress(state);
    key_.assign(1, std::uint64_t{window_.passed()} << 32 | state);
    key_.insert(key_.end(), window_.mask().begin(), window_.mask().end());
    if (!is_new()) return false;
    ++nodes_;
    // An observer that was done just now was purpose enough.
    const bool owes_purpose = by_unknown && window_.performed() == performed;
    frames_.push_back({state, parent_state, owes_purpose, window_.mark(), window_.changers(), 0});
    return true;
}

// Whether the configuration was not met before. Where nothing is under way, this is the time to forget.
bool Search::is_new() {
    const Memo::Bag none;
    const Memo::Bag& spent = reductions_.broken == Reductions::Broken::dominance ? none : window_.spent();
    const auto is_zero = [](std::uint64_t word) { return word == 0; };
    const bool cut = timeline_.quiet[window_.passed()] && std::all_of(key_.begin() + 1, key_.end(), is_zero);
    if (cut && forgotten_[window_.passed()]) return cuts_.visit(key_, spent);
    if (!memo_.visit(key_, spent)) return false;
    if (!cut || memo_.bytes() <= reductions_.memo_kept) return true;
    memo_.forget();
    forgotten_[window_.passed()] = true;
    return cuts_.visit(key_, spent);
}

// Passes returns, and does every observer whose result fits.
void Search::settle(std::uint32_t state) {
    window_.advance();
    settle(state, window_.observers());
    if (reductions_.broken == Reductions::Broken::observers) settle(state, window_.changers());
}

void Search::settle(std::uint32_t state, std::uint32_t list) {
    const bool promised = list == window_.observers();
    for (std::uint32_t each = window_.next(list); each != list;) {
        // Performing it may let others in behind it, so the walk goes on from the one before.
        const std::uint32_t before = window_.previous(each);
        const std::uint32_t next = transitions_.next(state, classes_[each]);
        if (promised ? next != Transitions::refused : next == state) {
            CHECK(next == state); // else the model's `observer` is wrong about this operation
            window_.perform(each);
            window_.advance();
            each = window_.next(before);
        } else {
            each = window_.next(each);
        }
    }
}

// Tries what the frame on top has not tried yet. False when there is nothing left.
bool Search::advance_frame() {
    window_.undo_to(frames_.back().mark);
    return try_known() || try_unknown();
}

bool Search::try_known() {
    Frame& frame = frames_.back(); // stays where it is until `enter` succeeds
    const std::uint32_t focus = in_focus();
    while (frame.tried != Timeline::never) {
        const std::uint32_t operation = window_.next(frame.tried);
        frame.tried = operation == window_.changers() ? Timeline::never : operation;
        if (frame.tried == Timeline::never) break;
        if (reductions_.focus && !board_.same_object(operation, focus)) continue;
        const std::uint32_t next = transitions_.next(frame.state, classes_[operation]);
        if (next == Transitions::refused || is_symmetric(operation)) continue;
        if (repeats(frame, classes_[operation], next)) continue;
        window_.perform(operation);
        if (enter(next, frame.state, false)) return true;
        window_.undo_to(frame.mark);
    }
    return false;
}

bool Search::try_unknown() {
    Frame& frame = frames_.back();
    const std::uint32_t focus = in_focus();
    while (frame.tried_unknown < window_.begun_classes()) {
        const std::uint32_t unknown_class = frame.tried_unknown++;
        if (!window_.available(unknown_class)) continue;
        if (reductions_.focus && !board_.same_object(window_.first_of_unknown(unknown_class), focus)) continue;
        const std::uint32_t operation_class = window_.class_of_unknown(unknown_class);
        const std::uint32_t next = transitions_.next(frame.state, operation_class);
        // One that returned after the end of this part has a result all the same, which may not fit here.
        if (next == Transitions::refused || next == frame.state || repeats(frame, operation_class, next)) continue;
        if (reductions_.purpose && frame.by_unknown && next == frame.parent_state) continue; // a detour
        if (reductions_.purpose && !has_purpose(frame.state, next)) continue;
        window_.spend(unknown_class);
        if (enter(next, frame.state, true)) return true;
        window_.undo_to(frame.mark);
    }
    return false;
}

// The operation whose key goes first.
std::uint32_t Search::in_focus() const {
    const std::size_t place =
        reductions_.broken == Reductions::Broken::focus ? timeline_.by_return.size() - 1 : window_.passed();
    return timeline_.by_return[place];
}

// Whether an equal operation that returns sooner could go now as well.
bool Search::is_symmetric(std::uint32_t operation) const {
    if (!reductions_.symmetry) return false;
    for (std::uint32_t other = sooner_[operation]; other != Timeline::never; other = sooner_[other]) {
        if (timeline_.return_place[other] < window_.passed()) return false;
        if (!window_.done(other) && window_.under_way(other)) return true;
    }
    return false;
}

// Whether the same could have been done without the unknown operation that led to this frame.
bool Search::repeats(const Frame& frame, std::uint32_t operation_class, std::uint32_t next) {
    return reductions_.purpose && frame.by_unknown && transitions_.next(frame.parent_state, operation_class) == next;
}

// Whether something can be done after an unknown operation that could not be done, or not with the same
// effect, before it. With very many unknown ones the question costs more than it saves.
bool Search::has_purpose(std::uint32_t before, std::uint32_t after) {
    const auto serves = [&](std::uint32_t operation_class) {
        const std::uint32_t next = transitions_.next(after, operation_class);
        return next != Transitions::refused && transitions_.next(before, operation_class) != next;
    };
    for (const std::uint32_t list : {window_.observers(), window_.changers()})
        for (std::uint32_t each = window_.next(list); each != list; each = window_.next(each))
            if (serves(classes_[each])) return true;
    if (reductions_.broken == Reductions::Broken::purpose) return false;
    if (window_.begun_classes() > unknown_classes_weighed) return true;
    for (std::size_t each = 0; each < window_.begun_classes(); ++each) {
        if (!window_.available(each)) continue;
        const std::uint32_t operation_class = window_.class_of_unknown(each);
        const std::uint32_t next = transitions_.next(after, operation_class);
        if (next != after && next != before && serves(operation_class)) return true;
    }
    return false;
}

// Remembers the configuration with the most returns passed, then with the most done: from there
// nothing at all can be done next, else there would be one with more.
void Search::note_progress(std::uint32_t state) {
    const std::uint32_t passed = window_.passed();
    const std::size_t done = window_.performed();
    if (passed < deepest_ || (passed == deepest_ && done < most_done_)) return;
    if (passed > deepest_ || done > most_done_ || dead_ends_.empty()) {
        deepest_ = passed;
        most_done_ = done;
        longest_.resize(std::min(window_.shared(), longest_.size()));
        longest_.insert(longest_.end(), window_.order().begin() + static_cast<std::ptrdiff_t>(longest_.size()),
                        window_.order().end());
        window_.share_all();
        dead_ends_.clear();
    }
    DeadEnd here{state, window_.mask()};
    if (dead_ends_.size() < dead_ends_max && std::find(dead_ends_.begin(), dead_ends_.end(), here) == dead_ends_.end())
        dead_ends_.push_back(std::move(here));
}

} // namespace orrery::reports::judges::linearizable

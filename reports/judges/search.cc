#include "orrery/reports/judges/search.h"

#include <algorithm>

namespace orrery::reports::judges {

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
                                       std::size_t class_count) {
    std::vector<std::uint32_t> sooner(classes.size(), Timeline::never);
    std::vector<std::uint32_t> last(class_count, Timeline::never);
    for (const std::uint32_t operation : timeline.by_return) {
        sooner[operation] = last[classes[operation]];
        last[classes[operation]] = operation;
    }
    return sooner;
}

} // namespace

Search::Search(const Timeline& timeline, const std::vector<std::uint32_t>& classes, models::Machine& machine,
               Reductions reductions)
    : timeline_(timeline), classes_(classes), reductions_(reductions), transitions_(machine),
      window_(timeline, classes, find_observers(timeline, classes, machine, reductions.observers)),
      memo_(1 + window_.mask().size(), reductions.dominance, memo_bytes_max),
      sooner_(link_sooner(timeline, classes, machine.class_count())) {}

Search::Outcome Search::run(std::uint64_t budget) {
    enter(models::Machine::initial_state, 0, false);
    while (!found_ && !frames_.empty()) {
        if (nodes_ >= budget) return Outcome::out_of_budget;
        if (!advance_frame()) frames_.pop_back();
    }
    return found_ ? Outcome::found : Outcome::impossible;
}

// Goes on from the configuration in which the window stands. False if nothing is to be looked for
// there; then the caller undoes.
bool Search::enter(std::uint32_t state, std::uint32_t parent_state, bool by_unknown) {
    settle(state);
    found_ = window_.finished();
    if (found_) return true;
    note_progress(state);
    key_.assign(1, std::uint64_t{window_.passed()} << 32 | state);
    key_.insert(key_.end(), window_.mask().begin(), window_.mask().end());
    if (!memo_.visit(key_, window_.spent())) return false;
    ++nodes_;
    frames_.push_back({state, parent_state, by_unknown, window_.mark(), window_.changers(), 0});
    return true;
}

// Passes returns, and does every observer whose result fits.
void Search::settle(std::uint32_t state) {
    window_.advance();
    for (std::uint32_t each = window_.next(window_.observers()); each != window_.observers();) {
        // Performing it may let others in behind it, so the walk goes on from the one before.
        const std::uint32_t before = window_.previous(each);
        if (transitions_.next(state, classes_[each]) == state) {
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
    // A copy: entering a configuration moves the frames.
    const std::size_t top = frames_.size() - 1;
    window_.undo_to(frames_[top].mark);
    return try_known(frames_[top]) || try_unknown(frames_[top]);
}

bool Search::try_known(Frame& frame) {
    const std::size_t top = frames_.size() - 1;
    while (frames_[top].tried != Timeline::never) {
        const std::uint32_t operation = window_.next(frames_[top].tried);
        if (operation == window_.changers()) {
            frames_[top].tried = Timeline::never;
            return false;
        }
        frames_[top].tried = operation;
        const std::uint32_t state = frames_[top].state;
        const std::uint32_t next = transitions_.next(state, classes_[operation]);
        if (next == Transitions::refused || is_symmetric(operation)) continue;
        if (repeats(frames_[top], classes_[operation], next)) continue;
        window_.perform(operation);
        if (enter(next, state, false)) return true;
        window_.undo_to(frames_[top].mark);
    }
    (void)frame;
    return false;
}

bool Search::try_unknown(Frame& frame) {
    (void)frame;
    const std::size_t top = frames_.size() - 1;
    while (frames_[top].tried_unknown < window_.begun_classes()) {
        const std::uint32_t unknown_class = frames_[top].tried_unknown++;
        if (!window_.available(unknown_class)) continue;
        const std::uint32_t operation_class = window_.class_of_unknown(unknown_class);
        const std::uint32_t state = frames_[top].state;
        const std::uint32_t next = transitions_.next(state, operation_class);
        if (next == state || repeats(frames_[top], operation_class, next)) continue;
        if (reductions_.purpose && !has_purpose(state, next)) continue;
        window_.spend(unknown_class);
        if (enter(next, state, true)) return true;
        window_.undo_to(frames_[top].mark);
    }
    return false;
}

} // namespace orrery::reports::judges

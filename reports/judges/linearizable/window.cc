// Every move writes what undoes it to a log; undoing reads the log backwards, so that links, masks and counts are
// exactly what they were.
#include "orrery/reports/judges/linearizable/window.h"

#include <algorithm>
#include <map>

#include "orrery/sim/check.h"

namespace orrery::reports::judges::linearizable {

Window::Window(const Timeline& timeline, const std::vector<std::uint32_t>& classes, const std::vector<bool>& observer)
    : timeline_(timeline), list_(timeline.intervals.size(), 0),
      unknown_class_of_(timeline.intervals.size(), Timeline::never), next_(timeline.intervals.size() + 2),
      previous_(next_.size()), done_(timeline.intervals.size()), mask_((timeline.width + 63) / 64) {
    CHECK(classes.size() == timeline.intervals.size());
    CHECK(observer.size() == timeline.intervals.size());
    for (std::uint32_t list = 0; list < 2; ++list) next_[head(list)] = previous_[head(list)] = head(list);
    std::map<std::uint32_t, std::uint32_t> numbers; // class -> unknown class
    for (const std::uint32_t operation : timeline.by_call) {
        list_[operation] = observer[operation] ? 1 : 0;
        if (!timeline.intervals[operation].unknown) continue;
        const auto [number, fresh] = numbers.emplace(classes[operation], unknown_.size());
        if (fresh) unknown_.push_back({classes[operation], {}, 0, 0});
        unknown_class_of_[operation] = number->second;
        unknown_[number->second].members.push_back(operation);
    }
    if (!finished()) enroll_until(timeline_.called[0]);
}

void Window::perform(std::uint32_t operation) {
    CHECK(!done_[operation]);
    unlink(operation);
    flip(operation);
    done_[operation] = true;
    ++performed_;
    order_.push_back(operation);
    log_.push_back({Move::performed, operation});
}

void Window::spend(std::uint32_t unknown_class) {
    Unknown& unknown = unknown_[unknown_class];
    CHECK(unknown.used < unknown.begun);
    order_.push_back(unknown.members[unknown.used++]);
    change_spent(unknown_class, true);
    log_.push_back({Move::spent, unknown_class});
}

void Window::advance() {
    while (!finished() && done_[timeline_.by_return[passed_]]) {
        flip(timeline_.by_return[passed_]); // its slot is free for another from now on
        log_.push_back({Move::passed, enrolled_});
        ++passed_;
        if (!finished()) enroll_until(timeline_.called[passed_]);
    }
}

void Window::undo_to(std::size_t mark) {
    CHECK(mark <= log_.size());
    while (log_.size() > mark) {
        const Logged last = log_.back();
        log_.pop_back();
        switch (last.move) {
        case Move::performed:
            pop_order();
            --performed_;
            done_[last.what] = false;
            flip(last.what);
            relink(last.what);
            break;
        case Move::spent:
            pop_order();
            change_spent(last.what, false);
            --unknown_[last.what].used;
            break;
        case Move::passed:
            dismiss_until(last.what);
            --passed_;
            flip(timeline_.by_return[passed_]);
            break;
        }
    }
}

bool Window::under_way(std::uint32_t operation) const {
    if (timeline_.intervals[operation].unknown || timeline_.return_place[operation] < passed_) return false;
    return !finished() &&
           timeline_.intervals[operation].invoked <= timeline_.intervals[timeline_.by_return[passed_]].returned;
}

void Window::enroll_until(std::uint32_t called) {
    CHECK(called <= timeline_.by_call.size());
    for (; enrolled_ < called; ++enrolled_) {
        const std::uint32_t operation = timeline_.by_call[enrolled_];
        const std::uint32_t number = unknown_class_of_[operation];
        if (number != Timeline::never) {
            if (unknown_[number].begun++ == 0) ++begun_classes_;
            continue;
        }
        const std::uint32_t end = head(list_[operation]);
        next_[operation] = end;
        previous_[operation] = previous_[end];
        relink(operation);
    }
}

void Window::dismiss_until(std::uint32_t called) {
    while (enrolled_ > called) {
        const std::uint32_t operation = timeline_.by_call[--enrolled_];
        const std::uint32_t number = unknown_class_of_[operation];
        if (number == Timeline::never)
            unlink(operation);
        else if (--unknown_[number].begun == 0)
            --begun_classes_;
    }
}

void Window::unlink(std::uint32_t operation) {
    next_[previous_[operation]] = next_[operation];
    previous_[next_[operation]] = previous_[operation];
}

void Window::relink(std::uint32_t operation) {
    next_[previous_[operation]] = operation;
    previous_[next_[operation]] = operation;
}

void Window::flip(std::uint32_t operation) {
    const std::uint32_t slot = timeline_.slot[operation];
    mask_[slot / 64] ^= std::uint64_t{1} << (slot % 64);
}

void Window::change_spent(std::uint32_t unknown_class, bool more) {
    const auto place =
        std::lower_bound(spent_.begin(), spent_.end(), unknown_class,
                         [](const Memo::Spent& spent, std::uint32_t wanted) { return spent.unknown_class < wanted; });
    const bool there = place != spent_.end() && place->unknown_class == unknown_class;
    CHECK(more || there); // only what was spent is taken back
    if (more && !there)
        spent_.insert(place, {unknown_class, 1});
    else if (more)
        ++place->count;
    else if (--place->count == 0)
        spent_.erase(place);
}

void Window::pop_order() {
    CHECK(!order_.empty());
    order_.pop_back();
    shared_ = std::min(shared_, order_.size());
}

} // namespace orrery::reports::judges::linearizable

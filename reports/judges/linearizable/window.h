// Window: the moving part of a search - which operations are under way, which are done, which unknown
// ones were spent - with every move undone exactly, in reverse.
//
// The operations under way and not yet done stand in two doubly linked lists in order of invocation,
// one of observers and one of the others. Taking an element out leaves its own links in place, so that
// it can be put back where it was (Knuth's dancing links).
#pragma once

#include <cstdint>
#include <vector>

#include "orrery/reports/judges/linearizable/memo.h"
#include "orrery/reports/judges/linearizable/timeline.h"

namespace orrery::reports::judges::linearizable {

class Window {
public:
    // `observer[operation]` chooses its list. Unknown operations are counted by class.
    Window(const Timeline& timeline, const std::vector<std::uint32_t>& classes, const std::vector<bool>& observer);

    // The lists are circular: from a head, next() walks along it and ends at the head again.
    std::uint32_t changers() const { return head(0); }
    std::uint32_t observers() const { return head(1); }
    std::uint32_t next(std::uint32_t place) const { return next_[place]; }
    std::uint32_t previous(std::uint32_t place) const { return previous_[place]; }

    // Moves. `advance` passes all returns of operations that are done and lets those in that begin before
    // the first that is not.
    void perform(std::uint32_t operation);
    void spend(std::uint32_t unknown_class);
    void advance();
    std::size_t mark() const { return log_.size(); }
    void undo_to(std::size_t mark);

    bool finished() const { return passed_ == timeline_.by_return.size(); }
    std::uint32_t passed() const { return passed_; }
    bool done(std::uint32_t operation) const { return done_[operation]; }
    bool under_way(std::uint32_t operation) const;
    // What was performed and spent, in order.
    const std::vector<std::uint32_t>& order() const { return order_; }
    std::size_t performed() const { return performed_; }
    const std::vector<std::uint64_t>& mask() const { return mask_; }
    const Memo::Bag& spent() const { return spent_; }

    // Unknown operations, by classes of their own, numbered in order of first invocation.
    std::size_t unknown_classes() const { return unknown_.size(); }
    std::uint32_t first_of_unknown(std::size_t unknown_class) const { return unknown_[unknown_class].members.front(); }
    std::uint32_t class_of_unknown(std::size_t unknown_class) const { return unknown_[unknown_class].operation_class; }
    bool available(std::size_t unknown_class) const {
        return unknown_[unknown_class].used < unknown_[unknown_class].begun;
    }
    // How many of the classes have begun: those behind have not.
    std::size_t begun_classes() const { return begun_classes_; }

    // How much of a copy of the order taken when it was `since` long still agrees with it.
    std::size_t shared() const { return shared_; }
    void share_all() { shared_ = order_.size(); }

private:
    struct Unknown {
        std::uint32_t operation_class = 0;
        std::vector<std::uint32_t> members; // in order of invocation
        std::uint32_t begun = 0;
        std::uint32_t used = 0;
    };
    // What an entry of the log undoes: an operation, a spent class, or a passed return.
    enum class Move : std::uint32_t { performed, spent, passed };
    struct Logged {
        Move move;
        std::uint32_t what;
    };

    std::uint32_t head(std::uint32_t list) const { return static_cast<std::uint32_t>(list_.size()) + list; }
    void enroll_until(std::uint32_t called);
    void dismiss_until(std::uint32_t called);
    void unlink(std::uint32_t operation);
    void relink(std::uint32_t operation);
    void flip(std::uint32_t operation);
    void change_spent(std::uint32_t unknown_class, bool more);
    void pop_order();

    const Timeline& timeline_;
    std::vector<std::uint8_t> list_;              // operation -> 0 changers, 1 observers
    std::vector<std::uint32_t> unknown_class_of_; // operation -> its unknown class, or never
    std::vector<Unknown> unknown_;
    std::vector<std::uint32_t> next_;
    std::vector<std::uint32_t> previous_;
    std::vector<bool> done_;
    std::vector<std::uint64_t> mask_;
    Memo::Bag spent_;
    std::vector<std::uint32_t> order_;
    std::vector<Logged> log_;
    std::size_t performed_ = 0;
    std::size_t begun_classes_ = 0;
    std::size_t shared_ = 0;
    std::uint32_t passed_ = 0;
    std::uint32_t enrolled_ = 0; // how many of by_call were let in
};

} // namespace orrery::reports::judges::linearizable

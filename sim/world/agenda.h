// The agenda: every event that is still to come, in the order in which the world will run them.
//
// The order is (place, priority, identity). A place is the event's time, later by at most the
// policy's slack. Structure: a hierarchical timing wheel (Varghese and Lauck, 1987) of 11 levels of
// 64 slots over nanoseconds, with intrusive lists and a bitmap per level: putting and cancelling are
// O(1). An event that is alone in the earliest slot is taken straight out of it; several are spread
// to the slots below, relative to the earliest of them. Events at exactly the current place wait in
// a small heap ordered by priority and identity.
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "orrery/sim/check.h"

namespace orrery::sim::world {

// What the agenda needs of an event: embed as a base.
struct Entry {
    Entry* next = nullptr;
    Entry* previous = nullptr;
    std::int64_t place = 0;      // nanoseconds of world time
    std::uint64_t id = 0;        // the event's identity: breaks ties
    std::uint32_t priority = 0;  // lower first among equal places
    std::int32_t where = absent; // level * 64 + slot in the wheel, or due_base + index in the heap

    static constexpr std::int32_t absent = -1;
    bool is_queued() const { return where != absent; }
};

class Agenda {
public:
    Agenda() = default;
    Agenda(const Agenda&) = delete;
    Agenda& operator=(const Agenda&) = delete;

    // A place in the past is taken as the current one.
    [[gnu::always_inline]] void put(Entry& entry) {
        CHECK(!entry.is_queued());
        ++size_;
        if (entry.place <= base_) [[unlikely]] {
            entry.place = base_;
            push_due(entry);
            return;
        }
        hang(entry);
    }
    void cancel(Entry& entry) {
        CHECK(entry.is_queued());
        --size_;
        if (entry.where >= due_base) [[unlikely]]
            remove_due(entry);
        else
            unhang(entry);
    }
    // The earliest entry, taken out; null when there is none.
    [[gnu::always_inline]] Entry* pop() {
        if (size_ == 0) return nullptr;
        --size_;
        if (!due_.empty()) [[unlikely]]
            return pop_due();
        return pop_slot();
    }
    bool empty() const { return size_ == 0; }
    // Whether more entries stand at the place of the one popped last.
    bool has_due() const { return !due_.empty(); }
    std::size_t size() const { return size_; }

private:
    static constexpr int levels = 11;
    static constexpr std::int32_t due_base = levels * 64;

    static bool before(const Entry& a, const Entry& b) {
        if (a.priority != b.priority) return a.priority < b.priority;
        return a.id < b.id;
    }
    [[gnu::always_inline]] void hang(Entry& entry) {
        const auto difference = static_cast<std::uint64_t>(entry.place ^ base_);
        const int level = (63 - __builtin_clzll(difference)) / 6;
        const auto slot = static_cast<int>((static_cast<std::uint64_t>(entry.place) >> (level * 6)) & 63);
        const int index = level * 64 + slot;
        entry.where = index;
        Entry*& head = slots_[static_cast<std::size_t>(index)];
        entry.previous = nullptr;
        entry.next = head;
        if (head != nullptr) head->previous = &entry;
        head = &entry;
        occupied_[static_cast<std::size_t>(level)] |= std::uint64_t{1} << slot;
        levels_ |= 1u << level;
    }
    void unhang(Entry& entry) {
        const std::int32_t index = entry.where;
        if (entry.next != nullptr) entry.next->previous = entry.previous;
        if (entry.previous != nullptr)
            entry.previous->next = entry.next;
        else if ((slots_[static_cast<std::size_t>(index)] = entry.next) == nullptr)
            clear(index);
        entry.where = Entry::absent;
    }
    void clear(std::int32_t index) {
        const auto level = static_cast<std::size_t>(index >> 6);
        occupied_[level] &= ~(std::uint64_t{1} << (index & 63));
        if (occupied_[level] == 0) levels_ &= ~(1u << level);
    }
    // The slot that is next: alone in it, an entry is the earliest of all.
    [[gnu::always_inline]] Entry* pop_slot() {
        const int level = __builtin_ctz(levels_);
        const int slot = __builtin_ctzll(occupied_[static_cast<std::size_t>(level)]);
        const int index = level * 64 + slot;
        Entry* first = std::exchange(slots_[static_cast<std::size_t>(index)], nullptr);
        clear(index);
        if (first->next != nullptr) [[unlikely]]
            return spread(first);
        base_ = first->place;
        first->where = Entry::absent;
        return first;
    }
    Entry* spread(Entry* first);
    Entry* pop_due();
    void push_due(Entry& entry);
    void remove_due(Entry& entry);
    void sift_up(std::size_t index);
    void sift_down(std::size_t index);
    void place_due(std::size_t index, Entry* entry);

    std::int64_t base_ = 0; // the place of the last entry popped
    std::uint32_t levels_ = 0;
    std::size_t size_ = 0;
    std::array<std::uint64_t, levels> occupied_{};
    std::vector<Entry*> due_; // a binary heap
    std::array<Entry*, levels * 64> slots_{};
};

} // namespace orrery::sim::world

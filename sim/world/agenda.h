// The agenda: every event that is still to come, in the order in which the world will run them.
//
// The order is (place, priority, identity). A place is the event's time, later by at most the
// policy's slack. Structure: a hierarchical timing wheel (Varghese and Lauck, 1987) of 11 levels of
// 64 slots over nanoseconds, with a bitmap per level: putting and cancelling are O(1). An event that is alone in the
// earliest slot is taken straight out of it; several are spread to the slots below, relative to the earliest of them.
// Events at exactly the current place wait in a small heap ordered by priority and identity.
//
// A slot is an array of places and entries. Spreading reads the places there and looks into no event: with 50,000
// under way each look would be a miss of the cache. What is about to come is prefetched instead.
//
//     put places 5, 70, 200:      level 0, slot 5: {5}      level 1, slot 1: {70}      level 1, slot 3: {200}
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "orrery/sim/check.h"

namespace orrery::sim::world {

// What the agenda needs of an event: embed as a base.
struct Entry {
    Entry* next = nullptr;       // of whoever has it while the agenda has not
    std::int64_t place = 0;      // nanoseconds of world time
    std::uint64_t id = 0;        // the event's identity: breaks ties
    std::uint32_t priority = 0;  // lower first among equal places
    std::int32_t where = absent; // level * 64 + slot in the wheel, or `due`
    std::uint32_t at = 0;        // its place in the array of its slot, or in the heap

    static constexpr std::int32_t absent = -1;
    bool is_queued() const { return where != absent; }
};

class Agenda {
public:
    Agenda() = default;
    Agenda(const Agenda&) = delete;
    Agenda& operator=(const Agenda&) = delete;
    ~Agenda();

    // A place in the past is taken as the current one.
    [[gnu::always_inline]] void put(Entry& entry) {
        CHECK(!entry.is_queued());
        if (entry.place <= base_) [[unlikely]] {
            entry.place = base_;
            push_due(entry);
            return;
        }
        hang(entry, entry.place);
    }
    void cancel(Entry& entry) {
        CHECK(entry.is_queued());
        if (entry.where == due) [[unlikely]]
            remove_due(entry);
        else
            unhang(entry);
    }
    // The earliest entry, taken out; null when there is none.
    [[gnu::always_inline]] Entry* pop() {
        if (!due_.empty()) [[unlikely]]
            return pop_due();
        if (levels_ == 0) [[unlikely]]
            return nullptr;
        return pop_slot();
    }
    // Whether it stands at the place of the one popped last.
    static bool is_due(const Entry& entry) { return entry.where == due; }
    bool empty() const { return levels_ == 0 && due_.empty(); }
    // Whether more entries stand at the place of the one popped last.
    bool has_due() const { return !due_.empty(); }
    std::size_t size() const; // counts them: not for every event

private:
    static constexpr int levels = 11;
    static constexpr std::int32_t due = levels * 64;
    static constexpr std::uint32_t capacity_first = 4;
    static constexpr std::uint32_t capacity_kept = 64;
    // Slots of which the entries are prefetched: fewer come before the lines do, more would drive each other out.
    static constexpr std::uint32_t prefetched_min = 16;
    static constexpr std::uint32_t prefetched_max = 256;

    struct Item {
        std::int64_t place;
        Entry* entry;
    };
    struct Slot {
        Item* items = nullptr;
        std::uint32_t size = 0;
        std::uint32_t capacity = 0; // a power of two, or 0
    };

    static bool before(const Entry& a, const Entry& b) {
        if (a.priority != b.priority) return a.priority < b.priority;
        return a.id < b.id;
    }
    [[gnu::always_inline]] void hang(Entry& entry, std::int64_t place) {
        const auto difference = static_cast<std::uint64_t>(place ^ base_);
        const int level = (63 - __builtin_clzll(difference)) / 6;
        const auto number = static_cast<int>((static_cast<std::uint64_t>(place) >> (level * 6)) & 63);
        const int index = level * 64 + number;
        Slot& slot = slots_[static_cast<std::size_t>(index)];
        if (slot.size == slot.capacity) [[unlikely]]
            grow(slot);
        entry.where = index;
        entry.at = slot.size;
        slot.items[slot.size++] = {place, &entry};
        occupied_[static_cast<std::size_t>(level)] |= std::uint64_t{1} << number;
        levels_ |= 1u << level;
    }
    void unhang(Entry& entry) {
        Slot& slot = slots_[static_cast<std::size_t>(entry.where)];
        CHECK(slot.items[entry.at].entry == &entry);
        const Item last = slot.items[--slot.size];
        slot.items[entry.at] = last;
        last.entry->at = entry.at;
        if (slot.size == 0) clear(entry.where >> 6, entry.where & 63);
        entry.where = Entry::absent;
    }
    [[gnu::always_inline]] void clear(int level, int number) {
        std::uint64_t& slots = occupied_[static_cast<std::size_t>(level)];
        slots &= ~(std::uint64_t{1} << number);
        if (slots == 0) levels_ &= ~(1u << level);
    }
    // The slot that is next: alone in it, an entry is the earliest of all.
    [[gnu::always_inline]] Entry* pop_slot() {
        const int level = __builtin_ctz(levels_);
        const int number = __builtin_ctzll(occupied_[static_cast<std::size_t>(level)]);
        Slot& slot = slots_[static_cast<std::size_t>(level * 64 + number)];
        clear(level, number);
        if (slot.size != 1) [[unlikely]]
            return spread(slot);
        slot.size = 0;
        base_ = slot.items[0].place;
        Entry* alone = slot.items[0].entry;
        alone->where = Entry::absent;
        return alone;
    }
    Entry* spread(Slot& slot);
    static void prefetch(const Slot& slot);
    void grow(Slot& slot);
    void give_back(Slot& slot);
    Entry* pop_due();
    void push_due(Entry& entry);
    void remove_due(Entry& entry);
    void sift_up(std::size_t index);
    void sift_down(std::size_t index);
    void place_due(std::size_t index, Entry* entry);

    std::int64_t base_ = 0; // the place of the last entry popped
    std::uint32_t levels_ = 0;
    std::array<std::uint64_t, levels> occupied_{};
    std::vector<Entry*> due_; // a binary heap
    std::array<Slot, levels * 64> slots_{};
    std::array<std::vector<Item*>, 32> spare_; // arrays that no slot uses now, by the logarithm of their capacity
};

} // namespace orrery::sim::world

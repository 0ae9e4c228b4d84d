// Taking the earliest event out, and the heap of those that are due at once.
#include "orrery/sim/world/agenda.h"

#include <algorithm>
#include <bit>

namespace orrery::sim::world {

Agenda::~Agenda() {
    for (Slot& slot : slots_) delete[] slot.items;
    for (const auto& blocks : spare_)
        for (const Item* block : blocks) delete[] block;
}

std::size_t Agenda::size() const {
    std::size_t size = due_.size();
    for (const Slot& slot : slots_) size += slot.size;
    return size;
}

void Agenda::grow(Slot& slot) {
    const std::uint32_t capacity = slot.capacity == 0 ? capacity_first : 2 * slot.capacity;
    CHECK(capacity > slot.capacity);
    std::vector<Item*>& blocks = spare_[static_cast<std::size_t>(std::countr_zero(capacity))];
    Item* items = blocks.empty() ? new Item[capacity] : blocks.back();
    if (!blocks.empty()) blocks.pop_back();
    std::copy_n(slot.items, slot.size, items);
    if (slot.capacity != 0) spare_[static_cast<std::size_t>(std::countr_zero(slot.capacity))].push_back(slot.items);
    slot.items = items;
    slot.capacity = capacity;
}

// Larger arrays go round: else each of 64 slots would end up with one as large as the largest there ever was.
void Agenda::give_back(Slot& slot) {
    CHECK(slot.size == 0);
    spare_[static_cast<std::size_t>(std::countr_zero(slot.capacity))].push_back(slot.items);
    slot = {};
}

// An event is three cache lines.
void Agenda::prefetch(const Slot& slot) {
    for (const Item* item = slot.items; item != slot.items + slot.size; ++item)
        for (std::size_t line = 0; line < 3; ++line)
            __builtin_prefetch(reinterpret_cast<const char*>(item->entry) + 64 * line, 1);
}

// Several share the slot: the earliest of them becomes the place, the others hang relative to it, further down.
Entry* Agenda::spread(Slot& slot) {
    CHECK(due_.empty());
    CHECK(slot.size > 1);
    const Item* const end = slot.items + slot.size;
    const Item* earliest = slot.items;
    bool is_alone = true;
    for (const Item* item = slot.items + 1; item != end; ++item) {
        if (item->place > earliest->place) continue;
        is_alone = item->place != earliest->place;
        earliest = item;
    }
    base_ = earliest->place;
    Entry* const next = earliest->entry;
    if (slot.size >= prefetched_min && slot.size <= prefetched_max) prefetch(slot);
    for (const Item* item = slot.items; item != end; ++item) {
        if (item->place != base_)
            hang(*item->entry, item->place);
        else if (!is_alone)
            push_due(*item->entry);
    }
    slot.size = 0;
    if (slot.capacity > capacity_kept) [[unlikely]]
        give_back(slot);
    if (!is_alone) return pop_due();
    next->where = Entry::absent;
    return next;
}

void Agenda::place_due(std::size_t index, Entry* entry) {
    due_[index] = entry;
    entry->where = due;
    entry->at = static_cast<std::uint32_t>(index);
}

void Agenda::push_due(Entry& entry) {
    due_.push_back(&entry);
    place_due(due_.size() - 1, &entry);
    sift_up(due_.size() - 1);
}

Entry* Agenda::pop_due() {
    Entry* top = due_.front();
    remove_due(*top);
    return top;
}

void Agenda::remove_due(Entry& entry) {
    const std::size_t index = entry.at;
    CHECK(due_[index] == &entry);
    Entry* last = due_.back();
    due_.pop_back();
    entry.where = Entry::absent;
    if (last == &entry) return;
    place_due(index, last);
    sift_up(index);
    sift_down(last->at);
}

void Agenda::sift_up(std::size_t index) {
    Entry* entry = due_[index];
    while (index > 0) {
        const std::size_t parent = (index - 1) / 2;
        if (!before(*entry, *due_[parent])) break;
        place_due(index, due_[parent]);
        index = parent;
    }
    place_due(index, entry);
}

void Agenda::sift_down(std::size_t index) {
    Entry* entry = due_[index];
    while (true) {
        std::size_t child = 2 * index + 1;
        if (child >= due_.size()) break;
        if (child + 1 < due_.size() && before(*due_[child + 1], *due_[child])) ++child;
        if (!before(*due_[child], *entry)) break;
        place_due(index, due_[child]);
        index = child;
    }
    place_due(index, entry);
}

} // namespace orrery::sim::world

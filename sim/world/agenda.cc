// Taking the earliest event out, and the heap of those that are due at once.
#include "orrery/sim/world/agenda.h"

namespace orrery::sim::world {

// Several share the slot: the earliest of them becomes the place, the others hang relative to it.
Entry* Agenda::spread(Entry* first) {
    CHECK(due_.empty());
    Entry* earliest = first;
    bool is_alone = true;
    for (Entry* entry = first->next; entry != nullptr; entry = entry->next) {
        if (entry->place > earliest->place) continue;
        is_alone = entry->place != earliest->place;
        earliest = entry;
    }
    base_ = earliest->place;
    for (Entry* entry = first; entry != nullptr;) {
        Entry* next = entry->next;
        if (entry->place != base_)
            hang(*entry);
        else if (!is_alone)
            push_due(*entry);
        entry = next;
    }
    if (!is_alone) return pop_due();
    earliest->where = Entry::absent;
    return earliest;
}

void Agenda::place_due(std::size_t index, Entry* entry) {
    due_[index] = entry;
    entry->where = due_base + static_cast<std::int32_t>(index);
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
    const auto index = static_cast<std::size_t>(entry.where - due_base);
    CHECK(due_[index] == &entry);
    Entry* last = due_.back();
    due_.pop_back();
    entry.where = Entry::absent;
    if (last == &entry) return;
    place_due(index, last);
    sift_up(index);
    sift_down(static_cast<std::size_t>(last->where - due_base));
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

// What a policy is shown of events, and what becomes of what it says.
#include "orrery/sim/world/kernel.h"

#include "orrery/sim/tasks.h"

namespace orrery::sim::world {
namespace {

order::Choice choice_of(const Event& event) {
    order::Choice choice;
    choice.event = event.id;
    choice.kind = static_cast<std::uint8_t>(event.kind);
    choice.host = event.host;
    if (event.task != nullptr) choice.task = event.task->key;
    if (event.label != nullptr) choice.label = event.label->name;
    choice.is_message = event.kind == EventKind::deliver || event.kind == EventKind::segment;
    if (choice.is_message) choice.link_from = event.passage.from;
    return choice;
}

} // namespace

void Kernel::displace(Event* event) {
    const order::Place place = policy_->place(choice_of(*event));
    CHECK(place.offset >= 0);
    CHECK(place.priority > 0); // 0 is the world's own
    // That is when it happens: else how late it is would hang on whatever happened just before, elsewhere.
    event->time += place.offset;
    event->place = event->time;
    event->priority = place.priority;
}

// Of the events that share the earliest place, one goes and the others stay. Onsets and ends of faults, boots and
// the horizon are the world's own: they go first, or last, whatever the policy says.
Entry* Kernel::choose(const Entry& horizon) {
    Entry* first = agenda_.pop();
    if (first == &horizon || first->priority == 0) return first;
    std::vector<Event*> enabled{static_cast<Event*>(first)};
    while (agenda_.has_due()) {
        Entry* next = agenda_.pop();
        if (next == &horizon) {
            agenda_.put(*next);
            break;
        }
        enabled.push_back(static_cast<Event*>(next));
    }
    std::vector<order::Choice> choices;
    for (const Event* event : enabled) choices.push_back(choice_of(*event));
    const std::size_t chosen = policy_->choose(choices);
    CHECK(chosen < enabled.size());
    for (std::size_t i = 0; i < enabled.size(); ++i)
        if (i != chosen) agenda_.put(*enabled[i]);
    return enabled[chosen];
}

} // namespace orrery::sim::world

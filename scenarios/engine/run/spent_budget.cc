#include "orrery/scenarios/engine/run/spent_budget.h"

#include <algorithm>

#include "orrery/sim/tasks.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::engine {
namespace {

using sim::world::EventKind;

std::string name_of(const sim::world::Event& event) {
    if (event.task != nullptr) return event.task->name;
    return event.label == nullptr ? "" : std::string(event.label->name);
}

// "9999 timers of the task 'main' at server0"
std::string text_of(const Repeated& repeated) {
    constexpr std::string_view of_task[] = {"boots",
                                            "deliveries",
                                            "wakes of the task",
                                            "timers of the task",
                                            "deliveries on streams",
                                            "changes by faults",
                                            "operations of the client's task",
                                            "disk calls of the task",
                                            "fault points of the task"};
    static_assert(std::size(of_task) == static_cast<std::size_t>(EventKind::point) + 1);
    std::string text =
        std::to_string(repeated.count) + " " + std::string(of_task[static_cast<std::size_t>(repeated.kind)]);
    if (repeated.kind == EventKind::deliver && !repeated.name.empty()) text += " of";
    if (!repeated.name.empty()) text += " '" + repeated.name + "'";
    return text + " at " + repeated.host;
}

} // namespace

std::string SpentBudget::text() const {
    const auto at = [](sim::WorldTime when) { return sim::duration_text(when - sim::WorldTime{}); };
    if (last == 0) return "the budget of " + std::to_string(events) + " events was spent";
    std::string story = "the budget of " + std::to_string(events) + " events was spent; the last " +
                        std::to_string(last) + " of them " +
                        (since == time ? "all happened at " : "happened from " + at(since) + " to ") + at(time) + ": ";
    std::vector<std::string> parts;
    for (const Repeated& each : busiest) parts.push_back(text_of(each));
    return story + sim::join(parts);
}

void LastEvents::add(const sim::world::World& world, const sim::world::Event& event) {
    if (world.events() + SpentBudget::last_max < events_) return;
    if (seen_ == 0) since_ = std::max(world.now(), sim::WorldTime{event.time});
    ++seen_;
    ++counts_[{event.host, event.kind, name_of(event)}];
}

SpentBudget LastEvents::result(const sim::world::World& world) const {
    SpentBudget spent{world.events(), world.now(), seen_, since_, {}};
    for (const auto& [what, count] : counts_) {
        const auto& [host, kind, name] = what;
        spent.busiest.push_back({world.host(host).spec.name, kind, name, count});
    }
    std::stable_sort(spent.busiest.begin(), spent.busiest.end(),
                     [](const Repeated& a, const Repeated& b) { return a.count > b.count; });
    if (spent.busiest.size() > SpentBudget::busiest_max) spent.busiest.resize(SpentBudget::busiest_max);
    return spent;
}

} // namespace orrery::scenarios::engine

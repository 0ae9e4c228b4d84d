// A process has at most one operation under way, and that one belongs to the frontier of its key.
#include "orrery/reports/judges/linearizable/online.h"

#include "orrery/sim/check.h"

namespace orrery::reports::judges::linearizable {

Online::Object* Online::object_of(const Value& key, sim::WorldTime time) {
    std::unique_ptr<Object>& object = objects_[key];
    if (object != nullptr && object->live->remembered() > remembered_max) {
        if (const auto state = object->frontier.state_at_rest(time)) {
            auto live = object->live->at(*state);
            models::Live& started = *live;
            object.reset(new Object{std::move(live), Frontier(started, configurations_max_)});
        }
    }
    if (object == nullptr) {
        auto live = language_.live(initial_);
        if (live == nullptr) return nullptr;
        models::Live& started = *live;
        object.reset(new Object{std::move(live), Frontier(started, configurations_max_)});
    }
    return object.get();
}

void Online::invoke(std::int64_t process, models::Words words, sim::WorldTime time) {
    CHECK(!running_.contains(process));
    words.process = process;
    Running running{object_of(language_.key(words), time)};
    const auto operation = running.object == nullptr ? std::nullopt : running.object->live->operation(words);
    if (operation) {
        running.operation = *operation;
        running.place = running.object->frontier.invoke(*operation, time);
    } else {
        running.object = nullptr;
        ++unknown_;
    }
    running_.emplace(process, running);
}

Online::Running Online::take(std::int64_t process) {
    const auto place = running_.find(process);
    CHECK(place != running_.end());
    const Running running = place->second;
    running_.erase(place);
    return running;
}

bool Online::ok(std::int64_t process, const Value& result, sim::WorldTime time) {
    const Running running = take(process);
    if (running.object == nullptr) return true;
    Frontier& frontier = running.object->frontier;
    const auto number = running.object->live->result(running.operation, result);
    // A result that the model does not have says as little as none.
    if (!number) ++unknown_;
    const auto standing = number ? frontier.ok(running.place, *number, time) : frontier.info(running.place, time);
    return standing != Frontier::Standing::violated;
}

bool Online::fail(std::int64_t process, sim::WorldTime time) {
    const Running running = take(process);
    return running.object == nullptr ||
           running.object->frontier.fail(running.place, time) != Frontier::Standing::violated;
}

bool Online::info(std::int64_t process, sim::WorldTime time) {
    const Running running = take(process);
    return running.object == nullptr ||
           running.object->frontier.info(running.place, time) != Frontier::Standing::violated;
}

std::size_t Online::gave_up() const {
    std::size_t count = 0;
    for (const auto& [key, object] : objects_)
        count += object == nullptr || object->frontier.standing() == Frontier::Standing::gave_up;
    return count;
}

std::size_t Online::remembered() const {
    std::size_t count = 0;
    for (const auto& [key, object] : objects_) count += object == nullptr ? 0 : object->live->remembered();
    return count;
}

} // namespace orrery::reports::judges::linearizable

// A process has at most one operation under way, and that one belongs to the frontier of its key.
#include "orrery/reports/judges/linearizable/online.h"

#include "orrery/sim/check.h"

namespace orrery::reports::judges::linearizable {

void Online::start(std::unique_ptr<Object>& object, const Value& key, std::unique_ptr<models::Live> live) {
    if (object != nullptr) bytes_ -= object->counted;
    models::Live& started = *live;
    object.reset(new Object{key, std::move(live), Frontier(started, configurations_max_)});
}

Online::Object* Online::object_of(const Value& key, sim::WorldTime time) {
    std::unique_ptr<Object>& object = objects_[key];
    if (object != nullptr && object->live->remembered() > remembered_max)
        if (const auto state = object->frontier.state_at_rest(time)) start(object, key, object->live->at(*state));
    if (object == nullptr)
        if (auto live = language_.live(initial_)) start(object, key, std::move(live));
    return object.get();
}

// After each step: the key that asks for more than there is gives up what it has.
void Online::count(Object& object) {
    CHECK(bytes_ >= object.counted);
    bytes_ -= object.counted;
    object.counted = object.live->bytes() + object.frontier.bytes();
    bytes_ += object.counted;
    if (bytes_ > memory_) forget(object);
}

void Online::forget(const Object& object) {
    for (auto& [process, running] : running_)
        if (running.object == &object) running.object = nullptr;
    bytes_ -= object.counted;
    const Value key = object.key;
    forgotten_.insert(key);
    objects_.erase(key);
}

void Online::invoke(std::int64_t process, models::Words words, sim::WorldTime time) {
    CHECK(!running_.contains(process));
    words.process = process;
    Running& running = running_[process];
    const Value key = language_.key(words);
    if (forgotten_.contains(key)) return;
    Object* object = object_of(key, time);
    const auto operation = object == nullptr ? std::nullopt : object->live->operation(words);
    if (!operation) {
        ++unknown_;
        return;
    }
    running = {object, *operation, object->frontier.invoke(*operation, time)};
    count(*object);
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
    count(*running.object);
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
    std::size_t count = forgotten_.size();
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

// Online: linearizability judged while a history is being made, so that a run can stop at the return that
// cannot be explained, with everything still in place.
//
// It keeps a frontier for each key. A frontier that becomes too wide gives up, and so does a key that takes the last of
// the memory: it is left to the judge of the whole history. A violation is never wrong: every prefix of a linearizable
// history is linearizable.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>

#include "orrery/reports/judges/linearizable/frontier.h"
#include "orrery/reports/judges/registry.h"
#include "orrery/reports/models/registry.h"

namespace orrery::reports::judges::linearizable {

class Online {
public:
    // Each key starts at `initial`, or where the model starts. The language outlives this.
    explicit Online(const models::Language& language, std::optional<Value> initial = {},
                    std::size_t configurations_max = Frontier::configurations_standard,
                    std::size_t memory = memory_default)
        : language_(language), initial_(std::move(initial)), configurations_max_(configurations_max), memory_(memory) {}

    // As in a history: every end belongs to the latest invocation of its process, and times never go back.
    void invoke(std::int64_t process, models::Words words, sim::WorldTime time);
    // Each returns false if no order explains the results of this client and the others.
    bool ok(std::int64_t process, const Value& result, sim::WorldTime time);
    bool fail(std::int64_t process, sim::WorldTime time);
    bool info(std::int64_t process, sim::WorldTime time);

    // How many keys are no longer judged.
    std::size_t gave_up() const;
    // How many operations and results were met that the model does not have.
    std::size_t unknown() const { return unknown_; }
    // How many states, operations and results are remembered, of all keys.
    std::size_t remembered() const;

private:
    struct Object {
        Value key;
        std::unique_ptr<models::Live> live;
        Frontier frontier;
        std::size_t counted = 0; // of its bytes
    };
    // A key that remembers more begins anew when it is at rest and there is no doubt about its state.
    static constexpr std::size_t remembered_max = 10'000;
    struct Running {
        Object* object = nullptr; // null: nothing is known of it
        std::uint32_t operation = 0;
        Frontier::Place place = 0;
    };

    Object* object_of(const Value& key, sim::WorldTime time);
    void start(std::unique_ptr<Object>& object, const Value& key, std::unique_ptr<models::Live> live);
    void count(Object& object);
    void forget(const Object& object);
    Running take(std::int64_t process);

    const models::Language& language_;
    std::optional<Value> initial_;
    std::size_t configurations_max_;
    std::map<Value, std::unique_ptr<Object>> objects_;
    std::set<Value> forgotten_; // keys that took too much memory
    std::map<std::int64_t, Running> running_;
    std::size_t memory_;
    std::size_t bytes_ = 0;   // of all objects
    std::size_t unknown_ = 0; // operations and results that the model does not have
};

} // namespace orrery::reports::judges::linearizable

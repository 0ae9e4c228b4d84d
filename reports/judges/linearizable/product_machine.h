// ProductMachine: objects that do not affect each other, as one machine. A state is a list of numbers, one an
// object, so that a step copies those and not what all the objects hold.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "orrery/reports/judges/linearizable/transitions.h"
#include "orrery/reports/models/operations.h"

namespace orrery::reports::judges::linearizable {

class ProductMachine final : public models::Machine {
public:
    // `objects` is the object of each member, numbered from 0; `classes` becomes the class of each.
    ProductMachine(const models::Operations& operations, const std::vector<std::size_t>& members,
                   const std::vector<std::uint32_t>& objects, std::vector<std::uint32_t>& classes) {
        std::vector<std::vector<std::size_t>> of_object;
        for (std::size_t each = 0; each < members.size(); ++each) {
            if (objects[each] >= of_object.size()) of_object.resize(objects[each] + 1);
            of_object[objects[each]].push_back(each);
        }
        classes.assign(members.size(), 0);
        for (std::uint32_t object = 0; object < of_object.size(); ++object)
            add_object(operations, members, of_object[object], object, classes);
        intern(std::vector<std::uint32_t>(objects_.size(), models::Machine::initial_state));
    }

    std::size_t class_count() const override { return classes_.size(); }
    std::size_t state_count() const override { return states_.size(); }
    std::size_t bytes() const override {
        std::size_t bytes = states_.bytes();
        for (const Object& each : objects_) bytes += each.machine->bytes() + each.transitions.bytes();
        return bytes;
    }
    std::uint32_t step(std::uint32_t state, std::uint32_t operation_class) override {
        const auto [object, its_class] = classes_[operation_class];
        const std::uint32_t before = states_[state][object];
        const std::uint32_t after = objects_[object].transitions.next(before, its_class);
        if (after == refused || after == before) return after == refused ? refused : state;
        std::vector<std::uint32_t> next = states_[state];
        next[object] = after;
        return intern(std::move(next));
    }
    bool observer(std::uint32_t operation_class) const override {
        const auto [object, its_class] = classes_[operation_class];
        return objects_[object].machine->observer(its_class);
    }
    std::string describe_state(std::uint32_t state) const override {
        std::string all;
        for (std::size_t object = 0; object < objects_.size(); ++object)
            all += (object == 0 ? "" : ", ") + objects_[object].key + ": " +
                   objects_[object].machine->describe_state(states_[state][object]);
        return all;
    }
    std::string explain(std::uint32_t state, std::uint32_t operation_class) const override {
        const auto [object, its_class] = classes_[operation_class];
        return objects_[object].machine->explain(states_[state][object], its_class);
    }

private:
    struct Object {
        std::string key;
        std::unique_ptr<models::Machine> machine;
        Transitions transitions;
    };

    void add_object(const models::Operations& operations, const std::vector<std::size_t>& members,
                    const std::vector<std::size_t>& places, std::uint32_t object, std::vector<std::uint32_t>& classes) {
        std::vector<std::size_t> part;
        for (const std::size_t place : places) part.push_back(members[place]);
        std::vector<std::uint32_t> its_classes;
        auto machine = operations.machine(part, its_classes);
        const auto first = static_cast<std::uint32_t>(classes_.size());
        for (std::uint32_t each = 0; each < machine->class_count(); ++each) classes_.emplace_back(object, each);
        for (std::size_t each = 0; each < places.size(); ++each) classes[places[each]] = first + its_classes[each];
        models::Machine& its_machine = *machine;
        objects_.push_back({operations.key(part.front()).rendered(), std::move(machine), Transitions(its_machine)});
    }
    std::uint32_t intern(const std::vector<std::uint32_t>& state) {
        return states_.intern(state, models::digest(2, state));
    }

    std::vector<Object> objects_;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> classes_; // the object, and the class there
    models::Interner<std::vector<std::uint32_t>> states_;
};

} // namespace orrery::reports::judges::linearizable

// Part: the operations on one key, which are judged apart from all others.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "orrery/reports/judges/linearizable/product_machine.h"
#include "orrery/reports/judges/linearizable/timeline.h"
#include "orrery/reports/models/operations.h"

namespace orrery::reports::judges::linearizable {

struct Part {
    Value key;
    std::vector<std::size_t> members; // in models::Operations; everything below goes by places in this
    std::vector<models::Interval> intervals;

    Part() = default;
    Part(const models::Operations& operations, Value of_key, std::vector<std::size_t> of_members)
        : key(std::move(of_key)), members(std::move(of_members)) {
        intervals.reserve(members.size());
        for (const std::size_t each : members) intervals.push_back(operations.interval(each));
    }
};

// The places of a part as a part of their own.
Part part_of(const models::Operations& operations, const Part& part, const std::vector<std::uint32_t>& places);

// What was known of a part before an instant: it is impossible exactly if a violation showed by then. An operation
// that was under way is unknown in it, and left out if it is read-only.
struct Known {
    std::vector<std::uint32_t> places; // in the whole part
    Part part;
};
Known known_before(const models::Operations& operations, const Part& part, sim::WorldTime end);

// A part laid out for a search.
struct Board {
    Timeline timeline;
    std::vector<std::uint32_t> objects; // the key of each operation, as a number; empty if there is only one
    std::vector<std::uint32_t> classes;
    std::unique_ptr<models::Machine> machine;

    Board(const models::Operations& operations, const Part& part)
        : timeline(part.intervals), objects(objects_of(operations, part)) {
        if (objects.empty())
            machine = operations.machine(part.members, classes);
        else
            machine = std::make_unique<ProductMachine>(operations, part.members, objects, classes);
    }
    bool same_object(std::uint32_t a, std::uint32_t b) const { return objects.empty() || objects[a] == objects[b]; }

private:
    static std::vector<std::uint32_t> objects_of(const models::Operations& operations, const Part& part) {
        if (!part.key.is_nil() || !operations.has_keys()) return {};
        std::vector<std::uint32_t> objects;
        std::map<Value, std::uint32_t> numbers;
        for (const std::size_t each : part.members)
            objects.push_back(numbers.try_emplace(operations.key(each), numbers.size()).first->second);
        return numbers.contains(Value()) ? std::vector<std::uint32_t>{} : objects; // one that concerns all
    }
};

} // namespace orrery::reports::judges::linearizable

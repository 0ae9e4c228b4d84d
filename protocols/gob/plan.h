// Plan: how values of one type of the sender become values of one type of ours, found out once for each pair and
// stream. Of a struct it says for each of the sender's fields which of our fields has its name, so that a message is
// read without comparing names; and all complaints about types that do not fit are made here, before a value is read.
//
// Example: the sender has {A int; C string; B int}, we have {B, A}. The steps are: to our field 1; skip a string; to
// our field 0.
#pragma once

#include "orrery/protocols/gob/sender_types.h"

namespace orrery::gob {

struct Plan {
    static constexpr std::size_t nowhere = SIZE_MAX;
    struct Step {
        std::size_t field = nowhere; // of ours
        const SenderType* sender = nullptr;
        const Plan* plan = nullptr; // if the field is not skipped
    };

    const Type* type = nullptr;
    const SenderType* sender = nullptr;
    std::string name;          // of what is read, for complaints about its range
    std::vector<Step> steps;   // of a structure, by the sender's fields
    const Plan* key = nullptr; // of a map
    const Plan* element = nullptr;
    std::vector<std::unique_ptr<Plan>> parts; // what the above point to, except plans of structures
};

// The plan of a value at top level, or why there is none.
struct Entry {
    Problem problem;
    const Plan* plan = nullptr; // of the sender's type if it is one of a structure, else `own`
    std::unique_ptr<Plan> own;
};

// Remembered with the sender's type.
const Entry& find_entry(const Type& ours, const SenderType& sender);
// What is said of an id that the sender has not defined.
Error unknown_type(const Type& ours);

} // namespace orrery::gob

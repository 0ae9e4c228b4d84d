// EtcdFields: the fields of an object as Go writes them. One that is missing, or null, has the zero value of its kind;
// one of another kind is wrong, and the first that is wrong is kept.
#pragma once

#include <string>
#include <string_view>

#include "orrery/reports/formats/format.h"
#include "orrery/reports/formats/json_text.h"

namespace orrery::reports::formats {

class EtcdFields {
public:
    // From here on all fields are those of the object at that place.
    void begin(Place place) {
        place_ = place;
        wrong_.reset();
    }
    void expect(const std::string& what) {
        if (!wrong_) wrong_ = expected_at(place_, what);
    }
    const sim::Problem& wrong() const { return wrong_; }

    std::int64_t number(JsonPart object, std::string_view name);
    std::string_view text(JsonPart object, std::string_view name);
    bool flag(JsonPart object, std::string_view name);
    // Null if there is none.
    JsonPart object(JsonPart whole, std::string_view name);
    JsonPart array(JsonPart whole, std::string_view name);
    // One that must be there.
    std::string_view key(JsonPart object, std::string_view name = "Key");
    JsonPart needed_object(JsonPart whole, std::string_view name);
    std::int64_t needed_number(JsonPart object, std::string_view name);
    // A value that was put, or what the tests keep of one that is long: its hash.
    std::string value(JsonPart object);

private:
    // The field, if it is there; a wrong one is not.
    JsonPart field(JsonPart object, std::string_view name, bool (JsonPart::*is)() const, const char* kind);

    Place place_;
    sim::Problem wrong_;
};

} // namespace orrery::reports::formats

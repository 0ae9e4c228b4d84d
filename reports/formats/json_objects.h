// JsonObjects: the objects of one JSON array, or of a text of objects one after the other, each with its place.
#pragma once

#include <optional>
#include <string_view>

#include "orrery/reports/formats/json_value.h"

namespace orrery::reports::formats {

class JsonObjects {
public:
    explicit JsonObjects(std::string_view text);

    // Goes on to the next object. False at the end, or where something else stands; problem() says which.
    bool find(Place& place);
    // What is left of the text, from the object on that was found.
    std::string_view rest() const { return text_.substr(at_); }
    void step_over(std::size_t size) { at_ += size; }
    // Finds an object and steps over it. It is not yet known to be JSON.
    bool next(std::string_view& object, Place& place);
    sim::Problem problem();

private:
    void skip_blanks() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }
    std::size_t size_of_object() const;
    Place here();

    std::string_view text_;
    std::size_t at_ = 0;
    bool array_ = false;
    bool first_ = true;
    bool good_ = true;
    const char* expected_ = "an object, or nothing";
    std::size_t counted_ = 0; // up to where lines were counted
    std::uint32_t line_ = 1;
    std::size_t line_begin_ = 0;
};

// Gives each object of the text, parsed, to `add`: a function sim::Problem(const Json&, Place) that says what is wrong
// with it. Stops at the first complaint, its own or that of a text that is no JSON.
template <class Add>
sim::Problem add_each(std::string_view text, const Add& add) {
    JsonObjects objects(text);
    std::string_view object;
    Place place;
    while (objects.next(object, place)) {
        const sim::Checked<Json> json = parse_json(object);
        if (!json) return moved_to(place, json.complaint());
        if (sim::Problem wrong = add(*json, place)) return wrong;
    }
    return objects.problem();
}

} // namespace orrery::reports::formats

// JsonText: a JSON text as it stands, with the places of its parts: for files of a million objects, each of which is
// looked at once and never changed. Names and texts are views of the source, except where they have to be spelled out.
// json_value.h says what is wrong with a text that is none.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/reports/formats/json_objects.h"

namespace orrery::reports::formats {

class JsonText;

// One part of a JsonText, and valid as long as that holds the same text; nil where there is none.
class JsonPart {
public:
    JsonPart() = default;
    JsonPart(const JsonText& whole, std::uint32_t place) : whole_(&whole), place_(place) {}

    bool is_null() const;
    bool is_object() const;
    bool is_array() const;
    bool is_text() const;
    bool is_boolean() const;
    bool is_integer() const;

    // Each CHECKs that the part is of that kind.
    bool boolean() const;
    std::int64_t integer() const;
    std::string_view text() const;

    // The member of an object with that name; nil if there is none, or if this is no object.
    JsonPart find(std::string_view name) const;

    // The elements of an array; of anything else there are none.
    class Iterator {
    public:
        Iterator(const JsonText& whole, std::uint32_t place) : whole_(&whole), place_(place) {}
        JsonPart operator*() const { return {*whole_, place_}; }
        Iterator& operator++();
        bool operator!=(const Iterator& other) const { return place_ != other.place_; }

    private:
        const JsonText* whole_;
        std::uint32_t place_;
    };
    Iterator begin() const;
    Iterator end() const;
    std::size_t size() const;

private:
    const JsonText* whole_ = nullptr;
    std::uint32_t place_ = 0;
};

class JsonText {
public:
    // The text must outlive what is looked up in it. False if it does not begin with JSON, or with one that is nested
    // too deeply.
    bool read(std::string_view text);
    // Of the text, what was read.
    std::size_t size() const { return at_; }
    JsonPart root() const { return {*this, 0}; }

private:
    friend class JsonPart;
    enum class Kind : std::uint8_t { null, boolean, integer, fraction, text, array, object };
    struct Node {
        Kind kind = Kind::null;
        bool truth = false;
        std::uint32_t end = 0; // the place of what comes behind this and all that it holds
        std::int64_t number = 0;
        std::string_view name{}; // of a member
        std::string_view text{};
    };

    void skip_blanks();
    bool skip(char expected);
    bool read_value();
    bool read_behind_value();
    bool read_name();
    bool read_text(std::string_view& text);
    bool read_number(Node& node);
    bool read_word(std::string_view word);
    bool digits();

    std::string_view source_;
    std::size_t at_ = 0;
    std::string_view name_{}; // of the member whose value comes next
    std::vector<Node> nodes_;
    std::vector<std::uint32_t> open_; // arrays and objects that have not ended
    std::deque<std::string> spelled_; // texts with escapes
};

// As add_each, for objects that are only looked at: `add` is a function sim::Problem(JsonPart, Place).
template <class Add>
sim::Problem add_each_in_place(std::string_view text, const Add& add) {
    JsonObjects objects(text);
    JsonText json;
    Place place;
    while (objects.find(place)) {
        if (!json.read(objects.rest())) {
            std::string_view object;
            (void)objects.next(object, place);
            const sim::Checked<Json> why = parse_json(object);
            return why ? expected_at(place, "JSON") : moved_to(place, why.complaint());
        }
        if (sim::Problem wrong = add(json.root(), place)) return wrong;
        objects.step_over(json.size());
    }
    return objects.problem();
}

} // namespace orrery::reports::formats

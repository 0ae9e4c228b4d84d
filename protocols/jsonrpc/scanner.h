// Scanner: where a JSON value ends, byte by byte, and whether it is one at all.
//
// A connection carries one value after the other, with or without space between them, and a value comes in pieces. So
// the grammar is followed by a state machine that stops anywhere. How deep it is in lists and objects is kept in a bit
// a level, so that depth costs no stack.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace orrery::jsonrpc {

class Scanner {
public:
    enum class Step : std::uint8_t {
        space,  // nothing has begun
        inside, // the byte belongs to a value that has not ended
        last,   // the byte ends the value
        behind, // the value had ended before this byte: only a number ends that way
        wrong,
    };

    explicit Scanner(std::size_t depth_max) : depth_max_(depth_max) {}

    Step step(char byte);
    bool is_between_values() const { return state_ == State::value && depth_.empty(); }
    void reset();
    // What is wrong, as Go says it.
    const std::string& complaint() const { return complaint_; }
    // What is wrong with a byte where only space may be.
    const std::string& complain_behind(char byte) {
        wrong(byte, "after top-level value");
        return complaint_;
    }
    static bool is_space(char byte) { return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n'; }

private:
    enum class State : std::uint8_t {
        value,
        value_or_end, // of a list
        key_or_end,
        key,
        colon,
        comma,
        text,
        escape,
        hexadecimal,
        literal,
        minus,
        zero,
        digits,
        point,
        fraction,
        exponent,
        exponent_sign,
        exponent_digits,
    };
    Step begin_value(char byte);
    Step open(bool is_object);
    Step close();
    Step step_structure(char byte);
    Step step_text(char byte);
    Step step_literal(char byte);
    Step step_number(char byte);
    Step end_number(char byte);
    Step end_value();
    Step wrong(char byte, std::string_view where);

    std::size_t depth_max_;
    std::vector<bool> depth_; // for each open list or object: is it an object
    State state_ = State::value;
    bool is_key_ = false; // of the text that is being read
    int digits_left_ = 0; // of a \u
    std::string_view literal_;
    std::size_t literal_at_ = 0;
    std::string complaint_;
};

} // namespace orrery::jsonrpc

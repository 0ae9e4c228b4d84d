// Cursor: walks through a JSON text that is known to be one (the Scanner has seen all of it).
#pragma once

#include <string>
#include <string_view>

namespace orrery::jsonrpc {

class Cursor {
public:
    explicit Cursor(std::string_view text) : rest_(text) { skip_space(); }

    // '{', '[', '"', 't', 'f', 'n'; '-' or a digit of a number.
    char peek() const { return rest_.front(); }
    bool is_number() const { return peek() == '-' || (peek() >= '0' && peek() <= '9'); }
    // As Go names it: "object", "array", "string", "bool", "null", "number".
    std::string_view kind() const;

    // Takes the value and gives its text. However deep it is, it takes no stack.
    std::string_view skip();
    // A text, unescaped. What is no UTF-8 and no whole pair of surrogates becomes U+FFFD.
    std::string text();
    // Enters a list or an object, and goes to its first part, or its next. False at its end, which is taken.
    //
    //     for (bool more = cursor.enter(); more; more = cursor.next()) ...
    bool enter();
    bool next();
    // In an object: the name, so that the value is next.
    std::string name();

private:
    void skip_space();
    std::string_view take(std::size_t size);
    std::string_view rest_;
};

} // namespace orrery::jsonrpc

// Word: a text of which there are few, as the names of operations. Each is kept once, for as long as the program runs:
// a word is one pointer, and histories hold millions of them.
#pragma once

#include <concepts>
#include <string>
#include <string_view>

namespace orrery::reports {

class Word {
public:
    Word() = default;
    template <std::convertible_to<std::string_view> Text>
    Word(const Text& text) : text_(kept(text)) {}

    const std::string& text() const { return text_ == nullptr ? none() : *text_; }
    operator const std::string&() const { return text(); }
    operator std::string_view() const { return text(); }
    bool empty() const { return text_ == nullptr; }

    bool operator==(const Word& other) const { return text_ == other.text_; }
    template <std::convertible_to<std::string_view> Text>
    bool operator==(const Text& other) const {
        return text() == std::string_view(other);
    }
    friend std::string operator+(const std::string& text, const Word& word) { return text + word.text(); }
    friend std::string operator+(const Word& word, const std::string& text) { return word.text() + text; }

private:
    static const std::string* kept(std::string_view text); // null: the empty one
    static const std::string& none();

    const std::string* text_ = nullptr;
};

} // namespace orrery::reports

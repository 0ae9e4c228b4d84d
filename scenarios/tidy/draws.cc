// Two draws whose order the compiler may choose: the arguments of one call, or the two sides of an arithmetic operator.
// Another compiler draws them in another order, and the same seed gives another run.
//
//     place(draw("x", 8), draw("y", 8));   wrong: either may come first
//     Point{draw("x", 8), draw("y", 8)};   right: a braced list goes from left to right
//     draw("x", 8) == 0 && draw("y", 8);   right: && has an order
#include <algorithm>
#include <array>

#include "orrery/scenarios/tidy/rules.h"

namespace orrery::scenarios::tidy {
namespace {

constexpr std::array<std::string_view, 5> draws = {"draw", "between", "pick", "happens", "draw_here"};

// Does a call of a draw begin at `at`? RapidCheck's `*rc::gen` is one too.
bool draws_at(std::string_view code, std::size_t at) {
    if (code.substr(at).starts_with("*rc::gen::")) return true;
    if (at > 0 && is_word(code[at - 1])) return false;
    return std::any_of(draws.begin(), draws.end(), [&](std::string_view word) {
        return code.substr(at).starts_with(word) && at + word.size() < code.size() && code[at + word.size()] == '(';
    });
}

// One past the bracket that closes the one at `open`.
std::size_t closing(std::string_view code, std::size_t open) {
    std::size_t depth = 0;
    for (std::size_t i = open; i < code.size(); ++i) {
        if (code[i] == '(' || code[i] == '{' || code[i] == '[') ++depth;
        if ((code[i] == ')' || code[i] == '}' || code[i] == ']') && --depth == 0) return i + 1;
    }
    return code.size();
}

// The body of a lambda runs when it is called, not where it stands.
bool opens_body(std::string_view code, std::size_t brace) {
    while (brace > 0 && is_space(code[brace - 1])) --brace;
    return brace > 0 && (code[brace - 1] == ')' || code[brace - 1] == ']');
}

bool draws_within(std::string_view code, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
        if (code[i] == '{' && opens_body(code, i))
            i = closing(code, i) - 1;
        else if (draws_at(code, i))
            return true;
    }
    return false;
}

// How many arguments of the list that opens at `open` draw.
std::size_t drawing_arguments(std::string_view code, std::size_t open) {
    const std::size_t end = closing(code, open) - 1;
    std::size_t count = 0;
    std::size_t begin = open + 1;
    for (std::size_t i = begin; i <= end; ++i) {
        if (i == end || code[i] == ',') {
            count += draws_within(code, begin, i);
            begin = i + 1;
        } else if (code[i] == ';') {
            return 0; // the head of a for or an if: statements one after the other
        } else if (code[i] == '(' || code[i] == '{' || code[i] == '[') {
            i = closing(code, i) - 1;
        }
    }
    return count;
}

// Is the draw that ends at `end` joined to another one by an operator without an order?
bool joined(std::string_view code, std::size_t end) {
    while (end < code.size() && is_space(code[end])) ++end;
    if (end >= code.size() || std::string_view("+-*/%^").find(code[end]) == std::string_view::npos) return false;
    for (std::size_t i = end + 1; i < code.size(); ++i) {
        if (std::string_view(";,?:)}{&|").find(code[i]) != std::string_view::npos) return false;
        if (draws_at(code, i)) return true;
        if (code[i] == '(') i = closing(code, i) - 1;
    }
    return false;
}

} // namespace

Breaches check_draws(const Source& source) {
    Breaches breaches;
    if (!source.is_cpp()) return breaches;
    const std::string_view code = source.code;
    for (std::size_t i = 0; i < code.size(); ++i) {
        if (code[i] == '(' && drawing_arguments(code, i) > 1)
            breaches.push_back(
                {source.path, line_of(code, i), "two draws in one argument list: name each result before"});
        if (!draws_at(code, i)) continue;
        const std::size_t open = code.find('(', i);
        if (open != std::string_view::npos && joined(code, closing(code, open)))
            breaches.push_back(
                {source.path, line_of(code, i), "two draws joined by an operator: name each result before"});
    }
    return breaches;
}

} // namespace orrery::scenarios::tidy

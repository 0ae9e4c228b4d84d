// Lengths: a file has at most 500 lines, a function at most 60. clang-tidy knows both better, but it needs a quarter of
// an hour for the tree and this needs a blink, so every build asks here. Columns are clang-format's business.
//
// This reads braces, not C++. A block is a scope of declarations if the text before its brace begins with namespace,
// class, struct, union, enum or extern; the outermost block that is no such scope counts as a function:
//
//     namespace a {        scope
//     struct B {           scope
//         void f() {       function: its lines are counted
//             if (x) {     inside a function: not counted by itself
//
// A long initialiser counts as well, for it is read like a function.
#include <algorithm>
#include <array>
#include <sstream>

#include "orrery/scenarios/tidy/rules.h"

namespace orrery::scenarios::tidy {
namespace {

constexpr std::size_t file_lines_max = 500;
constexpr std::size_t function_lines_max = 60;

// Code without preprocessor lines: macros have braces of their own.
std::string without_macros(std::string code) {
    bool inside = false;
    for (std::size_t begin = 0; begin < code.size();) {
        const std::size_t end = std::min(code.find('\n', begin), code.size());
        const std::size_t first = std::min(code.find_first_not_of(" \t", begin), end);
        const bool macro = inside || (first < end && code[first] == '#');
        inside = macro && end > begin && code[end - 1] == '\\';
        if (macro) code.replace(begin, end - begin, end - begin, ' ');
        begin = end + 1;
    }
    return code;
}

// Takes "template <...>" off the front of a declaration.
std::string_view without_template(std::string_view head) {
    while (true) {
        while (!head.empty() && is_space(head.front())) head.remove_prefix(1);
        if (!head.starts_with("template")) return head;
        std::size_t depth = 0;
        std::size_t i = 8;
        for (; i < head.size(); ++i) {
            if (head[i] == '<') ++depth;
            if (head[i] == '>' && --depth == 0) break;
        }
        head.remove_prefix(std::min(i + 1, head.size()));
    }
}

// Does the brace after `head` open a scope of declarations?
bool opens_scope(std::string_view head) {
    head = without_template(head);
    std::istringstream words{std::string(head)};
    std::string word;
    while (words >> word && (word == "inline" || word == "typedef" || word == "static" || word == "friend")) {
    }
    constexpr std::array<std::string_view, 6> scopes = {"namespace", "class", "struct", "union", "enum", "extern"};
    if (std::find(scopes.begin(), scopes.end(), word) == scopes.end()) return false;
    return head.find('(') == std::string_view::npos && head.find('=') == std::string_view::npos;
}

void check_functions(const Source& source, Breaches& breaches) {
    const std::string code = without_macros(source.code);
    std::vector<bool> scopes;  // of the open braces
    std::size_t functions = 0; // how many of them are no scopes
    std::size_t begin = 0;
    std::size_t head = 0; // where the current declaration begins
    for (std::size_t i = 0; i < code.size(); ++i) {
        if (code[i] == '{') {
            const bool scope = functions == 0 && opens_scope(std::string_view(code).substr(head, i - head));
            if (!scope && functions++ == 0) begin = line_of(code, i);
            scopes.push_back(scope);
        } else if (code[i] == '}' && !scopes.empty()) {
            const bool scope = scopes.back();
            scopes.pop_back();
            if (!scope && --functions == 0) {
                const std::size_t lines = line_of(code, i) - begin + 1;
                if (lines > function_lines_max)
                    breaches.push_back({source.path, begin,
                                        "a function of " + std::to_string(lines) + " lines; at most " +
                                            std::to_string(function_lines_max)});
            }
        }
        if (code[i] == ';' || code[i] == '{' || code[i] == '}') head = i + 1;
    }
}

} // namespace

Breaches check_lengths(const Source& source) {
    Breaches breaches;
    if (!source.is_cpp()) return breaches;
    if (source.line_count() > file_lines_max)
        breaches.push_back(
            {source.path, file_lines_max,
             "a file of " + std::to_string(source.line_count()) + " lines; at most " + std::to_string(file_lines_max)});
    check_functions(source, breaches);
    return breaches;
}

} // namespace orrery::scenarios::tidy

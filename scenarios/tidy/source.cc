// Reading the tree, and masking: one walk through a text that knows four states (code, comment, literal, raw literal)
// and writes blanks over all but the first. Lines and columns stay where they were, so a place in the mask is a place
// in the text:
//
//     send("a // b"); // twice
//     send("      ");
#include "orrery/scenarios/tidy/source.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace orrery::scenarios::tidy {
namespace {

void blank(std::string& text, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < std::min(end, text.size()); ++i)
        if (text[i] != '\n') text[i] = ' ';
}

// One past the last character of what begins at `at`, for a literal in `quote`s.
std::size_t literal_end(const std::string& text, std::size_t at, char quote) {
    for (std::size_t i = at + 1; i < text.size(); ++i) {
        if (text[i] == '\\')
            ++i;
        else if (text[i] == quote || text[i] == '\n')
            return i + 1;
    }
    return text.size();
}

std::size_t raw_end(const std::string& text, std::size_t quote) {
    const std::size_t open = std::min(text.find('(', quote), text.size());
    const std::string close = ")" + text.substr(quote + 1, open - quote - 1) + "\"";
    const std::size_t found = text.find(close, open);
    return found == std::string::npos ? text.size() : found + close.size();
}

std::string mask(std::string text) {
    for (std::size_t i = 0; i < text.size();) {
        const char c = text[i];
        std::size_t end = i + 1;
        if (c == '/' && i + 1 < text.size() && (text[i + 1] == '/' || text[i + 1] == '*')) {
            const bool line = text[i + 1] == '/';
            end = std::min(text.find(line ? "\n" : "*/", i + 2), text.size());
            if (!line) end += 2;
            blank(text, i, end);
        } else if (c == '"') {
            end = i > 0 && text[i - 1] == 'R' ? raw_end(text, i) : literal_end(text, i, '"');
            blank(text, i + 1, end - 1);
        } else if (c == '\'' && (i == 0 || !is_word(text[i - 1]))) { // else it separates digits
            end = literal_end(text, i, '\'');
            blank(text, i + 1, end - 1);
        }
        i = end;
    }
    return text;
}

} // namespace

Source::Source(std::string where, std::string content) : path(std::move(where)), text(std::move(content)) {
    code = is_cpp() ? mask(text) : text;
}

bool Source::is_cpp() const { return path.ends_with(".cc") || path.ends_with(".h"); }
bool Source::is_below(std::string_view folder) const {
    return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}
std::string_view Source::file_name() const { return std::string_view(path).substr(path.rfind('/') + 1); }
std::size_t Source::line_count() const {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) +
           !(text.empty() || text.ends_with('\n'));
}

std::size_t line_of(std::string_view text, std::size_t place) {
    return static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(place), '\n')) +
           1;
}

std::vector<Source> read_tree(const std::string& root) {
    namespace files = std::filesystem;
    std::vector<std::string> paths = {"README.md",         "CONTRIBUTING.md",
                                      "CHANGELOG.md",      "meson.build",
                                      "meson_options.txt", "orrery",
                                      ".ci/run",           ".github/workflows/ci.yml",
                                      ".editorconfig",     ".devcontainer/devcontainer.json",
                                      ".clang-tidy",       ".clang-format"};
    for (const char* room : {"sim", "protocols", "faults", "reports", "scenarios"})
        for (const auto& entry : files::recursive_directory_iterator(files::path(root) / room))
            if (entry.is_regular_file()) paths.push_back(files::relative(entry.path(), root).generic_string());
    std::sort(paths.begin(), paths.end());
    std::vector<Source> sources;
    for (std::string& path : paths) {
        std::ifstream file(root + "/" + path, std::ios::binary);
        std::string text{std::istreambuf_iterator<char>(file), {}};
        sources.emplace_back(std::move(path), std::move(text));
    }
    return sources;
}

} // namespace orrery::scenarios::tidy

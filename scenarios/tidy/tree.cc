// What only the whole tree shows: a source that nothing builds, a folder without a page, a page that names a file which
// is not there (any more), and a planted bug that no page tells of.
#include <algorithm>
#include <set>

#include "orrery/scenarios/tidy/rules.h"

namespace orrery::scenarios::tidy {
namespace {

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash);
}

// Does a meson.build in the folder of `path`, or above it, list it?
bool is_listed(const std::vector<Source>& tree, const std::string& path) {
    for (std::string folder = folder_of(path);; folder = folder_of(folder)) {
        const std::string build = folder.empty() ? "meson.build" : folder + "/meson.build";
        const std::string listed = "'" + path.substr(folder.empty() ? 0 : folder.size() + 1) + "'";
        for (const Source& source : tree)
            if (source.path == build && source.text.find(listed) != std::string::npos) return true;
        if (folder.empty()) return false;
    }
}

// So is a file that a list in its folder names, (crash) for crash.cc, if a meson.build reads that list.
bool is_built(const std::vector<Source>& tree, const std::string& path) {
    if (is_listed(tree, path)) return true;
    const std::string folder = folder_of(path);
    if (folder.empty()) return false;
    const std::string stem = path.substr(folder.size() + 1, path.rfind('.') - folder.size() - 1);
    return std::any_of(tree.begin(), tree.end(), [&](const Source& source) {
        return source.path.ends_with(".def") && folder_of(source.path) == folder &&
               source.text.find("(" + stem + ")") != std::string::npos && is_listed(tree, source.path);
    });
}

bool is_file_name(std::string_view word) {
    const bool plain = std::all_of(word.begin(), word.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               std::string_view("_./*-").find(c) != std::string_view::npos;
    });
    return plain && (word.ends_with(".h") || word.ends_with(".cc") || word.ends_with(".def") || word.ends_with(".md") ||
                     (word.ends_with(".*") && word.size() > 2));
}

bool stands_in_table(std::string_view page, std::string_view word) {
    for (std::size_t at = page.find(word); at != std::string_view::npos; at = page.find(word, at + 1)) {
        const std::size_t line = page.rfind('\n', at) + 1; // npos + 1 is 0
        if (page[line] == '|') return true;
    }
    return false;
}

// Does some path end with this name? "kernel.*" stands for kernel.h and kernel.cc. A leading "../", or the "orrery/"
// of an include, is left out.
bool is_there(const std::vector<Source>& tree, std::string_view name) {
    while (name.starts_with("../")) name.remove_prefix(3);
    if (name.starts_with("orrery/")) name.remove_prefix(7);
    const bool either = name.ends_with(".*");
    const std::string end = "/" + std::string(either ? name.substr(0, name.size() - 1) : name);
    return std::any_of(tree.begin(), tree.end(), [&](const Source& source) {
        const std::string path = "/" + source.path;
        return path.ends_with(end) || (either && (path.ends_with(end + "h") || path.ends_with(end + "cc")));
    });
}

} // namespace

Breaches check_all_built(const std::vector<Source>& tree) {
    Breaches breaches;
    for (const Source& source : tree)
        if (source.path.ends_with(".cc") && !source.is_below("scenarios/example") && !is_built(tree, source.path))
            breaches.push_back({source.path, 1, "no meson.build lists it: dead, or never tested"});
    return breaches;
}

Breaches check_pages(const std::vector<Source>& tree) {
    std::set<std::string> folders;
    std::set<std::string> with_page;
    for (const Source& source : tree) {
        for (std::string folder = folder_of(source.path); !folder.empty(); folder = folder_of(folder))
            if (!folder.starts_with('.')) folders.insert(folder);
        if (source.file_name() == "README.md") with_page.insert(folder_of(source.path));
    }
    Breaches breaches;
    for (const std::string& folder : folders)
        if (!with_page.contains(folder))
            breaches.push_back({folder, 1, "has no README.md: what lives here, what it may include"});
    return breaches;
}

Breaches check_references(const std::vector<Source>& tree) {
    Breaches breaches;
    for (const Source& page : tree) {
        if (!page.path.ends_with(".md")) continue;
        const std::string_view text = page.text;
        for (std::size_t open = text.find('`'); open != std::string_view::npos; open = text.find('`', open)) {
            const std::size_t close = std::min(text.find_first_of("`\n", open + 1), text.size());
            const std::string_view word = text.substr(open + 1, close - open - 1);
            if (is_file_name(word) && word.find('*') >= word.size() - 1 && !is_there(tree, word))
                breaches.push_back(
                    {page.path, line_of(text, open), "names " + std::string(word) + ", which is nowhere"});
            open = close + 1;
        }
    }
    return breaches;
}

Breaches check_flaws(const std::vector<Source>& tree) {
    constexpr std::string_view define = "\nFLAW_DEFINE(";
    Breaches breaches;
    for (const Source& list : tree) {
        if (list.file_name() != "flaws.def") continue;
        const auto is_page = [&](const Source& each) { return each.path == folder_of(list.path) + "/README.md"; };
        const auto page = std::find_if(tree.begin(), tree.end(), is_page);
        const std::string_view text = list.text;
        for (std::size_t at = text.find(define); at != std::string_view::npos; at = text.find(define, at + 1)) {
            const std::size_t begin = at + define.size();
            const std::string name(text.substr(begin, text.find(',', begin) - begin));
            if (page != tree.end() && stands_in_table(page->text, "`" + name + "`")) continue;
            breaches.push_back({list.path, line_of(text, begin), name + " stands in no table of the README.md beside"});
        }
    }
    return breaches;
}

const std::vector<Rule>& rules() {
    static const std::vector<Rule> all = {{"includes", check_includes},
                                          {"names", check_names},
                                          {"wording", check_wording},
                                          {"lengths", check_lengths},
                                          {"draws", check_draws}};
    return all;
}

} // namespace orrery::scenarios::tidy

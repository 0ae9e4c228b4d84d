// What only the whole tree shows: a source that nothing builds, and a folder without a page.
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
bool is_built(const std::vector<Source>& tree, const std::string& path) {
    for (std::string folder = folder_of(path);; folder = folder_of(folder)) {
        const std::string build = folder.empty() ? "meson.build" : folder + "/meson.build";
        const std::string listed = "'" + path.substr(folder.empty() ? 0 : folder.size() + 1) + "'";
        for (const Source& source : tree)
            if (source.path == build && source.text.find(listed) != std::string::npos) return true;
        if (folder.empty()) return false;
    }
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

const std::vector<Rule>& rules() {
    static const std::vector<Rule> all = {{"includes", check_includes},
                                          {"names", check_names},
                                          {"wording", check_wording},
                                          {"lengths", check_lengths},
                                          {"draws", check_draws}};
    return all;
}

} // namespace orrery::scenarios::tidy

// Layering: which folder may include which. The question is asked for each #include of each file, and `objection`
// answers it; CONTRIBUTING.md draws the same rules as a picture. Tests may include what they like, but they spell it
// like everybody else: "orrery/ROOM/FILE".
#include <algorithm>
#include <array>

#include "orrery/scenarios/tidy/rules.h"

namespace orrery::scenarios::tidy {
namespace {

using Names = std::vector<std::string_view>;

// Of the seam, what only the world and live code may see.
const Names switching = {"sim/fiber.h", "sim/stack.h", "sim/tasks.h", "sim/fill.h"};
// What a recorded history or trace is made of.
const Names recorded = {"sim/types.h", "sim/note.h",      "sim/finding.h", "sim/members.h",
                        "sim/check.h", "sim/codec.h",     "sim/bytes.h",   "sim/outcome.h",
                        "sim/text.h",  "sim/complaint.h", "sim/telling.h", "sim/world/trace.h"};

bool has(const Names& names, std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}
bool is_below(std::string_view path, std::string_view folder) {
    return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}
// The files of sim/ itself are what processes see; its folders are the world behind that.
bool is_seam(std::string_view path) { return is_below(path, "sim") && path.find('/', 4) == std::string_view::npos; }

// Inside reports/: models (with formats and what lies above the folders) <- judges <- views.
std::string_view reports_objection(std::string_view path, std::string_view target) {
    const bool views = is_below(path, "reports/views");
    const bool judges = is_below(path, "reports/judges") || is_below(path, "reports/example");
    if (is_below(target, "reports/views") && !views) return "only views see views";
    if (is_below(target, "reports/judges") && !views && !judges) return "models and formats do not see the judges";
    return {};
}

// Empty: `path` may include `target`. Else who may not see what.
std::string_view objection(std::string_view path, std::string_view target) {
    if (is_below(path, "sim")) {
        if (!is_below(target, "sim")) return "sim/ sees nothing but itself";
        if (is_seam(path) && !is_seam(target)) return "the seam does not see the world behind it";
        return {};
    }
    if (is_below(path, "protocols")) {
        const bool is_live = is_below(path, "protocols/live");
        if (is_live != is_below(target, "protocols/live") && is_below(target, "protocols"))
            return is_live ? "the live world sees the seam and itself"
                           : "protocols do not know which world they are in";
        if (is_below(target, "protocols")) return {};
        if (!is_seam(target)) return "protocols see the seam: start from sim/env.h";
        if (has(switching, target) && !is_live) return "protocols see Env; what runs tasks is for worlds";
        return {};
    }
    if (is_below(path, "faults"))
        return is_below(target, "sim") || is_below(target, "faults") ? "" : "faults see sim/ and themselves";
    if (is_below(path, "reports")) {
        if (!is_below(target, "reports"))
            return has(recorded, target)
                       ? ""
                       : "reports see recorded things: types, note, finding, trace, members, check, codec";
        return reports_objection(path, target);
    }
    if (is_below(path, "scenarios/tidy"))
        return is_below(target, "scenarios/tidy") ? "" : "tidy sees nothing but itself";
    if (is_below(path, "scenarios/engine")) {
        if (is_below(target, "scenarios/command")) return "the engine does not see the commands";
        const bool is_live = is_below(target, "scenarios/engine/live") || is_below(target, "protocols/live");
        return is_live && !is_below(path, "scenarios/engine/live") ? "only engine/live sees the live world" : "";
    }
    if (is_below(path, "scenarios/command") || is_below(path, "scenarios/bench") || is_below(path, "scenarios/golden"))
        return {};
    if (is_below(target, "protocols/live")) return "scenarios do not know which world they are in";
    if (is_below(target, "scenarios/engine") || is_below(target, "scenarios/command"))
        return "scenarios see scenario.h and workload.h, not the engine";
    return {};
}

// One #include: first its spelling, then whether this file may include that one.
void check_one(const Source& source, std::size_t place, std::string_view spelled, Breaches& breaches) {
    const auto object = [&](std::string text) {
        breaches.push_back({source.path, line_of(source.text, place), std::move(text)});
    };
    if (!spelled.starts_with("orrery/")) {
        object("include \"" + std::string(spelled) + "\": spell it \"orrery/ROOM/FILE\"");
        return;
    }
    const std::string_view target = spelled.substr(7);
    if (source.is_test()) return;
    const std::string_view wrong = objection(source.path, target);
    if (!wrong.empty()) object("includes " + std::string(target) + ": " + std::string(wrong));
}

} // namespace

Breaches check_includes(const Source& source) {
    Breaches breaches;
    if (!source.is_cpp()) return breaches;
    static constexpr std::string_view word = "#include \"";
    for (std::size_t at = source.code.find(word); at != std::string::npos; at = source.code.find(word, at + 1)) {
        const std::size_t begin = at + word.size();
        const std::size_t end = std::min(source.text.find('"', begin), source.text.size());
        check_one(source, at, std::string_view(source.text).substr(begin, end - begin), breaches);
    }
    return breaches;
}

} // namespace orrery::scenarios::tidy

// An undecided verdict says where the search stood, what made it hard, and what would help.
#include "orrery/reports/views/story.h"

#include "orrery/reports/views/style.h"

namespace orrery::reports::views {
namespace {

constexpr std::size_t window_shown = 8;

// One line of plain text: nothing in it that a terminal would obey, whatever the history or its file held.
std::string line(std::string_view text) { return shown(text, Style{.width = 0, .unicode = true}); }

} // namespace

std::string story(const Verdict& verdict, const std::vector<Call>& calls) {
    if (verdict.error) return line(verdict.error_text());
    if (verdict.violated())
        return line(verdict.counterexample ? verdict.counterexample->story : verdict.anomalies.at(0).story);
    if (verdict.passed() || !verdict.blocked) return {};
    const Blocked& blocked = *verdict.blocked;
    std::string text =
        std::to_string(verdict.nodes) + (verdict.nodes == 1 ? " node was" : " nodes were") + " not enough";
    if (blocked.deepest) text += "; legal up to " + line(calls[*blocked.deepest].rendered());
    if (!blocked.cost.empty())
        text += "\n  hard above all for its " + blocked.cost + ": at most " + std::to_string(blocked.width) +
                " were under way at once, " + std::to_string(blocked.unknown) +
                " unknown ones may have taken effect, and " + std::to_string(blocked.states) + " states were met";
    if (!blocked.window.empty()) text += "\n  next would have to return one of";
    for (std::size_t i = 0; i < blocked.window.size() && i < window_shown; ++i)
        text += "\n    " + line(calls[blocked.window[i]].rendered());
    if (blocked.window.size() > window_shown)
        text += "\n    and " + std::to_string(blocked.window.size() - window_shown) + " more";
    for (const std::string& each : blocked.suggestions) text += "\n  try: " + each;
    return text;
}

} // namespace orrery::reports::views

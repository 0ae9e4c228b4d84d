#include "orrery/reports/views/story.h"

namespace orrery::reports::views {

std::string story(const Verdict& verdict, const std::vector<Call>& calls) {
    if (!verdict.error.empty()) return verdict.error;
    if (verdict.violated()) return verdict.counterexample ? verdict.counterexample->story : verdict.anomalies.at(0).story;
    if (verdict.passed() || !verdict.blocked) return {};
    std::string text = "undecided after " + std::to_string(verdict.nodes) + " configurations";
    if (verdict.blocked->deepest) text += "; legal up to " + calls[*verdict.blocked->deepest].rendered();
    for (const std::string& each : verdict.blocked->suggestions) text += "\n  try: " + each;
    return text;
}

} // namespace orrery::reports::views

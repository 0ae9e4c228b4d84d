// The distance is that of Damerau and Levenshtein with adjacent swaps, a row at a time.
#include "orrery/scenarios/engine/nearest.h"

#include <algorithm>

namespace orrery::scenarios::engine {
namespace {

std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1);
    std::vector<std::size_t> previous(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        before.swap(previous);
        previous.swap(row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t exchanged = previous[j - 1] + (a[i - 1] != b[j - 1]);
            row[j] = std::min({previous[j] + 1, row[j - 1] + 1, exchanged});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before[j - 2] + 1);
        }
    }
    return row[b.size()];
}

} // namespace

std::string suggestion(std::string_view word, const std::vector<std::string>& names) {
    // One slip for every three letters; a beginning is as good.
    std::size_t least = word.size() / 3 + 1;
    std::string best;
    for (const std::string& name : names) {
        const bool begins = word.size() >= 3 && name.starts_with(word);
        const std::size_t slips = begins ? 1 : distance(word, name);
        if (slips > least || (slips == least && !best.empty())) continue;
        least = slips;
        best = name;
    }
    return best.empty() ? "" : "; did you mean '" + best + "'?";
}

} // namespace orrery::scenarios::engine

// The work `judge` of orrery bench: how fast histories are judged, apart from how fast they are read.
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace orrery::scenarios::bench {

struct JudgeMeasure {
    std::uint64_t operations = 0;
    double seconds = 0; // of judging; the best of five, added up over all histories
};

// Judges recorded histories. Returns one line about a file that cannot be judged. Calls `progress` with the number
// judged so far.
std::optional<std::string> judge_files(const std::vector<std::string>& files, const std::string& model,
                                       std::FILE* figures, const std::function<void(std::uint64_t)>& progress,
                                       JudgeMeasure& measure);
// Judges histories that it makes itself: unique values, few values with compare-and-swap, growing texts.
JudgeMeasure judge_own(std::uint64_t operations, std::FILE* figures);

} // namespace orrery::scenarios::bench

// The work `judge` of orrery bench: how fast histories are judged, apart from how fast they are read.
#pragma once

#include <cstdint>
#include <cstdio>
#include <string>
#include <vector>

namespace orrery::scenarios::bench {

struct JudgeMeasure {
    std::uint64_t operations = 0;
    double seconds = 0; // of judging; the best of five, added up over all histories
};

// Recorded histories. False after one line to stderr about a file that cannot be read.
bool judge_files(const std::vector<std::string>& files, const std::string& model, std::FILE* figures,
                 JudgeMeasure& measure);
// Histories of its own: unique values, few values with compare-and-swap, growing texts.
JudgeMeasure judge_own(std::uint64_t operations, std::FILE* figures);

} // namespace orrery::scenarios::bench

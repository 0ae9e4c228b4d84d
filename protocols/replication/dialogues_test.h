// Dialogues: texts of a cluster of cores, each a line that begins with "> " and says what is done, and below it what is
// so afterwards. A Dialogue answers such a line, as words: `std::string answer(const std::vector<std::string_view>&)`.
//
//     # a leader of one
//     > cluster 1
//     > tick 0 8
//     0 leader, term 1, vote 0
//
// With ORRERY_REWRITE=1 in the environment the files are written anew.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "orrery/sim/text.h"

namespace orrery::replication {

// The text as it would be if every answer were right. It ends with a line's end.
template <class Dialogue>
std::string replayed(const std::string& text) {
    Dialogue dialogue;
    std::string out;
    for (const std::string_view line : sim::split(text, '\n')) {
        if (line.starts_with("> ")) {
            out += std::string(line) + "\n" + dialogue.answer(sim::split(line.substr(2), ' '));
        } else if (line.starts_with("#") || line.empty()) {
            out += std::string(line) + "\n";
        }
    }
    out.pop_back(); // the empty line that split finds after the last
    return out;
}

// Each of the files of a folder, which are `count_min` at least, is as replaying it makes it.
template <class Dialogue>
void expect_as_they_were(const std::string& folder, std::size_t count_min) {
    std::vector<std::filesystem::path> files;
    for (const auto& file : std::filesystem::directory_iterator(folder))
        if (file.path().extension() == ".txt") files.push_back(file.path());
    std::sort(files.begin(), files.end());
    EXPECT_GE(files.size(), count_min);
    for (const std::filesystem::path& file : files) {
        std::ifstream in(file);
        const std::string text(std::istreambuf_iterator<char>(in), {});
        const std::string now = replayed<Dialogue>(text);
        if (std::getenv("ORRERY_REWRITE") != nullptr)
            std::ofstream(file) << now;
        else
            EXPECT_EQ(text, now) << file.filename();
    }
}

} // namespace orrery::replication

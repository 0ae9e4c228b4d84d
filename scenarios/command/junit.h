// JUnit: results as the XML that continuous integration shows. A test case is a replayed file, or a scenario with each
// of its failures; no times stand in it, so that the same result is the same file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace orrery::scenarios::command {

struct JunitCase {
    enum class Outcome : std::uint8_t {
        passed,
        failed,  // violated
        unknown, // not decided, not repeated, nothing seen
    };
    std::string suite; // the scenario
    std::string name;
    Outcome outcome = Outcome::passed;
    std::string message{}; // in one line
    std::string text{};    // in full
};

// The suites in the order of their first cases.
std::string junit_xml(const std::vector<JunitCase>& cases);

} // namespace orrery::scenarios::command

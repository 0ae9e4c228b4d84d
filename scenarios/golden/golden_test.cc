// Compares the digests of this build with those in digests.txt. A difference means that runs behave otherwise than
// before, or that a scenario came or went.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "orrery/scenarios/golden/digest_line.h"

namespace orrery::scenarios {

using namespace engine;
namespace {

constexpr std::uint64_t seeds = 5;

TEST(Golden, DigestsAreThoseInTheTree) {
    std::ifstream file(ORRERY_SOURCE_ROOT "/scenarios/golden/digests.txt");
    if (!file) GTEST_SKIP() << "the tree this was compiled from is not here";
    std::map<std::string, std::string> golden; // by scenario and seed
    for (std::string line; std::getline(file, line);) {
        std::istringstream words(line);
        std::string scenario;
        std::string seed;
        words >> scenario >> seed;
        golden[scenario + " " + seed] = line;
    }
    std::string changed;
    for (const Scenario* scenario : all_scenarios()) {
        for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
            const std::string is = digest_line(*scenario, seed);
            const std::string was = golden[scenario->name + " " + std::to_string(seed)];
            if (is != was) changed += "  was " + (was.empty() ? "absent" : was) + "\n  is  " + is + "\n";
            golden.erase(scenario->name + " " + std::to_string(seed));
        }
    }
    for (const auto& [key, line] : golden) changed += "  " + line + ": there is no such run any more\n";
    if (!changed.empty())
        ADD_FAILURE() << "runs behave otherwise than before:\n"
                      << changed << "If that is meant: ./orrery test --golden writes them anew; say in the commit why.";
}

} // namespace
} // namespace orrery::scenarios

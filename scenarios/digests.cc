// A small binary without tests: the digest of every scenario at a few seeds, to be compared between
// compilers, optimisation levels and sanitizers.
#include <cstdio>
#include <cstdlib>

#include "orrery/scenarios/engine/repro.h"

using namespace orrery::scenarios;

int main(int argc, char** argv) {
    const std::uint64_t seeds = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 20;
    for (const Scenario* scenario : all_scenarios()) {
        for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
            RunInput input;
            input.scenario = scenario;
            input.settings = default_settings(*scenario);
            input.seed = seed;
            draw_settings(input);
            const auto ran = run(input);
            const auto& output = std::get<RunOutput>(ran);
            std::printf("%s %llu %s %llu\n", scenario->name.c_str(), static_cast<unsigned long long>(seed),
                        hexadecimal(output.digest).c_str(), static_cast<unsigned long long>(output.events));
        }
    }
    return 0;
}

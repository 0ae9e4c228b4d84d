// Prints the digest of every scenario at the first seeds. The tests compare what this program prints when it is built
// by other compilers, at other optimisation levels and with sanitizers: it must be equal. `orrery_digests 5` prints
// five seeds each.
#include <cstdio>
#include <cstdlib>

#include "orrery/scenarios/catalogue.h"
#include "orrery/scenarios/golden/digest_line.h"

using namespace orrery::scenarios;
using namespace orrery::scenarios::engine;

int main(int argc, char** argv) {
    const std::uint64_t seeds = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 20;
    for (const Scenario* scenario : catalogue())
        for (std::uint64_t seed = 1; seed <= seeds; ++seed) std::puts(digest_line(*scenario, seed).c_str());
    return 0;
}

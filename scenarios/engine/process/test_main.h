// The main function of an executable of tests that verify: it can repeat a run when it is executed anew.
#pragma once

#include <gtest/gtest.h>

#include "orrery/scenarios/engine/process/verify.h"

namespace orrery::scenarios::engine {

inline int test_main(int argc, char** argv, std::vector<const Scenario*> scenarios) {
    set_scenarios(std::move(scenarios));
    if (is_fresh_process(argc, argv)) return answer_in_fresh_process();
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}

} // namespace orrery::scenarios::engine

// Tests that verify need an executable that can repeat a run when it is executed anew.
#include <gtest/gtest.h>

#include "orrery/scenarios/engine/process/verify.h"

int main(int argc, char** argv) {
    if (orrery::scenarios::engine::asks_elsewhere(argc, argv)) return orrery::scenarios::engine::answer_elsewhere();
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}

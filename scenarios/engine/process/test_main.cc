// Tests that verify need an executable that can repeat a run when it is executed anew.
#include <gtest/gtest.h>

#include "orrery/scenarios/engine/process/verify.h"

int main(int argc, char** argv) {
    using namespace orrery::scenarios::engine;
    if (is_fresh_process(argc, argv)) return answer_in_fresh_process();
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}

#include "orrery/reports/judges/linearizable/certificate.h"

#include <gtest/gtest.h>

#include "orrery/reports/models/register.h"

namespace orrery::reports::judges::linearizable {
namespace {

using models::Register;

// write 1 and write 2 one after the other, a read of 2 concurrent with the second, an unknown write.
models::TypedOperations<Register> sample() {
    return {{{Register::Operation::write(1), Register::Result{}, {0}, {1}, 1},
             {Register::Operation::write(2), Register::Result{}, {2}, {5}, 1},
             {Register::Operation::read(), Register::Result{2}, {3}, {4}, 2},
             {Register::Operation::write(9), {}, {3}, {}, 3}},
            {}};
}

std::string complaint(const std::vector<std::size_t>& order) { return objection(sample(), order).value_or("none"); }

TEST(Certificate, AcceptsAnOrderWithAndWithoutTheUnknownOperation) {
    EXPECT_EQ(complaint({0, 1, 2}), "none");
    EXPECT_EQ(complaint({0, 1, 2, 3}), "none");
    EXPECT_EQ(complaint({0, 3, 1, 2}), "none");
}

TEST(Certificate, RefusesAnOrderAgainstRealTime) {
    EXPECT_EQ(complaint({1, 2, 0}), "operation 0 had returned before one ahead of it began");
    EXPECT_EQ(complaint({3, 0, 1, 2}), "operation 0 had returned before one ahead of it began");
}

TEST(Certificate, RefusesAnOrderThatTheObjectDoesNotExplain) {
    EXPECT_EQ(complaint({0, 2, 1}), "operation 2 would have had another result");
    EXPECT_EQ(complaint({0, 1, 3, 2}), "operation 2 would have had another result");
}

TEST(Certificate, RefusesWhatIsMissingDoubleOrUnheardOf) {
    EXPECT_EQ(complaint({0, 1}), "operation 2 is missing");
    EXPECT_EQ(complaint({0, 1, 2, 2}), "operation 2 stands twice");
    EXPECT_EQ(complaint({0, 1, 2, 4}), "operation 4 does not exist");
}

TEST(Certificate, TakesOperationsWithACommonInstantForConcurrent) {
    const models::TypedOperations<Register> touching({{Register::Operation::write(1), Register::Result{}, {0}, {1}, 1},
                                                      {Register::Operation::read(), Register::Result{}, {1}, {2}, 2}},
                                                     {});
    EXPECT_FALSE(objection(touching, std::vector<std::size_t>{1, 0}));
}

} // namespace
} // namespace orrery::reports::judges::linearizable

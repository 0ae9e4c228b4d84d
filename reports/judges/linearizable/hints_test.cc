#include "orrery/reports/judges/linearizable/hints.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "orrery/reports/judges/judge.h"
#include "orrery/reports/judges/linearizable/random_history.h"

namespace orrery::reports::judges::linearizable {
namespace {

using models::CasRegister;
using Recorded = std::vector<models::Operation<CasRegister>>;

RC_GTEST_PROP(Hints, ThatAreRightAreAllThatIsLookedAt, ()) {
    Draws draws = any_draws();
    for (int i = 0; i < 20; ++i) {
        Recorded operations = any_history<CasRegister>(draws, 12);
        const Verdict found = judge<CasRegister>(operations);
        if (!found.passed()) continue;
        for (std::size_t place = 0; place < found.certificate.size(); ++place)
            operations[found.certificate[place]].order = static_cast<std::int64_t>(place);
        const Verdict checked = judge<CasRegister>(operations);
        RC_ASSERT(checked.passed());
        RC_ASSERT(checked.basis == "hints" || found.certificate.empty());
        RC_ASSERT(checked.certificate == found.certificate);
    }
}

RC_GTEST_PROP(Hints, ThatAreWrongChangeNoVerdict, ()) {
    Draws draws = any_draws();
    for (int i = 0; i < 20; ++i) {
        Recorded operations = any_history<CasRegister>(draws, 9);
        const Verdict without = judge<CasRegister>(operations);
        for (auto& each : operations)
            if (draws.below(8) > 0) each.order = draws.below(20);
        RC_ASSERT(judge<CasRegister>(operations).outcome == without.outcome);
    }
}

TEST(Hints, PutWhatLooksBehindWhatChangesAtTheSameRevision) {
    const auto read = CasRegister::Operation::read();
    Recorded operations = {{CasRegister::Operation::write(1), CasRegister::Result{}, {5}, {9}, 1, 2},
                           {read, CasRegister::Result{1, false}, {4}, {9}, 2, 2},
                           {read, CasRegister::Result{{}, false}, {4}, {9}, 3, 1}};
    EXPECT_EQ(judge<CasRegister>(operations).certificate, (std::vector<std::size_t>{2, 0, 1}));
    EXPECT_EQ(judge<CasRegister>(operations).basis, "hints");
    operations[1].order.reset(); // nobody knows where it belongs
    EXPECT_EQ(judge<CasRegister>(operations).basis, "chains");
}

TEST(Hints, OfUnknownOperationsSayThatTheyTookEffect) {
    const Recorded operations = {{CasRegister::Operation::write(1), {}, {0}, {}, 1, 7},
                                 {CasRegister::Operation::write(2), {}, {0}, {}, 2, {}},
                                 {CasRegister::Operation::read(), CasRegister::Result{1, false}, {4}, {9}, 3, 7}};
    EXPECT_EQ(judge<CasRegister>(operations).basis, "hints");
    EXPECT_EQ(judge<CasRegister>(operations).certificate, (std::vector<std::size_t>{0, 2}));
    const Recorded silent = {{CasRegister::Operation::write(1), {}, {0}, {}, 1, {}}};
    EXPECT_EQ(judge<CasRegister>(silent).basis, "chains"); // nobody said anything
}

} // namespace
} // namespace orrery::reports::judges::linearizable

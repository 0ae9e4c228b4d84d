// Who got answers after the heal, by a history of many clients.
#include "orrery/scenarios/engine/live/driver.h"

#include <gtest/gtest.h>

namespace orrery::scenarios::engine::live {
namespace {

using Type = reports::Entry::Type;

void add(reports::History& history, std::int64_t process, std::int64_t invoked, std::int64_t returned, Type how) {
    history.entries.push_back({Type::invoke, process, "read", {}, {}, {invoked}, history.entries.size()});
    history.entries.push_back({how, process, "read", {}, {}, {returned}, history.entries.size()});
}

TEST(LackOfProgress, CountsAnswersToWhatWasInvokedAfterTheHeal) {
    reports::History history;
    for (int i = 0; i < 3; ++i) add(history, 0, 100 + i, 200, Type::ok);
    add(history, 1, 99, 150, Type::ok);
    add(history, 1, 100, 150, Type::ok);
    add(history, 1, 101, 150, Type::fail);
    add(history, 1, 102, 150, Type::info);
    add(history, 3, 103, 150, Type::ok); // the second client, as its next process
    EXPECT_EQ(lack_of_progress(history, 2, {100}, {300})->text,
              "client1 got 2 answers to operations invoked after the heal");
    EXPECT_EQ(lack_of_progress(history, 2, {100}, {300})->time, sim::WorldTime{300});
    EXPECT_FALSE(lack_of_progress(history, 2, {99}, {300}));
    EXPECT_EQ(lack_of_progress({}, 1, {100}, {300})->text,
              "client0 got 0 answers to operations invoked after the heal");
    EXPECT_FALSE(lack_of_progress({}, 0, {100}, {300}));
}

} // namespace
} // namespace orrery::scenarios::engine::live

#include "orrery/reports/history.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace orrery::reports {
namespace {

using Type = Entry::Type;

Entry entry(Type type, std::int64_t process, std::string f, Value value = {}, std::int64_t time = 0) {
    Entry made;
    made.type = type;
    made.process = process;
    made.f = std::move(f);
    made.value = std::move(value);
    made.time = {time};
    return made;
}

History history(std::vector<Entry> entries) {
    History made;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        entries[i].index = 100 + i;
        entries[i].place = {static_cast<std::uint32_t>(i + 1), 1};
    }
    made.entries = std::move(entries);
    return made;
}

std::string error_of(std::vector<Entry> entries) {
    const auto error = check(history(std::move(entries)));
    return error ? error->text() : "none";
}

TEST(Word, IsItsText) {
    const std::string text = "lease-grant";
    EXPECT_EQ(Word(text), Word(std::string_view("lease-grants").substr(0, text.size())));
    EXPECT_NE(Word(text), Word("lease-revoke"));
    EXPECT_NE(Word(text), "lease");
    EXPECT_EQ(Word(text), text);
    EXPECT_EQ(Word(), "");
    EXPECT_EQ(Word(), Word(std::string()));
    EXPECT_EQ(Word("a") + " b", "a b");
    EXPECT_EQ("b " + Word("a"), "b a");
}

TEST(History, PairsReturnsWithInvocationsOfTheirProcess) {
    const auto paired = calls(history({entry(Type::invoke, 1, "write", 7, 10), entry(Type::invoke, 2, "read", {}, 11),
                                       entry(Type::ok, 2, "read", 7, 12), entry(Type::info, 1, "write", {}, 13),
                                       entry(Type::invoke, 2, "read", {}, 14), entry(Type::fail, 2, "read", {}, 15),
                                       entry(Type::invoke, 3, "read", {}, 16)}));
    const auto& found = *paired;
    ASSERT_EQ(found.size(), 4u);
    EXPECT_EQ(found[0].outcome, Call::Outcome::unknown);
    EXPECT_EQ(found[0].returned.nanoseconds, INT64_MAX);
    EXPECT_EQ(found[0].return_entry, 3u);
    EXPECT_EQ(found[1].outcome, Call::Outcome::ok);
    EXPECT_EQ(found[1].result, Value(7));
    EXPECT_EQ(found[1].invoked.nanoseconds, 11);
    EXPECT_EQ(found[1].returned.nanoseconds, 12);
    EXPECT_EQ(found[2].outcome, Call::Outcome::fail);
    EXPECT_EQ(found[3].outcome, Call::Outcome::unknown);
    EXPECT_FALSE(found[3].return_entry);
    EXPECT_EQ(found[0].rendered(), "process 1: write 7 -> ?");
    EXPECT_EQ(found[1].rendered(), "process 2: read -> 7");
    EXPECT_EQ(found[2].rendered(), "process 2: read -> failed");
}

TEST(History, RefusesAReturnWithoutAnInvocation) {
    EXPECT_EQ(error_of({entry(Type::ok, 3, "read")}),
              "entry 100: process 3 returned from read without having invoked anything");
    EXPECT_EQ(error_of({entry(Type::invoke, 3, "read"), entry(Type::ok, 3, "read"), entry(Type::info, 3, "read")}),
              "entry 102: process 3 returned from read without having invoked anything");
}

TEST(History, RefusesAReturnFromAnotherOperation) {
    EXPECT_EQ(error_of({entry(Type::invoke, 3, "read"), entry(Type::ok, 3, "write")}),
              "entry 101: process 3 returned from write but had invoked read");
    Entry keyed = entry(Type::ok, 3, "read");
    keyed.key = "x";
    EXPECT_EQ(error_of({entry(Type::invoke, 3, "read"), keyed}),
              "entry 101: process 3 returned from read \"x\" but had invoked read");
}

TEST(History, RefusesTwoOperationsOfOneProcessAtOnce) {
    EXPECT_EQ(error_of({entry(Type::invoke, 3, "read"), entry(Type::invoke, 3, "write", 1)}),
              "entry 101: process 3 invoked write while its read had not returned");
}

TEST(History, RetiresAProcessWhoseOperationIsUnknown) {
    EXPECT_EQ(error_of({entry(Type::invoke, 3, "read"), entry(Type::info, 3, "read"), entry(Type::invoke, 3, "read")}),
              "entry 102: process 3 invoked read after an operation of its own became unknown; a process does "
              "nothing more then");
}

TEST(History, RefusesTimeThatGoesBack) {
    EXPECT_EQ(error_of({entry(Type::invoke, 1, "read", {}, 5), entry(Type::invoke, 2, "read", {}, 4)}),
              "entry 101: time goes back, from 5 to 4 ns");
}

TEST(History, GivesANewProcessToWhatFollowsAnUnknownOperation) {
    History used_again =
        history({entry(Type::invoke, 3, "read"), entry(Type::info, 3, "read"), entry(Type::invoke, 3, "read"),
                 entry(Type::invoke, 1, "read"), entry(Type::info, 3, "read"), entry(Type::invoke, 3, "read"),
                 entry(Type::ok, 1, "read"), entry(Type::ok, 3, "read")});
    retire_processes(used_again);
    EXPECT_FALSE(check(used_again));
    std::vector<std::int64_t> processes;
    for (const Entry& each : used_again.entries) processes.push_back(each.process);
    EXPECT_EQ(processes, (std::vector<std::int64_t>{3, 3, 4, 1, 4, 5, 1, 5}));
}

// Whatever the entries, the answer is an error that names one of them, or calls that account for all.
RC_GTEST_PROP(History, AccountsForEveryEntryOrNamesOne, ()) {
    std::vector<Entry> entries;
    for (int i = *rc::gen::inRange(0, 12); i > 0; --i) {
        const auto type = static_cast<Type>(*rc::gen::inRange(0, 4));
        entries.push_back(entry(type, *rc::gen::inRange(0, 3), "read"));
    }
    const History drawn = history(entries);
    const auto paired = calls(drawn);
    if (!paired) {
        // Where each entry stands is told apart by its line.
        const std::size_t line = paired.complaint().place.line;
        RC_ASSERT(line >= 1 && line <= entries.size());
        RC_ASSERT(paired.complaint().message.starts_with("entry " + std::to_string(99 + line) + ": "));
        return;
    }
    std::size_t accounted = 0;
    for (const Call& call : *paired) accounted += call.return_entry ? 2 : 1;
    RC_ASSERT(accounted == entries.size());
}

TEST(History, NamesItsTypes) {
    for (const Type type : {Type::invoke, Type::ok, Type::fail, Type::info}) EXPECT_EQ(entry_type(name(type)), type);
    EXPECT_FALSE(entry_type("okay"));
}

} // namespace
} // namespace orrery::reports

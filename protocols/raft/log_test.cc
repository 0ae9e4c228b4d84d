// The log against a plain list of terms.
#include "orrery/protocols/raft/log.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

namespace orrery::raft {
namespace {

Entry entry_of(Term term) { return {term, sim::Bytes(std::string_view("x"))}; }

// Terms of a log as Raft makes it: they never fall.
std::vector<Term> draw_terms() {
    auto steps = *rc::gen::container<std::vector<Term>>(rc::gen::inRange<Term>(0, 3));
    Term term = 1;
    for (Term& each : steps) each = term += each;
    return steps;
}

RC_GTEST_PROP(Log, IsTheListOfWhatWasAppendedAndNotTruncated, ()) {
    Log log;
    std::vector<Term> model; // of all entries, also of those that are compacted
    std::size_t compacted = 0;
    std::size_t stable = 0;
    const auto steps = *rc::gen::container<std::vector<std::pair<int, std::size_t>>>(
        rc::gen::pair(rc::gen::inRange(0, 6), rc::gen::inRange<std::size_t>(0, 20)));
    for (const auto& [what, how] : steps) {
        if (what == 0) {
            const std::size_t keep = std::max(compacted, std::min(how, model.size()));
            log.truncate(keep);
            model.resize(keep);
            stable = std::min(stable, keep);
        } else if (what == 1) {
            log.set_stable(model.size());
            stable = model.size();
        } else if (what == 2) {
            compacted = std::max(compacted, std::min(how, stable));
            if (compacted > 0) log.compact(compacted);
        } else {
            model.push_back((model.empty() ? 1 : model.back()) + how % 3);
            log.append(entry_of(model.back()));
        }
        RC_ASSERT(log.last_index() == model.size());
        RC_ASSERT(log.last_term() == (model.empty() ? 0 : model.back()));
        RC_ASSERT(log.stable() == stable);
        RC_ASSERT(log.first_index() == compacted + 1);
        for (std::size_t i = compacted; i < model.size(); ++i) RC_ASSERT(log.entry(i + 1).term == model[i]);
        if (compacted > 0) RC_ASSERT(log.term(compacted) == model[compacted - 1]);
    }
}

RC_GTEST_PROP(Log, FindsTheLastEntryWhoseTermIsNotAboveABound, ()) {
    const std::vector<Term> terms = draw_terms();
    std::vector<Entry> entries;
    for (const Term term : terms) entries.push_back(entry_of(term));
    const Log log(std::move(entries));
    RC_ASSERT(log.stable() == terms.size());
    const Index from = *rc::gen::inRange<Index>(0, terms.size() + 1);
    const Term bound = *rc::gen::inRange<Term>(0, 30);
    Index expected = 0;
    for (Index index = 1; index <= from; ++index)
        if (terms[index - 1] <= bound) expected = index;
    RC_ASSERT(log.last_not_above(from, bound) == expected);
}

TEST(Log, GoesOnAfterASnapshotThatTakesItsPlace) {
    Log log({}, 4, 2);
    log.append(entry_of(2));
    log.append(entry_of(5));
    EXPECT_EQ(log.last_not_above(6, 4), 5u);
    EXPECT_EQ(log.last_not_above(6, 2), 5u);
    EXPECT_EQ(log.last_not_above(6, 1), 0u); // if anything of term 1 agrees, the snapshot has it
    EXPECT_TRUE(log.matches(4, 2));
    EXPECT_FALSE(log.matches(3, 2));
    log.restore(9, 7);
    EXPECT_EQ(log.last_index(), 9u);
    EXPECT_EQ(log.last_term(), 7u);
    EXPECT_EQ(log.first_index(), 10u);
    EXPECT_EQ(log.stable(), 9u);
}

TEST(Log, TheEmptyPrefixMatchesAndNothingBeyondTheEndDoes) {
    Log log;
    EXPECT_TRUE(log.matches(0, 0));
    EXPECT_FALSE(log.matches(1, 0));
    log.append(entry_of(3));
    EXPECT_TRUE(log.matches(1, 3));
    EXPECT_FALSE(log.matches(1, 2));
    EXPECT_FALSE(log.matches(2, 3));
}

} // namespace
} // namespace orrery::raft

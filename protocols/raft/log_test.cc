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
    std::vector<Term> model;
    std::size_t stable = 0;
    const auto steps = *rc::gen::container<std::vector<std::pair<int, std::size_t>>>(
        rc::gen::pair(rc::gen::inRange(0, 4), rc::gen::inRange<std::size_t>(0, 20)));
    for (const auto& [what, how] : steps) {
        if (what == 0) {
            const std::size_t keep = std::min(how, model.size());
            log.truncate(keep);
            model.resize(keep);
            stable = std::min(stable, keep);
        } else if (what == 1) {
            log.set_stable(model.size());
            stable = model.size();
        } else {
            model.push_back((model.empty() ? 1 : model.back()) + how % 3);
            log.append(entry_of(model.back()));
        }
        RC_ASSERT(log.last_index() == model.size());
        RC_ASSERT(log.last_term() == (model.empty() ? 0 : model.back()));
        RC_ASSERT(log.stable() == stable);
        for (std::size_t i = 0; i < model.size(); ++i) RC_ASSERT(log.entry(i + 1).term == model[i]);
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

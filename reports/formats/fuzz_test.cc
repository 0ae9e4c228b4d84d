// From damaged bytes to a verdict: whatever a file holds, it is read whole and judged, or refused with the place
// of what is wrong. The files are histories of every model in every format, with a few pieces changed.
#include <gtest/gtest.h>

#include <cstdlib>

#include "orrery/reports/formats/format.h"
#include "orrery/reports/judges/judge.h"
#include "orrery/reports/judges/linearizable/random_history.h"
#include "orrery/reports/judges/registry.h"
#include "orrery/reports/models/bank.h"
#include "orrery/reports/models/counter.h"
#include "orrery/reports/models/etcd.h"
#include "orrery/reports/models/mutex.h"
#include "orrery/reports/models/registry.h"
#include "orrery/reports/models/semaphore.h"
#include "orrery/reports/models/sequence.h"
#include "orrery/reports/models/set.h"
#include "orrery/reports/models/transaction.h"

namespace orrery::reports::formats {
namespace {

using judges::linearizable::Draws;

template <class... M>
History any_recorded(Draws& draws) {
    const auto which = static_cast<std::size_t>(draws.below(sizeof...(M)));
    const bool unique = draws.below(2) == 0;
    std::size_t number = 0;
    History history;
    ((number++ == which ? void(history = judges::linearizable::recorded_history<M>(
                                   judges::linearizable::any_history<M>(draws, 6, unique)))
                        : void()),
     ...);
    return history;
}

struct File {
    std::string text;
    std::string model;
};

File any_file(Draws& draws) {
    using namespace models;
    const auto some = [&](std::initializer_list<std::string_view> all) {
        return std::string(all.begin()[static_cast<std::size_t>(draws.below(static_cast<std::int64_t>(all.size())))]);
    };
    const std::int64_t kind = draws.below(8);
    if (kind == 0)
        return {some({"INFO  jepsen.util - 3\t:invoke\t:cas\t[1 2]\nINFO  jepsen.util - 3\t:fail\t:cas\t[1 2]\n",
                      "INFO  jepsen.util - 0\t:invoke\t:read\tnil\nINFO  jepsen.util - 0\t:ok\t:read\t3\n"}),
                "cas-register"};
    if (kind == 1)
        return {some({"0 w 3 0 0 0 1\n1 r 0 0 3 2 3\n2 c 3 4 ? 5 -1\n", "7 c 0 1 1 0 3\n8 r 0 0 -1 1 2\n"}),
                "cas-register"};
    const History history = any_recorded<Register, CasRegister, Kv, MultiRegister, Mutex, Semaphore, Set, Queue, Stack,
                                         Counter, ListAppend, RwRegister, Bank, LongFork, Etcd>(draws);
    if (const Format* format = find_format(some({"jsonl", "edn", "json", "porcupine"}));
        const auto text = format->write(history))
        return {*text, history.model};
    return {write_jsonl(history), history.model};
}

constexpr std::string_view pieces[] = {"nil", "null", "true", "-1",  "0",     "9223372036854775808",
                                       "1e9", "1.5",  "\"",   "\\u", "[",     "]",
                                       "{",   "}",    "#{",   ":ok", ":info", ":fail",
                                       "\n",  "\t",   ",",    ":",   " ",     "\"type\":\"ok\"",
                                       "[[",  ";",    "?"};

void damage(std::string& text, Draws& draws) {
    const auto below = [&](std::size_t bound) {
        return static_cast<std::size_t>(draws.below(static_cast<std::int64_t>(bound)));
    };
    const std::size_t at = below(text.size() + 1);
    const std::size_t length = std::min(below(12), text.size() - at);
    if (draws.below(2) == 0) { // one number for another: the words stay whole, what they say does not
        const std::size_t digit = text.find_first_of("0123456789", at);
        if (digit != std::string::npos) text[digit] = static_cast<char>('0' + draws.below(10));
        return;
    }
    switch (draws.below(5)) {
    case 0:
        text.erase(at, length);
        break;
    case 1:
        text.insert(at, pieces[below(std::size(pieces))]);
        break;
    case 2:
        text.replace(at, length, pieces[below(std::size(pieces))]);
        break;
    case 3:
        text.insert(below(text.size() + 1), text.substr(at, 4 * length));
        break;
    default:
        if (at < text.size()) text[at] = static_cast<char>(draws.below(256));
    }
}

void expect_a_place_within(const ReadError& error, const std::string& text) {
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    ASSERT_GE(error.line, 1u) << text;
    ASSERT_LE(error.line, lines) << text;
    ASSERT_GE(error.column, 1u) << text;
    ASSERT_LE(error.column, text.size() + 1) << text;
    ASSERT_FALSE(error.expected.empty()) << text;
}

TEST(Fuzzed, EveryFileIsJudgedOrRefusedAtAPlace) {
    const int files = std::getenv("ORRERY_NIGHTLY") == nullptr ? 20'000 : 2'000'000;
    int judged = 0;
    int refused = 0;
    for (int i = 0; i < files; ++i) {
        Draws draws(static_cast<std::uint64_t>(i));
        auto [text, model] = any_file(draws);
        for (std::int64_t edits = draws.below(4); edits > 0; --edits) damage(text, draws);
        const Format* told = detect(text);
        const auto number = static_cast<std::size_t>(draws.below(static_cast<std::int64_t>(formats().size())));
        const Format& format = told != nullptr && draws.below(8) > 0 ? *told : formats()[number];
        const ReadResult result = format.read(text);
        if (const ReadError* error = std::get_if<ReadError>(&result)) {
            expect_a_place_within(*error, text);
            ++refused;
        } else {
            const auto& all = judges::registry();
            judges::JudgeOptions options{.budget = 300};
            const History& history = std::get<History>(result);
            if (history.model.empty()) options.model = model;
            if (draws.below(8) == 0) {
                const auto& known = models::languages();
                options.model =
                    known[static_cast<std::size_t>(draws.below(static_cast<std::int64_t>(known.size())))]->name();
            }
            if (draws.below(4) == 0)
                options.judge = all[static_cast<std::size_t>(draws.below(static_cast<std::int64_t>(all.size())))].name;
            const Verdict verdict = judges::judge(history, options);
            judged += verdict.error.empty() ? 1 : 0;
            refused += verdict.error.empty() ? 0 : 1;
        }
        if (HasFatalFailure()) return;
    }
    EXPECT_GT(judged, files / 5);
    EXPECT_GT(refused, files / 4);
}

} // namespace
} // namespace orrery::reports::formats

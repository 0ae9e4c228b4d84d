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

std::string number(std::uint64_t each, bool big) {
    std::string text;
    for (int i = 0; i < 8; ++i) text += static_cast<char>(each >> (big ? 56 - 8 * i : 8 * i));
    return text;
}

// A small whole one of each form that only others write.
File any_file_of_others(Draws& draws) {
    const auto big = [](std::uint64_t each) { return number(each, true); };
    const auto small = [](std::uint64_t each) { return number(each, false); };
    const std::string cobra = "S" + big(1) + "W" + big(100) + big(5) + big(0) + "C" + big(1) + "S" + big(2) + "R" +
                              big(1) + big(100) + big(5) + big(0) + "C" + big(2);
    std::string binary = small(0) + small(1) + small(1) + small(1) + small(1) + small(2) + "me" + small(0) + small(0);
    binary += small(1) + small(1) + small(1) + '\1' + small(3) + small(4) + "\1\1";
    const std::vector<File> all = {
        {"w(0,1,0,0)\nr(0,1,1,1)\nw(0,2,1,2)\nr(0,0,2,3)\n", ""},
        {R"([[{"events":[{"Write":{"variable":0,"version":1}},{"Read":{"variable":0,"version":1}}],"committed":true}]])",
         ""},
        {R"({"params":{},"data":[[{"events":[{"write":false,"variable":3,"value":0,"success":true}],"success":true}]]})",
         ""},
        {binary, ""},
        {cobra, ""},
        {R"({"ClientID":1,"Input":{"Type":"txn","Txn":{"Conditions":[{"Key":"k","ExpectedRevision":0}],"OperationsOnSuccess":
[{"Type":"put-operation","Put":{"Key":"k","Value":{"Value":"1"}}}],"OperationsOnFailure":[{"Type":"delete-operation",
"Delete":{"Key":"k"}}]}},"Call":1,"Output":{"Txn":{"Results":[{}]},"Revision":2},"Return":2}
{"ClientID":2,"Input":{"Type":"range","Range":{"Start":"a","End":"z"}},"Call":3,"Output":{"Range":{"KVs":[{"Key":"k",
"Value":{"Value":"1"},"ModRevision":2}],"Count":1},"Revision":2},"Return":4})",
         ""},
        {R"({"Request":{"Revision":1},"Responses":[{"Events":[{"Type":"put-operation","Key":"k","Value":{"Value":"1"},
"Revision":5}]}]})",
         ""},
        {"0\t:invoke\t:write\t1\n:nemesis\t:info\t:start\tnil\n0\t:ok\t:write\t1\n", "register"},
        {"[0 :invoke :write 1]\n[0 :ok :write 1]\n", "register"},
        {"x\nINFO [w 0] jepsen.util: 0 :invoke :cas [1 2]\nINFO [w 0] jepsen.util: 0 :ok :cas [1 2]\n", ""},
        {"{:process \"a\" :type :invoke :f :write :value #jepsen.independent/tuple [1 5] :time 7}\n"
         "{:process \"a\" :type :ok :f :write :value {:key 1 :value 5} :time 3}\n",
         "register"},
        {"{:process 0 :type :invoke :f :read :value [1 nil]}{:process 0 :type :ok :f :read :value [1 #{2}]}", "set"},
        {"{:type :ok :value [[:append 1 1]]}#_[x]{:type :ok :value [[:r 1 [1]]]}", "list-append"},
        {"{\"process\":0,\"type\":\"invoke\",\"f\":\"write\",\"value\":1.5,\"time\":1e3}\n"
         "{\"process\":0,\"type\":\"ok\",\"f\":\"write\"}\n",
         "register"}};
    return all[static_cast<std::size_t>(draws.below(static_cast<std::int64_t>(all.size())))];
}

File any_file(Draws& draws) {
    using namespace models;
    const auto some = [&](std::initializer_list<std::string_view> all) {
        return std::string(all.begin()[static_cast<std::size_t>(draws.below(static_cast<std::int64_t>(all.size())))]);
    };
    const std::int64_t kind = draws.below(10);
    if (kind >= 8) return any_file_of_others(draws);
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

std::string_view some_start(Draws& draws) {
    constexpr std::string_view all[] = {"0", "nil", "{\"1\":2}", "[1]", "{:a 3}"};
    return all[static_cast<std::size_t>(draws.below(std::ssize(all)))];
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

void expect_a_place_within(const sim::Complaint& complaint, const std::string& text) {
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    ASSERT_GE(complaint.place.line, 1u) << text;
    ASSERT_LE(complaint.place.line, lines) << text;
    ASSERT_GE(complaint.place.column, 1u) << text;
    ASSERT_LE(complaint.place.column, text.size() + 1) << text;
    ASSERT_FALSE(complaint.message.empty()) << text;
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
        ReadOptions how;
        if (draws.below(8) == 0) how.by_time = true;
        if (draws.below(8) == 0) how.initial = parse_value(some_start(draws));
        if (draws.below(8) == 0) how.names = {{"read", "get"}, {"write", "put"}};
        const ReadResult result = format.read(text, how);
        if (!result) {
            expect_a_place_within(result.complaint(), text);
            ++refused;
        } else {
            const auto& all = judges::registry();
            judges::JudgeOptions options{.budget = 300};
            const History& history = *result;
            if (history.model.empty()) options.model = model;
            if (draws.below(8) == 0) {
                const auto& known = models::languages();
                options.model =
                    known[static_cast<std::size_t>(draws.below(static_cast<std::int64_t>(known.size())))]->name();
            }
            if (draws.below(4) == 0)
                options.judge = all[static_cast<std::size_t>(draws.below(static_cast<std::int64_t>(all.size())))].name;
            const Verdict verdict = judges::judge(history, options);
            judged += verdict.error ? 0 : 1;
            refused += verdict.error ? 1 : 0;
        }
        if (HasFatalFailure()) return;
    }
    EXPECT_GT(judged, files / 5);
    EXPECT_GT(refused, files / 4);
}

} // namespace
} // namespace orrery::reports::formats

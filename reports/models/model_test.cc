#include "orrery/reports/models/model.h"

#include <gtest/gtest.h>

#include <deque>
#include <set>

#include "orrery/reports/models/bank.h"
#include "orrery/reports/models/cas_register.h"
#include "orrery/reports/models/counter.h"
#include "orrery/reports/models/etcd.h"
#include "orrery/reports/models/kv.h"
#include "orrery/reports/models/live.h"
#include "orrery/reports/models/machine.h"
#include "orrery/reports/models/mutex.h"
#include "orrery/reports/models/reentrant_mutex.h"
#include "orrery/reports/models/register.h"
#include "orrery/reports/models/sequence.h"
#include "orrery/reports/models/set.h"
#include "orrery/reports/models/transaction.h"

namespace orrery::reports::models {
namespace {

// A model as a user would write one: a lock.
struct Lock {
    using State = bool;
    struct Operation {
        enum class Kind : std::uint8_t { acquire, release };
        Kind kind = Kind::acquire;
        bool operator==(const Operation&) const = default;
        static constexpr auto members() { return std::tuple{sim::member("kind", &Operation::kind)}; }
    };
    struct Result {
        bool done = false;
        bool operator==(const Result&) const = default;
        static constexpr auto members() { return std::tuple{sim::member("done", &Result::done)}; }
    };
    static constexpr std::string_view name = "lock";
    static constexpr std::array verbs = {Verb{"acquire", {}, "done"}, Verb{"release", {}, "done"}};
    static State initial() { return false; }
    static std::optional<State> initial(const Value&) { return {}; }
    static Result apply(State& held, const Operation& operation) {
        const bool done = held == (operation.kind == Operation::Kind::release);
        if (done) held = !held;
        return {done};
    }
    static bool agrees(const Result& recorded, const Result& actual) { return recorded == actual; }
    static bool observer(const Operation&, const Result& result) { return !result.done; }
    static Value key(const Operation&) { return {}; }
};
static_assert(Model<Lock>);

// Every state that these operations reach, and every result they ever have.
template <Model M>
void keeps_its_promises(const std::vector<typename M::Operation>& operations) {
    std::deque<typename M::State> states = {M::initial()};
    std::vector<std::vector<typename M::Result>> results(operations.size());
    for (std::size_t at = 0; at < states.size(); ++at) {
        for (std::size_t each = 0; each < operations.size(); ++each) {
            typename M::State next = states[at];
            results[each].push_back(M::apply(next, operations[each]));
            typename M::State again = states[at];
            EXPECT_EQ(M::apply(again, operations[each]), results[each].back());
            EXPECT_TRUE(M::agrees(results[each].back(), results[each].back()));
            if (std::find(states.begin(), states.end(), next) == states.end()) states.push_back(next);
        }
        ASSERT_LT(states.size(), 100u);
    }
    for (const auto& state : states)
        for (std::size_t each = 0; each < operations.size(); ++each)
            for (const auto& recorded : results[each]) {
                typename M::State next = state;
                const bool agrees = M::agrees(recorded, M::apply(next, operations[each]));
                EXPECT_TRUE(!agrees || !M::observer(operations[each], recorded) || next == state);
            }
    // Equal states, however they were reached, have equal hashes.
    std::set<std::uint64_t> digests;
    for (const auto& state : states) digests.insert(digest(0, state));
    EXPECT_EQ(digests.size(), states.size());
}

TEST(Model, OfARegisterKeepsItsPromises) {
    keeps_its_promises<Register>({Register::Operation::read(), Register::Operation::write(1),
                                  Register::Operation::write(2), Register::Operation::write({})});
}

TEST(Model, OfACasRegisterKeepsItsPromises) {
    using Operation = CasRegister::Operation;
    std::vector<Operation> operations = {Operation::read()};
    for (const CasRegister::Number to : {CasRegister::Number{}, CasRegister::Number{1}, CasRegister::Number{2}}) {
        operations.push_back(Operation::write(to));
        for (const CasRegister::Number from : {CasRegister::Number{}, CasRegister::Number{1}, CasRegister::Number{2}})
            operations.push_back(Operation::cas(from, to));
    }
    keeps_its_promises<CasRegister>(operations);
}

TEST(Model, OfAKeyValueStoreKeepsItsPromises) {
    using Operation = Kv::Operation;
    std::vector<Operation> operations;
    for (const char* key : {"x", "y"})
        for (const Operation& each :
             {Operation::get(key), Operation::put(key, "1"), Operation::put(key, "2"), Operation::remove(key),
              Operation::cas(key, {}, "1"), Operation::cas(key, "1", "2"), Operation::cas(key, "1", "1")})
            operations.push_back(each);
    keeps_its_promises<Kv>(operations);
}

TEST(Model, OfEveryOtherObjectKeepsItsPromises) {
    keeps_its_promises<Mutex>({Mutex::Operation::acquire(), Mutex::Operation::release()});
    // Held at most twice at once, so that there are finitely many states.
    struct Shallow : ReentrantMutex {
        static Result apply(State& state, const Operation& operation) {
            if (state.times == 2 && operation.kind == Operation::Kind::acquire) return {true};
            return ReentrantMutex::apply(state, operation);
        }
    };
    using LockKind = ReentrantMutex::Operation::Kind;
    keeps_its_promises<Shallow>({{LockKind::acquire, {}, 1},
                                 {LockKind::release, {}, 1},
                                 {LockKind::acquire, "n", 1},
                                 {LockKind::release, "n", 1}});
    using Amounts = Counter::Operation::Kind;
    Counter::State number = Counter::initial();
    EXPECT_EQ(Counter::apply(number, {Amounts::fetch_add, 3}).value, 0);
    EXPECT_EQ(Counter::apply(number, {Amounts::add, INT64_MAX}).value, 0);
    EXPECT_EQ(Counter::apply(number, {Amounts::read, 0}).value, INT64_MIN + 2); // wraps around
    using RegisterEffects = Set::Operation::Kind;
    std::vector<Set::Operation> sets = {{RegisterEffects::read, {}}};
    for (const RegisterEffects kind : {RegisterEffects::add, RegisterEffects::remove, RegisterEffects::contains})
        for (const int element : {1, 2}) sets.push_back({kind, element});
    keeps_its_promises<Set>(sets);
    EXPECT_TRUE(Set::agrees({{}, false, {2, 1}}, {{}, false, {1, 2}}));
    EXPECT_FALSE(Set::agrees({true, false, {}}, {false, false, {}}));
}

// A pop that tells nil found nothing: it cannot have taken a nil out.
TEST(Model, OfAQueueOrAStackHoldsNoNil) {
    EXPECT_TRUE(to_operation<Queue>("enqueue", {}, 0));
    EXPECT_FALSE(to_operation<Queue>("enqueue", {}, {}));
    EXPECT_FALSE(to_operation<Stack>("push", {}, {}));
    EXPECT_TRUE(Queue::initial(Value::List{1, 1}));
    EXPECT_FALSE(Queue::initial(Value::List{1, {}}));
    EXPECT_FALSE(Stack::initial(Value::List{Value()}));
    EXPECT_EQ(Set::initial(Value::List{2, 1, 2}), (Set::State{1, 2}));
}

TEST(Model, OfAPriorityQueueGivesBackTheLeastFirst) {
    PriorityQueue::State state = *PriorityQueue::initial(Value::List{5, 3});
    PriorityQueue::apply(state, PriorityQueue::Operation::insert(4));
    for (const int least : {3, 4, 5})
        EXPECT_EQ(PriorityQueue::apply(state, PriorityQueue::Operation::take()).element, Value(least));
    EXPECT_TRUE(PriorityQueue::apply(state, PriorityQueue::Operation::take()).element.is_nil());
    // A priority beside what it is for.
    PriorityQueue::apply(state, PriorityQueue::Operation::insert(Value::List{2, "a"}));
    PriorityQueue::apply(state, PriorityQueue::Operation::insert(Value::List{1, "b"}));
    EXPECT_EQ(PriorityQueue::apply(state, PriorityQueue::Operation::take()).element, Value(Value::List{1, "b"}));
}

TEST(Model, OfAReentrantMutexLetsItsHolderInAgain) {
    using Kind = ReentrantMutex::Operation::Kind;
    const ReentrantMutex::Operation acquire{Kind::acquire, {}, 1};
    const ReentrantMutex::Operation release{Kind::release, {}, 1};
    const ReentrantMutex::Operation other{Kind::acquire, {}, 2};
    ReentrantMutex::State state = ReentrantMutex::initial();
    EXPECT_TRUE(ReentrantMutex::apply(state, release).refused);
    EXPECT_FALSE(ReentrantMutex::apply(state, acquire).refused);
    EXPECT_FALSE(ReentrantMutex::apply(state, acquire).refused);
    EXPECT_FALSE(ReentrantMutex::apply(state, release).refused);
    EXPECT_TRUE(ReentrantMutex::apply(state, other).refused);
    EXPECT_TRUE(ReentrantMutex::apply(state, {Kind::release, {}, 2}).refused);
    EXPECT_FALSE(ReentrantMutex::apply(state, release).refused);
    EXPECT_EQ(state, ReentrantMutex::initial());
    // Who asks is a client, if the operation names one, else the process.
    EXPECT_FALSE(ReentrantMutex::apply(state, {Kind::acquire, "n1", 1}).refused);
    EXPECT_TRUE(ReentrantMutex::apply(state, acquire).refused);
    EXPECT_FALSE(ReentrantMutex::apply(state, {Kind::release, "n1", 2}).refused);
    EXPECT_TRUE(ReentrantMutex::initial(Value::Map{{"holder", 1}, {"times", 2}}));
    EXPECT_FALSE(ReentrantMutex::initial(Value::Map{{"holder", {}}, {"times", 2}}));
}

TEST(Model, OfAReentrantMutexIsToldWhoAsksWhileItIsInUse) {
    TypedLive<ReentrantMutex> live(ReentrantMutex::initial());
    const auto of = [&](std::int64_t process) { return *live.operation({"acquire", {}, {}, process}); };
    EXPECT_EQ(of(1), of(1));
    EXPECT_NE(of(1), of(2));
}

// What limits of memory count: bytes, near enough, of all that a value holds.
TEST(Machine, CountsWhatItsStatesTake) {
    EXPECT_EQ(footprint(Value(7)), 0u);
    EXPECT_GE(footprint(Value("short")), sizeof(std::string));
    EXPECT_EQ(footprint(std::string("short")), 0u);
    EXPECT_GE(footprint(Value(std::string(100, 'x'))), 100u);
    EXPECT_GE(footprint(Value(Value::List(10, 7))), 10 * sizeof(Value));
    EXPECT_GE(footprint(Value(Value::Map{{"key", std::string(100, 'x')}})), sizeof(Value::Pair) + 100);
    EXPECT_GE(footprint(std::map<Value, Value>{{1, 2}}), 2 * sizeof(Value));
    TypedMachine<Queue> machine(Queue::initial());
    const std::uint32_t insert = machine.add({Queue::Operation::insert(1), Queue::Result{}});
    const std::size_t before = machine.bytes();
    std::uint32_t state = Machine::initial_state;
    for (int i = 0; i < 100; ++i) state = machine.step(state, insert);
    const std::size_t grown = machine.bytes() - before;
    EXPECT_GE(grown, 100 * 50 * sizeof(Value));
    EXPECT_LE(grown, 2 * 100 * 50 * sizeof(Value));
    machine.step(Machine::initial_state, insert); // nothing new
    EXPECT_EQ(machine.bytes() - before, grown);
}

TEST(Model, OfTransactionsTakesEffectAllAtOnce) {
    const auto step = [](const char* f, const char* key, Value value) { return Value::List{f, key, std::move(value)}; };
    ListAppend::State state = ListAppend::initial();
    const ListAppend::Operation operation{
        {}, {step("append", "x", 1), step(":r", "x", {}), step("w", "y", 2), step("append", "x", 3)}};
    EXPECT_TRUE(ListAppend::valid(operation));
    EXPECT_FALSE(ListAppend::valid({{}, {operation.steps[0], Value::List{"bang", "x", 1}}}));
    EXPECT_FALSE(ListAppend::observer(operation, {}));
    EXPECT_EQ(ListAppend::apply(state, operation).steps[1], step(":r", "x", Value::List{1}));
    EXPECT_EQ(state, (ListAppend::State{{"x", Value::List{1, 3}}, {"y", 2}}));
    const auto read = [&](Value value) {
        ListAppend::Result result;
        result.steps.push_back(step("r", "z", std::move(value)));
        return result;
    };
    EXPECT_TRUE(ListAppend::agrees(read(Value::List{}), read({})));
    EXPECT_FALSE(MultiRegister::agrees(read({}), read(5)));
    EXPECT_FALSE(RwRegister::agrees(read({}), read(5)));
}

TEST(Model, OfALockKeepsItsPromises) {
    keeps_its_promises<Lock>({{Lock::Operation::Kind::acquire}, {Lock::Operation::Kind::release}});
}

TEST(Register, IsReadAsItWasWritten) {
    Register::State value = Register::initial();
    EXPECT_EQ(Register::apply(value, Register::Operation::read()).value, std::nullopt);
    const Register::Operation write = Register::Operation::write(3);
    EXPECT_TRUE(write.is_write());
    EXPECT_EQ(Register::apply(value, write), Register::Result{});
    EXPECT_EQ(Register::apply(value, {}).value, 3);
}

TEST(CasRegister, SwapsExactlyWhenItFindsWhatItComparesWith) {
    CasRegister::State value = CasRegister::initial();
    EXPECT_FALSE(CasRegister::apply(value, CasRegister::Operation::cas(1, 2)).swapped);
    EXPECT_TRUE(CasRegister::apply(value, CasRegister::Operation::cas({}, 2)).swapped);
    EXPECT_EQ(value, 2);
}

TEST(Kv, PutsAppendsSwapsAndDeletesUnderKeys) {
    using Operation = Kv::Operation;
    Kv::State state = Kv::initial();
    const auto get = [&](const char* key) { return Kv::apply(state, Operation::get(key)).value; };
    EXPECT_EQ(get("x"), std::nullopt);
    Kv::apply(state, Operation::append("x", "a"));
    Kv::apply(state, Operation::append("x", "b"));
    Kv::apply(state, Operation::put("y", "c"));
    EXPECT_EQ(get("x"), "ab");
    EXPECT_FALSE(Kv::apply(state, Operation::cas("y", {}, "d")).swapped);
    EXPECT_TRUE(Kv::apply(state, Operation::cas("y", "c", "d")).swapped);
    EXPECT_EQ(get("y"), "d");
    Kv::apply(state, Operation::remove("y"));
    EXPECT_EQ(get("y"), std::nullopt);
    EXPECT_NE(state, Kv::initial());
    Kv::apply(state, Operation::remove("x"));
    EXPECT_EQ(state, Kv::initial());
}

TEST(Kv, StartsEveryKeyWithTheInitialText) {
    Kv::State state = *Kv::initial(Value(""));
    EXPECT_EQ(Kv::apply(state, Kv::Operation::get("x")).value, "");
    Kv::apply(state, Kv::Operation::remove("x"));
    EXPECT_EQ(Kv::apply(state, Kv::Operation::get("x")).value, std::nullopt);
    EXPECT_EQ(Kv::apply(state, Kv::Operation::get("y")).value, "");
    EXPECT_FALSE(Kv::initial(Value(true)));
}

// Revisions and balances grow without end, so only some of their states are looked at.
template <Model M>
void observers_only_look(const std::vector<typename M::Operation>& operations) {
    TypedMachine<M> machine(M::initial());
    typename M::State state = M::initial();
    for (int round = 0; round < 6; ++round)
        for (const auto& each : operations) {
            machine.add({each, {}});
            machine.add({each, M::apply(state, each)});
        }
    for (std::uint32_t from = 0; from < 20; ++from)
        for (std::uint32_t each = 0; each < machine.class_count(); ++each)
            if (from < machine.state_count()) machine.step(from, each);
    EXPECT_GT(machine.state_count(), 20u);
    EXPECT_FALSE(wrong_observer(machine).has_value());
}

TEST(Model, OfABankAndOfAnEtcdKeepTheirPromises) {
    const auto transfer = [](int from, int to, int amount) {
        return Bank::Operation{Bank::Operation::Kind::transfer,
                               Value::Map{{"from", from}, {"to", to}, {"amount", amount}}};
    };
    observers_only_look<Bank>({transfer(1, 2, 3), transfer(2, 1, 1), {}});
    using Kind = Etcd::Operation::Kind;
    observers_only_look<Etcd>({{Kind::put, "a", "x", 0},
                               {Kind::get, "a", "", 0},
                               {Kind::put_if, "a", "y", 2},
                               {Kind::remove, "a", "", 0},
                               {Kind::put, "b", "z", 0},
                               {Kind::get, "b", "", 0}});
}

TEST(Etcd, CountsChangesOfAllKeysTogether) {
    using Kind = Etcd::Operation::Kind;
    Etcd::State state = Etcd::initial();
    const auto told = [&](Kind kind, const char* key, const char* value = "", std::int64_t revision = 0) {
        return Etcd::apply(state, {kind, key, value, revision}).response;
    };
    EXPECT_EQ(told(Kind::get, "a"), Value());
    EXPECT_EQ(told(Kind::remove, "a"), Value());
    EXPECT_EQ(told(Kind::put_if, "a", "x", 0), Value(2));
    EXPECT_EQ(told(Kind::put, "b", "y"), Value(3));
    EXPECT_EQ(told(Kind::put_if, "a", "z", 3), Value(false));
    EXPECT_EQ(told(Kind::put_if, "a", "z", 2), Value(4));
    EXPECT_EQ(told(Kind::get, "a"), Value(Value::List{"z", 4}));
    EXPECT_EQ(told(Kind::remove, "a"), Value(5));
    EXPECT_EQ(told(Kind::get, "a"), Value());
}

TEST(Bank, MovesMoneyBetweenAccounts) {
    Bank::State balances = *Bank::initial(Value(Value::Map{{1, 10}, {2, 0}}));
    const Value::Map transfer{{":from", 1}, {":to", 2}, {":amount", 4}}; // as EDN writes it
    EXPECT_TRUE(Bank::valid({Bank::Operation::Kind::transfer, transfer}));
    Bank::apply(balances, {Bank::Operation::Kind::transfer, transfer});
    EXPECT_EQ(Bank::apply(balances, {}).balances, (Bank::State{{Value(1), 6}, {Value(2), 4}}));
    EXPECT_FALSE(Bank::valid({Bank::Operation::Kind::transfer, Value::Map{{"from", 1}}}));
    EXPECT_FALSE(Bank::initial(Value(Value::Map{{1, "much"}})).has_value());
}

TEST(Machine, NumbersStatesAndClassesByValue) {
    TypedMachine<Register> machine(Register::initial());
    const auto write = machine.add({Register::Operation::write(1), Register::Result{}});
    const auto unknown_write = machine.add({Register::Operation::write(1), {}});
    const auto read_one = machine.add({Register::Operation::read(), Register::Result{1}});
    EXPECT_EQ(machine.add({Register::Operation::write(1), Register::Result{}}), write);
    EXPECT_NE(unknown_write, write);
    EXPECT_EQ(machine.step(Machine::initial_state, read_one), Machine::refused);
    const auto one = machine.step(Machine::initial_state, write);
    EXPECT_EQ(machine.step(Machine::initial_state, unknown_write), one);
    EXPECT_EQ(machine.step(one, read_one), one);
    EXPECT_EQ(machine.describe_state(one), "1");
    EXPECT_EQ(machine.explain(Machine::initial_state, read_one), "would return nil, not 1");
    EXPECT_EQ(machine.explain(Machine::initial_state, write), "would leave 1");
}

} // namespace
} // namespace orrery::reports::models

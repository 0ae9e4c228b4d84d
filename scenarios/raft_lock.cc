// A lock with a lease over the replicated store. The key `lock` names its holder and counts how often it was taken:
// that count is the token that its holder shows to others. Nobody compares clocks of two hosts: a holder counts its
// lease from before it asked, and who waits may take the lock once it has seen the same record for longer than a lease.
// So no two hold it at once, also if a holder crashes, is cut off, or was never told that it is one.
#include "orrery/reports/models/mutex.h"
#include "orrery/reports/models/registry.h"
#include "orrery/scenarios/catalogue.h"
#include "orrery/scenarios/flaws.def"
#include "orrery/scenarios/raft_store.h"
using namespace orrery;
using scenarios::Store;
using namespace std::chrono_literals;

static constexpr sim::Duration lease = 2s;               // as the scenario's judge is told
static constexpr sim::Duration wait = lease + lease / 4; // clocks may run apart by so much
static constexpr sim::Duration poll = 50ms;

struct Record {
    std::string holder; // empty: nobody
    std::int64_t token = 0;
    static constexpr auto members() {
        return std::tuple{sim::member("holder", &Record::holder), sim::member("token", &Record::token)};
    }
};
using Text = std::optional<std::string>; // a record as the store holds it

static Record record_of(const Text& text) {
    if (!text) return {};
    const auto record = sim::decode<Record>(sim::view_of(*text));
    CHECK(record.has_value()); // nobody writes anything else
    return *record;
}

class LockNarrator final : public kv::Narrator {
    std::string value_words(std::string_view value) const override {
        const auto record = sim::decode<Record>(sim::view_of(value));
        if (!record) return kv::Narrator::value_words(value);
        const std::string token = "token " + std::to_string(record->token);
        return record->holder.empty() ? "(free, last " + token + ")"
                                      : "(held by " + record->holder + ", " + token + ")";
    }
};
static std::unique_ptr<sim::Narrator> narrator() { return std::make_unique<LockNarrator>(); }

class Lock {
public:
    explicit Lock(sim::Env& env) : env_(env), store_(env) {}

    bool is_held() { return held_.has_value() && env_.now() < until_; }

    // The token; refused if the lock was not free for as long as the client was willing to wait.
    sim::Outcome<std::int64_t> acquire() {
        const sim::Monotonic patience = env_.now() + lease / 2;
        held_.reset();
        do {
            const auto read = store_.run(kv::Operation::get("lock"));
            if (!read.has_value()) return sim::Refused{};
            if (!watched_ || seen_ != read.value().value) watched_ = env_.now();
            seen_ = read.value().value;
            const Record record = record_of(seen_);
            if (FLAW(lock_own_name_suffices) && record.holder == env_.self().name) return hold(*seen_, env_.now());
            if (!record.holder.empty() && env_.now() < *watched_ + wait) continue;
            const sim::Monotonic begin = env_.now();
            const std::string mine{sim::encode(Record{env_.self().name, record.token + 1}).text()};
            const auto taken = store_.run(kv::Operation::cas("lock", seen_, mine));
            if (!taken.has_value()) return scenarios::unanswered<std::int64_t>(taken);
            if (taken.value().swapped) return hold(mine, begin);
        } while (env_.now() < patience && env_.sleep(poll).ok());
        return sim::Refused{};
    }
    // Whether it still was ours.
    sim::Outcome<bool> release() {
        CHECK(held_.has_value());
        const std::string held = *std::exchange(held_, std::nullopt);
        const std::string free{sim::encode(Record{"", record_of(held).token}).text()};
        const auto released = store_.run(kv::Operation::cas("lock", held, free));
        if (!released.has_value()) return scenarios::unanswered<bool>(released);
        return released.value().swapped;
    }

private:
    std::int64_t hold(const std::string& text, sim::Monotonic begin) {
        held_ = text;
        until_ = begin + lease;
        return record_of(text).token;
    }

    sim::Env& env_;
    Store store_;
    Text held_{}; // the record by which this process holds the lock
    sim::Monotonic until_{};
    Text seen_{};                             // the record that was read last ...
    std::optional<sim::Monotonic> watched_{}; // ... and since when it was seen unchanged
};

static void client(sim::Env& env, scenarios::Driver& driver) {
    Lock lock(env);
    const auto tell = [&](const auto& outcome, const reports::Value& value) {
        if (outcome.has_value())
            driver.ok(value);
        else if (outcome.is_refused())
            driver.fail();
        else
            driver.info();
    };
    while (driver.next(env)) {
        const bool holds = lock.is_held();
        driver.invoke({holds ? "release" : "acquire", {}, {}});
        if (holds) {
            tell(lock.release(), {});
        } else {
            const auto token = lock.acquire();
            tell(token, token.has_value() ? reports::Value(token.value()) : reports::Value());
        }
    }
}

static scenarios::Scenario raft_lock_scenario() {
    scenarios::Scenario scenario =
        scenarios::over_store({.name = "raft-lock",
                               .help = "a lock with a lease and tokens in the store over raft",
                               .clients = {3, &reports::models::language_of<reports::models::Mutex>(), client, {}},
                               .think = 300ms,
                               .judges = {"lock=2s"},
                               .narrator = narrator});
    scenario.faults.roles = {"server", "client"};
    scenario.recovery = 12s; // whoever held it at the heal may first have to be waited for, and a lock is not fair
    return scenario;
}
const scenarios::Scenario scenarios::raft_lock = raft_lock_scenario();

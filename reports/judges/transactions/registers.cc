// Versions of a register are ordered only by transactions that read one and write another.
#include <algorithm>
#include <optional>

#include "orrery/reports/judges/transactions/dependencies.h"

namespace orrery::reports::judges::transactions {
namespace {

using Kind = models::Step::Kind;

class Registers {
public:
    Registers(const Transactions& transactions, bool initial_known)
        : transactions_(transactions), initial_known_(initial_known),
          writers_(writers_of(transactions)), made_{Graph(transactions.all.size()), {}, writers_.ambiguous},
          initial_(transactions.keys.size(), no_version), reads_of_initial_(transactions.keys.size()),
          readers_(transactions.versions.size()), followers_(transactions.versions.size()),
          roots_(transactions.keys.size()) {}

    Dependencies run() {
        if (!made_.ambiguous.empty()) return std::move(made_);
        find_initial();
        for (Txn txn = 0; txn < transactions_.all.size(); ++txn) {
            if (!writers_.committed[txn]) continue;
            take_keys(txn);
            if (transactions_.all[txn].outcome == Call::Outcome::ok) judge_within(txn);
        }
        order_versions();
        return std::move(made_);
    }

private:
    std::string name(Version version) const { return transactions_.value_name(version); }
    std::string key(const TxnStep& step) const { return transactions_.key_name(step.key); }
    void object(const char* kind, std::uint32_t key, const std::vector<Txn>& txns, std::string story) {
        std::vector<std::size_t> calls;
        for (const Txn each : txns) calls.push_back(transactions_.all[each].call);
        made_.anomalies.push_back({kind, transactions_.key_value(key), std::move(calls), {}, std::move(story)});
    }
    bool is_initial(const TxnStep& step) const {
        return step.version == no_version || step.version == initial_[step.key];
    }

    // Where the history does not say what keys start at, one value that was never written may be it.
    void find_initial() {
        std::vector<bool> nil(transactions_.keys.size(), initial_known_);
        const auto each_read = [&](auto visit) {
            for (Txn txn = 0; txn < transactions_.all.size(); ++txn)
                for (const TxnStep& step : transactions_.steps_of(txn))
                    if (step.kind == Kind::read) visit(step);
        };
        each_read([&](const TxnStep& step) {
            if (step.version == no_version) nil[step.key] = true;
        });
        each_read([&](const TxnStep& step) {
            const bool unwritten = step.version != no_version && writers_.of[step.version] == no_txn;
            if (unwritten && !nil[step.key] && initial_[step.key] == no_version) initial_[step.key] = step.version;
        });
    }

    // What the transaction read from others, and what it left, of each key.
    void take_keys(Txn txn) {
        const auto steps = transactions_.steps_of(txn);
        for (std::size_t place = 0; place < steps.size(); ++place) {
            const TxnStep& step = steps[place];
            const auto same_key = [&](const TxnStep& other) { return other.key == step.key; };
            const bool first =
                std::none_of(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(place), same_key);
            if (first && step.kind == Kind::read) take_read(txn, step);
            if (!first) continue;
            std::optional<Version> last;
            for (const TxnStep& other : steps)
                if (same_key(other) && other.kind == Kind::write) last = other.version;
            if (!last) continue;
            if (step.kind == Kind::read && !is_initial(step) && writers_.of[step.version] != txn)
                followers_[step.version].push_back(*last);
            else
                roots_[step.key].push_back(*last);
        }
    }
    void take_read(Txn txn, const TxnStep& step) {
        if (is_initial(step)) {
            reads_of_initial_[step.key].push_back(txn);
            return;
        }
        const Txn writer = writers_.of[step.version];
        if (writer == no_txn) {
            object("value from nowhere", step.key, {txn},
                   "nobody ever wrote " + name(step.version) + ", which was read from " + key(step));
        } else if (transactions_.all[writer].outcome == Call::Outcome::fail) {
            object("G1a", step.key, {txn, writer},
                   "a transaction read " + name(step.version) + " from " + key(step) +
                       ", which one had written that was aborted");
        } else if (writer != txn) {
            if (!writers_.is_final[step.version])
                object("G1b", step.key, {txn, writer},
                       "a transaction read " + name(step.version) + " from " + key(step) +
                           ", which the other overwrote itself");
            made_.graph.add({writer, txn, Relation::wr, step.version, step.version});
            readers_[step.version].push_back(txn);
        }
    }

    void judge_within(Txn txn) {
        const auto steps = transactions_.steps_of(txn);
        for (std::size_t place = 0; place < steps.size(); ++place) {
            const TxnStep& step = steps[place];
            if (step.kind != Kind::read) continue;
            for (std::size_t later = place + 1; later < steps.size(); ++later)
                if (steps[later].kind == Kind::write && steps[later].key == step.key &&
                    steps[later].version == step.version)
                    object("future-read", step.key, {txn},
                           "a transaction read its own " + name(step.version) + " from " + key(step) +
                               " before it wrote it");
            for (std::size_t earlier = place; earlier-- > 0;) {
                if (steps[earlier].key != step.key) continue;
                if (steps[earlier].version != step.version)
                    object("internal", step.key, {txn},
                           "a transaction read " + name(step.version) + " from " + key(step) + ", where it had seen " +
                               name(steps[earlier].version));
                break;
            }
        }
    }

    // What follows a version follows all who read it.
    void order_versions() {
        Graph versions(transactions_.versions.size());
        for (Version version = 0; version < followers_.size(); ++version) {
            judge_followers(version);
            for (const Version next : followers_[version]) {
                if (writers_.of[version] == no_txn || !writers_.committed[writers_.of[version]]) continue;
                versions.add({version, next});
                const Txn writer = writers_.of[next];
                made_.graph.add({writers_.of[version], writer, Relation::ww, version, next});
                for (const Txn reader : readers_[version])
                    made_.graph.add({reader, writer, Relation::rw, version, next});
            }
        }
        for (std::uint32_t each = 0; each < roots_.size(); ++each)
            for (const Version root : roots_[each])
                for (const Txn reader : reads_of_initial_[each])
                    made_.graph.add({reader, writers_.of[root], Relation::rw, no_version, root});
        judge_order(versions);
    }
    // Two that read the same version and wrote each its next: one of the writes is lost.
    void judge_followers(Version version) {
        const std::vector<Version>& next = followers_[version];
        if (next.size() < 2) return;
        const std::uint32_t at = transactions_.versions[version].key;
        object("lost-update", at, {writers_.of[next[0]], writers_.of[next[1]]},
               "both read " + name(version) + " from " + transactions_.key_name(at) + ", one wrote " + name(next[0]) +
                   " and the other " + name(next[1]) + ": neither saw the other's");
    }
    void judge_order(Graph& versions) {
        versions.finish();
        const auto of = components(versions, just(Relation::ww));
        for (Version version = 0; version < of.size(); ++version)
            for (const Dependency& each : versions.from(version))
                if (of[version] == of[each.to]) {
                    const std::uint32_t at = transactions_.versions[version].key;
                    object("cyclic-versions", at, {writers_.of[version], writers_.of[each.to]},
                           "the values " + name(version) + " and " + name(each.to) + " of " +
                               transactions_.key_name(at) + " each come before the other");
                    return;
                }
    }

    const Transactions& transactions_;
    bool initial_known_;
    Writers writers_;
    Dependencies made_;
    std::vector<Version> initial_;                   // of each key, if not nil
    std::vector<std::vector<Txn>> reads_of_initial_; // of each key
    std::vector<std::vector<Txn>> readers_;          // of each version
    std::vector<std::vector<Version>> followers_;    // of each version: written by one who had read it
    std::vector<std::vector<Version>> roots_;        // of each key: nothing but the initial one is known to come before
};

} // namespace

Dependencies register_dependencies(const Transactions& transactions, bool initial_known) {
    return Registers(transactions, initial_known).run();
}

} // namespace orrery::reports::judges::transactions

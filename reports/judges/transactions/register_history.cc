// Steps become reads from others and last writes; what contradicts itself is told.
#include "orrery/reports/judges/transactions/register_history.h"

#include <algorithm>
#include <map>

#include "orrery/reports/judges/transactions/dependencies.h"
#include "orrery/sim/check.h"

namespace orrery::reports::judges::transactions {
namespace {

using Kind = models::Step::Kind;

class RegisterReader {
public:
    explicit RegisterReader(const Transactions& transactions)
        : transactions_(transactions), writers_(writers_of(transactions)), made_(transactions),
          seen_(transactions.keys.size()) {}

    RegisterHistory run() {
        made_.ambiguous = writers_.ambiguous;
        if (!made_.ambiguous.empty()) return std::move(made_);
        for (PerTransaction<RegisterRead>* each : {&made_.reads, &made_.first})
            each->reserve(transactions_.all.size(), transactions_.steps.size());
        made_.writes.reserve(transactions_.all.size(), transactions_.steps.size());
        std::map<std::int64_t, std::size_t> session_of;
        for (Txn txn = 0; txn < transactions_.all.size(); ++txn) {
            if (writers_.committed[txn]) {
                take(txn);
                const auto [found, is_new] =
                    session_of.try_emplace(transactions_.all[txn].process, made_.sessions.size());
                if (is_new) made_.sessions.emplace_back();
                made_.sessions[found->second].push_back(txn);
            }
            made_.reads.close();
            made_.first.close();
            made_.writes.close();
        }
        made_.committed = std::move(writers_.committed);
        return std::move(made_);
    }

private:
    // What the transaction under way knows of a key.
    struct Seen {
        Txn by = no_txn;             // it has met the key
        bool read = false;           // from others
        bool written = false;        // by itself
        Version latest = no_version; // what it must see next
    };

    std::string name(const TxnStep& step) const { return transactions_.value_name(step.key, step.version); }
    std::string key(const TxnStep& step) const { return transactions_.key_name(step.key); }
    void object(const char* kind, const TxnStep& step, const std::vector<Txn>& txns, std::string story) {
        std::vector<std::size_t> calls;
        for (const Txn each : txns) calls.push_back(transactions_.all[each].call);
        made_.anomalies.push_back({kind, transactions_.key_value(step.key), std::move(calls), {}, std::move(story)});
    }

    void object_nowhere(Txn txn, const TxnStep& step) {
        object("value from nowhere", step, {txn},
               "nobody ever wrote " + name(step) + ", which was read from " + key(step) + "; it started as " +
                   transactions_.starts[step.key].rendered());
    }

    void take(Txn txn) {
        for (const TxnStep& step : transactions_.steps_of(txn)) {
            Seen& seen = seen_[step.key];
            if (seen.by != txn) seen = {txn};
            if (step.kind == Kind::read)
                take_read(txn, step, seen);
            else
                seen.written = true;
            if (step.kind != Kind::read || !seen.written) seen.latest = step.version;
        }
        for (const TxnStep& step : transactions_.steps_of(txn)) {
            if (step.kind == Kind::read) continue;
            if (writers_.of[step.version] == txn && writers_.is_final[step.version])
                made_.writes.push({step.key, step.version});
        }
        const auto by_key = [](const auto& a, const auto& b) { return a.key < b.key; };
        std::sort(made_.writes.last().begin(), made_.writes.last().end(), by_key);
        std::sort(made_.first.last().begin(), made_.first.last().end(), by_key);
    }

    void take_read(Txn txn, const TxnStep& step, Seen& seen) {
        if (seen.written || seen.read)
            if (seen.latest != step.version) {
                made_.own_write_missed = made_.own_write_missed || seen.written;
                object("internal", step, {txn},
                       "a transaction read " + name(step) + " from " + key(step) + ", where it had " +
                           (seen.written ? "written " : "read ") + transactions_.value_name(step.key, seen.latest));
            }
        if (seen.written) {
            if (step.version != no_version && writers_.of[step.version] == no_txn) object_nowhere(txn, step);
            return;
        }
        if (!take_source(txn, step)) return;
        if (!seen.read) made_.first.push(made_.reads.last().back());
        seen.read = true;
    }
    // False if it is from nobody who could be ordered.
    bool take_source(Txn txn, const TxnStep& step) {
        if (step.version == no_version) {
            made_.reads.push({step.key});
            return true;
        }
        const Txn writer = writers_.of[step.version];
        if (writer == no_txn) {
            object_nowhere(txn, step);
            return false;
        }
        if (writer == txn) {
            object("future-read", step, {txn},
                   "a transaction read its own " + name(step) + " from " + key(step) + " before it wrote it");
            return false;
        }
        if (transactions_.all[writer].outcome == Call::Outcome::fail) {
            object("G1a", step, {txn, writer},
                   "a transaction read " + name(step) + " from " + key(step) +
                       ", which one had written that was aborted");
            return false;
        }
        if (!writers_.is_final[step.version])
            object("G1b", step, {txn, writer},
                   "a transaction read " + name(step) + " from " + key(step) + ", which the other overwrote itself");
        CHECK(writers_.committed[writer]); // somebody read it
        made_.reads.push({step.key, writer, step.version});
        return true;
    }

    const Transactions& transactions_;
    Writers writers_;
    RegisterHistory made_;
    std::vector<Seen> seen_; // by key
};

template <class Items>
auto find_key(Items items, std::uint32_t key) -> decltype(items.data()) {
    const auto found =
        std::lower_bound(items.begin(), items.end(), key, [](const auto& a, std::uint32_t b) { return a.key < b; });
    return found == items.end() || found->key != key ? nullptr : &*found;
}

} // namespace

const RegisterWrite* RegisterHistory::write_of(Txn txn, std::uint32_t key) const {
    return find_key(writes.of(txn), key);
}
const RegisterRead* RegisterHistory::read_of(Txn txn, std::uint32_t key) const { return find_key(first.of(txn), key); }

RegisterHistory register_history(const Transactions& transactions) { return RegisterReader(transactions).run(); }

} // namespace orrery::reports::judges::transactions

// Each version has at most one writer, or nothing can be said about reads of it.
#include <map>

#include "orrery/reports/judges/transactions/dependencies.h"

namespace orrery::reports::judges::transactions {
namespace {

void note_observed(const Transactions& transactions, Writers& writers, Version version) {
    const Txn writer = version == no_version ? no_txn : writers.of[version];
    if (writer != no_txn && transactions.all[writer].outcome == Call::Outcome::unknown)
        writers.committed[writer] = true;
}

} // namespace

Writers writers_of(const Transactions& transactions) {
    using Kind = models::Step::Kind;
    Writers writers;
    writers.of.assign(transactions.versions.size(), no_txn);
    writers.is_final.assign(transactions.versions.size(), true);
    writers.committed.assign(transactions.all.size(), false);
    for (Txn txn = 0; txn < transactions.all.size(); ++txn) {
        writers.committed[txn] = transactions.all[txn].outcome == Call::Outcome::ok;
        const auto steps = transactions.steps_of(txn);
        for (std::size_t place = 0; place < steps.size(); ++place) {
            const TxnStep& step = steps[place];
            if (step.kind == Kind::read || step.version == no_version) continue;
            Txn& writer = writers.of[step.version];
            const bool failed = transactions.all[txn].outcome == Call::Outcome::fail;
            const bool other_failed = writer != no_txn && transactions.all[writer].outcome == Call::Outcome::fail;
            if (writer != no_txn && !failed && !other_failed && writers.ambiguous.empty())
                writers.ambiguous = transactions.value_name(step.version) + " was written twice under " +
                                    transactions.key_name(step.key);
            if (writer == no_txn || other_failed) writer = txn;
            for (std::size_t later = place + 1; later < steps.size(); ++later)
                if (steps[later].kind != Kind::read && steps[later].key == step.key)
                    writers.is_final[step.version] = false;
        }
    }
    for (Txn txn = 0; txn < transactions.all.size(); ++txn) {
        if (transactions.all[txn].outcome != Call::Outcome::ok) continue;
        for (const TxnStep& step : transactions.steps_of(txn)) {
            if (step.kind != Kind::read) continue;
            note_observed(transactions, writers, step.version);
            for (const Version each : transactions.elements_of(step)) note_observed(transactions, writers, each);
        }
    }
    return writers;
}

} // namespace orrery::reports::judges::transactions

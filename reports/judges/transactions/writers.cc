// Each version has at most one writer, or nothing can be said about reads of it.
#include "orrery/reports/judges/transactions/dependencies.h"

namespace orrery::reports::judges::transactions {
namespace {

using Kind = models::Step::Kind;

class WritersReader {
public:
    explicit WritersReader(const Transactions& transactions) : transactions_(transactions) {
        made_.of.assign(transactions.versions.size(), no_txn);
        made_.is_final.assign(transactions.versions.size(), true);
        made_.committed.assign(transactions.all.size(), false);
        latest_.assign(transactions.keys.size(), {});
    }

    Writers run() {
        for (Txn txn = 0; txn < transactions_.all.size(); ++txn) {
            made_.committed[txn] = transactions_.all[txn].outcome == Call::Outcome::ok;
            for (const TxnStep& step : transactions_.steps_of(txn))
                if (step.kind != Kind::read) take_write(txn, step);
        }
        for (Txn txn = 0; txn < transactions_.all.size(); ++txn)
            for (const TxnStep& step : transactions_.steps_of(txn)) {
                if (step.kind != Kind::read) continue;
                note_observed(step.version);
                for (const Version each : transactions_.elements_of(step)) note_observed(each);
            }
        for (std::uint32_t key = 0; key < transactions_.starts.size(); ++key)
            if (transactions_.start_read[key] && transactions_.start_written[key])
                note_ambiguous(transactions_.starts[key].rendered() + " was written under " +
                               transactions_.key_name(key) + ", which started as it");
        return std::move(made_);
    }

private:
    struct Latest { // of a key: the write met last
        Txn writer = no_txn;
        Version version = no_version;
    };

    bool failed(Txn txn) const { return transactions_.all[txn].outcome == Call::Outcome::fail; }
    void note_ambiguous(std::string what) {
        if (made_.ambiguous.empty()) made_.ambiguous = std::move(what);
    }

    void take_write(Txn txn, const TxnStep& step) {
        Latest& latest = latest_[step.key];
        if (latest.writer == txn) made_.is_final[latest.version] = false;
        latest = {txn, step.version};
        Txn& writer = made_.of[step.version];
        const bool other_failed = writer != no_txn && failed(writer);
        if (writer != no_txn && !failed(txn) && !other_failed)
            note_ambiguous(transactions_.value_name(step.version) + " was written twice under " +
                           transactions_.key_name(step.key));
        if (writer == no_txn || other_failed) writer = txn;
    }
    // Reads of transactions that are not ok are not in the steps.
    void note_observed(Version version) {
        const Txn writer = version == no_version ? no_txn : made_.of[version];
        if (writer != no_txn && transactions_.all[writer].outcome == Call::Outcome::unknown)
            made_.committed[writer] = true;
    }

    const Transactions& transactions_;
    Writers made_;
    std::vector<Latest> latest_;
};

} // namespace

Writers writers_of(const Transactions& transactions) { return WritersReader(transactions).run(); }

} // namespace orrery::reports::judges::transactions

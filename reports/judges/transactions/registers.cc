// Versions of a register are ordered only by transactions that read one and write another.
#include <algorithm>

#include "orrery/reports/judges/transactions/dependencies.h"

namespace orrery::reports::judges::transactions {
namespace {

class Registers {
public:
    explicit Registers(const RegisterHistory& history)
        : history_(history),
          transactions_(history.transactions), made_{Graph(history.size()), history.anomalies, history.ambiguous},
          reads_of_start_(transactions_.keys.size()), writer_(transactions_.versions.size(), no_txn),
          readers_(transactions_.versions.size()), followers_(transactions_.versions.size()),
          roots_(transactions_.keys.size()) {}

    Dependencies run() {
        if (!made_.ambiguous.empty()) return std::move(made_);
        for (Txn txn = 0; txn < history_.size(); ++txn) {
            for (const RegisterRead& each : history_.reads.of(txn))
                if (each.source != no_txn)
                    made_.graph.add({each.source, txn, Relation::wr, each.version, each.version});
            take_first_reads(txn);
            take_writes(txn);
        }
        order_versions();
        return std::move(made_);
    }

private:
    std::string name(Version version) const { return transactions_.value_name(version); }
    void object(const char* kind, std::uint32_t key, const std::vector<Txn>& txns, std::string story) {
        std::vector<std::size_t> calls;
        for (const Txn each : txns) calls.push_back(transactions_.all[each].call);
        made_.anomalies.push_back({kind, transactions_.key_value(key), std::move(calls), {}, std::move(story)});
    }

    void take_first_reads(Txn txn) {
        for (const RegisterRead& each : history_.first.of(txn)) {
            if (each.source == no_txn)
                reads_of_start_[each.key].push_back(txn);
            else
                readers_[each.version].push_back(txn);
        }
    }
    void take_writes(Txn txn) {
        for (const RegisterWrite& each : history_.writes.of(txn)) {
            writer_[each.version] = txn;
            const RegisterRead* read = history_.read_of(txn, each.key);
            if (read != nullptr && read->source != no_txn)
                followers_[read->version].push_back(each.version);
            else
                roots_[each.key].push_back(each.version);
            if (read != nullptr && read->source == no_txn) start_followers_.push_back(each.version);
        }
    }

    // What follows a version follows all who read it.
    void order_versions() {
        Graph versions(transactions_.versions.size());
        for (Version version = 0; version < followers_.size(); ++version) {
            judge_followers(transactions_.versions[version].key, version, followers_[version]);
            for (const Version next : followers_[version]) {
                versions.add({version, next});
                const Txn writer = writer_[next];
                if (writer_[version] != no_txn)
                    made_.graph.add({writer_[version], writer, Relation::ww, version, next});
                for (const Txn reader : readers_[version])
                    made_.graph.add({reader, writer, Relation::rw, version, next});
            }
        }
        order_after_start();
        judge_order(versions);
    }
    // Whatever was written overwrote the start. Where many read it and many wrote, some of the writes will do.
    void order_after_start() {
        constexpr std::size_t roots_max = 1000;
        for (std::uint32_t key = 0; key < roots_.size(); ++key)
            for (std::size_t each = 0; each < std::min(roots_max, roots_[key].size()); ++each)
                for (const Txn reader : reads_of_start_[key])
                    made_.graph.add({reader, writer_[roots_[key][each]], Relation::rw, no_version, roots_[key][each]});
        std::stable_sort(start_followers_.begin(), start_followers_.end(), [&](Version a, Version b) {
            return transactions_.versions[a].key < transactions_.versions[b].key;
        });
        for (std::size_t begin = 0, end = 0; begin < start_followers_.size(); begin = end) {
            const std::uint32_t key = transactions_.versions[start_followers_[begin]].key;
            while (end < start_followers_.size() && transactions_.versions[start_followers_[end]].key == key) ++end;
            const auto first = start_followers_.begin();
            judge_followers(key, no_version,
                            {first + static_cast<std::ptrdiff_t>(begin), first + static_cast<std::ptrdiff_t>(end)});
        }
    }
    // Two that read the same version and wrote each its next: one of the writes is lost.
    void judge_followers(std::uint32_t key, Version version, const std::vector<Version>& next) {
        if (next.size() < 2) return;
        object("lost-update", key, {writer_[next[0]], writer_[next[1]]},
               "both read " + transactions_.value_name(key, version) + " from " + transactions_.key_name(key) +
                   ", one wrote " + name(next[0]) + " and the other " + name(next[1]) + ": neither saw the other's");
    }
    void judge_order(Graph& versions) {
        versions.finish();
        const auto of = components(versions, just(Relation::ww));
        for (Version version = 0; version < of.size(); ++version)
            for (const Dependency& each : versions.from(version))
                if (of[version] == of[each.to]) {
                    const std::uint32_t at = transactions_.versions[version].key;
                    object("cyclic-versions", at, {writer_[version], writer_[each.to]},
                           "the values " + name(version) + " and " + name(each.to) + " of " +
                               transactions_.key_name(at) + " each come before the other");
                    return;
                }
    }

    const RegisterHistory& history_;
    const Transactions& transactions_;
    Dependencies made_;
    std::vector<std::vector<Txn>> reads_of_start_; // of each key
    std::vector<Txn> writer_;                      // of each version, if it was the last of its writer
    std::vector<std::vector<Txn>> readers_;        // of each version
    std::vector<std::vector<Version>> followers_;  // of each version: written by one who had read it
    std::vector<std::vector<Version>> roots_;      // of each key: nothing but the start is known to come before
    std::vector<Version> start_followers_;         // written by one who had read the start
};

} // namespace

Dependencies register_dependencies(const RegisterHistory& history) { return Registers(history).run(); }

} // namespace orrery::reports::judges::transactions

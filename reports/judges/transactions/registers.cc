// Versions of a register are ordered only by transactions that read one and write another.
#include <algorithm>
#include <span>
#include <utility>
#include <vector>

#include "orrery/reports/judges/transactions/dependencies.h"

namespace orrery::reports::judges::transactions {
namespace {

// Items by the number of what they belong to, in the order in which they came: one list for all.
template <class Item>
class Groups {
public:
    explicit Groups(std::size_t count) : starts_(count + 1, 0) {}

    void add(std::uint32_t group, Item item) {
        ++starts_[group + 1];
        added_.emplace_back(group, item);
    }
    // After all were added.
    void finish() {
        for (std::size_t group = 1; group < starts_.size(); ++group) starts_[group] += starts_[group - 1];
        items_.resize(added_.size());
        std::vector<std::uint32_t> next(starts_.begin(), starts_.end() - 1);
        for (const auto& [group, item] : added_) items_[next[group]++] = item;
        added_ = {};
    }
    std::span<const Item> of(std::uint32_t group) const {
        return {items_.data() + starts_[group], starts_[group + 1] - starts_[group]};
    }

private:
    std::vector<std::pair<std::uint32_t, Item>> added_;
    std::vector<Item> items_;
    std::vector<std::uint32_t> starts_;
};

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
        for (Groups<Txn>* each : {&reads_of_start_, &readers_}) each->finish();
        for (Groups<Version>* each : {&followers_, &roots_}) each->finish();
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
                reads_of_start_.add(each.key, txn);
            else
                readers_.add(each.version, txn);
        }
    }
    void take_writes(Txn txn) {
        for (const RegisterWrite& each : history_.writes.of(txn)) {
            writer_[each.version] = txn;
            const RegisterRead* read = history_.read_of(txn, each.key);
            if (read != nullptr && read->source != no_txn)
                followers_.add(read->version, each.version);
            else
                roots_.add(each.key, each.version);
            if (read != nullptr && read->source == no_txn) start_followers_.push_back(each.version);
        }
    }

    // What follows a version follows all who read it.
    void order_versions() {
        Graph versions(transactions_.versions.size());
        for (Version version = 0; version < writer_.size(); ++version) {
            judge_followers(transactions_.versions[version].key, version, followers_.of(version));
            for (const Version next : followers_.of(version)) {
                versions.add({version, next});
                const Txn writer = writer_[next];
                if (writer_[version] != no_txn)
                    made_.graph.add({writer_[version], writer, Relation::ww, version, next});
                for (const Txn reader : readers_.of(version))
                    made_.graph.add({reader, writer, Relation::rw, version, next});
            }
        }
        order_after_start();
        judge_order(versions);
    }
    // Whatever was written overwrote the start. Where many read it and many wrote, some of the writes will do.
    void order_after_start() {
        constexpr std::size_t roots_max = 1000;
        for (std::uint32_t key = 0; key < transactions_.keys.size(); ++key) {
            const auto roots = roots_.of(key);
            for (const Version root : roots.first(std::min(roots_max, roots.size())))
                for (const Txn reader : reads_of_start_.of(key))
                    made_.graph.add({reader, writer_[root], Relation::rw, no_version, root});
        }
        std::stable_sort(start_followers_.begin(), start_followers_.end(), [&](Version a, Version b) {
            return transactions_.versions[a].key < transactions_.versions[b].key;
        });
        for (std::size_t begin = 0, end = 0; begin < start_followers_.size(); begin = end) {
            const std::uint32_t key = transactions_.versions[start_followers_[begin]].key;
            while (end < start_followers_.size() && transactions_.versions[start_followers_[end]].key == key) ++end;
            judge_followers(key, no_version, std::span(start_followers_).subspan(begin, end - begin));
        }
    }
    // Two that read the same version and wrote each its next: one of the writes is lost.
    void judge_followers(std::uint32_t key, Version version, std::span<const Version> next) {
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
    Groups<Txn> reads_of_start_;           // of each key
    std::vector<Txn> writer_;              // of each version, if it was the last of its writer
    Groups<Txn> readers_;                  // of each version
    Groups<Version> followers_;            // of each version: written by one who had read it
    Groups<Version> roots_;                // of each key: nothing but the start is known to come before
    std::vector<Version> start_followers_; // written by one who had read the start
};

} // namespace

Dependencies register_dependencies(const RegisterHistory& history) { return Registers(history).run(); }

} // namespace orrery::reports::judges::transactions

// The longest read of a list is the order of its versions; every other read must be a beginning of it.
#include <algorithm>
#include <map>

#include "orrery/reports/judges/transactions/dependencies.h"

namespace orrery::reports::judges::transactions {
namespace {

using Kind = models::Step::Kind;
using Elements = std::span<const Version>;

class Lists {
public:
    explicit Lists(const Transactions& transactions)
        : transactions_(transactions),
          writers_(writers_of(transactions)), made_{Graph(transactions.all.size()), {}, writers_.ambiguous},
          order_(transactions.keys.size()), reader_(transactions.keys.size(), no_txn),
          tails_(transactions.keys.size()) {}

    Dependencies run() {
        if (!made_.ambiguous.empty()) return std::move(made_);
        for_each_read([&](Txn txn, const TxnStep& step) { take_longest(txn, step); });
        for_each_read([&](Txn txn, const TxnStep& step) { judge_read(txn, step); });
        for (Txn txn = 0; txn < transactions_.all.size(); ++txn)
            if (transactions_.all[txn].outcome == Call::Outcome::ok) judge_within(txn);
        find_tails();
        for (std::uint32_t key = 0; key < order_.size(); ++key) {
            order_writes(key);
            judge_tails(key);
        }
        for_each_read([&](Txn txn, const TxnStep& step) { order_read(txn, step); });
        return std::move(made_);
    }

    ListWriters writers() {
        ListWriters made(transactions_);
        for_each_read([&](Txn txn, const TxnStep& step) { take_longest(txn, step); });
        find_tails();
        std::map<std::int64_t, std::size_t> session_of;
        for (Txn txn = 0; txn < transactions_.all.size(); ++txn) {
            if (writers_.committed[txn]) {
                take_accesses(txn, made.history);
                const auto [found, is_new] =
                    session_of.try_emplace(transactions_.all[txn].process, made.history.sessions.size());
                if (is_new) made.history.sessions.emplace_back();
                made.history.sessions[found->second].push_back(txn);
            }
            made.history.reads.close();
            made.history.first.close();
            made.history.writes.close();
        }
        made.history.committed = writers_.committed;
        for (std::uint32_t key = 0; key < order_.size(); ++key) take_order(key, made);
        return made;
    }

private:
    template <class Visit>
    void for_each_read(Visit visit) {
        for (Txn txn = 0; txn < transactions_.all.size(); ++txn) {
            if (transactions_.all[txn].outcome != Call::Outcome::ok) continue;
            for (const TxnStep& step : transactions_.steps_of(txn))
                if (step.kind == Kind::read) visit(txn, step);
        }
    }
    bool committed(Version version) const {
        return writers_.of[version] != no_txn && writers_.committed[writers_.of[version]];
    }
    std::string name(Version version) const { return transactions_.value_name(version); }
    std::string key(const TxnStep& step) const { return transactions_.key_name(step.key); }
    std::string key_name(std::uint32_t key) const { return transactions_.key_name(key); }
    void object(const char* kind, const TxnStep& step, std::vector<Txn> txns, std::string story) {
        std::vector<std::size_t> calls;
        for (const Txn each : txns) calls.push_back(transactions_.all[each].call);
        made_.anomalies.push_back({kind, transactions_.key_value(step.key), std::move(calls), {}, std::move(story)});
    }

    void take_longest(Txn txn, const TxnStep& step) {
        const Elements elements = transactions_.elements_of(step);
        if (elements.size() < order_[step.key].size() ||
            (reader_[step.key] != no_txn && elements.size() == order_[step.key].size()))
            return;
        order_[step.key].assign(elements.begin(), elements.end());
        reader_[step.key] = txn;
    }
    bool is_prefix(const TxnStep& step) const {
        const Elements elements = transactions_.elements_of(step);
        return std::equal(elements.begin(), elements.end(), order_[step.key].begin());
    }

    void judge_read(Txn txn, const TxnStep& step) {
        const Elements elements = transactions_.elements_of(step);
        if (!is_prefix(step))
            object("incompatible-order", step, {txn, reader_[step.key]},
                   "two transactions read " + key(step) + " in orders of which neither begins with the other");
        // The longest read was looked at already, unless this is it.
        if (is_prefix(step) && reader_[step.key] != txn) {
            judge_last(txn, step, elements);
            return;
        }
        std::vector<Version> sorted(elements.begin(), elements.end());
        std::sort(sorted.begin(), sorted.end());
        if (const auto twice = std::adjacent_find(sorted.begin(), sorted.end()); twice != sorted.end())
            object("duplicate-elements", step, {txn}, key(step) + " was read with " + name(*twice) + " in it twice");
        Version aborted = no_version;
        for (const Version each : elements) {
            if (writers_.of[each] == no_txn) {
                object("value from nowhere", step, {txn},
                       "nobody ever appended " + name(each) + ", which was read from " + key(step));
            } else if (transactions_.all[writers_.of[each]].outcome == Call::Outcome::fail) {
                object("G1a", step, {txn, writers_.of[each]},
                       "a transaction read " + name(each) + " from " + key(step) +
                           ", which one had appended that was aborted");
                aborted = each;
            } else if (aborted != no_version) {
                object("dirty-update", step, {writers_.of[aborted], writers_.of[each]},
                       name(each) + " was appended to " + key(step) + " after the aborted " + name(aborted));
                aborted = no_version;
            }
        }
        judge_last(txn, step, elements);
    }
    // Of what one transaction wrote, others may see all or nothing.
    void judge_last(Txn txn, const TxnStep& step, Elements elements) {
        if (elements.empty()) return;
        const Txn writer = writers_.of[elements.back()];
        if (writer != no_txn && writer != txn && !writers_.is_final[elements.back()])
            object("G1b", step, {txn, writer},
                   "a transaction read " + key(step) + " up to " + name(elements.back()) +
                       ", in the middle of what another appended");
    }

    // A transaction sees what it read and appended before.
    void judge_within(Txn txn) {
        const auto steps = transactions_.steps_of(txn);
        for (std::size_t place = 0; place < steps.size(); ++place) {
            const TxnStep& step = steps[place];
            if (step.kind != Kind::read) continue;
            const Elements elements = transactions_.elements_of(step);
            std::vector<Version> appended;
            const TxnStep* before = nullptr;
            for (std::size_t earlier = place; earlier-- > 0 && before == nullptr;) {
                if (steps[earlier].key != step.key) continue;
                if (steps[earlier].kind == Kind::read)
                    before = &steps[earlier];
                else
                    appended.insert(appended.begin(), steps[earlier].version);
            }
            const std::size_t own = std::min(appended.size(), elements.size());
            bool same = own == appended.size() &&
                        std::equal(appended.begin(), appended.end(), elements.end() - static_cast<std::ptrdiff_t>(own));
            if (before != nullptr) {
                const Elements known = transactions_.elements_of(*before);
                same = same && elements.size() == known.size() + own &&
                       std::equal(known.begin(), known.end(), elements.begin());
            }
            if (!same)
                object("internal", step, {txn},
                       "a transaction read " + key(step) + " otherwise than it had read and appended itself");
            for (std::size_t later = place + 1; later < steps.size(); ++later)
                if (steps[later].kind == Kind::append && steps[later].key == step.key &&
                    std::find(elements.begin(), elements.end(), steps[later].version) != elements.end())
                    object("future-read", step, {txn},
                           "a transaction read its own " + name(steps[later].version) + " from " + key(step) +
                               " before it appended it");
        }
    }

    // What was appended and is in no read comes after all that is.
    void find_tails() {
        std::vector<bool> placed(transactions_.versions.size(), false);
        for (const auto& order : order_)
            for (const Version each : order) placed[each] = true;
        for (Version version = 0; version < placed.size(); ++version)
            if (!placed[version] && committed(version)) tails_[transactions_.versions[version].key].push_back(version);
    }
    void add(Version from, Txn to, Relation relation, Version later) {
        made_.graph.add({writers_.of[from], to, relation, from, later});
    }
    void order_writes(std::uint32_t key) {
        Version before = no_version;
        for (const Version each : order_[key]) {
            if (!committed(each)) continue;
            if (before != no_version) add(before, writers_.of[each], Relation::ww, each);
            before = each;
        }
        if (before == no_version) return;
        for (const Version each : tails_[key]) add(before, writers_.of[each], Relation::ww, each);
    }
    // Two that both read the key and appended to it what nobody read: neither saw the other's.
    void judge_tails(std::uint32_t key) {
        std::vector<Version> unseen;
        for (const Version each : tails_[key]) {
            if (!unseen.empty() && writers_.of[each] == writers_.of[unseen.front()]) continue;
            const auto reads = [&](const TxnStep& step) { return step.kind == Kind::read && step.key == key; };
            const auto steps = transactions_.steps_of(writers_.of[each]);
            if (std::any_of(steps.begin(), steps.end(), reads)) unseen.push_back(each);
            if (unseen.size() == 2) break;
        }
        if (unseen.size() < 2) return;
        const TxnStep at{Kind::append, key, unseen[0]};
        object("lost-update", at, {writers_.of[unseen[0]], writers_.of[unseen[1]]},
               "both read " + key_name(key) + ", one appended " + name(unseen[0]) + " and the other " +
                   name(unseen[1]) + ": neither saw the other's");
    }

    // Of what was read, how much others had appended.
    std::size_t external_count(Txn txn, Elements elements) const {
        std::size_t external = elements.size();
        while (external > 0 && writers_.of[elements[external - 1]] == txn) --external;
        return external;
    }
    void take_accesses(Txn txn, RegisterHistory& history) {
        const auto steps = transactions_.steps_of(txn);
        for (const TxnStep& step : steps) {
            const auto same_key = [&](const RegisterRead& each) { return each.key == step.key; };
            const auto known = history.first.last();
            if (step.kind == Kind::read && std::none_of(known.begin(), known.end(), same_key)) {
                const Elements elements = transactions_.elements_of(step);
                std::size_t external = external_count(txn, elements);
                while (external > 0 && !committed(elements[external - 1])) --external;
                RegisterRead read{step.key};
                if (external > 0) read = {step.key, writers_.of[elements[external - 1]], elements[external - 1]};
                if (read.source == txn) continue; // it read ahead
                history.first.push(read);
                history.reads.push(read);
            }
            if (step.kind == Kind::append && writers_.is_final[step.version] && writers_.of[step.version] == txn)
                history.writes.push({step.key, step.version});
        }
        const auto by_key = [](const auto& a, const auto& b) { return a.key < b.key; };
        std::sort(history.writes.last().begin(), history.writes.last().end(), by_key);
        std::sort(history.first.last().begin(), history.first.last().end(), by_key);
    }
    void take_order(std::uint32_t key, ListWriters& made) {
        Txn before = no_txn;
        for (const Version each : order_[key]) {
            if (!committed(each)) continue;
            const Txn writer = writers_.of[each];
            if (before != no_txn && before != writer) made.known.push_back({key, before, writer});
            before = writer;
        }
        Txn tail = no_txn;
        for (const Version each : tails_[key]) {
            const Txn writer = writers_.of[each];
            if (writer == before || writer == tail) continue;
            made.unordered = made.unordered || tail != no_txn;
            tail = writer;
            if (before != no_txn) made.known.push_back({key, before, writer});
        }
    }

    void order_read(Txn txn, const TxnStep& step) {
        if (!is_prefix(step)) return;
        const Elements elements = transactions_.elements_of(step);
        const std::size_t external = external_count(txn, elements);
        const Version last = external == 0 ? no_version : elements[external - 1];
        if (last != no_version && committed(last)) add(last, txn, Relation::wr, last);
        if (external < elements.size()) return; // its own append came next
        const std::vector<Version>& order = order_[step.key];
        std::size_t next = external;
        while (next < order.size() && !committed(order[next])) ++next;
        if (next < order.size()) made_.graph.add({txn, writers_.of[order[next]], Relation::rw, last, order[next]});
        if (next == order.size())
            for (const Version each : tails_[step.key])
                made_.graph.add({txn, writers_.of[each], Relation::rw, last, each});
    }

    const Transactions& transactions_;
    Writers writers_;
    Dependencies made_;
    std::vector<std::vector<Version>> order_; // of each key
    std::vector<Txn> reader_;                 // who read it so
    std::vector<std::vector<Version>> tails_;
};

} // namespace

ListWriters list_writers(const Transactions& transactions) { return Lists(transactions).writers(); }

Dependencies list_dependencies(const Transactions& transactions) { return Lists(transactions).run(); }

} // namespace orrery::reports::judges::transactions

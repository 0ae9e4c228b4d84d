// Every subset of the unknown transactions, and then every order.
#include "orrery/reports/judges/transactions/level_oracle.h"

#include <algorithm>
#include <array>
#include <functional>
#include <set>

namespace orrery::reports::judges::transactions::oracle {
namespace {

using Order = std::vector<int>;    // transactions by place
using Versions = std::vector<int>; // of one key: what was written, in order
constexpr int nobody = -1;
constexpr int initially = -2; // who wrote what was there from the start

class World {
public:
    World(const Tiny& tiny, std::vector<int> happened) : tiny_(tiny), happened_(std::move(happened)) {}

    // One after the other, or by snapshots; `sessions` and `realtime` as promised.
    bool serial(bool sessions, bool realtime) {
        sessions_ = sessions;
        realtime_ = realtime;
        state_.assign(static_cast<std::size_t>(tiny_.keys), {});
        begun_.assign(tiny_.all.size(), false);
        ended_ = begun_;
        return play_serial(0);
    }
    bool snapshots(bool sessions, bool realtime) {
        sessions_ = sessions;
        realtime_ = realtime;
        state_.assign(static_cast<std::size_t>(tiny_.keys), {});
        begun_.assign(tiny_.all.size(), false);
        ended_ = begun_;
        seen_.assign(tiny_.all.size(), {});
        return play_snapshots(0);
    }

    bool read_uncommitted();
    enum class Axiom : std::uint8_t { read_committed, read_atomic, causal };
    bool axiom(Axiom axiom);
    // Cycles with so many anti-dependencies are allowed from there on.
    bool without_cycles(bool with_many_allowed);

private:
    const Txn& txn(int place) const { return tiny_.all[static_cast<std::size_t>(place)]; }
    bool is_in(int place) const { return std::find(happened_.begin(), happened_.end(), place) != happened_.end(); }

    // --- playing ---

    // Whether `first` has to have ended before `second` begins.
    bool must_precede(int first, int second) const {
        const Txn& a = txn(first);
        const Txn& b = txn(second);
        if (sessions_ && a.process == b.process && a.invoked < b.invoked) return true;
        return realtime_ && a.outcome == Call::Outcome::ok && a.returned < b.invoked;
    }
    bool may_begin(int place) const {
        return std::none_of(happened_.begin(), happened_.end(), [&](int other) {
            return !ended_[static_cast<std::size_t>(other)] && other != place && must_precede(other, place);
        });
    }
    // Whether a transaction that sees this state reads so; then its writes are in it.
    bool plays(int place, std::vector<Versions>& state) const {
        for (const Step& step : txn(place).steps) {
            Versions& versions = state[static_cast<std::size_t>(step.key)];
            if (step.writes) {
                versions.push_back(step.value);
            } else if (txn(place).outcome == Call::Outcome::ok) {
                if (tiny_.lists && step.values != versions) return false;
                if (!tiny_.lists && step.value != (versions.empty() ? start : versions.back())) return false;
            }
        }
        return true;
    }
    bool play_serial(std::size_t done) {
        if (done == happened_.size()) return true;
        for (const int place : happened_) {
            const auto at = static_cast<std::size_t>(place);
            if (ended_[at] || !may_begin(place)) continue;
            const std::vector<Versions> before = state_;
            ended_[at] = true;
            if (plays(place, state_) && play_serial(done + 1)) return true;
            ended_[at] = false;
            state_ = before;
        }
        return false;
    }
    bool play_snapshots(std::size_t ended) {
        if (ended == happened_.size()) return true;
        for (const int place : happened_) {
            const auto at = static_cast<std::size_t>(place);
            if (ended_[at]) continue;
            if (!begun_[at]) {
                if (!may_begin(place)) continue;
                std::vector<Versions> snapshot = state_;
                if (!plays(place, snapshot)) continue;
                seen_[at] = state_;
                begun_[at] = true;
                if (play_snapshots(ended)) return true;
                begun_[at] = false;
                continue;
            }
            if (!may_commit(place)) continue;
            const std::vector<Versions> before = state_;
            for (const Step& step : txn(place).steps)
                if (step.writes) state_[static_cast<std::size_t>(step.key)].push_back(step.value);
            ended_[at] = true;
            if (play_snapshots(ended + 1)) return true;
            ended_[at] = false;
            state_ = before;
        }
        return false;
    }
    bool may_commit(int place) const {
        for (const Step& step : txn(place).steps) {
            const auto key = static_cast<std::size_t>(step.key);
            if (step.writes && state_[key] != seen_[static_cast<std::size_t>(place)][key]) return false;
        }
        return true;
    }

    // --- reading ---

    struct Read {
        int reader = 0;
        int step = 0;
        int key = 0;
        int writer = 0; // or initially
    };
    // Who wrote this last under the key, of those that happened; nobody: no one did, or overwrote it himself.
    int last_writer(int key, int value) const {
        if (value == start) return initially;
        for (const int place : happened_) {
            int last = start;
            for (const Step& step : txn(place).steps)
                if (step.writes && step.key == key) last = step.value;
            if (last == value) return place;
        }
        return nobody;
    }
    bool writes(int place, int key) const {
        if (place == initially) return true;
        const auto& steps = txn(place).steps;
        return std::any_of(steps.begin(), steps.end(),
                           [&](const Step& each) { return each.writes && each.key == key; });
    }
    // False if some read shows what was never committed, or not what the transaction wrote itself.
    bool find_reads() {
        reads_.clear();
        for (const int place : happened_) {
            if (txn(place).outcome != Call::Outcome::ok) continue;
            const auto& steps = txn(place).steps;
            for (int at = 0; at < static_cast<int>(steps.size()); ++at) {
                const Step& step = steps[static_cast<std::size_t>(at)];
                if (step.writes) continue;
                const Step* own = nullptr;
                for (int before = 0; before < at; ++before) {
                    const Step& other = steps[static_cast<std::size_t>(before)];
                    if (other.writes && other.key == step.key) own = &other;
                }
                if (own != nullptr) {
                    if (own->value != step.value) return false;
                    continue;
                }
                const int writer = last_writer(step.key, step.value);
                if (writer == nobody || writer == place) return false;
                reads_.push_back({place, at, step.key, writer});
            }
        }
        return true;
    }

    // --- axioms ---

    bool in_session(int first, int second) const {
        return first >= 0 && second >= 0 && txn(first).process == txn(second).process &&
               txn(first).invoked < txn(second).invoked;
    }
    bool reads_from(int reader, int writer) const {
        return std::any_of(reads_.begin(), reads_.end(),
                           [&](const Read& each) { return each.reader == reader && each.writer == writer; });
    }
    // Over reads and clients; the start comes before all.
    bool causes(int first, int second) const {
        if (first == initially) return second != initially;
        std::set<int> met{first};
        for (bool grew = true; grew;) {
            grew = false;
            for (const int from : std::set<int>(met))
                for (const int to : happened_)
                    if ((in_session(from, to) || reads_from(to, from)) && met.insert(to).second) grew = true;
        }
        return first != second && met.count(second) != 0;
    }
    bool shows(Axiom axiom, int writer, const Read& read) const {
        switch (axiom) {
        case Axiom::read_committed:
            return std::any_of(reads_.begin(), reads_.end(), [&](const Read& each) {
                return each.reader == read.reader && each.writer == writer && each.step < read.step;
            });
        case Axiom::read_atomic:
            return in_session(writer, read.reader) || reads_from(read.reader, writer);
        case Axiom::causal:
            return causes(writer, read.reader);
        }
        return false;
    }

    // --- dependencies ---

    bool next_order(std::vector<Order>& orders) const {
        for (Order& order : orders)
            if (std::next_permutation(order.begin(), order.end())) return true;
        return false;
    }
    bool is_acyclic(const std::vector<Order>& orders, bool with_many_allowed) const;

    const Tiny& tiny_;
    std::vector<int> happened_;
    bool sessions_ = false;
    bool realtime_ = false;
    std::vector<Versions> state_;
    std::vector<bool> begun_;
    std::vector<bool> ended_;
    std::vector<std::vector<Versions>> seen_;
    std::vector<Read> reads_;
};

bool World::read_uncommitted() {
    for (const Txn& reader : tiny_.all) {
        if (reader.outcome != Call::Outcome::ok) continue;
        for (const Step& step : reader.steps) {
            bool written = step.writes || step.value == start;
            for (const Txn& writer : tiny_.all)
                for (const Step& other : writer.steps)
                    written = written || (other.writes && other.key == step.key && other.value == step.value);
            if (!written) return false;
        }
    }
    Order order = happened_;
    std::sort(order.begin(), order.end());
    do {
        bool agrees = true;
        for (const int place : order) {
            std::set<int> met; // keys that it wrote, or read from somebody who counts
            for (const Step& step : txn(place).steps) {
                const int writer = last_writer(step.key, step.value);
                if (!step.writes && (writer == nobody || writer == place)) continue;
                if (!met.insert(step.key).second || step.writes || txn(place).outcome != Call::Outcome::ok) continue;
                if (writer == initially || !writes(place, step.key)) continue;
                agrees = agrees &&
                         std::find(order.begin(), order.end(), writer) < std::find(order.begin(), order.end(), place);
            }
        }
        if (agrees) return true;
    } while (std::next_permutation(order.begin(), order.end()));
    return false;
}

bool World::axiom(Axiom axiom) {
    if (!find_reads()) return false;
    Order order = happened_;
    std::sort(order.begin(), order.end());
    do {
        const auto at = [&](int place) {
            return place == initially ? -1 : std::find(order.begin(), order.end(), place) - order.begin();
        };
        bool agrees = true;
        for (const int first : order)
            for (const int second : order)
                if (in_session(first, second) || reads_from(second, first)) agrees = agrees && at(first) < at(second);
        for (const Read& read : reads_) {
            if (!agrees) break;
            for (const int other : order)
                if (other != read.writer && other != read.reader && writes(other, read.key) &&
                    shows(axiom, other, read))
                    agrees = agrees && at(other) < at(read.writer);
        }
        if (agrees) return true;
    } while (std::next_permutation(order.begin(), order.end()));
    return false;
}

bool World::without_cycles(bool with_many_allowed) {
    if (!find_reads()) return false;
    // Whoever reads a key twice and sees two things depends on both; no order of versions helps.
    for (const Read& one : reads_)
        for (const Read& other : reads_)
            if (one.reader == other.reader && one.key == other.key && one.writer != other.writer) return false;
    std::vector<Order> orders(static_cast<std::size_t>(tiny_.keys));
    for (int key = 0; key < tiny_.keys; ++key)
        for (const int place : happened_)
            if (writes(place, key)) orders[static_cast<std::size_t>(key)].push_back(place);
    for (Order& each : orders) std::sort(each.begin(), each.end());
    do {
        if (is_acyclic(orders, with_many_allowed)) return true;
    } while (next_order(orders));
    return false;
}

bool World::is_acyclic(const std::vector<Order>& orders, bool with_many_allowed) const {
    constexpr int unreachable = 9;
    constexpr std::size_t size = 8;
    // The fewest anti-dependencies on a path from one to another.
    std::array<std::array<int, size>, size> fewest{};
    for (auto& row : fewest) row.fill(unreachable);
    const auto add = [&](int from, int to, int anti) {
        if (from == to) return;
        int& known = fewest[static_cast<std::size_t>(from)][static_cast<std::size_t>(to)];
        known = std::min(known, anti);
    };
    for (const Order& order : orders)
        for (std::size_t place = 1; place < order.size(); ++place) add(order[place - 1], order[place], 0);
    for (const Read& read : reads_) {
        const Order& order = orders[static_cast<std::size_t>(read.key)];
        auto next = order.begin();
        if (read.writer != initially) {
            add(read.writer, read.reader, 0);
            next = std::find(order.begin(), order.end(), read.writer) + 1;
        }
        if (next != order.end()) add(read.reader, *next, 1);
    }
    for (std::size_t middle = 0; middle < size; ++middle)
        for (std::size_t from = 0; from < size; ++from)
            for (std::size_t to = 0; to < size; ++to)
                fewest[from][to] = std::min(fewest[from][to], fewest[from][middle] + fewest[middle][to]);
    for (std::size_t each = 0; each < size; ++each)
        if (fewest[each][each] <= (with_many_allowed ? 1 : unreachable - 1)) return false;
    return true;
}

bool decide(World& world, std::string_view level) {
    if (level == "read-uncommitted") return world.read_uncommitted();
    if (level == "read-committed") return world.axiom(World::Axiom::read_committed);
    if (level == "read-atomic") return world.axiom(World::Axiom::read_atomic);
    if (level == "causal") return world.axiom(World::Axiom::causal);
    if (level == "consistent-view") return world.without_cycles(true);
    if (level == "repeatable-read") return world.without_cycles(false);
    if (level == "snapshot-isolation") return world.snapshots(false, false);
    if (level == "strong-session-snapshot-isolation") return world.snapshots(true, false);
    if (level == "strong-snapshot-isolation") return world.snapshots(true, true);
    if (level == "serializable") return world.serial(false, false);
    if (level == "strong-session-serializable") return world.serial(true, false);
    return world.serial(true, true);
}

} // namespace

bool allows(const Tiny& tiny, std::string_view level) {
    std::vector<int> known;
    std::vector<int> unknown;
    for (int place = 0; place < static_cast<int>(tiny.all.size()); ++place) {
        const Call::Outcome outcome = tiny.all[static_cast<std::size_t>(place)].outcome;
        if (outcome == Call::Outcome::ok) known.push_back(place);
        if (outcome == Call::Outcome::unknown) unknown.push_back(place);
    }
    for (std::uint32_t some = 0; some < 1u << unknown.size(); ++some) {
        std::vector<int> happened = known;
        for (std::size_t each = 0; each < unknown.size(); ++each)
            if ((some >> each & 1) != 0) happened.push_back(unknown[each]);
        World world(tiny, std::move(happened));
        if (decide(world, level)) return true;
    }
    return false;
}

} // namespace orrery::reports::judges::transactions::oracle

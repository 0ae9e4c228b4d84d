// A search in depth. Reads that fit are done at once, which never hurts; then a write is tried, the one first that was
// answered or seen first. What was reached before in another way is not looked at again.
#include "orrery/reports/judges/sessions/reads_from.h"

#include <algorithm>

#include "orrery/reports/models/machine.h"
#include "orrery/sim/check.h"

namespace orrery::reports::judges::sessions {
namespace {

using Outcome = ReadsFrom::Outcome;

class Ordering {
public:
    Ordering(const Accesses& accesses, const std::vector<Call>& calls)
        : accesses_(accesses), readers_(accesses.all.size(), 0), unread_(accesses.keys, 0),
          settled_by_(accesses.all.size()) {
        for (std::uint32_t each = 0; each < accesses.all.size(); ++each)
            settled_by_[each] = calls[accesses.all[each].call].returned;
        for (const Access& each : accesses.all) {
            if (!each.reads) continue;
            ++readers_of(each);
            if (each.source == no_access) continue;
            sim::WorldTime& source = settled_by_[each.source];
            source = std::min(source, calls[each.call].returned);
        }
    }

    ReadsFrom run(std::uint64_t budget, std::size_t memory) {
        ReadsFrom made;
        turns_.assign(accesses_.clients.size(), 0);
        latest_.assign(accesses_.keys, no_access);
        settle();
        std::vector<Level> levels{{candidates(), 0, order_.size()}};
        while (order_.size() < accesses_.all.size()) {
            Level& level = levels.back();
            undo(level.done);
            if (level.tried == level.writes.size()) {
                levels.pop_back();
                if (levels.empty()) return made.outcome = Outcome::impossible, made;
                continue;
            }
            if (++made.nodes > budget) return made.outcome = Outcome::out_of_budget, made;
            if (met_.bytes() > memory) return made.outcome = Outcome::out_of_memory, made;
            perform(level.writes[level.tried++]);
            settle();
            if (is_new()) levels.push_back({candidates(), 0, order_.size()});
        }
        made.order = order_;
        return made;
    }

private:
    struct Level {
        std::vector<std::uint32_t> writes; // those that may come next
        std::size_t tried = 0;
        std::size_t done = 0; // accesses in the order, before the write
    };
    using Key = std::vector<std::uint32_t>;

    // Those that have yet to read what that one has read.
    std::uint32_t& readers_of(const Access& read) {
        return read.source == no_access ? unread_[read.key] : readers_[read.source];
    }
    std::uint32_t readers_of_latest(std::uint32_t key) const {
        return latest_[key] == no_access ? unread_[key] : readers_[latest_[key]];
    }
    // Whether it may be the next of all. It is the next of its client.
    bool fits(const Access& access) const {
        if (access.reads && access.source != latest_[access.key]) return false;
        return !access.writes || readers_of_latest(access.key) == (access.reads ? 1U : 0U);
    }
    void perform(std::uint32_t number) {
        const Access& access = accesses_.all[number];
        CHECK(turns_[access.client] == access.turn);
        ++turns_[access.client];
        if (access.reads) --readers_of(access);
        overwritten_.push_back(latest_[access.key]);
        if (access.writes) latest_[access.key] = number;
        order_.push_back(number);
    }
    void undo(std::size_t done) {
        CHECK(done <= order_.size());
        for (; order_.size() > done; order_.pop_back(), overwritten_.pop_back()) {
            const Access& access = accesses_.all[order_.back()];
            --turns_[access.client];
            if (access.reads) ++readers_of(access);
            latest_[access.key] = overwritten_.back();
        }
    }
    void settle() {
        for (bool more = true; more;) {
            more = false;
            for (std::size_t client = 0; client < turns_.size(); ++client) {
                const auto& its = accesses_.clients[client];
                for (; turns_[client] < its.size(); more = true) {
                    const Access& access = accesses_.all[its[turns_[client]]];
                    if (access.writes || !fits(access)) break;
                    perform(its[turns_[client]]);
                }
            }
        }
    }
    std::vector<std::uint32_t> candidates() const {
        std::vector<std::uint32_t> some;
        for (std::size_t client = 0; client < turns_.size(); ++client) {
            const auto& its = accesses_.clients[client];
            if (turns_[client] < its.size() && fits(accesses_.all[its[turns_[client]]]))
                some.push_back(its[turns_[client]]);
        }
        std::stable_sort(some.begin(), some.end(), [&](auto a, auto b) { return settled_by_[a] < settled_by_[b]; });
        return some;
    }
    bool is_new() {
        Key key = turns_;
        key.insert(key.end(), latest_.begin(), latest_.end());
        std::uint64_t hash = 7;
        for (const std::uint32_t each : key) hash = models::fold(hash, each);
        const std::size_t before = met_.size();
        met_.intern(key, hash);
        return met_.size() > before;
    }

    const Accesses& accesses_;
    std::vector<std::uint32_t> readers_;       // of each access that writes: those that have yet to read it
    std::vector<std::uint32_t> unread_;        // of each key's initial value, the same
    std::vector<sim::WorldTime> settled_by_;   // of each access: when it had taken effect, as far as anyone knows
    std::vector<std::uint32_t> turns_{};       // of each client: how many it has done
    std::vector<std::uint32_t> latest_{};      // of each key: the access that wrote what it holds
    std::vector<std::uint32_t> order_{};       // what was done
    std::vector<std::uint32_t> overwritten_{}; // with each of these: `latest_` of its key before
    models::Interner<Key> met_{};
};

} // namespace

ReadsFrom order_of(const Accesses& accesses, const std::vector<Call>& calls, std::uint64_t budget, std::size_t memory) {
    CHECK(accesses.ambiguous.empty());
    CHECK(accesses.from_nowhere.empty());
    return Ordering(accesses, calls).run(budget, memory);
}

} // namespace orrery::reports::judges::sessions

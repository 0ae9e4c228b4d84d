// The walk over the revisions. What a request would do is foreseen without doing it, because states are large.
#include "orrery/reports/formats/etcd_order.h"

#include <algorithm>
#include <tuple>

#include "orrery/sim/check.h"

namespace orrery::reports::formats {

namespace {

// Where nothing was shown of a revision, so many unknown requests are tried before it is left open.
constexpr std::size_t tries_max = 64;

bool is_transaction(const EtcdRequest& request) { return request.f == "txn"; }
bool is_revoke(const EtcdRequest& request) { return request.f == "lease-revoke"; }

bool puts_with_lease(const Value::List& step) { return step[0].text() == "put" && step[3].integer() != 0; }

// Whether a transaction that was answered said that its conditions failed.
bool said_failed(const EtcdRequest& transaction) { return transaction.result.list()[1].boolean(); }

template <class Visit>
void for_each_step(const Value& transaction, const Visit& visit) {
    for (const std::size_t branch : {1u, 2u})
        for (const Value& each : transaction.list()[branch].list()) visit(each.list());
}

} // namespace

std::vector<EtcdChange> possible_changes(const Value& argument) {
    std::vector<EtcdChange> changes;
    if (!argument.is_list() || argument.list().empty() || !argument.list()[0].is_list()) return changes;
    for_each_step(argument, [&](const Value::List& step) {
        if (step[0].text() == "put") changes.push_back({true, step[1], step[2]});
        if (step[0].text() == "delete") changes.push_back({false, step[1], {}});
    });
    return changes;
}

EtcdOrder::EtcdOrder(std::vector<EtcdRequest>& requests, const EtcdChanges& seen) : requests_(requests), seen_(seen) {}

// Of requests that nobody saw an answer to: those whose writing somebody was shown, if only one can have written it.
void EtcdOrder::claim_what_only_one_wrote() {
    std::vector<std::int64_t> claimed;
    for (const EtcdRequest& each : requests_)
        if (each.changed) claimed.push_back(each.revision);
    std::sort(claimed.begin(), claimed.end());
    std::map<EtcdChange, Places> writers; // of what nobody claims
    for (const auto& [revision, change] : seen_)
        if (!std::binary_search(claimed.begin(), claimed.end(), revision)) writers.try_emplace(change);
    if (writers.empty()) return;
    for (std::size_t place = 0; place < requests_.size(); ++place)
        if (is_transaction(requests_[place]))
            for (const EtcdChange& each : possible_changes(requests_[place].argument))
                if (const auto found = writers.find(each); found != writers.end()) found->second.push_back(place);
    for (const auto& [revision, change] : seen_) {
        const auto found = writers.find(change);
        if (found == writers.end() || found->second.size() != 1 || !change.put) continue;
        if (std::binary_search(claimed.begin(), claimed.end(), revision)) continue;
        EtcdRequest& request = requests_[found->second[0]];
        if (request.outcome != Entry::Type::info || request.changed) continue;
        request.revision = revision;
        request.changed = true;
    }
}

// Who revokes a lease deletes the keys that were put with it.
void EtcdOrder::add_revokers(const EtcdRequest& transaction) {
    for_each_step(transaction.argument, [&](const Value::List& step) {
        if (!puts_with_lease(step)) return;
        const auto found = revokes_.find(step[3].integer());
        if (found == revokes_.end()) return;
        Places& makers = makers_[{false, step[1], {}}];
        makers.insert(makers.end(), found->second.begin(), found->second.end());
    });
}

// Known ones and unknown ones, and who may have made what.
void EtcdOrder::sort_out() {
    for (std::size_t place = 0; place < requests_.size(); ++place) {
        const EtcdRequest& each = requests_[place];
        if (each.outcome == Entry::Type::ok || (each.outcome == Entry::Type::info && each.changed))
            known_.push_back(place);
        else if (each.outcome == Entry::Type::info)
            left_.emplace(each.call, place);
    }
    std::sort(known_.begin(), known_.end(), [&](std::size_t a, std::size_t b) {
        return std::tuple(requests_[a].revision, requests_[a].call, a) <
               std::tuple(requests_[b].revision, requests_[b].call, b);
    });
    return_after_.resize(known_.size());
    std::int64_t earliest = INT64_MAX;
    for (std::size_t i = known_.size(); i-- > 0;) {
        const EtcdRequest& each = requests_[known_[i]];
        if (each.outcome == Entry::Type::ok) earliest = std::min(earliest, each.end);
        return_after_[i] = earliest;
    }
    for (const auto& [call, place] : left_) {
        const EtcdRequest& each = requests_[place];
        if (each.f == "lease-grant") grants_[each.argument.integer()].push_back(place);
        if (is_revoke(each)) revokes_[each.argument.integer()].push_back(place);
        for (const EtcdChange& change : possible_changes(each.argument)) makers_[change].push_back(place);
    }
    if (!revokes_.empty())
        for (const EtcdRequest& each : requests_)
            if (is_transaction(each)) add_revokers(each);
    // A delete does less than a revoke does. So it goes first: a revoke can still take effect later.
    for (auto& [change, places] : makers_) {
        std::sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
            return std::tuple(is_revoke(requests_[a]), requests_[a].call, a) <
                   std::tuple(is_revoke(requests_[b]), requests_[b].call, b);
        });
        places.erase(std::unique(places.begin(), places.end()), places.end());
    }
}

EtcdOrder::Forecast EtcdOrder::forecast(const EtcdRequest& request) const {
    Forecast now;
    if (is_revoke(request)) {
        for (const auto& [key, cell] : state_.cells)
            if (cell.lease == request.argument.integer()) now.changes.push_back({false, key, {}});
        return now;
    }
    if (!is_transaction(request)) return now;
    const Value::List& parts = request.argument.list();
    for (const Value& each : parts[0].list()) now.failed = now.failed || !models::etcd::holds(state_, each.list());
    for (const Value& each : parts[now.failed ? 2 : 1].list()) {
        const Value::List& step = each.list();
        if (step[0].text() == "delete" && state_.cells.contains(step[1].text()))
            now.changes.push_back({false, step[1], {}});
        if (step[0].text() != "put") continue;
        if (puts_with_lease(step) && !state_.leases.contains(step[3].integer())) {
            const auto granted = grants_.find(step[3].integer());
            if (granted == grants_.end() || granted->second.empty()) continue;
            now.grants.push_back(step[3].integer());
        }
        now.changes.push_back({true, step[1], step[2]});
    }
    return now;
}

// Whether a transaction would find now what its answer says: its conditions, and what it deletes.
bool EtcdOrder::agrees(const EtcdRequest& request, const Forecast& now) const {
    if (!is_transaction(request) || request.outcome != Entry::Type::ok) return true;
    if (said_failed(request) != now.failed) return false;
    const Value::List& steps = request.argument.list()[now.failed ? 2 : 1].list();
    const Value::List& answers = request.result.list()[2].list();
    CHECK(steps.size() == answers.size());
    for (std::size_t each = 0; each < steps.size(); ++each) {
        const Value::List& step = steps[each].list();
        if (step[0].text() != "delete") continue;
        if ((answers[each] == Value(0)) == state_.cells.contains(step[1].text())) return false;
    }
    return true;
}

// Whether this makes what was shown of the revision; with `all`, nothing else.
bool EtcdOrder::shows(std::int64_t revision, const Forecast& now, bool all) const {
    const auto [begin, end] = seen_.equal_range(revision);
    std::size_t shown = 0;
    for (auto each = begin; each != end; ++each, ++shown)
        if (std::find(now.changes.begin(), now.changes.end(), each->second) == now.changes.end()) return false;
    return !all || shown == now.changes.size();
}

// Whoever granted what it needs goes first.
void EtcdOrder::perform(std::size_t place, const Forecast& now) {
    for (const std::int64_t lease : now.grants) {
        Places& unknown = grants_[lease];
        if (unknown.empty()) continue; // it needs the lease twice
        const std::size_t grant = unknown.front();
        unknown.erase(unknown.begin());
        CHECK(left_.contains({requests_[grant].call, grant}));
        perform(grant, {});
    }
    EtcdRequest& request = requests_[place];
    left_.erase({request.call, place});
    request.order = next_order_++;
    if (request.f == "range") return;
    using Kind = models::Etcd::Operation::Kind;
    const Kind kind = is_transaction(request) ? Kind::txn : is_revoke(request) ? Kind::revoke : Kind::grant;
    if (kind == Kind::txn && now.changes.empty()) return;
    (void)models::Etcd::apply(state_, {kind, {}, {}, 0, request.argument});
}

// An unknown request makes the revision, one that began before `before`. False if none fits.
bool EtcdOrder::make_unknown(std::int64_t revision, std::int64_t before) {
    const auto shown = seen_.find(revision);
    std::optional<std::pair<std::size_t, Forecast>> found;
    const auto fits = [&](std::size_t place) {
        if (requests_[place].call > before) return false;
        Forecast now = forecast(requests_[place]);
        if (now.changes.empty() || !shows(revision, now, false)) return false;
        const bool exactly = shown != seen_.end() && shows(revision, now, true);
        if (exactly || !found) found.emplace(place, std::move(now));
        return exactly || shown == seen_.end();
    };
    if (shown == seen_.end()) {
        std::size_t tries = 0;
        for (auto each = left_.begin(); each != left_.end() && tries < tries_max; ++each, ++tries)
            if (fits(each->second)) break;
    } else if (const auto makers = makers_.find(shown->second); makers != makers_.end()) {
        Places& places = makers->second;
        std::erase_if(places, [&](std::size_t each) { return !left_.contains({requests_[each].call, each}); });
        (void)std::any_of(places.begin(), places.end(), fits);
    }
    if (!found) return false;
    EtcdRequest& request = requests_[found->first];
    request.revision = revision;
    request.changed = true;
    perform(found->first, found->second);
    state_.revision = revision;
    return true;
}

// All that nobody who was answered made, up to the revision.
void EtcdOrder::make_up_to(std::int64_t revision, std::int64_t before) {
    while (state_.revision < revision) {
        const std::int64_t next = state_.revision + 1;
        if (make_unknown(next, before)) continue;
        const auto shown = seen_.upper_bound(next);
        state_.revision = shown == seen_.end() ? revision : std::min(revision, shown->first - 1);
    }
}

// Who of those that were answered with the revision made it: best, one that makes what was shown of it.
std::optional<std::size_t> EtcdOrder::maker_of(std::int64_t revision, std::span<const std::size_t> known) const {
    std::optional<std::size_t> maker;
    for (const std::size_t place : known) {
        const Forecast now = forecast(requests_[place]);
        if (now.changes.empty() || !agrees(requests_[place], now) || !shows(revision, now, false)) continue;
        if (shows(revision, now, true)) return place;
        if (!maker) maker = place;
    }
    return maker;
}

// A request that changes nothing, if that is what it would do now. What only reads always does.
bool EtcdOrder::settle(std::size_t place) {
    const EtcdRequest& request = requests_[place];
    const Forecast now = forecast(request);
    if (!now.changes.empty() && !now.grants.empty()) return perform(place, {}), true; // nobody need have granted it
    if (!now.changes.empty() || !agrees(request, now)) return false;
    perform(place, now);
    return true;
}

// Those leases that a put found revoked, and that unknown requests may have revoked, if nothing shows it.
void EtcdOrder::revoke_for(const EtcdRequest& request) {
    if (!is_transaction(request)) return;
    for_each_step(request.argument, [&](const Value::List& step) {
        if (!puts_with_lease(step)) return;
        const auto found = revokes_.find(step[3].integer());
        if (found == revokes_.end()) return;
        for (const std::size_t each : found->second) {
            if (!left_.contains({requests_[each].call, each}) || !forecast(requests_[each]).changes.empty()) continue;
            return perform(each, {});
        }
    });
}

// All that were answered with the revision, but for who made it: in the order of their calls, except that what does
// not fit yet waits for what does.
void EtcdOrder::look(std::span<const std::size_t> known, std::optional<std::size_t> maker) {
    Places waiting;
    for (const std::size_t place : known) {
        if (place == maker) continue;
        bool settled = settle(place);
        if (!settled) {
            revoke_for(requests_[place]);
            settled = settle(place);
        }
        if (!settled) waiting.push_back(place);
        const std::string& f = requests_[place].f;
        if (settled && (f == "lease-grant" || f == "lease-revoke"))
            std::erase_if(waiting, [&](std::size_t each) { return settle(each); });
    }
    for (const std::size_t place : waiting) requests_[place].order = next_order_++; // it fits nowhere
}

void EtcdOrder::find() {
    claim_what_only_one_wrote();
    sort_out();
    const std::span<const std::size_t> all(known_);
    for (std::size_t begin = 0; begin < all.size();) {
        const std::int64_t revision = requests_[all[begin]].revision;
        std::size_t end = begin;
        while (end < all.size() && requests_[all[end]].revision == revision) ++end;
        const std::span<const std::size_t> known = all.subspan(begin, end - begin);
        make_up_to(revision - 1, return_after_[begin]);
        std::optional<std::size_t> maker;
        if (state_.revision < revision) {
            maker = maker_of(revision, known);
            if (maker) {
                requests_[*maker].changed = true;
                perform(*maker, forecast(requests_[*maker]));
            } else {
                (void)make_unknown(revision, return_after_[begin]);
            }
            state_.revision = revision;
        }
        look(known, maker);
        begin = end;
    }
    if (!seen_.empty()) make_up_to(seen_.rbegin()->first, INT64_MAX);
}

} // namespace orrery::reports::formats

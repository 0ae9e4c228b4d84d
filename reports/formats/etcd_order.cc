// The walk over the revisions: each is made, and then all that were answered with it, but made nothing, are put behind.
// What a request would do is foreseen without doing it, because states are large.
#include "orrery/reports/formats/etcd_order.h"

#include <algorithm>
#include <climits>
#include <tuple>

#include "orrery/sim/check.h"

namespace orrery::reports::formats {

namespace {

// Where nothing was shown of a revision, so many unknown requests are tried before it is left open.
constexpr std::size_t tries_max = 64;

using Kind = EtcdRequest::Kind;

bool is_transaction(const EtcdRequest& request) { return request.kind == Kind::txn; }
bool is_revoke(const EtcdRequest& request) { return request.kind == Kind::revoke; }

bool puts_with_lease(const Value::List& step) { return step[0].text() == "put" && step[3].integer() != 0; }

// Whether a transaction that was answered said that its conditions failed.
bool said_failed(const EtcdRequest& transaction) { return transaction.result.list()[1].boolean(); }

template <class Visit>
void for_each_step(const Value& transaction, const Visit& visit) {
    for (const std::size_t branch : {1u, 2u})
        for (const Value& each : transaction.list()[branch].list()) visit(each.list());
}

bool names_lease(const EtcdRequest& transaction, std::int64_t lease) {
    bool names = false;
    for_each_step(transaction.argument, [&](const Value::List& step) {
        names = names || (puts_with_lease(step) && step[3].integer() == lease);
    });
    return names;
}

bool is_shown(const EtcdChange& change, std::span<const EtcdShown> shown) {
    return std::any_of(shown.begin(), shown.end(), [&](const EtcdShown& each) { return each.change == change; });
}

} // namespace

std::vector<EtcdChange> possible_changes(const EtcdRequest& request) {
    std::vector<EtcdChange> changes;
    if (request.kind == Kind::put) changes.push_back({true, request.key, request.argument});
    if (!is_transaction(request)) return changes;
    for_each_step(request.argument, [&](const Value::List& step) {
        if (step[0].text() == "put") changes.push_back({true, step[1], step[2]});
        if (step[0].text() == "delete") changes.push_back({false, step[1], {}});
    });
    return changes;
}

EtcdOrder::EtcdOrder(EtcdRequests& requests, std::span<const EtcdShown> shown)
    : requests_(requests), all_shown_(shown), shown_(shown.first(0)) {
    CHECK(std::is_sorted(shown.begin(), shown.end(),
                         [](const EtcdShown& a, const EtcdShown& b) { return a.revision < b.revision; }));
}

std::span<const EtcdShown> EtcdOrder::shown_of(std::int64_t revision) const {
    const auto begin = std::lower_bound(all_shown_.begin(), all_shown_.end(), revision,
                                        [](const EtcdShown& each, std::int64_t at) { return each.revision < at; });
    const auto end = std::find_if(begin, all_shown_.end(), [&](const auto& each) { return each.revision > revision; });
    return {begin, end};
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
        if (each.kind == Kind::grant) grants_[each.argument.integer()].push_back(place);
        if (is_revoke(each)) revokes_[each.argument.integer()].push_back(place);
        for (const EtcdChange& change : possible_changes(each)) makers_[change].push_back(place);
    }
    if (!revokes_.empty())
        for (const EtcdRequest& each : requests_)
            if (is_transaction(each)) add_revokers(each);
    for (auto& [change, places] : makers_) {
        std::sort(places.begin(), places.end(), [&](std::size_t a, std::size_t b) {
            return std::tuple(requests_[a].call, a) < std::tuple(requests_[b].call, b);
        });
        places.erase(std::unique(places.begin(), places.end()), places.end());
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

// Of requests that were answered, and of unknown ones that alone can have put what was shown.
void EtcdOrder::find_last_uses() {
    const auto use = [&](const EtcdRequest& request, std::int64_t revision, std::span<const EtcdShown> shown) {
        for_each_step(request.argument, [&](const Value::List& step) {
            if (!puts_with_lease(step) || !is_shown({true, step[1], step[2]}, shown)) return;
            std::int64_t& last = last_uses_.try_emplace(step[3].integer(), revision).first->second;
            last = std::max(last, revision);
        });
    };
    std::vector<std::int64_t> made;
    for (const EtcdRequest& each : requests_) {
        if (each.changed) made.push_back(each.revision);
        if (each.revision > 0 && is_transaction(each)) use(each, each.revision, shown_of(each.revision));
    }
    std::sort(made.begin(), made.end());
    for (const EtcdShown& each : all_shown_) {
        if (!each.change.put || std::binary_search(made.begin(), made.end(), each.revision)) continue;
        const auto makers = makers_.find(each.change);
        if (makers == makers_.end()) continue;
        for (const std::size_t place : makers->second)
            if (is_transaction(requests_[place])) use(requests_[place], each.revision, {&each, 1});
    }
}

bool EtcdOrder::has_keys(std::int64_t lease) const {
    return std::any_of(state_.cells.begin(), state_.cells.end(),
                       [&](const auto& each) { return each.second.lease == lease; });
}

// Whether a put is known to find the lease at a revision that is not made yet.
bool EtcdOrder::is_used_later(std::int64_t lease) const {
    const auto last = last_uses_.find(lease);
    return last != last_uses_.end() && last->second > state_.revision;
}

// The first that concerns the lease, if it can take effect now.
std::optional<std::size_t> EtcdOrder::unknown(const std::map<std::int64_t, Places>& of_leases,
                                              std::int64_t lease) const {
    const auto found = of_leases.find(lease);
    if (found == of_leases.end()) return std::nullopt;
    const auto first = std::find_if(found->second.begin(), found->second.end(), [&](std::size_t place) {
        return left_.contains({requests_[place].call, place});
    });
    if (first == found->second.end() || requests_[*first].call > before_) return std::nullopt;
    return *first;
}

// With `makes`, of one that makes the revision whose changes are shown_; else of one that changes nothing, if unknown
// requests can bring that about.
EtcdOrder::Forecast EtcdOrder::forecast(const EtcdRequest& request, bool makes) const {
    Forecast now;
    if (is_revoke(request)) {
        for (const auto& [key, cell] : state_.cells)
            if (cell.lease == request.argument.integer()) now.changes.push_back({false, key, {}});
        return now;
    }
    if (request.kind == Kind::put) now.changes.push_back({true, request.key, request.argument});
    if (!is_transaction(request)) return now;
    const Value::List& parts = request.argument.list();
    for (const Value& each : parts[0].list()) now.failed = now.failed || !models::etcd::holds(state_, each.list());
    for (const Value& each : parts[now.failed ? 2 : 1].list()) {
        const Value::List& step = each.list();
        const std::string& word = step[0].text();
        if (word == "delete" && state_.cells.contains(step[1].text())) now.changes.push_back({false, step[1], {}});
        if (word == "put" && !puts_with_lease(step)) now.changes.push_back({true, step[1], step[2]});
        if (puts_with_lease(step)) forecast_put(step, makes, now);
    }
    return now;
}

void EtcdOrder::forecast_put(const Value::List& step, bool makes, Forecast& now) const {
    const std::int64_t lease = step[3].integer();
    const EtcdChange change{true, step[1], step[2]};
    const bool wanted = makes && (shown_.empty() || is_shown(change, shown_));
    bool finds = state_.leases.contains(lease);
    if (wanted && !finds && unknown(grants_, lease)) {
        now.grants.push_back(lease);
        finds = true;
    }
    if (!wanted && finds && !is_used_later(lease) && !has_keys(lease) && unknown(revokes_, lease)) {
        now.revokes.push_back(lease);
        finds = false;
    }
    if (finds) now.changes.push_back(change);
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
bool EtcdOrder::shows(const Forecast& now, bool all) const {
    for (const EtcdShown& each : shown_)
        if (std::find(now.changes.begin(), now.changes.end(), each.change) == now.changes.end()) return false;
    return !all || shown_.size() == now.changes.size();
}

// Whoever grants what it needs, or revokes what it misses, goes first.
void EtcdOrder::perform(std::size_t place, const Forecast& now) {
    for (const bool grant : {true, false})
        for (const std::int64_t lease : grant ? now.grants : now.revokes) {
            if (state_.leases.contains(lease) == grant) continue; // it names the lease twice
            const auto first = unknown(grant ? grants_ : revokes_, lease);
            CHECK(first.has_value());
            perform(*first, {});
        }
    EtcdRequest& request = requests_[place];
    left_.erase({request.call, place});
    request.order = next_order_++;
    if (request.kind == Kind::range || (is_transaction(request) && now.changes.empty())) return;
    using Done = models::Etcd::Operation::Kind;
    models::Etcd::Operation done{Done::grant, {}, {}, 0, request.argument};
    if (is_transaction(request)) done.kind = Done::txn;
    if (is_revoke(request)) done.kind = Done::revoke;
    if (request.kind == Kind::put) done = {Done::put, models::Text(request.key), models::Text(request.argument), 0, {}};
    (void)models::Etcd::apply(state_, done);
}

// --- Revisions that are made ---

// The one behind state_.revision. They are asked for in their order.
void EtcdOrder::begin_revision() {
    const std::int64_t next = state_.revision + 1;
    auto begin = shown_.end();
    while (begin != all_shown_.end() && begin->revision < next) ++begin;
    auto end = begin;
    while (end != all_shown_.end() && end->revision == next) ++end;
    shown_ = {begin, end};
}

// The lower the better, of an unknown request that makes what was shown: nothing else; what can be done now only; what
// can still be done later.
int EtcdOrder::preference(const EtcdRequest& request, const Forecast& now) const {
    const int others = shows(now, true) ? 0 : 4;
    if (is_revoke(request)) return others + (is_used_later(request.argument.integer()) ? 3 : 0);
    const bool puts = std::any_of(now.changes.begin(), now.changes.end(), [](const auto& each) { return each.put; });
    return others + (puts ? 0 : request.argument.list()[0].list().empty() ? 2 : 1);
}

// False if no unknown request fits.
bool EtcdOrder::make_unknown() {
    std::optional<std::pair<std::size_t, Forecast>> found;
    int best = INT_MAX;
    const auto consider = [&](std::size_t place) {
        if (requests_[place].call > before_) return;
        Forecast now = forecast(requests_[place], true);
        if (now.changes.empty() || !shows(now, false)) return;
        const int how = preference(requests_[place], now);
        if (how < best) found.emplace(place, std::move(now));
        best = std::min(best, how);
    };
    if (shown_.empty()) {
        std::size_t tries = 0;
        for (auto each = left_.begin(); each != left_.end() && tries < tries_max && !found; ++each, ++tries)
            consider(each->second);
    } else if (const auto makers = makers_.find(shown_.front().change); makers != makers_.end()) {
        Places& places = makers->second;
        std::erase_if(places, [&](std::size_t each) { return !left_.contains({requests_[each].call, each}); });
        for (auto each = places.begin(); each != places.end() && best > 0; ++each) consider(*each);
    }
    if (!found) return false;
    const std::int64_t revision = state_.revision + 1;
    EtcdRequest& request = requests_[found->first];
    request.revision = revision;
    request.changed = true;
    perform(found->first, found->second);
    state_.revision = revision;
    return true;
}

// All that nobody who was answered made, up to the revision.
void EtcdOrder::make_up_to(std::int64_t revision) {
    while (state_.revision < revision) {
        begin_revision();
        if (make_unknown()) continue;
        const auto behind = shown_.end();
        state_.revision = behind == all_shown_.end() ? revision : std::min(revision, behind->revision - 1);
    }
}

// One of those that were answered with the revision makes it: best, one that certainly did, and nothing else.
std::optional<std::size_t> EtcdOrder::make_known(std::span<const std::size_t> known) {
    std::optional<std::pair<std::size_t, Forecast>> found;
    int best = INT_MAX;
    for (auto each = known.begin(); each != known.end() && best > 0; ++each) {
        const EtcdRequest& request = requests_[*each];
        if (request.call > before_) continue; // another had returned with that revision before
        Forecast now = forecast(request, true);
        if (now.changes.empty() || !agrees(request, now) || !shows(now, false)) continue;
        const int how = (shows(now, true) ? 0 : 2) + (request.changed ? 0 : 1);
        if (how < best) found.emplace(*each, std::move(now));
        best = std::min(best, how);
    }
    if (!found) return std::nullopt;
    requests_[found->first].changed = true;
    perform(found->first, found->second);
    return found->first;
}

// --- What was answered with a revision that it did not make ---
//
// It left the keys alone, so only leases matter: a put missed its lease. Requests are met in the order of their calls,
// and grants and revokes wait until they are needed, or must have returned.

// The one that must return first.
std::optional<std::size_t> EtcdOrder::waiting(Kind kind, std::int64_t lease) const {
    std::optional<std::size_t> first;
    for (const std::size_t place : waiting_) {
        const EtcdRequest& each = requests_[place];
        if (each.kind != kind || each.argument.integer() != lease) continue;
        if (!first || each.end < requests_[*first].end) first = place;
    }
    return first;
}

// Of a transaction: the leases that it would find, and that it missed, as its answer says.
std::set<std::int64_t> EtcdOrder::found_leases(const EtcdRequest& request) const {
    std::set<std::int64_t> found;
    for (const Value& each : request.argument.list()[said_failed(request) ? 2 : 1].list())
        if (puts_with_lease(each.list()) && state_.leases.contains(each.list()[3].integer()))
            found.insert(each.list()[3].integer());
    return found;
}

bool EtcdOrder::can_be_revoked(std::int64_t lease) const {
    return waiting(Kind::revoke, lease).has_value() && !has_keys(lease);
}

void EtcdOrder::perform_waiting(std::size_t place) {
    std::erase(waiting_, place);
    if (is_transaction(requests_[place]))
        for (const std::int64_t lease : found_leases(requests_[place]))
            if (can_be_revoked(lease)) revoke_waiting(lease);
    const Forecast now = forecast(requests_[place], false);
    if (now.changes.empty() && agrees(requests_[place], now)) return perform(place, now);
    requests_[place].order = next_order_++; // it fits nowhere
}

// The lease is granted before, if it can be, unless it will be needed.
void EtcdOrder::revoke_waiting(std::int64_t lease) {
    const auto revoke = waiting(Kind::revoke, lease);
    CHECK(revoke.has_value());
    const auto grant = waiting(Kind::grant, lease);
    if (grant && !is_used_later(lease)) perform_waiting(*grant);
    perform_waiting(*revoke);
}

// Before, all is done that will not find the lease revoked any more.
void EtcdOrder::grant_waiting(std::size_t place) {
    const std::int64_t lease = requests_[place].argument.integer();
    while (is_used_later(lease) && waiting(Kind::revoke, lease)) revoke_waiting(lease);
    const Places all = waiting(Kind::revoke, lease) ? Places() : waiting_;
    for (const std::size_t each : all) {
        if (!is_transaction(requests_[each]) || !names_lease(requests_[each], lease)) continue;
        const Forecast now = forecast(requests_[each], false);
        if (now.changes.empty() && agrees(requests_[each], now)) perform_waiting(each);
    }
    perform_waiting(place);
}

// Whether it could be done, without any grant or revoke.
bool EtcdOrder::settle_now(std::size_t place) {
    const EtcdRequest& request = requests_[place];
    if (is_transaction(request) && !found_leases(request).empty()) return false;
    const Forecast now = forecast(request, false);
    if (!now.changes.empty() || !agrees(request, now)) return false;
    perform(place, now);
    return true;
}

// Those puts that miss their leases by now.
void EtcdOrder::settle_waiting() {
    const Places all = waiting_;
    for (const std::size_t place : all)
        if (is_transaction(requests_[place]) && settle_now(place)) std::erase(waiting_, place);
}

// What must have taken effect before that time. All behind it return at `behind` or later.
void EtcdOrder::settle_before(std::int64_t time, std::int64_t behind) {
    const auto ends_first = [&](std::size_t a, std::size_t b) { return requests_[a].end < requests_[b].end; };
    while (!waiting_.empty()) {
        const std::size_t place = *std::min_element(waiting_.begin(), waiting_.end(), ends_first);
        const EtcdRequest& request = requests_[place];
        if (request.end >= time) return;
        before_ = std::min(request.end, behind);
        if (is_revoke(request))
            revoke_waiting(request.argument.integer());
        else if (request.kind == Kind::grant)
            grant_waiting(place);
        else
            perform_waiting(place);
        before_ = INT64_MIN;
        settle_waiting();
    }
}

void EtcdOrder::settle(std::span<const std::size_t> known, std::optional<std::size_t> maker, std::int64_t behind) {
    before_ = INT64_MIN; // unknown requests do nothing until one must
    for (const std::size_t place : known) {
        const EtcdRequest& request = requests_[place];
        if (place == maker || request.outcome != Entry::Type::ok) continue;
        settle_before(request.call, behind);
        const bool waits = request.kind == Kind::grant || is_revoke(request) || !settle_now(place);
        if (waits) waiting_.push_back(place);
    }
    settle_before(INT64_MAX, behind);
    CHECK(waiting_.empty());
}

void EtcdOrder::find() {
    sort_out();
    find_last_uses();
    const std::span<const std::size_t> all(known_);
    for (std::size_t begin = 0; begin < all.size();) {
        const std::int64_t revision = requests_[all[begin]].revision;
        std::size_t end = begin;
        while (end < all.size() && requests_[all[end]].revision == revision) ++end;
        const std::span<const std::size_t> known = all.subspan(begin, end - begin);
        before_ = return_after_[begin];
        make_up_to(revision - 1);
        std::optional<std::size_t> maker;
        if (state_.revision < revision) {
            begin_revision();
            maker = make_known(known);
            if (!maker) (void)make_unknown();
            state_.revision = revision;
        }
        settle(known, maker, end < all.size() ? return_after_[end] : INT64_MAX);
        begin = end;
    }
    before_ = INT64_MAX;
    if (!all_shown_.empty()) make_up_to(all_shown_.back().revision);
}

} // namespace orrery::reports::formats

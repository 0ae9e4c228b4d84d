// EtcdOrder: in which order the requests of an etcd report took effect, as far as that can be told.
//
// An answer names the revision at which it was given, so nearly all places are known. The requests are done again in
// that order on the model etcd. Four things an answer does not say, and what was shown of the revisions decides them:
//   who of those that were answered with a revision made it: one that certainly changed something, else one that makes
//     what was shown
//   who made a revision, if nobody who was answered did: an unknown request that makes what was shown of it; if nothing
//     was shown, the earliest that changes anything then
//   whether a put found its lease: if what it put was shown. So an unknown grant took effect just before the first put
//     that found its lease, and an unknown revoke of a lease without keys just before the first that missed it
//   whether an unknown revoke made a revision or an unknown delete of the same key: the revoke, unless a later put
//     found the lease; for the delete can still take effect later
// All other unknown requests are left out.
//
// What comes out are hints: a judge checks them and never trusts them. So a guess may be wrong, and the walk goes on
// behind what fits nowhere.
#pragma once

#include <compare>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "orrery/reports/history.h"
#include "orrery/reports/models/etcd.h"

namespace orrery::reports::formats {

struct EtcdRequest {
    enum class Kind : std::uint8_t { range, put, txn, grant, revoke };

    Kind kind = Kind::range;
    Entry::Type outcome = Entry::Type::info;
    bool changed = false; // it certainly made its revision
    std::int64_t client = 0;
    std::int64_t call = 0;
    std::int64_t end = 0;
    Value key{}; // of a put
    Value argument{};
    Value result{};
    std::int64_t revision = 0;           // with which it was answered; 0: not known
    std::optional<std::int64_t> order{}; // among all whose place is known
    Place place{};
};
using EtcdRequests = std::vector<EtcdRequest>;

// What one revision changed.
struct EtcdChange {
    bool put = false;
    Value key{};
    Value value{}; // of a put
    auto operator<=>(const EtcdChange&) const = default;
};

// What somebody was shown of a revision.
struct EtcdShown {
    std::int64_t revision = 0;
    EtcdChange change{};
    auto operator<=>(const EtcdShown&) const = default;
};

class EtcdOrder {
public:
    // What was shown is sorted, and no two are equal.
    EtcdOrder(EtcdRequests& requests, std::span<const EtcdShown> shown);

    // Gives each request whose place is known its `order`.
    void find();

private:
    using Places = std::vector<std::size_t>; // in requests_
    // What a request would do now.
    struct Forecast {
        bool failed = false; // the conditions of a transaction
        std::vector<EtcdChange> changes{};
        std::vector<std::int64_t> grants{};  // leases that it needs, and that unknown requests grant before
        std::vector<std::int64_t> revokes{}; // leases that it must miss, and that unknown requests revoke before
    };

    void sort_out();
    void add_revokers(const EtcdRequest& transaction);
    void find_last_uses();
    std::span<const EtcdShown> shown_of(std::int64_t revision) const;

    Forecast forecast(const EtcdRequest& request, bool makes) const;
    void forecast_put(const Value::List& step, bool makes, Forecast& now) const;
    bool agrees(const EtcdRequest& request, const Forecast& now) const;
    bool shows(const Forecast& now, bool all) const;
    bool has_keys(std::int64_t lease) const;
    bool is_used_later(std::int64_t lease) const;
    std::optional<std::size_t> unknown(const std::map<std::int64_t, Places>& of_leases, std::int64_t lease) const;
    void perform(std::size_t place, const Forecast& now);

    void begin_revision();
    void make_up_to(std::int64_t revision);
    std::optional<std::size_t> make_known(std::span<const std::size_t> known);
    bool make_unknown();
    int preference(const EtcdRequest& request, const Forecast& now) const;

    void settle(std::span<const std::size_t> known, std::optional<std::size_t> maker, std::int64_t behind);
    void settle_before(std::int64_t time, std::int64_t behind);
    bool settle_now(std::size_t place);
    void settle_waiting();
    void revoke_waiting(std::int64_t lease);
    void grant_waiting(std::size_t place);
    std::optional<std::size_t> waiting(EtcdRequest::Kind kind, std::int64_t lease) const;
    std::set<std::int64_t> found_leases(const EtcdRequest& transaction) const;
    bool can_be_revoked(std::int64_t lease) const;
    void perform_waiting(std::size_t place);

    EtcdRequests& requests_;
    std::span<const EtcdShown> all_shown_;
    std::span<const EtcdShown> shown_{}; // of the revision that is made next
    models::Etcd::State state_;
    std::int64_t next_order_ = 0;
    std::int64_t before_ = INT64_MAX;        // an unknown request can only take effect now if it began by then
    Places known_;                           // by revision, then by call
    std::vector<std::int64_t> return_after_; // of each of known_: the earliest return from it on
    Places waiting_;                         // of one revision: grants, revokes, and puts that find leases
    std::set<std::pair<std::int64_t, std::size_t>> left_; // unknown, by call
    std::map<EtcdChange, Places> makers_;                 // unknown ones that may make a change, by call
    std::map<std::int64_t, Places> grants_;               // unknown ones, by lease
    std::map<std::int64_t, Places> revokes_;              // likewise
    std::map<std::int64_t, std::int64_t> last_uses_;      // of a lease: the last revision that a put with it made
};

// What a put or a transaction may change, whatever its conditions say. Nothing for other requests.
std::vector<EtcdChange> possible_changes(const EtcdRequest& request);

} // namespace orrery::reports::formats

// EtcdOrder: in which order the requests of an etcd report took effect, as far as that can be told.
//
// An answer names the revision at which it was given, so nearly all places are known. The requests are done again in
// that order on the model etcd. Where the next revision was made by nobody who was answered, an unknown request takes
// it: one that makes the changes that a watch or a range showed of it; else the earliest that changes anything then.
// An unknown grant takes effect just before the first put that needs its lease, and an unknown revoke of a lease
// without keys before the first put that missed it. All other unknown requests are left out.
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
    std::int64_t client = 0;
    std::int64_t call = 0;
    std::int64_t end = 0;
    std::string f{};
    Value argument{};
    Entry::Type outcome = Entry::Type::info;
    Value result{};
    std::int64_t revision = 0;           // with which it was answered; 0: not known
    bool changed = false;                // it made that revision
    std::optional<std::int64_t> order{}; // among all whose place is known
    Place place{};
};

// What one revision changed.
struct EtcdChange {
    bool put = false;
    Value key{};
    Value value{}; // of a put
    auto operator<=>(const EtcdChange&) const = default;
};
// By revision, what somebody was shown of it.
using EtcdChanges = std::multimap<std::int64_t, EtcdChange>;

// What a transaction may change, whatever its conditions say. Nothing for other requests.
std::vector<EtcdChange> possible_changes(const Value& argument);

class EtcdOrder {
public:
    EtcdOrder(std::vector<EtcdRequest>& requests, const EtcdChanges& seen);

    // Gives each request whose place is known its `order`.
    void find();

private:
    // What a request would do now.
    struct Forecast {
        bool failed = false; // the conditions of a transaction
        std::vector<EtcdChange> changes{};
        std::vector<std::int64_t> grants{}; // leases that it needs, and that unknown requests may have granted
    };
    using Places = std::vector<std::size_t>; // in requests_

    void claim_what_only_one_wrote();
    void sort_out();
    void add_revokers(const EtcdRequest& transaction);
    Forecast forecast(const EtcdRequest& request) const;
    bool agrees(const EtcdRequest& request, const Forecast& now) const;
    bool shows(std::int64_t revision, const Forecast& now, bool all) const;
    void perform(std::size_t place, const Forecast& now);
    bool make_unknown(std::int64_t revision, std::int64_t before);
    void make_up_to(std::int64_t revision, std::int64_t before);
    std::optional<std::size_t> maker_of(std::int64_t revision, std::span<const std::size_t> known) const;
    void look(std::span<const std::size_t> known, std::optional<std::size_t> maker);
    bool settle(std::size_t place);
    void revoke_for(const EtcdRequest& request);

    std::vector<EtcdRequest>& requests_;
    const EtcdChanges& seen_;
    models::Etcd::State state_;
    std::int64_t next_order_ = 0;
    Places known_;                           // by revision, then by call
    std::vector<std::int64_t> return_after_; // of each of known_: the earliest return of it and of all behind it
    std::set<std::pair<std::int64_t, std::size_t>> left_; // unknown, by call
    std::map<EtcdChange, Places> makers_;                 // unknown ones that may make a change, by call
    std::map<std::int64_t, Places> grants_;               // unknown ones, by lease
    std::map<std::int64_t, Places> revokes_;              // likewise
};

} // namespace orrery::reports::formats

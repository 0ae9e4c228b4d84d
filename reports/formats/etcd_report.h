// EtcdReport: what etcd's robustness tests record of a run: operations.json and watch.json, a folder of both for each
// client.
//
// Every object of operations.json is one request: who asked, what, when, what came back and when. Requests become
// operations of the model etcd (range, txn, lease-grant, lease-revoke), their revisions become hints. A request with an
// error is unknown; where a watch or a range shows what it wrote, its revision is a hint as well, and where a revision
// is missing, it is guessed to be that of the earliest unknown request that fits: hints are never believed. Reads of
// old revisions, compactions and defragmentations are no operations of the model, and are counted.
//
// The keys start empty, at revision 1.
#pragma once

#include <map>
#include <set>

#include "orrery/reports/formats/format.h"
#include "orrery/reports/formats/json_value.h"
#include "orrery/reports/models/machine.h"

namespace orrery::reports::formats {

class EtcdReport {
public:
    sim::Problem add_operations(std::string_view text);
    sim::Problem add_watches(std::string_view text);
    History finish();

private:
    struct Request {
        std::int64_t client = 0;
        std::int64_t call = 0;
        std::int64_t end = 0;
        std::string f{};
        Value argument{};
        Entry::Type outcome = Entry::Type::info;
        Value result{};
        std::int64_t revision = 0;           // with which it was answered; 0: not known
        bool changed = false;                // it made that revision
        std::optional<std::int64_t> order{}; // among all whose revision is known
        Place place{};
    };
    // What one revision changed.
    struct Change {
        bool put = false;
        Value key{};
        Value value{}; // of a put
        auto operator<=>(const Change&) const = default;
    };

    sim::Problem add_request(const Json& json, Place place);
    sim::Problem add_watch(const Json& json, Place place);
    static sim::Problem read_input(const Json& input, Request& request);
    static sim::Problem read_output(const Json& output, Request& request);
    using Makers = std::map<Change, std::set<std::size_t>>; // what, and which requests may have done it

    Value shared(const Value& value);
    Value with_shared_parts(const Value::List& list);
    static std::vector<Change> changes_of(const Value& transaction);
    void see(const Value& keys);
    void find_revisions();
    void fill_gaps(const std::set<std::int64_t>& claimed);
    static void add_revokers(const Value& transaction, const std::map<Value, std::set<std::size_t>>& revokers,
                             Makers& makers);
    void set_order();
    std::vector<std::int64_t> processes_of(const std::vector<std::size_t>& by_call) const;
    static Entry entry_of(Request& request, std::int64_t process, bool ends);
    History in_order(); // takes the requests along

    std::vector<Request> requests_;
    models::Interner<Value> known_;       // what requests ask and show is mostly the same again: it is kept once
    std::map<std::int64_t, Change> seen_; // by revision, what somebody was shown of it
    std::int64_t latest_ = 1;
    Source source_;
};

bool is_etcd_operations(std::string_view text);
bool is_etcd_watches(std::string_view text);
ReadResult read_etcd_operations(std::string_view text, const ReadOptions& options = {});
// Watches alone, for the judge of that name: watch FROM -> [[revision key value] ...].
ReadResult read_etcd_watches(std::string_view text, const ReadOptions& options = {});

} // namespace orrery::reports::formats

// EtcdReport: what etcd's robustness tests record of a run: operations.json and watch.json, a folder of both for each
// client.
//
// Every object of operations.json is one request: who asked, what, when, what came back and when. Requests become
// operations of the model etcd (range, put, txn, lease-grant, lease-revoke). A request with an error is unknown.
// Revisions, and what watches and ranges show of them, say in which order all took effect (etcd_order.h): these are
// hints, which are never believed. Reads of old revisions, compactions and defragmentations are no operations of the
// model, and are counted.
//
// The keys start empty, at revision 1.
#pragma once

#include "orrery/reports/formats/etcd_fields.h"
#include "orrery/reports/formats/etcd_order.h"
#include "orrery/reports/formats/shared_values.h"

namespace orrery::reports::formats {

class EtcdReport {
public:
    // About so many bytes will be added, which saves time: what grows is copied.
    void expect(std::size_t bytes);
    sim::Problem add_operations(std::string_view text);
    sim::Problem add_watches(std::string_view text);
    // Nothing is added afterwards.
    ReadResult finish();

private:
    sim::Problem add_request(JsonPart json, Place place);
    sim::Problem add_watch(JsonPart json, Place place);
    bool read_input(JsonPart input, EtcdRequest& request);
    Value::List range_of(JsonPart range);
    JsonPart only_put(JsonPart txn);
    Value transaction_of(JsonPart txn);
    Value step_of(JsonPart step);
    Value steps_of(JsonPart steps);
    void read_output(JsonPart output, EtcdRequest& request);
    void read_transaction(JsonPart txn, EtcdRequest& request, Value::List& result);
    Value::List keys_of(JsonPart range);
    Value shown_key(JsonPart key);
    sim::Problem told_twice(const std::vector<std::size_t>& by_call) const;
    std::vector<std::int64_t> processes_of(const std::vector<std::size_t>& by_call) const;
    static Entry entry_of(EtcdRequest& request, std::int64_t process, bool ends);
    ReadResult in_order(); // takes the requests along

    EtcdFields fields_;
    SharedValues values_;
    SharedValues shown_keys_; // [key value revision version]
    EtcdRequests requests_;
    std::vector<EtcdShown> shown_;
    Source source_;
};

bool is_etcd_operations(std::string_view text);
bool is_etcd_watches(std::string_view text);
ReadResult read_etcd_operations(std::string_view text, const ReadOptions& options = {});
// Watches alone, for the judge of that name: watch FROM -> [[revision key value] ...].
ReadResult read_etcd_watches(std::string_view text, const ReadOptions& options = {});

} // namespace orrery::reports::formats

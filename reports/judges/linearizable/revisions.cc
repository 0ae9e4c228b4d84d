// What is certain of each request is written down once, by revision and by key; then each answer is held against it.
#include "orrery/reports/judges/linearizable/revisions.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace orrery::reports::judges::linearizable {

namespace {

// A request of etcd's own.
struct Request {
    std::size_t operation = 0;
    bool transaction = false;
    bool unknown = false;
    bool makes = false; // it certainly made its revision
    std::int64_t revision = 0;
    Value key{}; // of a put
    Value argument{};
    Value result{}; // nil if it has no form that is known; of a put always
};

// What is certain about one revision of a key.
struct Write {
    std::int64_t revision = 0;
    std::size_t request = 0;
    const std::string* value = nullptr; // nullptr: it deleted the key, or may have
    auto by_revision() const { return std::tuple(revision, request); }
};

// A put that some request may do.
struct Asked {
    std::string_view key;
    std::string_view value;
    sim::WorldTime invoked{};
    auto operator<=>(const Asked&) const = default;
};

const std::string& word_of(const Value& step) { return step.list()[0].text(); }

// [[key value revision version] ...] and their number.
bool are_keys(const Value& keys) {
    if (!keys.is_list()) return false;
    return std::all_of(keys.list().begin(), keys.list().end(), [](const Value& each) {
        return each.is_list() && each.list().size() == 4 && each.list()[0].is_text() && each.list()[1].is_text() &&
               each.list()[2].is_integer();
    });
}

class Contradictions {
public:
    explicit Contradictions(const models::Operations& operations) : operations_(operations) {}

    std::optional<Anomaly> find() {
        // What is not needed of these is never touched; what grows would be copied.
        requests_.reserve(operations_.size());
        asked_.reserve(operations_.size());
        makers_.reserve(operations_.size());
        for (std::size_t each = 0; each < operations_.size(); ++each)
            if (!add(each)) return std::nullopt; // who else puts what is not looked into
        sort_out();
        look_at_makers();
        look_at_time();
        for (const Request& each : requests_) look_at_answer(each);
        return std::move(found_);
    }

private:
    bool add(std::size_t operation);
    void add_put(std::size_t operation, const Call& call);
    void add_transaction(Request& request);
    void sort_out();
    void look_at_makers();
    void look_at_time();
    void look_at_answer(const Request& request);
    void look_at_range(const Request& request, const Value::List& range, std::size_t at, const Value& keys);
    void look_at_key(const Request& request, const Value::List& shown);
    void look_at_missing(const Request& request, const std::string& key);
    bool all_is_known(std::int64_t after, std::int64_t last) const;
    const Value::List& taken(const Request& transaction) const {
        return transaction.argument.list()[transaction.result.list()[1].boolean() ? 2 : 1].list();
    }
    const models::Interval& interval(const Request& request) const { return operations_.interval(request.operation); }
    void offer(const char* kind, const std::vector<const Request*>& requests, std::string story, Value key = {});

    const models::Operations& operations_;
    std::vector<Request> requests_;
    std::map<std::string, std::vector<Write>, std::less<>> writes_; // by key: what was put and answered, and deletes
    std::vector<Asked> asked_;                                      // the first of each key and value comes first
    std::vector<std::pair<std::int64_t, std::size_t>> makers_; // revisions, and the requests that certainly made them
    std::optional<Anomaly> found_;
    sim::WorldTime shown_{INT64_MAX}; // when that showed
};

void Contradictions::offer(const char* kind, const std::vector<const Request*>& requests, std::string story,
                           Value key) {
    sim::WorldTime shows{INT64_MIN};
    std::vector<std::size_t> operations;
    for (const Request* each : requests) {
        if (!each->unknown) shows = std::max(shows, interval(*each).returned);
        operations.push_back(each->operation);
    }
    if (found_ && shows >= shown_) return;
    shown_ = shows;
    found_ = {kind, std::move(key), std::move(operations), {}, std::move(story)};
}

bool Contradictions::add(std::size_t operation) {
    const Call call = operations_.call(operation);
    if (call.f == "put" && call.key.is_text() && call.argument.is_text()) return add_put(operation, call), true;
    const bool own = call.f == "range" || call.f == "txn" || call.f == "lease-grant" || call.f == "lease-revoke";
    if (!own) return false;
    Request request;
    request.operation = operation;
    request.transaction = call.f == "txn";
    request.unknown = call.outcome == Call::Outcome::unknown;
    request.argument = call.argument;
    const Value& result = call.result;
    if (!request.unknown && result.is_list() && !result.list().empty() && result.list()[0].is_integer()) {
        request.revision = result.list()[0].integer();
        const bool answers = result.list().size() == 3 && result.list()[1].is_boolean() && result.list()[2].is_list();
        const bool keys = result.list().size() == 3 && are_keys(result.list()[1]);
        if (request.transaction ? answers : keys) request.result = result;
    }
    if (request.transaction) add_transaction(request);
    requests_.push_back(std::move(request));
    return true;
}

void Contradictions::add_put(std::size_t operation, const Call& call) {
    Request request;
    request.operation = operation;
    request.unknown = call.outcome == Call::Outcome::unknown;
    request.key = call.key;
    request.argument = call.argument;
    request.makes = !request.unknown && call.result.is_integer();
    if (request.makes) request.revision = call.result.integer();
    asked_.push_back({request.key.text(), request.argument.text(), interval(request).invoked});
    if (request.makes)
        writes_[request.key.text()].push_back({request.revision, requests_.size(), &request.argument.text()});
    requests_.push_back(std::move(request));
}

// A put without a lease is always done, if it stands in the branch that was taken. Of one with a lease, nobody knows.
void Contradictions::add_transaction(Request& request) {
    for (const std::size_t branch : {1u, 2u})
        for (const Value& step : request.argument.list()[branch].list()) {
            if (word_of(step) != "put") continue;
            asked_.push_back({step.list()[1].text(), step.list()[2].text(), interval(request).invoked});
        }
    if (request.result.is_nil()) return;
    std::set<std::string_view> touched;
    bool again = false; // a key stands in two steps: what comes of it is not looked into
    for (const Value& step : taken(request))
        if (word_of(step) != "range") again = !touched.insert(step.list()[1].text()).second || again;
    for (const Value& step : taken(request)) {
        if (word_of(step) == "range") continue;
        const bool put = word_of(step) == "put" && step.list()[3].integer() == 0;
        request.makes = request.makes || put;
        writes_[step.list()[1].text()].push_back(
            {request.revision, requests_.size(), put && !again ? &step.list()[2].text() : nullptr});
    }
}

void Contradictions::sort_out() {
    std::sort(asked_.begin(), asked_.end());
    for (auto& [key, writes] : writes_)
        std::sort(writes.begin(), writes.end(),
                  [](const Write& a, const Write& b) { return a.by_revision() < b.by_revision(); });
    for (std::size_t each = 0; each < requests_.size(); ++each)
        if (requests_[each].makes) makers_.emplace_back(requests_[each].revision, each);
    std::sort(makers_.begin(), makers_.end());
}

void Contradictions::look_at_makers() {
    for (std::size_t each = 1; each < makers_.size(); ++each)
        if (makers_[each - 1].first == makers_[each].first)
            offer("revision made twice", {&requests_[makers_[each - 1].second], &requests_[makers_[each].second]},
                  "two requests were both told that they made revision " + std::to_string(makers_[each].first));
}

// The revision never goes back; and what is changed after a revision was seen makes a later one.
void Contradictions::look_at_time() {
    std::vector<const Request*> by_call;
    by_call.reserve(requests_.size());
    for (const Request& each : requests_)
        if (!each.unknown && each.revision > 0) by_call.push_back(&each);
    std::vector<const Request*> by_return = by_call;
    std::stable_sort(by_call.begin(), by_call.end(),
                     [&](const Request* a, const Request* b) { return interval(*a).invoked < interval(*b).invoked; });
    std::stable_sort(by_return.begin(), by_return.end(),
                     [&](const Request* a, const Request* b) { return interval(*a).returned < interval(*b).returned; });
    const Request* latest = nullptr; // of those that had returned
    auto returned = by_return.begin();
    for (const Request* each : by_call) {
        for (; returned != by_return.end() && interval(**returned).precedes(interval(*each)); ++returned)
            if (latest == nullptr || (*returned)->revision > latest->revision) latest = *returned;
        if (latest == nullptr || each->revision > latest->revision) continue;
        if (each->revision == latest->revision && !each->makes) continue;
        offer("revision went back", {latest, each},
              "revision " + std::to_string(latest->revision) + " was answered before a request began that " +
                  (each->makes ? "made" : "was answered with") + " revision " + std::to_string(each->revision));
    }
}

void Contradictions::look_at_answer(const Request& request) {
    if (request.result.is_nil()) return;
    const Value::List& result = request.result.list();
    if (!request.transaction) return look_at_range(request, request.argument.list(), 0, result[1]);
    const Value::List& steps = taken(request);
    const Value::List& answers = result[2].list();
    const bool looks =
        std::all_of(steps.begin(), steps.end(), [](const Value& each) { return word_of(each) == "range"; });
    if (!looks || answers.size() != steps.size()) return; // ranges of others see what the transaction did itself
    for (std::size_t each = 0; each < steps.size(); ++each) {
        if (!answers[each].is_list() || answers[each].list().empty() || !are_keys(answers[each].list()[0])) continue;
        look_at_range(request, steps[each].list(), 1, answers[each].list()[0]);
    }
}

// The range [start end limit] stands in its list from `at` on.
void Contradictions::look_at_range(const Request& request, const Value::List& range, std::size_t at,
                                   const Value& keys) {
    std::set<std::string_view> shown;
    for (const Value& each : keys.list()) {
        shown.insert(each.list()[0].text());
        look_at_key(request, each.list());
    }
    if (range[at + 2].integer() != 0) return; // it need not show all
    const std::string& start = range[at].text();
    const std::string& end = range[at + 1].text();
    for (auto each = writes_.lower_bound(start); each != writes_.end(); ++each) {
        if (end.empty() ? each->first != start : each->first >= end) break;
        if (!shown.contains(each->first)) look_at_missing(request, each->first);
    }
}

// [key value revision version]
void Contradictions::look_at_key(const Request& request, const Value::List& shown) {
    const std::string& key = shown[0].text();
    const std::string& value = shown[1].text();
    const std::int64_t revision = shown[2].integer();
    const auto what = [&] {
        return "a range at revision " + std::to_string(request.revision) + " shows " + in_quotes(key) + " as " +
               in_quotes(value) + " of revision " + std::to_string(revision);
    };
    if (revision > request.revision) offer("future read", {&request}, what(), key);
    const auto asked = std::lower_bound(asked_.begin(), asked_.end(), Asked{key, value, sim::WorldTime{INT64_MIN}});
    if (asked == asked_.end() || asked->key != key || asked->value != value)
        return offer("value from nowhere", {&request}, what() + ", which nobody put", key);
    if (asked->invoked > interval(request).returned)
        offer("future read", {&request}, what() + ", which nobody had asked to be put yet", key);
    const auto writes = writes_.find(key);
    if (writes != writes_.end()) {
        const auto from = std::lower_bound(writes->second.begin(), writes->second.end(), revision,
                                           [](const Write& write, std::int64_t at) { return write.revision < at; });
        for (auto each = from; each != writes->second.end() && each->revision <= request.revision; ++each) {
            if (each->value == nullptr) continue;
            const std::string put = ", but " + in_quotes(*each->value) + " was put at revision ";
            if (each->revision == revision && *each->value == value) continue;
            return offer("stale read", {&requests_[each->request], &request},
                         what() + put + std::to_string(each->revision), key);
        }
    }
    const auto maker = std::lower_bound(makers_.begin(), makers_.end(), std::pair(revision, std::size_t{0}));
    if (maker == makers_.end() || maker->first != revision) return;
    const Request& made = requests_[maker->second];
    bool touches = made.key == Value(key);
    if (made.key.is_nil())
        for (const Value& each : taken(made)) touches = touches || each.list()[1].text() == key;
    if (!touches) offer("wrong revision", {&made, &request}, what() + ", which was made by another change", key);
}

// Whether each revision behind `after`, up to `last`, was certainly made by a request that was answered.
bool Contradictions::all_is_known(std::int64_t after, std::int64_t last) const {
    const auto begin = std::upper_bound(makers_.begin(), makers_.end(), std::pair(after, SIZE_MAX));
    const auto end = std::upper_bound(begin, makers_.end(), std::pair(last, SIZE_MAX));
    const bool once =
        std::adjacent_find(begin, end, [](const auto& a, const auto& b) { return a.first == b.first; }) == end;
    // The difference of two revisions may have no sign left.
    return once && static_cast<std::uint64_t>(end - begin) ==
                       static_cast<std::uint64_t>(last) - static_cast<std::uint64_t>(after);
}

void Contradictions::look_at_missing(const Request& request, const std::string& key) {
    const std::vector<Write>& writes = writes_.find(key)->second;
    const auto behind = std::upper_bound(writes.begin(), writes.end(), request.revision,
                                         [](std::int64_t at, const Write& write) { return at < write.revision; });
    if (behind == writes.begin()) return;
    const Write& last = *std::prev(behind);
    if (last.value == nullptr || !all_is_known(last.revision, request.revision)) return;
    offer("lost write", {&requests_[last.request], &request},
          "a range at revision " + std::to_string(request.revision) + " misses " + in_quotes(key) +
              ", put at revision " + std::to_string(last.revision) + " and not deleted since",
          key);
}

} // namespace

std::optional<Anomaly> contradiction(const models::Operations& operations) {
    if (!operations.has_revisions()) return std::nullopt;
    return Contradictions(operations).find();
}

} // namespace orrery::reports::judges::linearizable

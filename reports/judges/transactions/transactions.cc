// Calls become transactions: a list of steps each, with keys and versions as numbers.
#include "orrery/reports/judges/transactions/transactions.h"

#include <map>

#include "orrery/reports/models/machine.h"
#include "orrery/reports/models/registry.h"
#include "orrery/reports/models/value_numbers.h"

namespace orrery::reports::judges::transactions {
namespace {

using models::Step;

// Where registers start, the only place that knows.
class Starts {
public:
    explicit Starts(const History& history) {
        if (!history.initial) return;
        if (!history.initial->is_map()) every_ = *history.initial;
        if (history.initial->is_map())
            for (const auto& [key, value] : history.initial->map()) of_.emplace(key, value);
    }
    const Value& of(const Value& key) const {
        const auto found = of_.find(key);
        return found == of_.end() ? every_ : found->second;
    }

private:
    Value every_;
    std::map<Value, Value> of_;
};

const Value& response_of(const Call& call) { return call.outcome == Call::Outcome::ok ? call.result : call.argument; }

std::size_t count_steps(const std::vector<Call>& calls) {
    std::size_t count = 0;
    for (const Call& each : calls)
        if (response_of(each).is_list()) count += response_of(each).list().size();
    return count;
}

// Versions by key and value. Nearly always a value stands under one key only, and its number finds the version.
class Versions {
public:
    // The values outlive this.
    explicit Versions(std::size_t expected) : values_(expected) {}

    Version number(std::uint32_t key, const Value& value, std::vector<Transactions::Cell>& versions) {
        const std::uint32_t number = values_(&value);
        if (number == first_.size()) return add(key, value, versions, first_);
        CHECK(number < first_.size()); // numbers are given in the order of first appearance
        if (versions[first_[number]].key == key) return first_[number];
        const std::uint64_t cell = std::uint64_t{key} << 32 | number;
        const std::uint32_t further = cells_.intern(cell, models::fold(3, cell));
        if (further == further_.size()) return add(key, value, versions, further_);
        return further_[further];
    }

private:
    static Version add(std::uint32_t key, const Value& value, std::vector<Transactions::Cell>& versions,
                       std::vector<Version>& known) {
        known.push_back(static_cast<Version>(versions.size()));
        versions.push_back({key, value});
        return known.back();
    }

    models::ValueNumbers<Value> values_;
    std::vector<Version> first_; // of each value
    models::Interner<std::uint64_t> cells_;
    std::vector<Version> further_; // of each cell of a value that stands under several keys, but the first
};

class Reader {
public:
    Reader(const Case& given, bool lists) : Reader(given, lists, count_steps(given.calls)) {}

    sim::Checked<Transactions> read() {
        for (std::size_t place = 0; place < given_.calls.size(); ++place)
            if (auto error = read_call(place)) return *error;
        return std::move(made_);
    }

private:
    Reader(const Case& given, bool lists, std::size_t steps)
        : given_(given), lists_(lists), starts_(given.history), keys_(steps), versions_(steps) {
        made_.steps.reserve(steps);
        made_.all.reserve(given.calls.size());
    }

    sim::Problem read_call(std::size_t place) {
        const Call& call = given_.calls[place];
        const bool ok = call.outcome == Call::Outcome::ok;
        const Value& response = response_of(call);
        const std::size_t entry = ok ? *call.return_entry : call.invoke_entry;
        if (!response.is_list()) return error(entry, call.f + " needs a list of steps, not " + response.rendered());
        Transaction txn{place,        call.process,  call.outcome,
                        call.invoked, call.returned, static_cast<std::uint32_t>(made_.steps.size())};
        for (const Value& each : response.list()) {
            const std::optional<Step> step = Step::of(each);
            if (!step || (step->kind == (lists_ ? Step::Kind::write : Step::Kind::append)))
                return error(entry, each.rendered() + " is no step; there are " + steps_there_are());
            if (step->kind == Step::Kind::read && !ok) continue;
            if (step->kind == Step::Kind::read && lists_ && !step->value->is_nil() && !step->value->is_list())
                return error(entry, "a list was read as " + step->value->rendered());
            made_.steps.push_back(step_of(*step));
        }
        txn.step_count = static_cast<std::uint32_t>(made_.steps.size()) - txn.first_step;
        made_.all.push_back(txn);
        return {};
    }

    TxnStep step_of(const Step& step) {
        TxnStep made{step.kind, key_of(*step.key)};
        if (step.kind == Step::Kind::read && lists_) {
            made.first = static_cast<std::uint32_t>(made_.elements.size());
            if (step.value->is_list())
                for (const Value& each : step.value->list()) made_.elements.push_back(version_of(made.key, each));
            made.count = static_cast<std::uint32_t>(made_.elements.size()) - made.first;
        } else {
            const bool start = !lists_ && *step.value == made_.starts[made.key];
            const bool reads = step.kind == Step::Kind::read;
            if (start) (reads ? made_.start_read : made_.start_written)[made.key] = true;
            if (!start || !reads) made.version = version_of(made.key, *step.value);
        }
        return made;
    }

    std::uint32_t key_of(const Value& key) {
        const std::uint32_t number = keys_(&key);
        if (number == made_.keys.size()) {
            made_.keys.push_back(key);
            made_.starts.push_back(lists_ ? Value() : starts_.of(key));
            made_.start_read.push_back(false);
            made_.start_written.push_back(false);
        }
        return number;
    }

    Version version_of(std::uint32_t key, const Value& value) { return versions_.number(key, value, made_.versions); }

    sim::Complaint error(std::size_t entry, const std::string& text) const {
        return complaint_of(given_.history.entries[entry], text);
    }
    std::string steps_there_are() const {
        return lists_ ? "[r KEY LIST] and [append KEY VALUE]" : "[r KEY VALUE] and [w KEY VALUE]";
    }

    const Case& given_;
    bool lists_;
    Starts starts_;
    Transactions made_;
    models::ValueNumbers<Value> keys_;
    Versions versions_;
};

} // namespace

sim::Checked<Transactions> read_transactions(const Case& given, bool lists) { return Reader(given, lists).read(); }

} // namespace orrery::reports::judges::transactions

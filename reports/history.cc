// Entries are paired into calls one at a time; the first that does not fit is the error.
#include "orrery/reports/history.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "orrery/reports/entry_order.h"
#include "orrery/reports/large_pages.h"
#include "orrery/sim/check.h"

namespace orrery::reports {

namespace {

constexpr std::array<std::string_view, 4> type_names = {"invoke", "ok", "fail", "info"};

// Folds entries into calls, one at a time, and objects to the first that does not fit.
class Pairing {
public:
    explicit Pairing(std::size_t expected) { reserve_large(calls_, expected); }

    sim::Problem add(const Entry& entry, std::size_t place) {
        return entry.type == Entry::Type::invoke ? invoke(entry, place) : complete(entry, place);
    }
    std::vector<Call> take() { return std::move(calls_); }

private:
    sim::Problem invoke(const Entry& entry, std::size_t place) {
        if (auto wrong = order_.invoke(entry, calls_.size())) return wrong;
        Call call;
        call.process = entry.process;
        call.f = entry.f;
        call.key = entry.key;
        call.argument = entry.value;
        call.invoked = entry.time;
        call.invoke_entry = static_cast<std::uint32_t>(place);
        calls_.push_back(std::move(call));
        return {};
    }
    sim::Problem complete(const Entry& entry, std::size_t place) {
        const sim::Checked<EntryOrder::Open> ended = order_.complete(entry);
        if (!ended) return ended.complaint();
        CHECK(ended->tag < calls_.size());
        Call& call = calls_[ended->tag];
        call.return_entry = static_cast<std::uint32_t>(place);
        call.order = entry.order;
        if (entry.type == Entry::Type::info) return {};
        call.outcome = entry.type == Entry::Type::ok ? Call::Outcome::ok : Call::Outcome::fail;
        call.returned = entry.time;
        if (call.outcome == Call::Outcome::ok) call.result = entry.value;
        return {};
    }

    EntryOrder order_;
    std::vector<Call> calls_;
};

} // namespace

std::string_view name(Entry::Type type) { return type_names[static_cast<std::size_t>(type)]; }

std::optional<Entry::Type> entry_type(std::string_view name) {
    const auto found = std::find(type_names.begin(), type_names.end(), name);
    if (found == type_names.end()) return {};
    return static_cast<Entry::Type>(found - type_names.begin());
}

void Source::skip(std::string_view what) {
    const auto same = [&](const Skipped& each) { return each.what == what; };
    const auto found = std::find_if(skipped.begin(), skipped.end(), same);
    if (found == skipped.end())
        skipped.push_back({std::string(what), 1});
    else
        ++found->count;
}

std::string Call::rendered() const {
    std::string text = "process " + std::to_string(process) + ": " + words_of(f, key);
    if (!argument.is_nil()) text += " " + argument.rendered();
    switch (outcome) {
    case Outcome::ok:
        return text + (result.is_nil() && !argument.is_nil() ? "" : " -> " + result.rendered());
    case Outcome::fail:
        return text + " -> failed";
    case Outcome::unknown:
        return text + " -> ?";
    }
    return text;
}

sim::Complaint complaint_of(const Entry& entry, const std::string& message) {
    return {sim::Cause::input,
            {{}, entry.place.line, entry.place.column},
            "entry " + std::to_string(entry.index) + ": " + message};
}

sim::Checked<std::vector<Call>> calls(const History& history) {
    CHECK(history.entries.size() < UINT32_MAX); // their places fit
    Pairing pairing(history.entries.size() / 2);
    for (std::size_t place = 0; place < history.entries.size(); ++place) {
        const Entry& entry = history.entries[place];
        if (auto objection = pairing.add(entry, place)) return complaint_of(entry, objection->message);
    }
    return pairing.take();
}

sim::Problem check(const History& history) {
    auto paired = calls(history);
    if (!paired) return paired.complaint();
    return {};
}

void retire_processes(History& history) {
    std::int64_t fresh = 0;
    for (const Entry& entry : history.entries)
        if (entry.process < INT64_MAX) fresh = std::max(fresh, entry.process + 1);
    std::map<std::int64_t, std::int64_t> current; // id in the source -> id it goes by now
    std::set<std::int64_t> retired;
    for (Entry& entry : history.entries) {
        const std::int64_t source = entry.process;
        if (entry.type == Entry::Type::invoke && retired.erase(source) > 0) current[source] = fresh++;
        const auto renamed = current.find(source);
        if (renamed != current.end()) entry.process = renamed->second;
        if (entry.type == Entry::Type::info) retired.insert(source);
    }
}

} // namespace orrery::reports

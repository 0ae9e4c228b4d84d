// A process is idle, busy with one invocation, or retired.
#include "orrery/reports/entry_order.h"

#include <utility>

namespace orrery::reports {

namespace {

std::string process_of(const Entry& entry) { return "process " + std::to_string(entry.process); }

sim::Complaint complaint(const Entry& entry, std::string message) {
    return {sim::Cause::input, {{}, entry.place.line, entry.place.column}, std::move(message)};
}

} // namespace

std::string words_of(Word f, const Value& key) { return key.is_nil() ? f.text() : f + " " + key.rendered(); }

sim::Problem EntryOrder::pass_time(const Entry& entry) {
    if (time_ && entry.time < *time_)
        return complaint(entry, "time goes back, from " + std::to_string(time_->nanoseconds) + " to " +
                                    std::to_string(entry.time.nanoseconds) + " ns");
    time_ = entry.time;
    return std::nullopt;
}

sim::Problem EntryOrder::invoke(const Entry& entry, std::size_t tag) {
    if (auto wrong = pass_time(entry)) return wrong;
    if (retired_.contains(entry.process))
        return complaint(entry, process_of(entry) + " invoked " + words_of(entry.f, entry.key) +
                                    " after an operation of its own became unknown; a process does nothing more then");
    const auto [busy, inserted] = open_.try_emplace(entry.process, Open{entry.f, entry.key, tag});
    if (inserted) return std::nullopt;
    return complaint(entry, process_of(entry) + " invoked " + words_of(entry.f, entry.key) + " while its " +
                                words_of(busy->second.f, busy->second.key) + " had not returned");
}

sim::Checked<EntryOrder::Open> EntryOrder::complete(const Entry& entry) {
    if (auto wrong = pass_time(entry)) return *std::move(wrong);
    const auto busy = open_.find(entry.process);
    if (busy == open_.end())
        return complaint(entry, process_of(entry) + " returned from " + words_of(entry.f, entry.key) +
                                    " without having invoked anything");
    Open open = std::move(busy->second);
    open_.erase(busy);
    if (entry.f != open.f || entry.key != open.key)
        return complaint(entry, process_of(entry) + " returned from " + words_of(entry.f, entry.key) +
                                    " but had invoked " + words_of(open.f, open.key));
    if (entry.type == Entry::Type::info) retired_.insert(entry.process);
    return open;
}

} // namespace orrery::reports

// What is frequent and what is rare stand in queues of their own, each with its bound; numbers keep their order.
#include "orrery/scenarios/engine/run/recorder.h"

namespace orrery::scenarios::engine {

using reports::trace::Row;

// A process sets the same state again and again: only a change is kept.
bool Recorder::is_change(const Row& row) {
    if (row.kind == Row::Kind::crash)
        std::erase_if(states_, [&](const auto& state) { return state.first.first == row.host; });
    if (row.kind != Row::Kind::state) return true;
    std::string& last = states_[{row.host, row.name}];
    std::string now = row.words();
    if (last == now) return false;
    last = std::move(now);
    return true;
}

void Recorder::add(Row row) {
    if (row.time > until_ && !row.is_fault()) return;
    if (!is_change(row)) return;
    const bool frequent = row.is_message() || row.is_operation() || (row.kind == Row::Kind::note && !row.goal);
    std::deque<Kept>& kept = frequent ? frequent_ : rare_;
    kept.push_back({number_++, std::move(row)});
    if (kept.size() > (frequent ? frequent_max : rare_max)) kept.pop_front();
}

void Recorder::add(const reports::trace::Step& step) {
    if (step.time > until_) return;
    steps_.push_back(step);
    if (steps_.size() <= steps_max) return;
    steps_.pop_front();
    ++steps_dropped_;
}

reports::trace::Recording Recorder::take() {
    reports::trace::Recording recording;
    while (!frequent_.empty() || !rare_.empty()) {
        const bool from_rare = frequent_.empty() || (!rare_.empty() && rare_.front().number < frequent_.front().number);
        std::deque<Kept>& kept = from_rare ? rare_ : frequent_;
        recording.rows.push_back(std::move(kept.front().row));
        kept.pop_front();
    }
    recording.steps.assign(steps_.begin(), steps_.end());
    recording.steps_dropped = steps_dropped_;
    return recording;
}

} // namespace orrery::scenarios::engine

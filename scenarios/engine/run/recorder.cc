// An observation is only valid while it is shown: what is kept owns its words.
#include "orrery/scenarios/engine/run/recorder.h"

#include "orrery/sim/env.h"

namespace orrery::scenarios::engine {
namespace {

using Kind = sim::Observation::Kind;

std::string words_of(const sim::Observation& seen) {
    if (seen.label != nullptr) return seen.label->describe == nullptr ? "" : seen.label->describe(seen.bytes);
    if (seen.kind == Kind::state) return sim::to_text(seen.fields[0]);
    std::string text;
    for (std::size_t i = 0; i < seen.fields.size(); ++i)
        text += (i == 0 ? "" : " ") + std::string(seen.note->fields[i]) + "=" + sim::to_text(seen.fields[i]);
    return text;
}

static_assert(static_cast<int>(Kind::fault_end) == static_cast<int>(reports::views::RecordedEvent::Kind::fault_end));

bool is_fault(Kind kind) { return kind == Kind::fault_begin || kind == Kind::fault_end; }

} // namespace

// A process sets the same state again and again: only a change is kept.
bool Recorder::is_change(const sim::Observation& seen) {
    if (seen.kind == Kind::crash)
        std::erase_if(states_, [&](const auto& state) { return state.first.first == seen.host; });
    if (seen.kind != Kind::state) return true;
    std::string& last = states_[{seen.host, seen.name}];
    std::string now = sim::to_text(seen.fields[0]);
    if (last == now) return false;
    last = std::move(now);
    return true;
}

void Recorder::observe(const sim::Observation& seen) {
    if (seen.time > until_ && !is_fault(seen.kind)) return;
    if (!is_change(seen)) return;
    reports::views::RecordedEvent recorded;
    recorded.kind = static_cast<reports::views::RecordedEvent::Kind>(seen.kind);
    recorded.time = seen.time;
    recorded.event = seen.event;
    recorded.origin = seen.origin;
    recorded.host = seen.host;
    recorded.peer = seen.peer;
    recorded.message = seen.message;
    recorded.fault = seen.fault;
    recorded.goal = seen.note != nullptr && seen.note->goal;
    recorded.name = std::string(seen.name);
    recorded.text = words_of(seen);
    const bool frequent = recorded.is_message() || (seen.kind == Kind::note && !recorded.goal);
    std::deque<Kept>& kept = frequent ? frequent_ : rare_;
    kept.push_back({number_++, std::move(recorded)});
    if (kept.size() > (frequent ? frequent_max : rare_max)) kept.pop_front();
}

reports::views::Recording Recorder::take() {
    reports::views::Recording recording;
    while (!frequent_.empty() || !rare_.empty()) {
        const bool from_rare = frequent_.empty() || (!rare_.empty() && rare_.front().number < frequent_.front().number);
        std::deque<Kept>& kept = from_rare ? rare_ : frequent_;
        recording.push_back(std::move(kept.front().recorded));
        kept.pop_front();
    }
    return recording;
}

} // namespace orrery::scenarios::engine

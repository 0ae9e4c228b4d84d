#include "orrery/protocols/replication/sessions.h"

#include <algorithm>

namespace orrery::replication {

Sessions::Standing Sessions::begin(std::uint64_t session, std::uint64_t sequence, sim::Duration time) {
    time_ = std::max(time_, time);
    auto found = sessions_.find(session);
    if (found != sessions_.end() && found->second.used + life < time_) {
        sessions_.erase(found);
        found = sessions_.end();
    }
    if (found == sessions_.end()) {
        if (sequence != 1) return Standing::forgotten;
        if (sessions_.size() >= sessions_max) forget_oldest();
        found = sessions_.try_emplace(session).first;
        CHECK(sessions_.size() <= sessions_max);
    }
    CHECK(found->second.used <= time_);
    found->second.used = time_;
    if (sequence < found->second.sequence) return Standing::forgotten;
    if (sequence == found->second.sequence) return Standing::repeated;
    found->second.sequence = sequence;
    return Standing::fresh;
}

void Sessions::keep(std::uint64_t session, sim::Bytes result) {
    const auto found = sessions_.find(session);
    CHECK(found != sessions_.end());
    found->second.result = std::move(result);
}

bool Sessions::is_consistent() const {
    const auto is_possible = [&](const auto& each) { return each.second.used <= time_ && each.second.sequence > 0; };
    return time_ >= sim::Duration{} && time_ <= sim::Duration::max() - life && sessions_.size() <= sessions_max &&
           std::all_of(sessions_.begin(), sessions_.end(), is_possible);
}

// By time, and of one time by number: every replica forgets the same.
void Sessions::forget_oldest() {
    CHECK(!sessions_.empty());
    sessions_.erase(std::min_element(sessions_.begin(), sessions_.end(),
                                     [](const auto& a, const auto& b) { return a.second.used < b.second.used; }));
}

const sim::Bytes* Sessions::result_of(std::uint64_t session, std::uint64_t sequence) const {
    const auto found = sessions_.find(session);
    if (found == sessions_.end() || found->second.sequence != sequence) return nullptr;
    return &found->second.result;
}

std::uint64_t Sessions::sequence_of(std::uint64_t session) const {
    const auto found = sessions_.find(session);
    return found == sessions_.end() ? 0 : found->second.sequence;
}

} // namespace orrery::replication

// Appends that came before what they follow: others of the same leader have lost a race on the way, or are lost. A
// follower keeps them until the gap is filled. To keep one is to prolong its way, and messages may take as long as they
// will (duty 2), so this changes nothing about what is safe; it spares sending again all that came after one loss.
//
//     the log ends with 4; [7 8] comes, [9] comes, and when [5 6] does the log ends with 9
#pragma once

#include <algorithm>
#include <optional>
#include <vector>

#include "orrery/protocols/raft/message.h"

namespace orrery::raft {

class EarlyAppends {
public:
    std::size_t count() const { return kept_.size(); }
    std::size_t bytes() const { return bytes_; } // of their commands
    // Of two that follow the same entry the longer one stays. Past a limit those that follow the latest entries go.
    void keep(Message message, std::size_t count_max, std::size_t bytes_max) {
        CHECK(message.kind == Message::Kind::append);
        const auto before = [](const Message& each, Index index) { return each.index < index; };
        auto place = std::lower_bound(kept_.begin(), kept_.end(), message.index, before);
        if (place != kept_.end() && place->index == message.index) {
            if (place->entries.size() >= message.entries.size()) return;
            bytes_ -= bytes_of(*place);
            place = kept_.erase(place);
        }
        bytes_ += bytes_of(message);
        kept_.insert(place, std::move(message));
        while (kept_.size() > count_max || bytes_ > bytes_max) {
            bytes_ -= bytes_of(kept_.back());
            kept_.pop_back();
        }
    }
    // The first of them, if it follows an entry that is not behind `last`.
    std::optional<Message> take(Index last) {
        if (kept_.empty() || kept_.front().index > last) return std::nullopt;
        std::optional<Message> first = std::move(kept_.front());
        kept_.erase(kept_.begin());
        bytes_ -= bytes_of(*first);
        return first;
    }
    void clear() {
        kept_.clear();
        bytes_ = 0;
    }

private:
    static std::size_t bytes_of(const Message& message) {
        std::size_t bytes = 0;
        for (const Entry& entry : message.entries) bytes += entry.command.size();
        return bytes;
    }

    std::vector<Message> kept_; // by the index that they follow
    std::size_t bytes_ = 0;
};

} // namespace orrery::raft

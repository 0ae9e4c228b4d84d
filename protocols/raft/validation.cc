// What a core takes no notice of. It believes its members (duty 2), but one of them may be broken, or somebody else may
// speak in its name: what no member could say that keeps the rules must not end this one, nor undo what it knows to be
// committed.
//
//     3 is committed here, of term 2; an append says that the third entry is of term 4: it is dropped
#include <algorithm>

#include "orrery/protocols/raft/core.h"
#include "orrery/protocols/raft/flaws.def"

namespace orrery::raft {
namespace {

// No cluster lives to count so far. Numbers from here on would be counted past their end.
constexpr std::uint64_t number_end = std::uint64_t{1} << 62;

// As they do along the log of a leader, up to its own term.
bool terms_rise(const Message& append) {
    Term last = append.index_term;
    for (const Entry& entry : append.entries) {
        if (entry.term == 0 || entry.term < last) return false;
        last = entry.term;
    }
    return last <= append.term && (append.index == 0) == (append.index_term == 0);
}

bool is_whole(const Chunk& chunk) {
    return chunk.data.size() <= chunk.total && chunk.offset <= chunk.total - chunk.data.size();
}

} // namespace

// By itself. The configurations in a message are used, so they are looked at.
bool Core::is_well_formed(const Message& message) const {
    for (const std::uint64_t number : {message.term, message.index, message.index_term, message.commit})
        if (number >= number_end) return false;
    for (const Entry& entry : message.entries)
        if (!is_well_formed(entry)) return false;
    switch (message.kind) {
    case Message::Kind::append:
        return terms_rise(message) || sim::Flaw::any_on();
    case Message::Kind::propose:
        return message.entries.size() == 1 && message.entries.front().kind == Entry::Kind::command &&
               !message.entries.front().command.empty();
    case Message::Kind::snapshot:
        return message.index > 0 && message.index_term > 0 && message.index_term <= message.term && message.chunk &&
               is_possible(message.chunk->configuration) && (is_whole(*message.chunk) || is_witness(options_.self));
    default:
        return true;
    }
}

bool Core::is_well_formed(const Entry& entry) const {
    switch (entry.kind) {
    case Entry::Kind::command:
        return true;
    case Entry::Kind::configuration: {
        const auto configuration = sim::decode<Configuration>(entry.command);
        return configuration && is_possible(*configuration);
    }
    case Entry::Kind::position:
        return entry.command.size() == sizeof(std::int64_t) &&
               (is_witness(options_.self) || FLAW(raft_witness_campaigns));
    }
    return false;
}

bool Core::is_possible(const Mark& mark) const {
    return mark.index > 0 && mark.term > 0 && is_possible(mark.configuration);
}

bool Core::is_possible(const Configuration& configuration) const {
    return is_valid(configuration, options_.count) && is_held_by_majority(configuration, options_.witnesses);
}

// What is known here. With a planted bug it may be the truth.
bool Core::contradicts(const Message& message) const {
    if (sim::Flaw::any_on()) return false;
    const bool is_of_this_leadership = role_ == Role::leader && message.term == hard_.term;
    switch (message.kind) {
    case Message::Kind::append:
        return is_of_this_leadership || replaces_known(message); // two leaders in one term
    case Message::Kind::snapshot:
        return is_of_this_leadership;
    case Message::Kind::append_reply:
        return is_of_this_leadership && message.success && message.index > log_.last_index();
    default:
        return false;
    }
}

// What is committed, or what the leader of this term has said before.
bool Core::replaces_known(const Message& append) const {
    if (append.term < hard_.term) return false; // nothing of it will be taken
    const Index known = append.term == hard_.term ? std::max(commit_, verified_) : commit_;
    const Index last = std::min<Index>(append.index + append.entries.size(), known);
    for (Index index = std::max(append.index + 1, log_.snapshot_index()); index <= last; ++index)
        if (append.entries[index - append.index - 1].term != log_.term(index)) return true;
    return false;
}

} // namespace orrery::raft

#include "orrery/protocols/raft/words.h"

#include <string>

#include "orrery/protocols/replication/wire.h"

namespace orrery::raft {
namespace {

std::string number(std::uint64_t value) { return std::to_string(value); }
std::string entry_words(Index index, Term term) {
    return index == 0 ? "nothing" : "entry " + number(index) + " of term " + number(term);
}

// "entries 5..6 of terms 2, 3".
std::string entries_words(const Message& message) {
    if (message.entries.empty()) return "no entries";
    const Index first = message.index + 1;
    const Index last = message.index + message.entries.size();
    std::string terms;
    for (std::size_t i = 0; i < message.entries.size(); ++i) {
        const Term term = message.entries[i].term;
        if (i == 0 || term != message.entries[i - 1].term) terms += (i == 0 ? "" : ", ") + number(term);
    }
    return (first == last ? "entry " + number(first) + " of term "
                          : "entries " + number(first) + ".." + number(last) + " of term ") +
           terms;
}

std::string chunk_words(const Message& message) {
    if (!message.chunk) return {};
    const Chunk& chunk = *message.chunk;
    const std::string size = chunk.data.empty() ? "" : number(chunk.data.size()) + " bytes ";
    return ", " + size + "from byte " + number(chunk.offset) + " of " + number(chunk.total);
}

std::string describe(sim::ByteView bytes) {
    const auto message = replication::message_of<Message>(bytes);
    if (!message) return "malformed";
    std::string text = "term " + number(message->term);
    switch (message->kind) {
    case Message::Kind::pre_vote:
        return text + ": would you vote for me, my log ends with " + entry_words(message->index, message->index_term);
    case Message::Kind::pre_vote_reply:
        return text + (message->success ? ": I would" : ": I would not");
    case Message::Kind::timeout_now:
        return text + ": campaign at once";
    case Message::Kind::vote:
        return text + ": vote for me, my log ends with " + entry_words(message->index, message->index_term);
    case Message::Kind::vote_reply:
        return text + (message->success ? ": granted" : ": refused");
    case Message::Kind::append:
        return text + ": " + entries_words(*message) + " after " + entry_words(message->index, message->index_term) +
               ", committed up to " + number(message->commit);
    case Message::Kind::append_reply:
        if (message->success) return text + ": has up to " + number(message->index);
        return text + ": refused, has " + entry_words(message->index, message->index_term);
    case Message::Kind::snapshot:
        return text + ": snapshot up to " + entry_words(message->index, message->index_term) + chunk_words(*message);
    case Message::Kind::snapshot_reply:
        return text + ": of the snapshot up to " + number(message->index) + chunk_words(*message);
    case Message::Kind::read:
        return text + ": may I read";
    case Message::Kind::read_reply:
        return text + (message->success ? ": once you have applied up to " + number(message->index) : ": not from me");
    case Message::Kind::propose:
        return text + ": append this";
    case Message::Kind::propose_reply:
        return text + (message->success ? ": it is " + entry_words(message->index, message->index_term) : ": not now");
    }
    return text;
}
constexpr sim::Label labels[] = {
    {"raft.vote", describe},         {"raft.vote_reply", describe}, {"raft.append", describe},
    {"raft.append_reply", describe}, {"raft.pre_vote", describe},   {"raft.pre_vote_reply", describe},
    {"raft.timeout_now", describe},  {"raft.snapshot", describe},   {"raft.snapshot_reply", describe},
    {"raft.read", describe},         {"raft.read_reply", describe}, {"raft.propose", describe},
    {"raft.propose_reply", describe}};
static_assert(std::size(labels) == static_cast<std::size_t>(Message::last_kind) + 1);

} // namespace

const sim::Label& label_of(Message::Kind kind) {
    CHECK(kind <= Message::last_kind);
    return labels[static_cast<std::size_t>(kind)];
}

std::string members_words(const Members& members) {
    std::string text;
    for (const Member member : members) text += (text.empty() ? "" : " ") + std::to_string(member);
    return text;
}

} // namespace orrery::raft

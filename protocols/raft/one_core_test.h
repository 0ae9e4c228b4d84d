// Dialogues with one core: what it hears, and what it answers, a line a message.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "orrery/protocols/raft/core.h"

namespace orrery::raft {

using Lines = std::vector<std::string>;

inline std::string line(const Message& message) {
    constexpr const char* names[] = {"vote",      "voted",       "append",   "appended",    "pre_vote",
                                     "pre_voted", "timeout_now", "snapshot", "snapshotted", "read",
                                     "readable",  "propose",     "proposed"};
    const auto place = [&] { return std::to_string(message.index) + "/" + std::to_string(message.index_term); };
    std::string text = names[static_cast<std::size_t>(message.kind)] + std::string(" to ") +
                       std::to_string(message.to) + " term " + std::to_string(message.term);
    switch (message.kind) {
    case Message::Kind::vote:
    case Message::Kind::pre_vote:
        return text + " last " + place() + (message.success ? " for the leader" : "");
    case Message::Kind::vote_reply:
    case Message::Kind::pre_vote_reply:
        return text + (message.success ? " yes" : " no");
    case Message::Kind::append_reply:
        return text + (message.success ? " yes " : " no ") + std::to_string(message.index);
    case Message::Kind::timeout_now:
    case Message::Kind::read:
    case Message::Kind::propose:
        return text;
    case Message::Kind::propose_reply:
        return text + (message.success ? " at " + place() : " no");
    case Message::Kind::read_reply:
        return text + (message.success ? " from " + std::to_string(message.index) : " no");
    case Message::Kind::snapshot:
        return text + " of " + place() + " from byte " + std::to_string(message.chunk->offset);
    case Message::Kind::snapshot_reply:
        return text + " of " + std::to_string(message.index) + " has " + std::to_string(message.chunk->offset);
    case Message::Kind::append:
        break;
    }
    text += " after " + place() + " commit " + std::to_string(message.commit);
    for (const Entry& entry : message.entries) text += " +" + std::to_string(entry.term);
    return text;
}

inline Lines taken(Core& core) {
    std::vector<Message> messages;
    core.take_messages(messages);
    Lines lines;
    for (const Message& message : messages) lines.push_back(line(message));
    return lines;
}

// A log with one entry for each of these terms.
inline std::vector<Entry> entries_of(std::initializer_list<Term> terms) {
    std::vector<Entry> entries;
    for (const Term term : terms) entries.push_back({term, sim::Bytes("x")});
    return entries;
}

inline Core made(HardState hard, std::initializer_list<Term> terms, std::size_t batch = 16) {
    return Core({.self = 0, .count = 3, .batch = batch}, hard, {}, entries_of(terms), 0);
}

inline void ticks(Core& core, int count) {
    for (int i = 0; i < count; ++i) core.tick(0);
}

inline void replied(Core& core, Message::Kind kind, Member from, Term term, bool success, Index index = 0,
                    std::uint64_t round = 0, Term index_term = 0) {
    Message message;
    message.kind = kind;
    message.from = from;
    message.term = term;
    message.success = success;
    message.index = index;
    message.index_term = index_term;
    message.round = round;
    core.step(std::move(message), 0);
}

inline void asked(Core& core, Message::Kind kind, Member from, Term term, Index last, Term last_term) {
    Message message;
    message.kind = kind;
    message.from = from;
    message.term = term;
    message.index = last;
    message.index_term = last_term;
    core.step(std::move(message), 0);
}
inline void asked_for_vote(Core& core, Member from, Term term, Index last, Term last_term) {
    asked(core, Message::Kind::vote, from, term, last, last_term);
}

inline void appended(Core& core, Member from, Term term, Index after, Term after_term,
                     std::initializer_list<Term> terms, Index commit = 0) {
    Message message;
    message.kind = Message::Kind::append;
    message.from = from;
    message.term = term;
    message.index = after;
    message.index_term = after_term;
    message.commit = commit;
    message.entries = entries_of(terms);
    core.step(std::move(message), 0);
}

// Makes it leader of term `hard.term + 1`, by the vote of member 1.
inline void elect(Core& core) {
    ticks(core, 8);
    replied(core, Message::Kind::vote_reply, 1, core.term(), true);
    ASSERT_EQ(core.role(), Role::leader);
}

inline Core made_with(CoreOptions options, HardState hard, std::initializer_list<Term> terms) {
    return Core(options, hard, {}, entries_of(terms), 0);
}

inline void asked_beforehand(Core& core, Member from, Term term, Index last, Term last_term) {
    asked(core, Message::Kind::pre_vote, from, term, last, last_term);
}

} // namespace orrery::raft

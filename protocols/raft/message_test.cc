// Messages and entries as bytes.
#include "orrery/protocols/raft/message.h"

#include "orrery/protocols/messages_test.h"

namespace orrery::raft {
namespace {

Entry draw_entry() {
    Entry entry;
    entry.term = *rc::gen::arbitrary<Term>();
    entry.command = draw_bytes();
    entry.kind = *rc::gen::element(Entry::Kind::command, Entry::Kind::configuration);
    return entry;
}
bool same(const Entry& a, const Entry& b) {
    const auto& [term, command, kind] = a;
    return term == b.term && command == b.command && kind == b.kind;
}

std::vector<Member> draw_set() { return *rc::gen::container<std::vector<Member>>(rc::gen::arbitrary<Member>()); }
Chunk draw_chunk() {
    Chunk chunk;
    chunk.configuration.voters.incoming = draw_set();
    chunk.configuration.voters.outgoing = draw_set();
    chunk.configuration.learners = draw_set();
    chunk.configuration.learners_next = draw_set();
    chunk.configuration.auto_leave = *rc::gen::arbitrary<bool>();
    chunk.offset = *rc::gen::arbitrary<std::uint64_t>();
    chunk.total = *rc::gen::arbitrary<std::uint64_t>();
    chunk.data = draw_bytes();
    return chunk;
}
bool same(const Chunk& a, const Chunk& b) {
    const auto& [configuration, offset, total, data] = a;
    return configuration == b.configuration && offset == b.offset && total == b.total && data == b.data;
}

Message draw_message() {
    Message message;
    const int kinds = static_cast<int>(Message::last_kind) + 1;
    message.kind = static_cast<Message::Kind>(*rc::gen::inRange(0, kinds));
    message.from = *rc::gen::arbitrary<Member>();
    message.to = *rc::gen::arbitrary<Member>();
    message.term = *rc::gen::arbitrary<Term>();
    message.success = *rc::gen::arbitrary<bool>();
    message.index = *rc::gen::arbitrary<Index>();
    message.index_term = *rc::gen::arbitrary<Term>();
    message.commit = *rc::gen::arbitrary<Index>();
    message.round = *rc::gen::arbitrary<std::uint64_t>();
    for (int entries = *rc::gen::inRange(0, 4); entries > 0; --entries) message.entries.push_back(draw_entry());
    if (*rc::gen::arbitrary<bool>()) message.chunk = draw_chunk();
    return message;
}
bool same(const Message& a, const Message& b) {
    const auto& [kind, from, to, term, success, index, index_term, commit, round, entries, chunk] = a;
    return kind == b.kind && from == b.from && to == b.to && term == b.term && success == b.success &&
           index == b.index && index_term == b.index_term && commit == b.commit && round == b.round &&
           chunk.has_value() == b.chunk.has_value() && (!chunk || same(*chunk, *b.chunk)) &&
           std::equal(entries.begin(), entries.end(), b.entries.begin(), b.entries.end(),
                      [](const Entry& one, const Entry& two) { return same(one, two); });
}

RC_GTEST_PROP(Messages, ComeBackAsTheyWere, ()) {
    expect_comes_back(draw_message(), [](const Message& a, const Message& b) { return same(a, b); });
    expect_comes_back(draw_entry(), [](const Entry& a, const Entry& b) { return same(a, b); });
}

RC_GTEST_PROP(Messages, AreRefusedUnlessWhole, ()) {
    expect_refused_unless_whole(draw_message());
    expect_refused_unless_whole(draw_entry());
}

RC_GTEST_PROP(Messages, HaveOneSpelling, ()) {
    expect_no_other_spelling(draw_message());
    expect_no_other_spelling(draw_entry());
}

} // namespace
} // namespace orrery::raft

// Messages and entries as bytes.
#include "orrery/protocols/raft/message.h"

#include "orrery/protocols/messages_test.h"

namespace orrery::raft {
namespace {

Entry draw_entry() {
    Entry entry;
    entry.term = *rc::gen::arbitrary<Term>();
    entry.command = draw_bytes();
    return entry;
}
bool same(const Entry& a, const Entry& b) {
    const auto& [term, command] = a;
    return term == b.term && command == b.command;
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
    return message;
}
bool same(const Message& a, const Message& b) {
    const auto& [kind, from, to, term, success, index, index_term, commit, round, entries] = a;
    return kind == b.kind && from == b.from && to == b.to && term == b.term && success == b.success &&
           index == b.index && index_term == b.index_term && commit == b.commit && round == b.round &&
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

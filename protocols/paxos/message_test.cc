// Messages, and what the disk keeps, as bytes.
#include "orrery/protocols/paxos/message.h"

#include "orrery/protocols/messages_test.h"
#include "orrery/protocols/paxos/replica_message.h"

namespace orrery::paxos {
namespace {

Ballot draw_ballot() {
    Ballot ballot;
    ballot.round = *rc::gen::arbitrary<std::uint64_t>();
    ballot.member = *rc::gen::arbitrary<Member>();
    return ballot;
}

Message draw_message() {
    Message message;
    message.kind = static_cast<Message::Kind>(*rc::gen::inRange(0, 6));
    message.from = *rc::gen::arbitrary<Member>();
    message.to = *rc::gen::arbitrary<Member>();
    message.decree = *rc::gen::arbitrary<Decree>();
    message.ballot = draw_ballot();
    message.other = draw_ballot();
    message.value = *rc::gen::arbitrary<std::string>();
    return message;
}
bool same(const Message& a, const Message& b) {
    const auto& [kind, from, to, decree, ballot, other, value] = a;
    return kind == b.kind && from == b.from && to == b.to && decree == b.decree && ballot == b.ballot &&
           other == b.other && value == b.value;
}

Acceptance draw_acceptance() {
    Acceptance acceptance;
    acceptance.promised = draw_ballot();
    acceptance.accepted = draw_ballot();
    acceptance.value = *rc::gen::arbitrary<std::string>();
    acceptance.is_chosen = *rc::gen::arbitrary<bool>();
    return acceptance;
}

Accepted draw_accepted() {
    Accepted accepted;
    accepted.ballot = draw_ballot();
    accepted.value = draw_bytes();
    return accepted;
}
bool same_accepted(const Accepted& a, const Accepted& b) {
    const auto& [ballot, value] = a;
    return ballot == b.ballot && value == b.value;
}

ReplicaMessage draw_replica_message() {
    ReplicaMessage message;
    message.kind = static_cast<ReplicaMessage::Kind>(*rc::gen::inRange(0, 10));
    message.from = *rc::gen::arbitrary<Member>();
    message.to = *rc::gen::arbitrary<Member>();
    message.ballot = draw_ballot();
    message.slot = *rc::gen::arbitrary<Slot>();
    message.next = *rc::gen::arbitrary<Slot>();
    message.chosen = *rc::gen::arbitrary<Slot>();
    message.round = *rc::gen::arbitrary<std::uint64_t>();
    message.offset = *rc::gen::arbitrary<std::uint64_t>();
    message.total = *rc::gen::arbitrary<std::uint64_t>();
    for (int more = *rc::gen::inRange(0, 4); more > 0; --more) message.entries.push_back(draw_accepted());
    message.data = draw_bytes();
    return message;
}
bool same_replica(const ReplicaMessage& a, const ReplicaMessage& b) {
    const auto& [kind, from, to, ballot, slot, next, chosen, round, offset, total, entries, data] = a;
    return kind == b.kind && from == b.from && to == b.to && ballot == b.ballot && slot == b.slot && next == b.next &&
           chosen == b.chosen && round == b.round && offset == b.offset && total == b.total && data == b.data &&
           std::equal(entries.begin(), entries.end(), b.entries.begin(), b.entries.end(), same_accepted);
}

RC_GTEST_PROP(Messages, ComeBackAsTheyWere, ()) {
    expect_comes_back(draw_replica_message(), same_replica);
    expect_comes_back(draw_message(), same);
    expect_comes_back(draw_acceptance(), [](const Acceptance& a, const Acceptance& b) { return a == b; });
}

RC_GTEST_PROP(Messages, AreRefusedUnlessWhole, ()) {
    expect_refused_unless_whole(draw_replica_message());
    expect_refused_unless_whole(draw_message());
    expect_refused_unless_whole(draw_acceptance());
}

RC_GTEST_PROP(Messages, HaveOneSpelling, ()) {
    expect_no_other_spelling(draw_replica_message());
    expect_no_other_spelling(draw_message());
    expect_no_other_spelling(draw_acceptance());
}

} // namespace
} // namespace orrery::paxos

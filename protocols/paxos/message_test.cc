// Messages, and what the disk keeps, as bytes.
#include "orrery/protocols/paxos/message.h"

#include "orrery/protocols/messages_test.h"

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

RC_GTEST_PROP(Messages, ComeBackAsTheyWere, ()) {
    expect_comes_back(draw_message(), same);
    expect_comes_back(draw_acceptance(), [](const Acceptance& a, const Acceptance& b) { return a == b; });
}

RC_GTEST_PROP(Messages, AreRefusedUnlessWhole, ()) {
    expect_refused_unless_whole(draw_message());
    expect_refused_unless_whole(draw_acceptance());
}

RC_GTEST_PROP(Messages, HaveOneSpelling, ()) {
    expect_no_other_spelling(draw_message());
    expect_no_other_spelling(draw_acceptance());
}

} // namespace
} // namespace orrery::paxos

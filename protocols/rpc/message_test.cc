// Both messages, and the content of a refusal, as bytes.
#include "orrery/protocols/rpc/message.h"

#include "orrery/protocols/messages_test.h"

namespace orrery::rpc {
namespace {

Request draw_request() {
    Request request;
    request.boot = *rc::gen::arbitrary<std::uint64_t>();
    request.sequence = *rc::gen::arbitrary<std::uint64_t>();
    request.one_way = *rc::gen::arbitrary<bool>();
    request.service = *rc::gen::arbitrary<std::string>();
    request.argument = draw_bytes();
    return request;
}
bool same(const Request& a, const Request& b) {
    const auto& [boot, sequence, one_way, service, argument] = a;
    return boot == b.boot && sequence == b.sequence && one_way == b.one_way && service == b.service &&
           argument == b.argument;
}

Reply draw_reply() {
    Reply reply;
    reply.boot = *rc::gen::arbitrary<std::uint64_t>();
    reply.sequence = *rc::gen::arbitrary<std::uint64_t>();
    reply.kind = *rc::gen::element(ReplyKind::value, ReplyKind::refused, ReplyKind::unknown);
    reply.age = sim::Duration{*rc::gen::arbitrary<std::int64_t>()};
    reply.content = draw_bytes();
    return reply;
}
bool same(const Reply& a, const Reply& b) {
    const auto& [boot, sequence, kind, age, content] = a;
    return boot == b.boot && sequence == b.sequence && kind == b.kind && age == b.age && content == b.content;
}

Refused draw_refused() {
    Refused refused;
    refused.reason = *rc::gen::arbitrary<std::string>();
    refused.redirect.host = *rc::gen::arbitrary<std::uint64_t>();
    refused.redirect.port = *rc::gen::arbitrary<std::uint64_t>();
    return refused;
}
bool same(const Refused& a, const Refused& b) {
    const auto& [reason, redirect] = a;
    return reason == b.reason && redirect == b.redirect;
}

RC_GTEST_PROP(Messages, ComeBackAsTheyWere, ()) {
    expect_comes_back(draw_request(), [](const Request& a, const Request& b) { return same(a, b); });
    expect_comes_back(draw_reply(), [](const Reply& a, const Reply& b) { return same(a, b); });
    expect_comes_back(draw_refused(), [](const Refused& a, const Refused& b) { return same(a, b); });
}

RC_GTEST_PROP(Messages, AreRefusedUnlessWhole, ()) {
    expect_refused_unless_whole(draw_request());
    expect_refused_unless_whole(draw_reply());
    expect_refused_unless_whole(draw_refused());
}

RC_GTEST_PROP(Messages, HaveOneSpelling, ()) {
    expect_no_other_spelling(draw_request());
    expect_no_other_spelling(draw_reply());
    expect_no_other_spelling(draw_refused());
}

} // namespace
} // namespace orrery::rpc

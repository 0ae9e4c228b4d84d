// Commands and results as bytes: they travel, and they lie in the log.
#include "orrery/protocols/kv/command.h"

#include "orrery/protocols/messages_test.h"

namespace orrery::kv {
namespace {

std::optional<std::string> draw_maybe() {
    if (*rc::gen::arbitrary<bool>()) return std::nullopt;
    return *rc::gen::arbitrary<std::string>();
}

Command draw_command() {
    using Kind = Operation::Kind;
    Command command;
    command.session = *rc::gen::arbitrary<std::uint64_t>();
    command.sequence = *rc::gen::arbitrary<std::uint64_t>();
    command.operation.kind = *rc::gen::element(Kind::get, Kind::put, Kind::remove, Kind::append, Kind::cas);
    command.operation.key = *rc::gen::arbitrary<std::string>();
    command.operation.value = *rc::gen::arbitrary<std::string>();
    command.operation.from = draw_maybe();
    return command;
}
bool same(const Command& a, const Command& b) {
    const auto& [session, sequence, operation] = a;
    const auto& [kind, key, value, from] = operation;
    return session == b.session && sequence == b.sequence && kind == b.operation.kind && key == b.operation.key &&
           value == b.operation.value && from == b.operation.from;
}

Result draw_result() {
    Result result;
    result.value = draw_maybe();
    result.swapped = *rc::gen::arbitrary<bool>();
    return result;
}
bool same(const Result& a, const Result& b) {
    const auto& [value, swapped] = a;
    return value == b.value && swapped == b.swapped;
}

RC_GTEST_PROP(Messages, ComeBackAsTheyWere, ()) {
    expect_comes_back(draw_command(), [](const Command& a, const Command& b) { return same(a, b); });
    expect_comes_back(draw_result(), [](const Result& a, const Result& b) { return same(a, b); });
}

RC_GTEST_PROP(Messages, AreRefusedUnlessWhole, ()) {
    expect_refused_unless_whole(draw_command());
    expect_refused_unless_whole(draw_result());
}

RC_GTEST_PROP(Messages, HaveOneSpelling, ()) {
    expect_no_other_spelling(draw_command());
    expect_no_other_spelling(draw_result());
}

} // namespace
} // namespace orrery::kv

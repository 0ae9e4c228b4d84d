// What goes over the wire comes back as it was, in each format; nothing else is taken; and each member is spoken to in
// what it understands.
#include "orrery/protocols/replication/wire.h"

#include "orrery/protocols/messages_test.h"
#include "orrery/protocols/replication/engine.h"
#include "orrery/protocols/replication/flaws.def"
#include "orrery/protocols/replication/foreign_bytes_test.h"
#include "orrery/sim/world/world.h"

namespace orrery::replication {
namespace {

struct Letter {
    enum class Kind : std::uint8_t { plain, newer };
    static constexpr Kind last_kind_of(Format format) { return format == 1 ? Kind::plain : Kind::newer; }

    Kind kind = Kind::plain;
    Member from = 0;
    Member to = 0;
    bool flag = false;
    std::uint64_t number = 0;
    std::optional<std::string> text;
    std::vector<std::uint16_t> list;
    sim::Bytes bytes;
    static constexpr auto members() {
        return std::tuple{sim::member("kind", &Letter::kind),     sim::member("from", &Letter::from),
                          sim::member("to", &Letter::to),         sim::member("flag", &Letter::flag),
                          sim::member("number", &Letter::number), sim::member("text", &Letter::text),
                          sim::member("list", &Letter::list),     sim::member("bytes", &Letter::bytes)};
    }
};
bool same_letter(const Letter& a, const Letter& b) {
    const auto& [kind, from, to, flag, number, text, list, bytes] = a;
    return kind == b.kind && from == b.from && to == b.to && flag == b.flag && number == b.number && text == b.text &&
           list == b.list && bytes == b.bytes;
}

Letter draw_letter() {
    Letter letter;
    letter.kind = static_cast<Letter::Kind>(*rc::gen::inRange(0, 2));
    letter.from = *rc::gen::arbitrary<Member>();
    letter.to = *rc::gen::arbitrary<Member>();
    letter.flag = *rc::gen::arbitrary<bool>();
    const auto bits = *rc::gen::inRange(0, 64);
    letter.number = *rc::gen::arbitrary<std::uint64_t>() | std::uint64_t{1} << bits;
    if (*rc::gen::arbitrary<bool>()) letter.text = *rc::gen::arbitrary<std::string>();
    letter.list = *rc::gen::arbitrary<std::vector<std::uint16_t>>();
    letter.bytes = draw_bytes();
    return letter;
}

sim::Bytes compact(std::uint64_t number) {
    sim::Bytes out;
    encode_compactly_into(out, number);
    return out;
}
template <class T>
std::optional<T> from_compact(std::initializer_list<std::uint8_t> bytes) {
    const std::vector<std::uint8_t> all(bytes);
    return decode_compactly<T>(all);
}

TEST(Compact, NumbersTakeAByteForEverySevenBits) {
    EXPECT_EQ(compact(0).text(), std::string_view("\0", 1));
    EXPECT_EQ(compact(127).text(), "\x7f");
    EXPECT_EQ(compact(300).text(), "\xac\x02");
    EXPECT_EQ(compact(UINT64_MAX).size(), 10u);
    for (unsigned bits = 0; bits < 64; ++bits)
        for (const std::uint64_t number : {(std::uint64_t{1} << bits) - 1, std::uint64_t{1} << bits})
            EXPECT_EQ(decode_compactly<std::uint64_t>(compact(number)), number);
}

TEST(Compact, NumbersHaveOneSpelling) {
    EXPECT_EQ(from_compact<std::uint64_t>({0x05}), 5u);
    EXPECT_FALSE(from_compact<std::uint64_t>({0x85, 0x00})); // longer than need be
    EXPECT_FALSE(from_compact<std::uint64_t>({}));           // cut
    EXPECT_FALSE(from_compact<std::uint64_t>({0x85}));       // cut
    EXPECT_FALSE(from_compact<std::uint64_t>({0x05, 0x05})); // more behind it
    EXPECT_EQ(from_compact<std::uint16_t>({0xff, 0xff, 0x03}), 0xffff);
    EXPECT_FALSE(from_compact<std::uint16_t>({0x80, 0x80, 0x04}));                               // 17 bits
    EXPECT_FALSE(from_compact<std::uint64_t>({255, 255, 255, 255, 255, 255, 255, 255, 255, 2})); // 65 bits
    EXPECT_FALSE(from_compact<std::uint64_t>({128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 1}));
    EXPECT_EQ(from_compact<bool>({1}), true);
    EXPECT_FALSE(from_compact<bool>({2}));
    EXPECT_FALSE(from_compact<std::vector<std::uint8_t>>({3, 1, 2})); // a count beyond the rest
}

RC_GTEST_PROP(Compact, LettersComeBackAsTheyWere, ()) {
    const Letter letter = draw_letter();
    sim::Bytes bytes;
    encode_compactly_into(bytes, letter);
    const std::optional<Letter> back = decode_compactly<Letter>(bytes);
    RC_ASSERT(back.has_value());
    RC_ASSERT(same_letter(*back, letter));
    for (std::size_t size = 0; size < bytes.size(); ++size)
        RC_ASSERT(!decode_compactly<Letter>(bytes.view().first(size)));
}

RC_GTEST_PROP(Compact, WhatIsTakenIsWrittenTheSameWay, ()) {
    sim::Bytes bytes;
    encode_compactly_into(bytes, draw_letter());
    for (int edits = *rc::gen::inRange(0, 6); edits > 0; --edits)
        bytes.data()[*rc::gen::inRange<std::size_t>(0, bytes.size())] = *rc::gen::arbitrary<std::uint8_t>();
    const auto noise = *rc::gen::container<std::vector<std::uint8_t>>(rc::gen::inRange<std::uint8_t>(0, 4));
    for (const sim::ByteView view : {bytes.view(), sim::ByteView(noise)}) {
        const std::optional<Letter> taken = decode_compactly<Letter>(view);
        if (!taken) continue;
        sim::Bytes again;
        encode_compactly_into(again, *taken);
        RC_ASSERT(again.text() == sim::text_of(view));
    }
}

RC_GTEST_PROP(Wire, MessagesComeBackInEachFormat, ()) {
    Letter letter = draw_letter();
    for (const Format format : {Format{1}, Format{2}}) {
        letter.kind = std::min(letter.kind, Letter::last_kind_of(format));
        const std::optional<Letter> back = message_of<Letter>(datagram_of({format, 2, 7}, letter));
        RC_ASSERT(back.has_value());
        RC_ASSERT(same_letter(*back, letter));
    }
}

RC_GTEST_PROP(Wire, NothingIsLeftOfTheMessageThatHadThePlace, ()) {
    Letter letter = draw_letter();
    Inbox<Letter> inbox;
    for (const Format format : {Format{1}, Format{2}}) {
        inbox.add() = draw_letter();
        inbox.clear();
        letter.kind = std::min(letter.kind, Letter::last_kind_of(format));
        RC_ASSERT(read_message(datagram_of({format, 2, 7}, letter), format, inbox.add()));
        RC_ASSERT(inbox.size() == 1u);
        RC_ASSERT(same_letter(*inbox.begin(), letter));
        inbox.clear();
    }
}

TEST(Wire, ACrowdOfMessagesIsForgottenAndAFewLeaveTheirPlaces) {
    Inbox<Letter> inbox;
    for (const std::size_t count : {3u, 100u}) {
        for (std::size_t i = 0; i < count; ++i) inbox.add().number = count;
        EXPECT_EQ(inbox.end() - inbox.begin(), static_cast<std::ptrdiff_t>(count));
        inbox.remove_last();
        EXPECT_EQ(inbox.size(), count - 1);
        inbox.clear();
        EXPECT_EQ(inbox.size(), 0u);
        EXPECT_EQ(inbox.add().number, count == 3 ? count : 0u);
        inbox.clear();
    }
}

TEST(Wire, AFormatHasTheMessagesOfItsTimeOnly) {
    Letter letter;
    letter.kind = Letter::Kind::newer;
    EXPECT_FALSE(message_of<Letter>(datagram_of({1, 2, 7}, letter)));
    EXPECT_TRUE(message_of<Letter>(datagram_of({2, 2, 7}, letter)));
}

// --- refusals ------------------------------------------------------------------------------------------

Letter letter_to(Member from, Member to) {
    Letter letter;
    letter.from = from;
    letter.to = to;
    return letter;
}

bool takes(Wire& wire, const sim::Datagram& datagram) {
    Inbox<Letter> inbox;
    const bool is_taken = wire.receive(datagram, inbox);
    EXPECT_EQ(inbox.size(), is_taken ? 1u : 0u); // what is refused leaves nothing there
    return is_taken;
}

TEST(Wire, SaysOfAFloodTheFirstTheSecondTheFourthAndSoOn) {
    std::uint64_t dropped = 0;
    const auto notes = notes_of_member<sim::world::World>("replication.refused", [&](sim::Env& env) {
        Wire wire(env, "test", "server", 3, 2);
        for (int i = 0; i < 1000; ++i)
            EXPECT_FALSE(takes(wire, {wire.members()[1].at(3), sim::Bytes(std::string_view("x"))}));
        EXPECT_FALSE(takes(wire, {wire.members()[2].at(3), sim::Bytes(std::string_view("x"))})); // another sender
        dropped = wire.refused(Refused::ill_formed);
    });
    EXPECT_EQ(dropped, 1001u);
    EXPECT_EQ(notes.size(), 10u + 1u); // 1, 2, 4 ... 512, and 1
}

TEST(Wire, SaysOfManySendersNotMoreThanItHasPlacesFor) {
    std::uint64_t dropped = 0;
    const auto notes = notes_of_member<sim::world::World>("replication.refused", [&](sim::Env& env) {
        Wire wire(env, "test", "server", 3, 2);
        for (std::uint64_t host = 1; host <= 10'000; ++host)
            EXPECT_FALSE(takes(wire, {{5000 + host, 3}, datagram_of({2, 2, 1}, letter_to(1, 0))}));
        dropped = wire.refused(Refused::other_cluster);
    });
    EXPECT_EQ(dropped, 10'000u);
    EXPECT_LT(notes.size(), 300u);
}

// --- two formats side by side --------------------------------------------------------------------------

TEST(Wire, SpeaksToEachMemberTheNewestThatBothKnow) {
    (void)notes_of_member<sim::world::World>("", [](sim::Env& env) {
        Wire wire(env, "test", "server", 3, 2);
        const auto hears = [&](Member from, const WireHeader& header) {
            return takes(wire, {wire.members()[from].at(3), datagram_of(header, letter_to(from, 0))});
        };
        EXPECT_EQ(wire.format_to(1), 1); // not heard yet
        EXPECT_TRUE(hears(1, {1, 2, wire.cluster()}));
        EXPECT_EQ(wire.format_to(1), 2);
        EXPECT_EQ(wire.format_to(2), 1);
        EXPECT_TRUE(hears(2, {1, 1, wire.cluster()}));
        EXPECT_EQ(wire.format_to(2), 1);
        EXPECT_TRUE(hears(2, {2, 7, wire.cluster()})); // it was upgraded, and knows more than is known here
        EXPECT_EQ(wire.format_to(2), 2);
        EXPECT_TRUE(hears(1, {1, 1, wire.cluster()})); // it was taken back
        EXPECT_EQ(wire.format_to(1), 1);
        EXPECT_FALSE(hears(2, {1, 1, wire.cluster() + 1})); // another cluster teaches nothing
        EXPECT_EQ(wire.format_to(2), 2);
    });
}

// One that was taken back tells whoever speaks too new a format to it, and needs no message of its own for that.
TEST(Wire, GreetsWhoSpeaksAFormatThatIsNotKnown) {
    std::vector<std::string> heard;
    sim::world::World world({.seed = 1});
    world.add_monitor(std::make_unique<NoteListener>("replication.older_format", heard));
    Format learned = 0;
    Format before = 0;
    world.add_host({"s0", "server", 0, [&](sim::Env& env) {
                        Wire wire(env, "test", "server", 3, 2);
                        auto socket = env.bind(3);
                        const WireHeader old{1, 2, wire.cluster()}; // which member 1 said before it was taken back
                        (void)takes(wire, {wire.members()[1].at(3), datagram_of(old, letter_to(1, 0))});
                        before = wire.format_to(1);
                        constexpr static sim::Label label{"letter"};
                        EXPECT_TRUE(env.sleep(std::chrono::seconds(1)).ok()); // it is there by then
                        wire.send(*socket, label, letter_to(0, 1));
                        const auto answer = socket->receive();
                        EXPECT_TRUE(answer.ok() && !takes(wire, *answer));
                        learned = wire.format_to(1);
                    }});
    world.add_host({"s1", "server", 1, [](sim::Env& env) {
                        Wire wire(env, "test", "server", 3, 1);
                        auto socket = env.bind(3);
                        const auto datagram = socket->receive();
                        EXPECT_TRUE(datagram.ok() && !takes(wire, *datagram));
                        EXPECT_EQ(wire.refused(Refused::newer_format), 1u);
                        wire.greet(*socket);
                        wire.greet(*socket); // once is enough
                    }});
    world.boot_all();
    world.run_until(world.now() + std::chrono::seconds(10));
    EXPECT_EQ(before, 2);
    EXPECT_EQ(learned, 1);
    EXPECT_EQ(heard, std::vector<std::string>{"1 1"});
}

} // namespace
} // namespace orrery::replication

// Damaged messages, entries, configurations and snapshots' ends, and what a core does with messages that are whole and
// say anything.
#include "orrery/protocols/damaged_bytes_test.h"
#include "orrery/protocols/raft/core.h"
#include "orrery/protocols/replication/wire.h"

namespace orrery::raft {
namespace {

Configuration any_configuration(Damage& damage) {
    Configuration configuration;
    Members* const sets[] = {&configuration.voters.incoming, &configuration.voters.outgoing, &configuration.learners,
                             &configuration.learners_next};
    for (Members* set : sets)
        for (std::uint64_t more = damage.below(4); more > 0; --more)
            set->push_back(static_cast<Member>(damage.below(6)));
    configuration.auto_leave = damage.below(2) == 0;
    return configuration;
}

Entry any_entry(Damage& damage) {
    Entry entry;
    entry.term = damage.number();
    entry.kind = static_cast<Entry::Kind>(damage.below(4));
    entry.command = damage.below(3) == 0 ? sim::encode(any_configuration(damage)) : sim::Bytes(damage.text());
    return entry;
}

Message any_message(Damage& damage) {
    Message message;
    message.kind = static_cast<Message::Kind>(damage.below(static_cast<std::uint64_t>(Message::last_kind) + 1));
    message.from = static_cast<Member>(damage.number());
    message.to = static_cast<Member>(damage.number());
    message.term = damage.number();
    message.success = damage.below(2) == 0;
    message.index = damage.number();
    message.index_term = damage.number();
    message.commit = damage.number();
    message.round = damage.number();
    for (std::uint64_t more = damage.below(4); more > 0; --more) message.entries.push_back(any_entry(damage));
    if (damage.below(2) == 0) return message;
    message.chunk.emplace();
    message.chunk->configuration = any_configuration(damage);
    message.chunk->offset = damage.number();
    message.chunk->total = damage.number();
    message.chunk->data = sim::Bytes(damage.text());
    return message;
}

template <class T>
std::optional<sim::Bytes> again(sim::ByteView bytes) {
    const std::optional<T> value = sim::decode<T>(bytes);
    return value ? std::optional(sim::encode(*value)) : std::nullopt;
}

TEST(Fuzzed, AnyDatagramIsAMessageOrNone) {
    for (const replication::Format format : {replication::Format{1}, replication::Format{2}})
        expect_values_or_nothing(
            [&](Damage& damage) {
                Message message = any_message(damage);
                message.kind = std::min(message.kind, Message::last_kind_of(format));
                return replication::datagram_of({format, 2, damage.number()}, message);
            },
            [](sim::ByteView bytes) -> std::optional<sim::Bytes> {
                const auto message = replication::message_of<Message>(bytes);
                if (!message) return std::nullopt;
                return replication::datagram_of(*replication::header_of(bytes), *message);
            });
}

TEST(Fuzzed, AnyEntryConfigurationOrMarkIsOneOrNone) {
    expect_values_or_nothing([](Damage& damage) { return sim::encode(any_entry(damage)); }, again<Entry>);
    expect_values_or_nothing([](Damage& damage) { return sim::encode(any_configuration(damage)); },
                             again<Configuration>);
    expect_values_or_nothing(
        [](Damage& damage) {
            return sim::encode(Mark{damage.number(), damage.number(), any_configuration(damage)});
        },
        again<Mark>);
}

// Whether it is a configuration of these members is said of anything, and what is one has all that one must have.
TEST(Fuzzed, AConfigurationThatIsValidCanBeLeftOrChanged) {
    std::uint64_t valid = 0;
    for (std::uint64_t seed = 0; seed < 20'000; ++seed) {
        Damage damage(seed);
        const Configuration configuration = any_configuration(damage);
        if (!is_valid(configuration, 6)) continue;
        ++valid;
        const Change change{Change::Kind::voter, 5};
        const Changed next =
            configuration.is_joint() ? leave_joint(configuration) : change_simply(configuration, {&change, 1});
        const Configuration* made = std::get_if<Configuration>(&next);
        EXPECT_TRUE(made == nullptr || is_valid(*made, 6)) << seed;
    }
    EXPECT_GT(valid, 200u);
}

// A follower that nobody leads hears whatever may come from a stranger in a member's name: nothing of it ends it.
TEST(Fuzzed, AFollowerOutlivesAnythingThatIsSaidInOneMessage) {
    const std::uint64_t rounds = std::getenv("ORRERY_NIGHTLY") == nullptr ? 20'000 : 2'000'000;
    std::uint64_t answered = 0;
    for (std::uint64_t seed = 0; seed < rounds; ++seed) {
        Damage damage(seed);
        CoreOptions options{.self = 0, .count = 3, .forwards = true};
        if (damage.below(2) == 0) options.witnesses = {static_cast<Member>(damage.below(3))};
        Core core(options, {}, {}, {}, damage.number());
        Message message = any_message(damage);
        message.from = 1;
        message.to = 0;
        core.step(std::move(message), damage.number());
        core.tick(damage.number(), 100);
        std::vector<Message> out;
        core.take_messages(out);
        answered += out.size();
    }
    EXPECT_GT(answered, rounds);
}

} // namespace
} // namespace orrery::raft

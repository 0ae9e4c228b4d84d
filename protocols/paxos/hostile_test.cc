// Members that say whatever they like: nothing of it ends another one. Paxos believes its members, so what they say may
// well have two values chosen in one slot; but who hears it goes on. Numbers are near those that the listener has, and
// so most of them mean something to it.
#include "orrery/protocols/hostile_members_test.h"
#include "orrery/protocols/paxos/replica.h"

namespace orrery::paxos {
namespace {

constexpr Member cluster_size = 3;

class Hostile {
public:
    explicit Hostile(std::uint64_t seed) : damage_(seed) {
        ReplicaOptions options{.count = cluster_size, .batch = 1 + damage_.below(4), .window = 2 + damage_.below(30)};
        for (options.self = 0; options.self < cluster_size; ++options.self)
            replicas_.emplace_back(options, ReplicaState{}, damage_.below(8));
    }
    void step() {
        Replica& replica = replicas_[damage_.below(cluster_size)];
        switch (damage_.below(8)) {
        case 0:
        case 1:
            replica.tick(damage_.below(1000), 1 + static_cast<std::uint32_t>(damage_.below(4)));
            break;
        case 2:
            use(replica);
            break;
        case 3:
        case 4:
            network_.say(forged(replica));
            break;
        default:
            deliver();
        }
        for (Replica& each : replicas_) settle(each);
    }
    std::uint64_t progress() const {
        std::uint64_t sum = 0;
        for (const Replica& each : replicas_) sum += each.chosen();
        return sum;
    }

private:
    void use(Replica& replica) {
        switch (damage_.below(5)) {
        case 0:
            (void)replica.read();
            break;
        case 1:
            (void)replica.change({1 + damage_.below((1 << cluster_size) - 1)});
            break;
        case 2:
            replica.compact(replica.chosen());
            break;
        default:
            (void)replica.propose(sim::Bytes(damage_.text()));
        }
    }
    Ballot near(const Ballot& ballot, Member from) {
        Ballot made;
        made.round = damage_.near(ballot.round);
        made.member = damage_.below(4) == 0 ? static_cast<Member>(damage_.near(ballot.member)) : from;
        return made;
    }
    sim::Bytes any_value() {
        if (damage_.below(3) == 0) return value_of_voters({damage_.below(16)});
        return sim::Bytes(damage_.text());
    }
    ReplicaMessage forged(const Replica& to) {
        ReplicaMessage message;
        message.kind =
            static_cast<ReplicaMessage::Kind>(damage_.below(static_cast<std::uint64_t>(ReplicaMessage::last_kind) + 1));
        message.to = to.self();
        message.from = static_cast<Member>((to.self() + 1 + damage_.below(cluster_size - 1)) % cluster_size);
        const bool is_answer = damage_.below(2) == 0;
        message.ballot = is_answer ? to.ballot() : near(to.promised(), message.from);
        message.slot = damage_.near(to.chosen() + 1);
        message.next = damage_.near(to.log().last() + 1);
        message.chosen = damage_.near(to.chosen());
        message.round = damage_.near(1);
        message.offset = damage_.near(0);
        message.total = damage_.near(1);
        for (std::uint64_t more = damage_.below(4); more > 0; --more)
            message.entries.push_back({near(message.ballot, message.from), any_value()});
        if (damage_.below(2) == 0) message.data = sim::Bytes(damage_.text());
        return message;
    }
    // Of those on their way, as it is or with something else in it.
    void deliver() {
        std::optional<ReplicaMessage> taken = network_.take(damage_);
        if (!taken) return;
        ReplicaMessage& message = *taken;
        std::uint64_t* const numbers[] = {&message.slot, &message.next, &message.chosen, &message.round,
                                          &message.ballot.round};
        if (damage_.below(8) == 0) {
            std::uint64_t& number = *numbers[damage_.below(std::size(numbers))];
            number = damage_.near(number);
        }
        Replica& replica = replicas_[message.to];
        replica.step(std::move(message), damage_.below(1000));
    }
    // What the owner does: duties 3 to 7. A snapshot is one chunk.
    void settle(Replica& replica) {
        replica.persisted(replica.take_unsaved(), replica.settled());
        if (const std::optional<Chunk> chunk = replica.take_chunk()) {
            replica.chunk_written(chunk->slot, chunk->data.size());
            if (replica.needs_snapshot(chunk->slot)) replica.restore(chunk->slot, {});
        }
        std::vector<ReplicaMessage> said;
        replica.take_messages(said);
        for (ReplicaMessage& message : said) network_.say(std::move(message));
        (void)replica.take_answers();
    }

    Damage damage_;
    std::vector<Replica> replicas_;
    Network<ReplicaMessage> network_;
};

TEST(Hostile, NothingThatMembersSayEndsAnother) { expect_nobody_ends<Hostile>(); }

} // namespace
} // namespace orrery::paxos

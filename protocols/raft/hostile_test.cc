// Members that say whatever they like: nothing of it ends another one. Raft believes its members, so what they say may
// well undo what was committed; but a member that meets what no member could say if all kept the rules drops it, and
// goes on. Numbers are near those that the listener has, and so most of them mean something to it.
#include "orrery/protocols/hostile_members_test.h"
#include "orrery/protocols/raft/core.h"

namespace orrery::raft {
namespace {

constexpr Member cluster_size = 3;

CoreOptions drawn_options(Damage& damage, Member self) {
    CoreOptions options{.self = self, .count = cluster_size, .batch = 1 + damage.below(4), .in_flight_max = 4};
    options.pre_vote = damage.below(2) == 0;
    options.check_quorum = damage.below(2) == 0;
    options.lease_reads = options.check_quorum && damage.below(2) == 0;
    options.forwards = damage.below(2) == 0;
    if (damage.below(4) == 0) options.witnesses = {2};
    return options;
}

class Hostile {
public:
    explicit Hostile(std::uint64_t seed) : damage_(seed) {
        for (Member self = 0; self < cluster_size; ++self) {
            Damage same(seed); // all are set alike
            cores_.emplace_back(drawn_options(same, self), HardState{}, Mark{}, std::vector<Entry>{}, damage_.below(8));
        }
    }
    void step() {
        Core& core = cores_[damage_.below(cluster_size)];
        switch (damage_.below(8)) {
        case 0:
        case 1:
            core.tick(damage_.below(1000), 1 + static_cast<std::uint32_t>(damage_.below(4)));
            break;
        case 2:
            use(core);
            break;
        case 3:
        case 4:
            network_.say(forged(core));
            break;
        default:
            deliver();
        }
        for (Core& each : cores_) settle(each);
    }
    std::uint64_t progress() const {
        std::uint64_t sum = 0;
        for (const Core& core : cores_) sum += core.commit();
        return sum;
    }

private:
    void use(Core& core) {
        const auto other = static_cast<Member>((core.self() + 1 + damage_.below(cluster_size - 1)) % cluster_size);
        switch (damage_.below(8)) {
        case 0:
            core.read(++tokens_);
            break;
        case 1:
            (void)core.transfer(other);
            break;
        case 2:
            core.forget_leader();
            break;
        case 3:
            (void)core.forward(sim::view_of("forwarded"));
            break;
        case 4: {
            const Change change{static_cast<Change::Kind>(damage_.below(3)), other};
            (void)core.change({&change, 1});
            break;
        }
        case 5:
            core.compact(core.commit());
            break;
        default:
            (void)core.propose(sim::Bytes(damage_.text()));
        }
    }
    Message forged(const Core& to) {
        Message message;
        message.kind = static_cast<Message::Kind>(damage_.below(static_cast<std::uint64_t>(Message::last_kind) + 1));
        message.to = to.self();
        message.from = static_cast<Member>((to.self() + 1 + damage_.below(cluster_size - 1)) % cluster_size);
        message.term = damage_.near(to.term());
        message.success = damage_.below(2) == 0;
        message.index = damage_.near(to.log().last_index());
        message.index_term = damage_.near(to.log().last_term());
        message.commit = damage_.near(to.commit());
        message.round = damage_.number();
        for (std::uint64_t more = damage_.below(4); more > 0; --more) {
            message.entries.push_back({damage_.near(message.term), sim::Bytes(damage_.text())});
            if (damage_.below(4) == 0)
                message.entries.back() = {damage_.near(message.term), sim::encode(to.configuration()),
                                          Entry::Kind::configuration};
        }
        if (damage_.below(2) == 0) {
            message.chunk.emplace();
            message.chunk->configuration = to.configuration();
            message.chunk->offset = damage_.number();
            message.chunk->total = damage_.number();
            message.chunk->data = sim::Bytes(damage_.text());
        }
        return message;
    }
    // Of those on their way, as it is or with something else in it.
    void deliver() {
        std::optional<Message> taken = network_.take(damage_);
        if (!taken) return;
        Message& message = *taken;
        std::uint64_t* const numbers[] = {&message.term, &message.index, &message.index_term, &message.commit,
                                          &message.round};
        if (damage_.below(8) == 0) {
            std::uint64_t& number = *numbers[damage_.below(std::size(numbers))];
            number = damage_.near(number);
        }
        Core& core = cores_[message.to];
        core.step(std::move(message), damage_.below(1000));
    }
    // What the owner does: duties 3 to 7. A snapshot is one chunk.
    void settle(Core& core) {
        core.persisted(core.log().last_index());
        std::vector<Piece> pieces;
        core.take_pieces(pieces);
        for (const Piece& piece : pieces) {
            core.piece_written(piece.index, piece.chunk.data.size());
            (void)core.restore({piece.index, piece.term, piece.chunk.configuration});
        }
        std::vector<Message> said;
        core.take_messages(said);
        for (Message& message : said) {
            if (message.kind == Message::Kind::snapshot) {
                message.chunk->total = 1;
                message.chunk->data = sim::Bytes(std::string_view("s"));
            }
            network_.say(std::move(message));
        }
        std::vector<ReadAnswer> answers;
        core.take_reads(answers);
        std::vector<ForwardAnswer> forwarded;
        core.take_forwarded(forwarded);
    }

    Damage damage_;
    std::vector<Core> cores_;
    Network<Message> network_;
    std::uint64_t tokens_ = 0;
};

TEST(Hostile, NothingThatMembersSayEndsAnother) { expect_nobody_ends<Hostile>(); }

} // namespace
} // namespace orrery::raft

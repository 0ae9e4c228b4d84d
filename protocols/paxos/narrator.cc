#include "orrery/protocols/paxos/narrator.h"

#include "orrery/protocols/paxos/message.h"

namespace orrery::paxos {
namespace {

using sim::Observation;
using sim::Telling;
using Weight = sim::Telling::Weight;

std::string number(const Observation& seen, std::size_t place) { return sim::to_text(seen.fields[place]); }
std::string ballot(const Observation& seen) { return "ballot " + number(seen, 1) + "." + number(seen, 2); }
std::string ballot(const Ballot& of) { return "ballot " + std::to_string(of.round) + "." + std::to_string(of.member); }
std::string decree(const Observation& seen) { return "decree " + number(seen, 0) + ": "; }
std::string quoted(const Observation& seen, std::size_t place) {
    return "'" + std::string(seen.fields[place].text) + "'";
}

class PaxosNarrator final : public sim::Narrator {
public:
    Telling tell(const Observation& seen) override {
        using Kind = Observation::Kind;
        if (seen.kind == Kind::send || seen.kind == Kind::deliver || seen.kind == Kind::lose) return message(seen);
        if (seen.kind == Kind::state && seen.name == "paxos.members") return {Weight::routine, "is a member"};
        if (seen.kind != Kind::note) return {};
        if (seen.name == "paxos.promise") return {Weight::usual, decree(seen) + "has promised " + ballot(seen)};
        if (seen.name == "paxos.accept")
            return {Weight::usual, decree(seen) + "accepts " + quoted(seen, 4) + " in " + ballot(seen)};
        if (seen.name == "paxos.propose")
            return {Weight::telling, decree(seen) + "proposes " + quoted(seen, 4) + " in " + ballot(seen)};
        if (seen.name == "paxos.chosen")
            return {Weight::telling, decree(seen) + "learns that " + quoted(seen, 2) + " is chosen"};
        return {};
    }

private:
    static Telling message(const Observation& seen) {
        if (!seen.name.starts_with("paxos.")) return {};
        const auto sent = sim::decode<Message>(seen.bytes);
        if (!sent) return {Weight::telling, "nothing that can be read"};
        return {sent->kind == Message::Kind::chosen ? Weight::routine : Weight::usual, words(*sent)};
    }
    static std::string words(const Message& sent) {
        using Kind = Message::Kind;
        const std::string in = "decree " + std::to_string(sent.decree) + ": ";
        switch (sent.kind) {
        case Kind::prepare:
            return in + "asks for a promise of " + ballot(sent.ballot);
        case Kind::promise:
            return in + "promises " + ballot(sent.ballot) +
                   (sent.other.is_none() ? "; it has accepted nothing"
                                         : "; it has accepted '" + sent.value + "' in " + ballot(sent.other));
        case Kind::accept:
            return in + "asks to accept '" + sent.value + "' in " + ballot(sent.ballot);
        case Kind::accepted:
            return in + "has accepted in " + ballot(sent.ballot);
        case Kind::refuse:
            return in + "refuses " + ballot(sent.ballot) + ": it has promised " + ballot(sent.other);
        case Kind::chosen:
            return in + "'" + sent.value + "' is chosen";
        }
        return in;
    }
};

} // namespace

std::unique_ptr<sim::Narrator> narrator() { return std::make_unique<PaxosNarrator>(); }

} // namespace orrery::paxos

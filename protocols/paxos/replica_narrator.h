// Narrator of replicas: tells what they do in the words of Paxos Made Simple. It remembers of each slot who has
// accepted which value in which ballot, so that it can say of a proposal what it leaves aside, and of a promise what it
// forgets. Values are known from the messages that carry them.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "orrery/protocols/paxos/replica_message.h"
#include "orrery/sim/narrator.h"

namespace orrery::paxos {

class ReplicaNarrator final : public sim::Narrator {
public:
    using CommandWords = std::function<std::string(sim::ByteView command)>;

    explicit ReplicaNarrator(CommandWords command_words) : command_words_(std::move(command_words)) {}
    sim::Telling tell(const sim::Observation& seen) override;
    // A client asks for the command: it may come to be proposed.
    void learn(sim::ByteView command);

private:
    // By host, the last it said to have accepted.
    struct Accepts {
        Ballot ballot{};
        std::int64_t digest = 0;
        std::string name{};
    };

    void learn_value(const sim::Bytes& value);
    sim::Telling on_note(const sim::Observation& seen);
    sim::Telling on_promise(const sim::Observation& seen);
    sim::Telling on_propose(const sim::Observation& seen);
    sim::Telling on_accept(const sim::Observation& seen);
    sim::Telling on_recover(const sim::Observation& seen);
    sim::Telling on_applied(const sim::Observation& seen);
    sim::Telling on_message(const sim::Observation& seen);
    std::string value_words(std::int64_t digest) const;

    CommandWords command_words_;
    std::map<std::int64_t, std::string> values_{};                                // by digest
    std::map<Slot, std::map<std::uint32_t, Accepts>> accepted_{};                 // by slot, by host
    std::map<std::uint32_t, Ballot> promised_{};                                  // by host
    std::map<Slot, std::pair<std::int64_t, std::string>> applied_{};              // by whom first
    std::map<std::uint32_t, std::pair<std::uint64_t, std::uint64_t>> recovers_{}; // by host: in which event, how many
};

// Of a cluster whose commands nobody knows.
std::unique_ptr<sim::Narrator> replica_narrator();

} // namespace orrery::paxos

// The store: the state machine that the log drives. It holds texts under keys, and for each client a session: the
// number of its last command and the result, so that a repeated command is answered again and not executed again. A
// client has one command at a time. At most `sessions_max` sessions are kept. Of more, the one that was unused for
// longest is forgotten, by log index, so that every replica forgets the same: a command that it repeats later is
// executed twice.
#pragma once

#include <map>

#include "orrery/protocols/kv/command.h"
#include "orrery/protocols/replication/state_machine.h"

namespace orrery::kv {

class Store final : public replication::StateMachine {
public:
    static constexpr std::size_t sessions_max = 4096;

    sim::Bytes apply(replication::Index index, sim::ByteView command) override;
    sim::Bytes snapshot() const override;
    bool restore(sim::ByteView snapshot) override;
    Result read(const Operation& operation) const;
    // Whether every key holds what the transaction compares.
    bool holds(const Transaction& transaction) const;
    // The result of a command that was executed already, if it is the last of its session.
    std::optional<Result> done(const Command& command) const;
    // Whether this state is one that the client of the read may be shown.
    bool is_new_enough(const NearbyRead& read) const;
    replication::Index applied() const { return state_.applied; }
    // Commands that came again in the log and were answered by their session.
    std::uint64_t repeated() const { return repeated_; }

private:
    struct Session {
        std::uint64_t sequence = 0;
        replication::Index used = 0;
        Result result;
        static constexpr auto members() {
            return std::tuple{sim::member("sequence", &Session::sequence), sim::member("used", &Session::used),
                              sim::member("result", &Session::result)};
        }
    };
    // All that a snapshot holds: the sessions too, or a repeated command would be executed again.
    struct State {
        std::map<std::string, std::string, std::less<>> values;
        std::map<std::uint64_t, Session> sessions;
        replication::Index applied = 0; // of the last command
        static constexpr auto members() {
            return std::tuple{sim::member("values", &State::values), sim::member("sessions", &State::sessions),
                              sim::member("applied", &State::applied)};
        }
    };
    Result run(const Operation& operation);
    Result run(const Transaction& transaction);
    void forget_oldest();

    State state_;
    std::uint64_t repeated_ = 0;
};

} // namespace orrery::kv

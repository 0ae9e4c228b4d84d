// The store: the state machine that the log drives. It holds texts under keys, and the sessions of its clients: a
// repeated command is answered again and not executed again.
#pragma once

#include <map>

#include "orrery/protocols/kv/command.h"
#include "orrery/protocols/replication/sessions.h"
#include "orrery/protocols/replication/state_machine.h"

namespace orrery::kv {

class Store final : public replication::StateMachine {
public:
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
    sim::Duration stamp() const { return state_.sessions.stamp(); } // the latest in the log
    // Commands that came again in the log and were answered by their session.
    std::uint64_t repeated() const { return repeated_; }

private:
    // All that a snapshot holds: the sessions too, or a repeated command would be executed again.
    struct State {
        std::map<std::string, std::string, std::less<>> values;
        replication::Sessions sessions;
        replication::Index applied = 0; // of the last command
        static constexpr auto members() {
            return std::tuple{sim::member("values", &State::values), sim::member("sessions", &State::sessions),
                              sim::member("applied", &State::applied)};
        }
    };
    Result run(const Operation& operation);
    Result run(const Transaction& transaction);

    State state_;
    std::uint64_t repeated_ = 0;
};

} // namespace orrery::kv

// The store: what the log drives. Texts under keys, and a session a client: the last sequence and
// its result, so that a repeated command is answered again and not done again. A client asks one
// thing at a time. At most `sessions_max` sessions are kept; the one unused for longest, by log
// index and so the same on every replica, is forgotten: the stated bound of exactly-once.
#pragma once

#include <map>

#include "orrery/protocols/kv/command.h"
#include "orrery/protocols/raft/node.h"

namespace orrery::kv {

class Store final : public raft::StateMachine {
public:
    static constexpr std::size_t sessions_max = 4096;

    sim::Bytes apply(raft::Index index, sim::ByteView command) override;
    Result read(const Operation& operation) const;
    // The result of a command that was done already, if it is the last of its session.
    std::optional<Result> done(const Command& command) const;
    // Commands that came again in the log and were answered by their session.
    std::uint64_t repeated() const { return repeated_; }

private:
    struct Session {
        std::uint64_t sequence = 0;
        raft::Index used = 0;
        Result result;
    };
    Result run(const Operation& operation);
    void forget_oldest();

    std::map<std::string, std::string, std::less<>> values_;
    std::map<std::uint64_t, Session> sessions_;
    std::uint64_t repeated_ = 0;
};

} // namespace orrery::kv

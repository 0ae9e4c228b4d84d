// Sessions: each command of a client is executed once, however often the client repeats it (Ongaro's dissertation,
// section 6.3). They are a part of the machine's state: every replica has the same, and snapshots hold them.
//
// A client numbers its commands from 1, and sends the next one when it knows, or has given up, what became of the last.
// Its command 1 begins the session. Of each session the last command and its result are kept. A session that is not
// used for `life`, or is the one unused for longest when there are too many, is forgotten, and its client is told: a
// command that was not executed, because nobody knows whether it had been. So a client must not repeat its command 1
// for longer than `life`.
//
// Time is replicated as well: the replica that proposes a command stamps it, and the time is the highest stamp that was
// applied. No clock of a replica has a part in what the machine does.
#pragma once

#include <map>

#include "orrery/sim/codec.h"
#include "orrery/sim/types.h"

namespace orrery::replication {

class Sessions {
public:
    static constexpr std::size_t sessions_max = 4096;
    static constexpr sim::Duration life = std::chrono::minutes(10);

    enum class Standing : std::uint8_t {
        fresh,     // execute it, and give keep() its result
        repeated,  // it was executed: result_of() has what it gave
        forgotten, // its session, or its result, is not known any more: do not execute it
    };

    // A command comes in the log, stamped with `time`.
    Standing begin(std::uint64_t session, std::uint64_t sequence, sim::Duration time);
    // Of the fresh command that came last.
    void keep(std::uint64_t session, sim::Bytes result);
    // What a command has given, if it is the last of its session; null: it is not known.
    const sim::Bytes* result_of(std::uint64_t session, std::uint64_t sequence) const;
    // The last command of the session; 0: none is known.
    std::uint64_t sequence_of(std::uint64_t session) const;
    sim::Duration stamp() const { return time_; }
    std::size_t size() const { return sessions_.size(); }
    // Whether they are such as commands in a log have made: those that were read need not be.
    bool is_consistent() const;

    static constexpr auto members() {
        return std::tuple{sim::member("time", &Sessions::time_), sim::member("sessions", &Sessions::sessions_)};
    }

private:
    struct Session {
        std::uint64_t sequence = 0;
        sim::Duration used{};
        sim::Bytes result;
        static constexpr auto members() {
            return std::tuple{sim::member("sequence", &Session::sequence), sim::member("used", &Session::used),
                              sim::member("result", &Session::result)};
        }
    };
    void forget_oldest();

    sim::Duration time_{};
    std::map<std::uint64_t, Session> sessions_;
};

// What the clock of a replica makes of replicated time: it goes on from the last stamp that was applied here.
class Stamps {
public:
    void applied(sim::Duration time, sim::Monotonic now) {
        if (time <= time_ && is_set_) return;
        time_ = time;
        at_ = now;
        is_set_ = true;
    }
    // For a command that is proposed now.
    sim::Duration next(sim::Monotonic now) const {
        if (!is_set_) return {};
        CHECK(now >= at_);
        return time_ + (now - at_);
    }

private:
    sim::Duration time_{};
    sim::Monotonic at_{};
    bool is_set_ = false;
};

} // namespace orrery::replication

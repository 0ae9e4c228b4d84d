// RecordingDriver: what every driver of a client keeps to, whatever world its client lives in. An operation is open
// from its invocation to its return, and after one of which it learnt nothing a client goes on as another process,
// because the one before may still be stuck in it. So whatever a client does, its history is well formed.
//
// When the next operation is due, what time it is and where entries go is the world's: two drivers are made of this
// one, ClientDriver of the simulated world and live::LiveDriver.
#pragma once

#include "orrery/reports/history.h"
#include "orrery/scenarios/workload.h"

namespace orrery::scenarios::engine {

class RecordingDriver : public Driver {
public:
    // `clients`: how many there are. Process P of a client is followed by P + clients.
    RecordingDriver(std::uint64_t client, std::uint64_t clients)
        : client_(client), clients_(clients), process_(static_cast<std::int64_t>(client)) {}

    void invoke(const reports::models::Words& words) final;
    void ok(const reports::Value& value) final;
    void fail() final;
    void info() final;
    std::uint64_t client() const final { return client_; }
    std::uint64_t number() const final { return next_ - 1; }

protected:
    virtual sim::WorldTime time() const = 0;
    virtual void take(reports::Entry entry) = 0; // its index is for whoever takes it to give
    // What else happens with an operation: before its invocation is taken, after its answer was, before it is taken
    // that nothing was learnt.
    virtual void opened() {}
    virtual void answered() {}
    virtual void gave_up() {}

    std::uint64_t next_number() const { return next_; }
    void set_number(std::uint64_t number) { next_ = number + 1; }
    std::int64_t process() const { return process_; }
    void set_process(std::int64_t process) { process_ = process; }
    const reports::models::Words& words() const { return words_; }
    bool is_open() const { return is_open_; }
    // The open operation never returns.
    void abandon();
    // What the client asks from now on, it asks as another process.
    void retire() { process_ += static_cast<std::int64_t>(clients_); }

private:
    void add(reports::Entry::Type type, const reports::Value& value);
    void close();

    std::uint64_t client_;
    std::uint64_t clients_;
    std::int64_t process_;
    std::uint64_t next_ = 0; // the number of the next operation
    reports::models::Words words_{};
    bool is_open_ = false; // invoked, and not yet returned
};

} // namespace orrery::scenarios::engine

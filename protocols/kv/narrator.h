// Narrator: tells the store with its raft and its rpc: what clients ask and are answered, and which of that stands in
// the logs. A scenario that keeps something of its own under the keys derives from it and says how values read.
#pragma once

#include <set>

#include "orrery/protocols/kv/command.h"
#include "orrery/protocols/paxos/replica_narrator.h"
#include "orrery/protocols/raft/narrator.h"
#include "orrery/protocols/rpc/narrator.h"

namespace orrery::kv {

class Narrator : public sim::Narrator {
public:
    Narrator();
    sim::Telling tell(const sim::Observation& seen) final;

protected:
    // A value that a key holds: '"x"'.
    virtual std::string value_words(std::string_view value) const;

private:
    std::string words(const std::optional<std::string>& value) const { return value ? value_words(*value) : "nil"; }
    std::string words(const Operation& operation) const;
    std::string words(const Operation& operation, const Result& result) const;
    std::string words(const Transaction& transaction) const;
    std::string words(const std::vector<Operation>& operations) const;
    std::string command_words(sim::ByteView bytes) const;
    rpc::Asked asked(std::string_view service, sim::ByteView argument);
    std::string answered(std::string_view service, sim::ByteView argument, sim::ByteView bytes) const;

    raft::Narrator raft_;
    paxos::ReplicaNarrator paxos_;
    rpc::Narrator rpc_;
    std::set<std::int64_t> skipped_{}; // entries that were told to be repetitions
};

std::unique_ptr<sim::Narrator> narrator();

} // namespace orrery::kv

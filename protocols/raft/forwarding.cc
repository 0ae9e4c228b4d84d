// Proposals at a member that does not lead, which gives them to the leader (as etcd's raft does, MsgProp).
//
// The leader says where it has put a command, and the member waits until that entry is applied, as it would for one of
// its own. Messages may be lost and doubled, so a command may be in the log twice, and in it though the leader has
// refused another copy. Whoever proposes commands that must count once gives them numbers: see replication/sessions.h.
#include "orrery/protocols/raft/core.h"

namespace orrery::raft {

std::uint64_t Core::forward(sim::ByteView command) {
    CHECK(!command.empty());
    // Of a witness nobody would learn what the command has given.
    if (!options_.forwards || role_ == Role::leader || leader_ >= options_.count || is_witness(options_.self)) return 0;
    CHECK(leader_ != options_.self);
    Message message;
    message.kind = Message::Kind::propose;
    message.to = leader_;
    message.round = ++requests_;
    message.entries.push_back({0, sim::Bytes(command)});
    send(std::move(message));
    return requests_;
}

void Core::on_propose(Message& message) {
    CHECK(message.entries.size() == 1);
    Message reply;
    reply.kind = Message::Kind::propose_reply;
    reply.to = message.from;
    reply.round = message.round;
    reply.index = propose(std::move(message.entries.front().command));
    reply.success = reply.index > 0;
    if (reply.success) reply.index_term = log_.term(reply.index);
    send(std::move(reply));
}

void Core::on_propose_reply(const Message& message) {
    forward_answers_.push_back({message.round, message.success ? message.index : 0, message.index_term});
}

} // namespace orrery::raft

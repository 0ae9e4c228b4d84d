#include "orrery/protocols/paxos/replica_narrator.h"

#include "orrery/protocols/paxos/configuration.h"
#include "orrery/protocols/paxos/replica_words.h"
#include "orrery/protocols/replication/wire.h"

namespace orrery::paxos {
namespace {

using Seen = sim::Observation;
using sim::Telling;
using Weight = sim::Telling::Weight;

std::uint64_t natural(const Seen& seen, std::size_t place) {
    return static_cast<std::uint64_t>(seen.fields[place].integer);
}
Ballot ballot_in(const Seen& seen, std::size_t place) {
    return {natural(seen, place), static_cast<Member>(natural(seen, place + 1))};
}
std::string slot_in(const Seen& seen) { return "slot " + std::to_string(natural(seen, 0)); }
constexpr auto digest_of_no_value = static_cast<std::int64_t>(sim::name_hash(""));

} // namespace

void ReplicaNarrator::learn(sim::ByteView command) {
    if (command.empty() || !command_words_) return;
    learn_value(value_of_command(sim::Bytes(command)));
}

void ReplicaNarrator::learn_value(const sim::Bytes& value) {
    if (value.empty()) return;
    std::string& words = values_[static_cast<std::int64_t>(sim::name_hash(value.text()))];
    if (!words.empty()) return;
    if (const std::optional<Voters> voters = voters_of(value))
        words = "the members " + voters_text(*voters);
    else if (command_words_)
        words = command_words_(command_of(value));
}

std::string ReplicaNarrator::value_words(std::int64_t digest) const {
    if (digest == digest_of_no_value) return "nothing";
    const auto found = values_.find(digest);
    return found == values_.end() || found->second.empty() ? "a command" : found->second;
}

Telling ReplicaNarrator::on_promise(const Seen& seen) {
    const Ballot ballot = ballot_in(seen, 0);
    Ballot& before = promised_[seen.host];
    const bool is_lower = ballot < before;
    std::string words = "has promised " + ballot_text(ballot);
    if (is_lower) words += ", and has forgotten that it had promised " + ballot_text(before);
    before = ballot;
    return {is_lower ? Weight::telling : Weight::usual, std::move(words)};
}

// What it leaves aside, if somebody has accepted another value in a lower ballot.
Telling ReplicaNarrator::on_propose(const Seen& seen) {
    const std::int64_t digest = seen.fields[3].integer;
    std::string words =
        "proposes in " + slot_in(seen) + ", " + ballot_text(ballot_in(seen, 1)) + ": " + value_words(digest);
    const Accepts* other = nullptr;
    for (const auto& [host, each] : accepted_[natural(seen, 0)])
        if (each.digest != digest && (other == nullptr || each.ballot > other->ballot)) other = &each;
    if (other == nullptr) return {Weight::usual, std::move(words)};
    words +=
        ", though " + other->name + " has accepted " + value_words(other->digest) + " in " + ballot_text(other->ballot);
    return {Weight::telling, std::move(words)};
}

Telling ReplicaNarrator::on_accept(const Seen& seen) {
    const Ballot ballot = ballot_in(seen, 1);
    const Ballot promised = promised_[seen.host];
    const std::int64_t digest = seen.fields[3].integer;
    Accepts& own = accepted_[natural(seen, 0)][seen.host];
    std::string words = "accepts in " + slot_in(seen) + ", " + ballot_text(ballot) + ": " + value_words(digest);
    Weight weight = Weight::detail;
    if (!own.ballot.is_none() && own.digest != digest) {
        words += ", in place of " + value_words(own.digest) + " of " + ballot_text(own.ballot);
        weight = Weight::telling;
    }
    if (ballot < promised) {
        words += ", though it has promised " + ballot_text(promised);
        weight = Weight::telling;
    }
    own = {ballot, digest, std::string(seen.host_name)};
    promised_[seen.host] = std::max(promised, ballot);
    return {weight, std::move(words)};
}

// All of one start are told together.
Telling ReplicaNarrator::on_recover(const Seen& seen) {
    auto& [event, count] = recovers_[seen.host];
    if (event != seen.event) count = 0;
    event = seen.event;
    ++count;
    return {Weight::usual,
            "finds on its disk what it accepted in " + std::to_string(count) + (count == 1 ? " slot" : " slots") +
                ", the last of them " + slot_in(seen) + ", " + ballot_text(ballot_in(seen, 1)) + ": " +
                value_words(seen.fields[3].integer),
            count > 1};
}

Telling ReplicaNarrator::on_applied(const Seen& seen) {
    const std::int64_t digest = seen.fields[1].integer;
    const auto [first, is_first] =
        applied_.try_emplace(natural(seen, 0), std::pair(digest, std::string(seen.host_name)));
    std::string words = "knows as chosen in " + slot_in(seen) + ": " + value_words(digest);
    if (first->second.first == digest) return {is_first ? Weight::usual : Weight::routine, std::move(words)};
    return {Weight::telling, words + ", where " + first->second.second + " knows " + value_words(first->second.first)};
}

Telling ReplicaNarrator::on_note(const Seen& seen) {
    if (seen.name == "paxos.log.promise") return on_promise(seen);
    if (seen.name == "paxos.log.propose") return on_propose(seen);
    if (seen.name == "paxos.log.accept") return on_accept(seen);
    if (seen.name == "paxos.log.recover") return on_recover(seen);
    if (seen.name == "paxos.log.chosen") return on_applied(seen);
    if (seen.name == "paxos.log.learn")
        return {Weight::usual,
                "is told what is chosen in " + slot_in(seen) + ": " + value_words(seen.fields[3].integer)};
    if (seen.name == "paxos.log.members")
        return {Weight::telling, "knows that from slot " + std::to_string(natural(seen, 0) + natural(seen, 1)) +
                                     " on " + std::string(seen.fields[2].text) + " decide"};
    if (seen.name == "paxos.log.member") return {Weight::routine, "is member " + std::to_string(natural(seen, 0))};
    if (seen.name == "paxos.retired") return {Weight::telling, "decides nowhere any more"};
    if (seen.name == "paxos.stranger") return {Weight::usual, "refuses one that decides nowhere"};
    if (seen.name == "paxos.left_tells") return {Weight::usual, "has left, and tells those who decide that they do"};
    if (seen.name == "paxos.log.read") return {Weight::routine, "begins read " + std::to_string(natural(seen, 0))};
    if (seen.name == "paxos.log.answer")
        return {Weight::detail,
                "answers read " + std::to_string(natural(seen, 0)) + " as of slot " + std::to_string(natural(seen, 1))};
    if (seen.name == "paxos.log.snapshot")
        return {Weight::usual, "keeps the state after " + slot_in(seen) + ", and forgets the log up to there"};
    if (seen.name == "paxos.restored") return {Weight::telling, "takes over the state after " + slot_in(seen)};
    if (seen.name == "paxos.leader") return {Weight::telling, "leads " + ballot_text(ballot_in(seen, 0))};
    if (seen.name == "paxos.deposed") return {Weight::telling, "leads " + ballot_text(ballot_in(seen, 0)) + " no more"};
    if (seen.name == "paxos.torn_tail")
        return {Weight::usual,
                "cuts off its journal " + std::to_string(natural(seen, 0)) + " bytes that are not whole"};
    return {};
}

Telling ReplicaNarrator::on_message(const Seen& seen) {
    using MessageKind = ReplicaMessage::Kind;
    if (!seen.name.starts_with("paxos.log.")) return {};
    const auto message = replication::message_of<ReplicaMessage>(seen.bytes);
    if (!message) return {Weight::telling, "nothing that can be read"};
    for (const Accepted& each : message->entries) learn_value(each.value);
    std::string words = label_of(message->kind).describe(seen.bytes);
    const bool is_routine = message->kind == MessageKind::heartbeat || message->kind == MessageKind::heartbeat_reply;
    const bool is_detail = message->kind == MessageKind::accept || message->kind == MessageKind::accepted;
    return {is_routine ? Weight::routine : is_detail ? Weight::detail : Weight::usual, std::move(words)};
}

Telling ReplicaNarrator::tell(const Seen& seen) {
    using Kind = sim::Observation::Kind;
    if (seen.kind == Kind::note) return on_note(seen);
    if (seen.kind == Kind::send || seen.kind == Kind::deliver || seen.kind == Kind::lose) return on_message(seen);
    if (seen.kind != Kind::state) return {};
    if (seen.name == "paxos.members") return {Weight::routine, "is a member"};
    if (seen.name != "paxos.role") return {};
    if (seen.fields[0].text == "candidate") return {Weight::usual, "begins a ballot"};
    return {Weight::routine, "is a " + std::string(seen.fields[0].text)};
}

std::unique_ptr<sim::Narrator> replica_narrator() { return std::make_unique<ReplicaNarrator>(nullptr); }

} // namespace orrery::paxos

// A request is known from its sending on; its arrival is told with how often it had been sent by then.
#include "orrery/protocols/rpc/narrator.h"

#include "orrery/sim/chance.h"

namespace orrery::rpc {
namespace {

using sim::Observation;
using sim::Telling;
using Weight = Telling::Weight;

constexpr std::uint64_t repetitions_told = 2; // of what is asked, or refused, again and again

std::string again(std::uint64_t times) {
    if (times < 2) return "asks: ";
    return times == 2 ? "asks again: " : "asks for the " + std::to_string(times) + "th time: ";
}

} // namespace

std::string Narrator::run_of(std::uint64_t boot) const {
    const auto run = runs_.find(boot);
    if (run == runs_.end()) return "somebody";
    if (run->second.number == 1) return run->second.host + "'s first run";
    return run->second.host + "'s run " + std::to_string(run->second.number);
}

Asked Narrator::asked(const Request& request) const {
    Asked asked;
    if (words_.asked) asked = words_.asked(request.service, request.argument);
    if (asked.words.empty()) asked.words = request.service;
    if (asked.identity == 0) asked.identity = sim::mix(request.boot, request.sequence);
    return asked;
}

Telling Narrator::request(const Observation& seen) {
    std::optional<Request> read = sim::decode<Request>(seen.bytes);
    if (!read) return {};
    const Asked what = asked(*read);
    if (seen.kind == Observation::Kind::send) messages_[seen.message] = ++asked_[what.identity];
    const auto sent = messages_.find(seen.message);
    std::uint64_t times = sent == messages_.end() ? 0 : sent->second;
    if (seen.kind == Observation::Kind::deliver) {
        const std::uint64_t arrivals = ++arrived_[what.identity];
        if (times == 0) times = arrivals; // a copy that the network made
    }
    const std::pair key(read->boot, read->sequence);
    std::string words = again(times) + what.words;
    Weight weight = times > repetitions_told ? Weight::routine : Weight::usual;
    const auto before = requests_.find(key);
    if (before != requests_.end() && (before->second.identity != what.identity || before->second.shares)) {
        words += ", under the id that another request had";
        weight = Weight::telling;
    }
    const bool shares = weight == Weight::telling;
    latest_[read->boot] = key;
    requests_[key] = {std::move(*read), what.identity, what.words, shares};
    return {weight, words};
}

std::string Narrator::reply_words(const Reply& reply) const {
    const auto found = requests_.find({reply.boot, reply.sequence});
    // Which request it was needs no word while its client has asked for nothing else since.
    const auto latest = latest_.find(reply.boot);
    const bool is_latest = latest != latest_.end() && latest->second == std::pair(reply.boot, reply.sequence);
    const std::string of = found == requests_.end() || is_latest ? "" : " to " + found->second.words;
    if (reply.kind == ReplyKind::unknown) return "answers that it does not know what becomes of it" + of;
    if (reply.kind == ReplyKind::value) {
        std::string words;
        if (found != requests_.end() && words_.answered)
            words = words_.answered(found->second.request.service, found->second.request.argument, reply.content);
        return "answers" + of + ": " + (words.empty() ? "done" : words);
    }
    const std::optional<Refused> refused = sim::decode<Refused>(reply.content);
    std::string words = "refuses" + of;
    if (!refused) return words;
    words += ": " + refused->reason;
    if (!refused->redirect.is_set()) return words;
    const auto host = hosts_.find(static_cast<std::uint32_t>(refused->redirect.host - 1)); // as worlds number them
    return words + (host == hosts_.end() ? "" : ", ask " + host->second);
}

Telling Narrator::reply(const Observation& seen) {
    const std::optional<Reply> read = sim::decode<Reply>(seen.bytes);
    if (!read) return {};
    const auto request = requests_.find({read->boot, read->sequence});
    const bool refuses = read->kind == ReplyKind::refused && request != requests_.end();
    const bool arrives = seen.kind == Observation::Kind::deliver;
    const std::uint64_t times = refuses ? refused_[request->second.identity] += arrives : 0;
    return {times > repetitions_told ? Weight::routine : Weight::usual, reply_words(*read)};
}

Telling Narrator::tell(const Observation& seen) {
    if (!seen.host_name.empty()) hosts_.try_emplace(seen.host, seen.host_name);
    if (seen.kind == Observation::Kind::boot) {
        const auto host = boots_.try_emplace(std::string(seen.host_name), 0).first;
        runs_[seen.boot] = {std::string(seen.host_name), ++host->second};
        return {};
    }
    if (seen.kind == Observation::Kind::note && seen.name == "rpc.execute") return {Weight::routine, ""};
    if (seen.label == nullptr) return {};
    if (seen.label->name == label_request.name) return request(seen);
    if (seen.label->name == label_reply.name) return reply(seen);
    return {};
}

} // namespace orrery::rpc

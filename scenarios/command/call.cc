// orrery call: one call to a server that speaks Go's net/rpc or net/rpc/jsonrpc. The argument is JSON, and so is the
// result; their types are those of the text, and of what the server sends.
#include <cstdio>

#include "orrery/protocols/live/addresses.h"
#include "orrery/protocols/live/env.h"
#include "orrery/protocols/rpc/go_client.h"
#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/json.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {
namespace {

rpc::GoProtocol protocol_of(const CallOptions& options) {
    if (options.protocol == "gob") return rpc::GoProtocol::gob;
    return options.protocol == "jsonrpc" ? rpc::GoProtocol::json : rpc::GoProtocol::gob_over_http;
}

// The two ends: whom to call, and one that is found by nobody, on any address of this machine.
sim::Checked<live::Cluster> cluster_of(const std::string& address) {
    live::Member server{"server", 0, {}, 0, {}};
    if (!live::parse_address(address, server) || server.port == 0)
        return sim::usage_complaint("expected HOST:PORT, like 127.0.0.1:1234, got '" + address + "'");
    live::Cluster cluster{{server}};
    const sim::Checked<std::vector<live::Ip>> ips = live::resolve(cluster);
    if (!ips.ok()) return sim::missing_complaint(ips.complaint().message);
    cluster.members.push_back({"client", 0, ips->front().is_v6() ? "::" : "0.0.0.0", 0, {}});
    return cluster;
}

rpc::GoReply<rpc::GoJson> reply_of(sim::Env& env, const CallOptions& options) {
    const sim::Deadline deadline = env.deadline(options.timeout);
    rpc::GoClient client(env);
    if (const auto error = client.open(env.peers("server")[0], protocol_of(options), deadline)) return *error;
    return client.call<rpc::GoJson>(options.words[1], rpc::GoJson{options.words[2]}, deadline);
}

int tell(const CallOptions& options, const rpc::GoError& error) {
    using Kind = rpc::GoError::Kind;
    const std::string where = options.words[0];
    switch (error.kind) {
    case Kind::server:
        if (options.json) engine::Object("call").text("method", options.words[1]).text("error", error.text).print();
        mention("orrery: {}\n", shown_line(error.text));
        return exit_refused;
    case Kind::request:
        return complain(sim::usage_complaint("the argument cannot be sent: " + shown_line(error.text)));
    case Kind::reply:
        return complain({sim::Cause::input, {}, shown_line(error.text)});
    case Kind::connection:
    case Kind::shutdown:
        return complain(sim::missing_complaint("no connection to " + where + ": " + shown_line(error.text)));
    case Kind::waiting:
    case Kind::cancelled:
        break;
    }
    return complain(
        sim::missing_complaint("no answer from " + where + " within " + sim::duration_text(options.timeout)));
}

} // namespace

int call(const CallOptions& options) {
    CHECK(options.words.size() == 3);
    if (const gob::Problem problem = jsonrpc::check_whole(options.words[2]))
        return complain(sim::usage_complaint("expected an argument in JSON: " + shown_line(problem->text)));
    const sim::Checked<live::Cluster> cluster = cluster_of(options.words[0]);
    if (!cluster.ok()) return complain(cluster.complaint());
    const auto env = live::Env::make({.role = "client", .cluster = *cluster});
    if (!env.ok()) return complain(env.complaint());
    std::optional<rpc::GoReply<rpc::GoJson>> reply;
    const live::Ending ending = (*env)->run([&](sim::Env& of) { reply.emplace(reply_of(of, options)); });
    CHECK(ending.kind == live::Ending::Kind::finished);
    if (!reply->ok()) return tell(options, reply->error());
    if (options.json)
        engine::Object("call").text("method", options.words[1]).raw("result", reply->value().text).print();
    else
        say("{}\n", reply->value().text);
    return exit_passed;
}

} // namespace orrery::scenarios::command

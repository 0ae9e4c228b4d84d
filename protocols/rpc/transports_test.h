// For tests: the two ways a call can travel, behind one face, and a server to call.
#pragma once

#include <string>

#include "orrery/protocols/rpc/rpc.h"

namespace orrery::rpc {

struct OverDatagrams {
    explicit OverDatagrams(sim::Env& env) : env_(env) {}
    template <class R, class A>
    Outcome<R> call(std::string_view service, const A& argument, sim::Duration timeout) {
        return rpc::call<R>(env_, env_.peers("server")[0], service, argument, timeout);
    }
    template <class R, class A>
    Pending<R> start(std::string_view service, const A& argument) {
        return rpc::start<R>(env_, env_.peers("server")[0], service, argument);
    }
    template <class A>
    void notify(std::string_view service, const A& argument) {
        rpc::notify(env_, env_.peers("server")[0], service, argument);
    }

private:
    sim::Env& env_;
};

struct OverStreams {
    explicit OverStreams(sim::Env& env) : env_(env), connection_(env) {}
    template <class R, class A>
    Outcome<R> call(std::string_view service, const A& argument, sim::Duration timeout) {
        const sim::Deadline deadline = env_.deadline(timeout);
        open(deadline);
        return connection_.call<R>(service, argument, deadline);
    }
    template <class R, class A>
    Pending<R> start(std::string_view service, const A& argument) {
        open({});
        return connection_.start<R>(service, argument);
    }
    template <class A>
    void notify(std::string_view service, const A& argument) {
        open({});
        connection_.notify(service, argument);
    }

private:
    void open(sim::Deadline deadline) {
        if (!connection_.is_open()) (void)connection_.open(env_.peers("server")[0], deadline);
    }
    sim::Env& env_;
    Connection connection_;
};

constexpr sim::Address elsewhere{17, 4}; // where the service "refuse" sends its callers

// Counts the slow calls that ran to their end, and those that were cancelled on the way.
inline void serve(sim::Env& env, int& executed, int& cancelled) {
    Server server(env, {.concurrency = 4, .queue = 1});
    server.on("double", [](std::int64_t value) { return 2 * value; });
    server.on("refuse", [](std::int64_t) -> Outcome<std::int64_t> { return Refused{"no", elsewhere}; });
    server.on("echo", [](const std::string& text) { return text; });
    server.on("slow", [&](std::int64_t value) {
        cancelled += !env.sleep(std::chrono::milliseconds{50}).ok();
        ++executed;
        return value;
    });
    server.serve();
}

} // namespace orrery::rpc

#include "orrery/protocols/rpc/live_server_test.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <thread>

#include "orrery/protocols/live/env.h"

namespace orrery::rpc {
namespace {

std::string own_host(int number) {
    const auto process = static_cast<unsigned>(::getpid());
    return "127." + std::to_string(1 + process % 250) + "." + std::to_string(process / 250 % 250) + "." +
           std::to_string(251 + number); // the hosts of stages have lower numbers
}

std::unique_ptr<live::Env> make_env(const std::string& role) {
    const live::Cluster cluster{{{"server", 0, server_host(), 7000, {}}, {"client", 0, own_host(1), 0, {}}}};
    auto env = live::Env::make({.role = role, .cluster = cluster});
    CHECK(env.ok());
    return std::move(*env);
}

} // namespace

const std::string& server_host() {
    static const std::string host = own_host(0);
    return host;
}

struct LiveServer::Running {
    std::unique_ptr<live::Env> env = make_env("server");
    live::Ending ending{};
    std::thread thread{};
};

LiveServer::LiveServer(std::function<void(sim::Env&)> main) : running_(std::make_unique<Running>()) {
    running_->thread =
        std::thread([running = running_.get(), main = std::move(main)] { running->ending = running->env->run(main); });
}
LiveServer::~LiveServer() {
    running_->env->stop();
    running_->thread.join();
    const live::Ending& ending = running_->ending;
    EXPECT_EQ(ending.kind, live::Ending::Kind::stopped) << ending.rule << ending.text;
}

void run_client(std::function<void(sim::Env&)> main) {
    const live::Ending ending = make_env("client")->run(std::move(main));
    EXPECT_EQ(ending.kind, live::Ending::Kind::finished) << ending.rule << ending.text;
}

} // namespace orrery::rpc

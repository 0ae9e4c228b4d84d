// Each host has a loopback address of its own, so that the first port of all of them is the same number, and each pair
// of hosts a link that a filter of packets could tell from the others.
#include "orrery/scenarios/engine/live/cluster.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "orrery/sim/text.h"

namespace orrery::scenarios::engine::live {
namespace {

constexpr std::uint16_t first_port = 20'000;
constexpr std::uint16_t last_port = 32'000; // above, the kernel gives ports to whoever asks for any
constexpr std::uint16_t members_max = 62'500;

std::string loopback_address(std::uint32_t number) {
    const auto process = static_cast<std::uint32_t>(::getpid());
    // Two that run at a time have different addresses; if not, their ports differ.
    const std::uint32_t second = 1 + process % 250;
    const std::uint32_t third = (process / 250 + number / 250) % 250;
    return "127." + std::to_string(second) + "." + std::to_string(third) + "." + std::to_string(1 + number % 250);
}

// Of a name, by the address that comes first; one that is no address at all is somebody else's complaint.
bool is_free(const std::string& host, std::uint16_t port, int type) {
    addrinfo hints{};
    hints.ai_socktype = type;
    hints.ai_flags = AI_NUMERICSERV;
    addrinfo* found = nullptr;
    if (::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return true;
    const int one = ::socket(found->ai_family, type | SOCK_CLOEXEC, 0);
    const int reuse = 1;
    if (type == SOCK_STREAM) ::setsockopt(one, SOL_SOCKET, SO_REUSEADDR, &reuse, sizeof reuse);
    const bool is_taken = one >= 0 && ::bind(one, found->ai_addr, found->ai_addrlen) != 0 && errno == EADDRINUSE;
    if (one >= 0) ::close(one);
    ::freeaddrinfo(found);
    return !is_taken;
}

bool are_free(const world::Member& member, std::uint16_t port) {
    for (std::uint16_t i = 0; i < world::ports_per_member; ++i)
        for (const int type : {SOCK_DGRAM, SOCK_STREAM})
            if (!is_free(member.host, static_cast<std::uint16_t>(port + i), type)) return false;
    return true;
}

std::uint32_t count_in(const world::Cluster& cluster, std::string_view role) {
    return static_cast<std::uint32_t>(std::count_if(cluster.members.begin(), cluster.members.end(),
                                                    [&](const world::Member& each) { return each.role == role; }));
}

} // namespace

std::vector<std::string> hosts_of(const world::Cluster& cluster) {
    std::vector<std::string> hosts;
    for (const world::Member& each : cluster.members) hosts.push_back(each.role + std::to_string(each.index));
    return hosts;
}

std::vector<std::string> roles_of(const Scenario& scenario) {
    std::vector<std::string> roles;
    for (const Role& role : scenario.roles) roles.push_back(role.name);
    if (scenario.clients.count > 0) roles.emplace_back("client");
    return roles;
}

bool has_role(const Scenario& scenario, std::string_view role) {
    const std::vector<std::string> roles = roles_of(scenario);
    return std::find(roles.begin(), roles.end(), role) != roles.end();
}

sim::Problem fit_to_cluster(const world::Cluster& cluster, const std::string& file, RunInput& input) {
    const Scenario& scenario = *input.scenario;
    for (const world::Member& each : cluster.members)
        if (!has_role(scenario, each.role))
            return sim::Complaint{sim::Cause::input, each.place,
                                  "expected a role of " + scenario.name + ", " + sim::join(roles_of(scenario)) +
                                      ", got '" + each.role + "'" + sim::suggestion(each.role, roles_of(scenario))};
    for (const world::Member& each : cluster.members)
        if (each.port == 0 && each.role != "client")
            return sim::Complaint{sim::Cause::input, each.place,
                                  "expected a port at which " + each.role + " " + std::to_string(each.index) +
                                      " is found, got 0, which is for clients"};
    const auto follow = [&](const std::string& setting, const std::string& role) -> sim::Problem {
        const std::uint32_t count = count_in(cluster, role);
        if (count == 0 && role != "client")
            return sim::Complaint{
                sim::Cause::input, {file}, "names no " + role + ", and " + scenario.name + " has one"};
        if (setting.empty()) return std::nullopt;
        const std::string text = std::to_string(count);
        for (const Setting& each : scenario.settings)
            if (each.name == setting && count > each.most)
                return sim::Complaint{sim::Cause::input,
                                      {file},
                                      "names " + text + " of the role " + role + "; " + scenario.name +
                                          " has at most " + std::to_string(each.most)};
        if (input.chosen.contains(setting) && input.settings.text(setting) != text)
            return sim::usage_complaint("the cluster has " + text + " of the role " + role + ", not " +
                                        input.settings.text(setting) + " as " + setting + " says");
        input.settings.set(setting, text);
        return std::nullopt;
    };
    for (const Role& role : scenario.roles)
        if (sim::Problem problem = follow(role.count.setting, role.name)) return problem;
    return scenario.clients.count > 0 ? follow("clients", "client") : std::nullopt;
}

sim::Problem problem_of_ports(const world::Member& member) {
    if (member.port == 0 || are_free(member, member.port)) return std::nullopt;
    return sim::missing_complaint("another process has a port of " + member.address() + ", or of the " +
                                  std::to_string(world::ports_per_member - 1) + " after it");
}

sim::Checked<world::Cluster> loopback_cluster(const RunInput& input) {
    const Scenario& scenario = *input.scenario;
    world::Cluster cluster;
    const auto add = [&](const std::string& role, std::uint32_t count) {
        for (std::uint32_t i = 0; i < count; ++i) {
            const auto number = static_cast<std::uint32_t>(cluster.members.size());
            cluster.members.push_back({role, i, loopback_address(number), 0, {}});
        }
    };
    for (const Role& role : scenario.roles) add(role.name, role.count.of(input.settings));
    add("client", client_count(scenario, input.settings));
    if (cluster.members.size() > members_max)
        return sim::usage_complaint("a run on this machine has at most " + std::to_string(members_max) + " processes");
    for (std::uint16_t port = first_port; port <= last_port; port += world::ports_per_member) {
        const bool fits = std::all_of(cluster.members.begin(), cluster.members.end(),
                                      [port](const world::Member& each) { return are_free(each, port); });
        if (!fits) continue;
        for (world::Member& each : cluster.members) each.port = port;
        return cluster;
    }
    return sim::missing_complaint("no ports are free on the loopback interface");
}

} // namespace orrery::scenarios::engine::live

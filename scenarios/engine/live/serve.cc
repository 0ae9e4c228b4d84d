#include "orrery/scenarios/engine/live/serve.h"

#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/live/cluster.h"
#include "orrery/scenarios/engine/live/data_owner.h"
#include "orrery/scenarios/engine/live/driver.h"
#include "orrery/scenarios/engine/live/log.h"
#include "orrery/scenarios/engine/live/triggers.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::engine::live {
namespace {

// The alarm is ours: it rings when a process that was told to end has had its time.
constexpr int signals[] = {SIGTERM, SIGINT, SIGHUP, SIGALRM};
constexpr unsigned patience = 2; // seconds

// The handler's way to the process. It is set before the handler, and unset after it.
world::Env* volatile served = nullptr;
volatile std::sig_atomic_t told_to_end = 0;

// The first signal cancels main, which puts its things in order. After the second, or the alarm, a process ends where
// it stands, as in a crash, for which its code is made.
void on_signal(int) {
    if (served != nullptr) served->stop();
    if (told_to_end == 0) ::alarm(patience);
    told_to_end = 1;
}

// While it lives, signals stop the process that runs.
class Stopping {
public:
    explicit Stopping(world::Env& env) {
        CHECK(served == nullptr);
        served = &env;
        told_to_end = 0;
        for (std::size_t i = 0; i < std::size(signals); ++i) {
            struct sigaction action {};
            action.sa_handler = on_signal;
            const bool is_set = ::sigaction(signals[i], &action, &before_[i]) == 0;
            CHECK(is_set);
        }
    }
    ~Stopping() {
        ::alarm(0);
        for (std::size_t i = 0; i < std::size(signals); ++i) ::sigaction(signals[i], &before_[i], nullptr);
        served = nullptr;
    }
    Stopping(const Stopping&) = delete;
    Stopping& operator=(const Stopping&) = delete;

private:
    struct sigaction before_[std::size(signals)] = {};
};

const Role* find_role(const Scenario& scenario, std::string_view name) {
    for (const Role& role : scenario.roles)
        if (role.name == name) return &role;
    return nullptr;
}

sim::Problem problem_of(const Serving& serving) {
    const Scenario& scenario = *serving.input.scenario;
    const std::vector<std::string> roles = roles_of(scenario);
    if (!has_role(scenario, serving.role))
        return sim::usage_complaint("scenario " + scenario.name + " has no role '" + serving.role + "'; it has " +
                                    sim::join(roles) + sim::suggestion(serving.role, roles));
    const bool is_client = serving.role == "client";
    if (!is_client && !serving.history.empty())
        return sim::usage_complaint("only clients write a history; leave out --history");
    if (!is_client && serving.time.count() > 0)
        return sim::usage_complaint("only clients end by themselves; leave out --time");
    const Role* role = find_role(scenario, serving.role);
    if (role != nullptr && role->disk && serving.data.empty())
        return sim::usage_complaint("role " + serving.role + " has a disk; name a folder for it with --data");
    return std::nullopt;
}

reports::History head_of_history(const RunInput& input) {
    reports::History head;
    if (input.scenario->clients.model != nullptr) head.model = input.scenario->clients.model->name();
    head.initial = input.scenario->clients.initial;
    for (const auto& [key, value] : input.settings.values()) head.settings.emplace_back(key, reports::Value(value));
    return head;
}

// A client with its driver; of a server only the main.
struct Performance {
    std::function<void(sim::Env&)> main{};
    std::unique_ptr<LiveDriver> driver{};
};

sim::Checked<Performance> performance_of(const Serving& serving) {
    const Scenario& scenario = *serving.input.scenario;
    Performance performance;
    if (const Role* role = find_role(scenario, serving.role)) {
        performance.main = role->main;
        return performance;
    }
    LiveDriver::Pace pace{serving.input.settings.duration("think"), [] { return told_to_end != 0; }};
    if (serving.time.count() > 0) pace.end = time_now() + serving.time;
    performance.driver =
        std::make_unique<LiveDriver>(serving.index, client_count(scenario, serving.input.settings), pace);
    if (!serving.history.empty())
        if (sim::Problem problem = performance.driver->open(serving.history, head_of_history(serving.input)))
            return *problem;
    performance.main = [main = scenario.clients.main, driver = performance.driver.get()](sim::Env& env) {
        main(env, *driver);
    };
    return performance;
}

sim::Problem open_log(const Serving& serving, const world::Cluster& cluster, Log& log) {
    if (serving.log.empty()) return std::nullopt;
    const TraceHead head{serving.input.scenario->name, serving.seed.value_or(0), std::string(source_identity()),
                         hosts_of(cluster)};
    const world::Member* member = cluster.find(serving.role, serving.index);
    return log.open(serving.log, head, static_cast<std::uint32_t>(member - cluster.members.data()));
}

sim::Problem take_data(const Serving& serving, const world::Member& self, const world::Cluster& cluster) {
    if (serving.data.empty()) return std::nullopt;
    return take_data_directory(serving.data, data_owner(serving.input, self, cluster));
}

sim::Checked<world::Cluster> read_cluster(const Serving& serving) {
    const sim::Checked<std::string> text = read_file(serving.cluster);
    if (!text) return text.complaint();
    sim::Checked<world::Cluster> cluster = world::parse_cluster(*text, serving.cluster);
    if (!cluster) return cluster;
    if (cluster->find(serving.role, serving.index) == nullptr)
        return sim::Complaint{
            sim::Cause::input, {serving.cluster}, "names no " + serving.role + " " + std::to_string(serving.index)};
    return cluster;
}

// A cluster of this process only: whom it serves is not named.
sim::Checked<world::Cluster> cluster_of_one(const Serving& serving) {
    world::Member member{serving.role, serving.index, {}, 0, {}};
    if (!world::parse_address(serving.listen, member) || member.port == 0)
        return sim::usage_complaint("--listen expects HOST:PORT, like 127.0.0.1:1234, got '" + serving.listen + "'");
    if (const std::string objection = world::objection_to_port(member.port); !objection.empty())
        return sim::usage_complaint("--listen: " + objection);
    const std::string first = roles_of(*serving.input.scenario).front();
    if (serving.role != first)
        return sim::usage_complaint("who stands alone has the role " + first + "; name whom a " + serving.role +
                                    " needs in a --cluster");
    if (serving.index != 0) return sim::usage_complaint("who stands alone has the index 0; leave out --index");
    return world::Cluster{{member}};
}

// The members, to which the settings are fitted.
sim::Checked<world::Cluster> make_cluster(Serving& serving) {
    if (!serving.listen.empty()) return cluster_of_one(serving);
    sim::Checked<world::Cluster> cluster = read_cluster(serving);
    if (cluster)
        if (sim::Problem problem = fit_to_cluster(*cluster, serving.cluster, serving.input)) return *problem;
    return cluster;
}

// Null if it counts nothing.
sim::Checked<std::unique_ptr<CountingWatcher>> counting_watcher(const Serving& serving, Log& log) {
    if (serving.triggers.empty()) return std::unique_ptr<CountingWatcher>();
    const sim::Checked<std::string> text = read_file(plan_file(serving.triggers));
    if (!text) return text.complaint();
    const sim::Checked<faults::Plan> plan = faults::parse_plan(*text, plan_file(serving.triggers));
    if (!plan) return plan.complaint();
    sim::Checked<std::unique_ptr<Counts>> counts = Counts::open(counts_file(serving.triggers), plan->faults.size());
    if (!counts) return counts.complaint();
    return std::make_unique<CountingWatcher>(*plan, std::move(*counts), log);
}

} // namespace

sim::Checked<world::Ending> serve(Serving serving, const std::function<void(const world::Member&)>& at_listening) {
    if (const sim::Problem problem = problem_of(serving)) return *problem;
    const sim::Checked<world::Cluster> cluster = make_cluster(serving);
    if (!cluster) return cluster.complaint();
    switch_flaws(serving.input.settings);
    Log log;
    const sim::Checked<std::unique_ptr<CountingWatcher>> counting = counting_watcher(serving, log);
    if (!counting) return counting.complaint();
    world::Watcher* watcher = *counting != nullptr ? static_cast<world::Watcher*>(counting->get()) : &log;
    sim::Checked<std::unique_ptr<world::Env>> env = world::Env::make({.role = serving.role,
                                                                      .index = serving.index,
                                                                      .cluster = *cluster,
                                                                      .settings = serving.input.settings,
                                                                      .data = serving.data,
                                                                      .loses_unsynced = serving.loses_unsynced,
                                                                      .seed = serving.seed,
                                                                      .watcher = watcher});
    if (!env) return env.complaint();
    if (*counting != nullptr) (*counting)->attach(**env, *cluster);
    const world::Member& member = *cluster->find(serving.role, serving.index);
    if (const sim::Problem problem = problem_of_ports(member)) return *problem;
    if (const sim::Problem problem = take_data(serving, member, *cluster)) return *problem;
    if (const sim::Problem problem = open_log(serving, *cluster, log)) return *problem;
    if (log.has_cut_line() && serving.remark)
        serving.remark("the last line of " + serving.log + " was cut, and is left out");
    if (serving.holds) ::raise(SIGSTOP); // whoever started it lets it go on
    const sim::Checked<Performance> performance = performance_of(serving);
    if (!performance) return performance.complaint();
    const Stopping stopping(**env);
    log.booted((*env)->self());
    log.at_listening = [&] { at_listening(member); };
    world::Ending ending = (*env)->run(performance->main);
    if (ending.kind == world::Ending::Kind::died) {
        log.died(ending.rule);
        return ending;
    }
    if (const sim::Problem problem = log.problem()) return *problem;
    if (ending.kind == world::Ending::Kind::finished && !log.refusal().empty())
        return sim::Complaint{sim::Cause::input, {serving.data}, log.refusal()};
    if (performance->driver != nullptr)
        if (const sim::Problem problem = performance->driver->problem()) return *problem;
    return ending;
}

} // namespace orrery::scenarios::engine::live

// One loop waits for what comes first: the end of a process, the beginning or end of a fault, a signal, the end.
#include "orrery/scenarios/engine/live/live_run.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <set>

#include "orrery/faults/kinds/kind.h"
#include "orrery/protocols/live/disk.h"
#include "orrery/scenarios/engine/live/cluster.h"
#include "orrery/scenarios/engine/live/driver.h"
#include "orrery/scenarios/engine/live/log.h"
#include "orrery/scenarios/engine/live/logs.h"
#include "orrery/scenarios/engine/live/network.h"
#include "orrery/scenarios/engine/live/processes.h"
#include "orrery/scenarios/engine/live/triggers.h"
#include "orrery/scenarios/engine/process/interruption.h"
#include "orrery/scenarios/engine/run/judgement.h"
#include "orrery/scenarios/engine/run/plan.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/sim/chance.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::engine::live {
namespace {

using reports::trace::Row;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds look_interval{10}; // at what the processes say of themselves, if a fault waits for that
constexpr seconds patience{5};            // for a process that was asked to end
constexpr seconds boot_patience{30};      // for all processes to come up

class LiveRun final : public Striking {
public:
    LiveRun(const LiveOptions& options, world::Cluster cluster, std::unique_ptr<Network> network)
        : network_(std::move(network)), options_(options), input_(options.input), cluster_(std::move(cluster)),
          names_(hosts_of(cluster_)), hosts_(names_.size()), processes_(options.keeps_folder ? "" : options.folder) {
        summary_.input = input_;
        summary_.plan = plan_of(input_);
    }

    sim::Problem prepare();
    sim::Problem prepare_triggers();
    void begin();
    sim::Duration asked_for() const;
    void perform();
    sim::Checked<LiveResult> conclude();

    // --- Striking ---
    void kill(std::uint32_t host) override;
    void start(std::uint32_t host) override;
    void freeze(std::uint32_t host) override {
        hosts_[host].is_frozen = true;
        processes_.send(hosts_[host].process, SIGSTOP);
    }
    void thaw(std::uint32_t host) override {
        hosts_[host].is_frozen = false;
        processes_.send(hosts_[host].process, SIGCONT);
    }
    void cut(std::uint32_t from, std::uint32_t to) override {
        keep(network_->links().cut(address_of(from), address_of(to)));
    }
    void mend(std::uint32_t from, std::uint32_t to) override {
        keep(network_->links().mend(address_of(from), address_of(to)));
    }
    void begin_rate(const faults::Fault& fault, const HostLinks& links) override;
    void end_rate(const faults::Fault& fault) override { keep(network_->rates().end(fault.id)); }
    std::string obstacle(const faults::Fault& fault) const override;
    bool is_up(std::uint32_t host) const override { return hosts_[host].process != 0; }
    std::string state_of(std::uint32_t host, const std::string& key) const override;
    void announce(const faults::Fault& fault, bool begins, const std::string& text) override;

private:
    struct Host {
        pid_t process = 0; // 0: none runs
        std::uint64_t starts = 0;
        bool is_killed = false; // by a fault: its end is no news
        bool is_frozen = false; // by a fault
        LogTail tail{};
        std::map<std::string, std::string> states{};
    };

    std::string path(const std::string& name) const { return options_.folder + "/" + name; }
    std::string file_of(std::uint32_t host, const std::string& ending) const {
        return path("logs/" + names_[host] + "." + std::to_string(hosts_[host].starts) + ending);
    }
    bool is_client(std::uint32_t host) const { return cluster_.members[host].role == "client"; }
    const std::string& address_of(std::uint32_t host) const { return cluster_.members[host].host; }
    std::vector<std::string> words_for(std::uint32_t host) const;
    // The first is why the run ends.
    void keep(sim::Problem problem) {
        if (!problem_) problem_ = std::move(problem);
    }
    void look_at_states();
    void look_at_counts();
    void wait(sim::WorldTime until);
    void let_go_on(const std::vector<pid_t>& stopped);
    void take(const Ended& ended);
    void stop_all();
    void judge(reports::History history);
    void write(Row row);
    sim::WorldTime now_in_run() const { return sim::WorldTime{} + (time_now() - start_); }

    std::unique_ptr<Network> network_;
    const LiveOptions& options_;
    RunInput input_;
    world::Cluster cluster_;
    std::vector<std::string> names_;
    std::vector<Host> hosts_;
    Processes processes_;
    Log log_{}; // of faults and ends
    std::vector<std::string> logs_{};
    std::unique_ptr<Counts> counts_{};  // null: nothing is counted
    FaultTimeline* timeline_ = nullptr; // while it runs
    sim::WorldTime start_{};
    sim::WorldTime heal_{};
    sim::WorldTime end_{};
    sim::WorldTime asked_until_{}; // by clients
    bool has_begun_ = false;
    bool is_ending_ = false;
    bool was_whole_ = false; // it came to its end
    sim::Problem problem_{};
    Summary summary_{};
    LiveResult result_{};
};

sim::Problem LiveRun::prepare() {
    for (const char* folder : {"logs", "data", "histories"}) {
        std::error_code error;
        std::filesystem::create_directories(path(folder), error);
        if (error) return sim::missing_complaint("cannot make the folder " + path(folder) + ": " + error.message());
    }
    if (sim::Problem problem = write_file(path("cluster"), world::cluster_text(cluster_))) return problem;
    if (has_kind(summary_.plan, "power")) {
        const sim::Checked<std::unique_ptr<world::Folder>> data = world::Folder::own(path("data"));
        if (!data) return data.complaint();
        result_.loses_unsynced = (*data)->has_nameless_files();
    }
    start_ = time_now();
    if (sim::Problem problem = prepare_triggers()) return problem;
    TraceHead head = head_of(input_);
    head.hosts = names_;
    logs_.push_back(path("logs/faults.jsonl"));
    return log_.open(logs_.back(), head, 0);
}

// If the processes have anything to count.
sim::Problem LiveRun::prepare_triggers() {
    const std::vector<faults::Fault>& all = summary_.plan.faults;
    if (std::none_of(all.begin(), all.end(), [](const faults::Fault& each) { return is_counted(each.trigger); }))
        return std::nullopt;
    if (sim::Problem problem = write_file(plan_file(options_.folder), faults::print(summary_.plan))) return problem;
    sim::Checked<std::unique_ptr<Counts>> counts = Counts::make(counts_file(options_.folder), all.size());
    if (!counts) return counts.complaint();
    counts_ = std::move(*counts);
    return std::nullopt;
}

std::string LiveRun::obstacle(const faults::Fault& fault) const {
    if (fault.kind == "crash" || fault.kind == "pause") return "";
    if (fault.kind == "power")
        return result_.loses_unsynced ? "" : "the file system has no files without names (O_TMPFILE)";
    if (fault.kind == "cut" || rate_kind(fault)) return network_->obstacle(fault);
    if (faults::standard_kinds().of(fault).strikes_members) return "has to tell an operator in the simulated world";
    return "strikes a single message, and no network can be told which";
}

void LiveRun::begin_rate(const faults::Fault& fault, const HostLinks& links) {
    Rate rate;
    rate.fault = fault.id;
    rate.kind = *rate_kind(fault);
    rate.probability = fault.parameters.get<sim::Ratio>("probability");
    if (rate.kind == Rate::Kind::delay) rate.delay = fault.parameters.get<sim::Duration>("delay");
    for (const auto& [from, to] : links) rate.links.emplace_back(address_of(from), address_of(to));
    keep(network_->rates().begin(std::move(rate)));
}

std::vector<std::string> LiveRun::words_for(std::uint32_t host) const {
    const world::Member& member = cluster_.members[host];
    std::vector<std::string> words{"serve", input_.scenario->name, "--quiet"};
    const auto add = [&](const char* flag, const std::string& value) { words.insert(words.end(), {flag, value}); };
    add("--role", member.role);
    add("--index", std::to_string(member.index));
    add("--cluster", path("cluster"));
    add("--log", file_of(host, ".jsonl"));
    add("--seed", std::to_string(sim::mix(input_.seed, sim::name_hash(names_[host]), hosts_[host].starts)));
    const sim::Settings standard = default_settings(*input_.scenario);
    for (const auto& [key, value] : input_.settings.values())
        if (value != standard.text(key)) add("--set", key + "=" + value);
    if (counts_ != nullptr) add("--triggers", options_.folder);
    if (!has_begun_) words.emplace_back("--hold");
    if (!is_client(host)) {
        add("--data", path("data/" + names_[host]));
        if (result_.loses_unsynced) words.emplace_back("--lose-unsynced");
        return words;
    }
    add("--history", path("histories/" + names_[host] + ".jsonl"));
    const sim::Duration left =
        has_begun_ ? std::max<sim::Duration>(asked_until_ - time_now(), milliseconds(1)) : asked_for();
    add("--time", sim::duration_text(std::chrono::floor<milliseconds>(left)));
    return words;
}

void LiveRun::start(std::uint32_t host) {
    Host& each = hosts_[host];
    CHECK(each.process == 0);
    if (is_ending_ || problem_) return;
    ++each.starts;
    const sim::Checked<pid_t> process = processes_.start(words_for(host), file_of(host, ".out"));
    if (!process) {
        problem_ = process.complaint();
        return;
    }
    each.process = *process;
    each.is_killed = false;
    each.is_frozen = false;
    each.states.clear();
    each.tail = LogTail(file_of(host, ".jsonl"));
    logs_.push_back(file_of(host, ".jsonl"));
}

// Waits until it is gone: its folder is then free for the one that comes after it.
void LiveRun::kill(std::uint32_t host) {
    Host& each = hosts_[host];
    if (each.process == 0) return;
    each.is_killed = true;
    processes_.send(each.process, SIGKILL);
    while (each.process != 0)
        for (const Ended& ended : processes_.wait_until(time_now() + patience)) take(ended);
}

std::string LiveRun::state_of(std::uint32_t host, const std::string& key) const {
    const auto found = hosts_[host].states.find(key);
    return found == hosts_[host].states.end() ? "" : found->second;
}

void LiveRun::write(Row row) {
    log_.write(row);
    row.time = now_in_run();
    if (options_.at_row) options_.at_row(row, names_);
}

void LiveRun::announce(const faults::Fault& fault, bool begins, const std::string& text) {
    Row row;
    row.kind = begins ? Row::Kind::fault_begin : Row::Kind::fault_end;
    row.fault = fault.id;
    row.name = text;
    write(std::move(row));
}

// Who ends without having been told to has died, but for a client whose time is over.
void LiveRun::take(const Ended& ended) {
    const auto found =
        std::find_if(hosts_.begin(), hosts_.end(), [&](const Host& each) { return each.process == ended.process; });
    if (found == hosts_.end()) return;
    const auto host = static_cast<std::uint32_t>(found - hosts_.begin());
    found->process = 0;
    // It may have been told before it could listen.
    const bool is_told = is_ending_ && (ended.signal == SIGTERM || (ended.signal == 0 && ended.code == 0));
    const bool is_done = is_client(host) && ended.signal == 0 && ended.code == 0;
    if (is_told || is_done) return;
    Row row;
    row.kind = Row::Kind::crash;
    row.host = host;
    row.name = found->is_killed ? "killed" : "died";
    write(std::move(row));
    if (found->is_killed) return;
    const sim::Checked<std::string> output = read_file(file_of(host, ".out"));
    std::string last = output ? *output : "";
    while (last.ends_with('\n')) last.pop_back();
    last.erase(0, last.rfind('\n') + 1);
    const std::string how =
        ended.signal != 0 ? "signal " + std::to_string(ended.signal) : "exit code " + std::to_string(ended.code);
    summary_.findings.push_back({"process", "process died", "a process ends only when it is told to",
                                 names_[host] + " ended with " + how + (last.empty() ? "" : ": " + last),
                                 now_in_run()});
}

void LiveRun::look_at_states() {
    for (std::uint32_t host = 0; host < hosts_.size(); ++host) {
        if (hosts_[host].process == 0) continue;
        for (const auto& [key, value] : hosts_[host].tail.new_states()) {
            std::string& last = hosts_[host].states[key];
            if (last == value) continue;
            last = value;
            timeline_->stated(host, key, value, time_now());
        }
    }
}

void LiveRun::look_at_counts() {
    const std::vector<faults::Fault>& all = summary_.plan.faults;
    for (std::size_t i = 0; i < all.size(); ++i)
        if (is_counted(all[i].trigger) && counts_->of(i) >= all[i].trigger.nth)
            timeline_->counted(all[i].id, time_now());
}

void LiveRun::wait(sim::WorldTime until) {
    for (const Ended& ended : processes_.wait_until(until)) take(ended);
    const std::vector<pid_t> stopped = processes_.take_stopped();
    if (stopped.empty()) return;
    if (counts_ != nullptr && timeline_ != nullptr) {
        look_at_counts();
        timeline_->advance(time_now());
    }
    let_go_on(stopped);
}

// Who has stopped itself has waited for a fault to begin.
void LiveRun::let_go_on(const std::vector<pid_t>& stopped) {
    for (const Host& each : hosts_)
        if (std::find(stopped.begin(), stopped.end(), each.process) != stopped.end() && !each.is_frozen)
            processes_.send(each.process, SIGCONT);
}

// Starts all processes, and lets them begin at one moment, from which all times count: what a process needs to come up
// is no part of the run.
void LiveRun::begin() {
    for (std::uint32_t host = 0; host < hosts_.size(); ++host) start(host);
    std::set<pid_t> ready;
    const auto is_ready = [&](const Host& each) { return each.process == 0 || ready.contains(each.process); };
    const sim::WorldTime until = time_now() + boot_patience;
    while (interruption() == 0 && !problem_ && time_now() < until &&
           !std::all_of(hosts_.begin(), hosts_.end(), is_ready)) {
        for (const Ended& ended : processes_.wait_until(until)) take(ended);
        for (const pid_t process : processes_.take_stopped()) ready.insert(process);
    }
    start_ = time_now();
    heal_ = start_ + input_.settings.duration("duration");
    end_ = heal_ + input_.settings.duration("recovery");
    asked_until_ = start_ + asked_for();
    has_begun_ = true;
    if (counts_ != nullptr) counts_->set_start(start_);
    for (const Host& each : hosts_)
        if (each.process != 0) processes_.send(each.process, SIGCONT);
}

// Clients ask until a little before the end, so that they hear the last answers.
sim::Duration LiveRun::asked_for() const {
    return input_.settings.duration("duration") + input_.settings.duration("recovery") * 4 / 5;
}

void LiveRun::perform() {
    begin();
    FaultTimeline timeline(summary_.plan, names_, *this, start_, heal_);
    timeline_ = &timeline;
    const bool looks = depends_on_states(summary_.plan);
    const auto is_over = [&] { return interruption() != 0 || problem_.has_value(); };
    while (!is_over() && time_now() < heal_) {
        if (looks) look_at_states();
        sim::WorldTime next = timeline.advance(time_now());
        if (is_over()) break; // a fault could not be done
        if (looks) next = std::min(next, time_now() + look_interval);
        wait(std::min(next, heal_));
    }
    is_ending_ = is_over(); // then nobody starts again
    timeline.heal(time_now());
    timeline_ = nullptr;
    const auto clients_run = [&] {
        for (std::uint32_t host = 0; host < hosts_.size(); ++host)
            if (is_client(host) && hosts_[host].process != 0) return true;
        return false;
    };
    while (!is_over() && time_now() < end_ && (clients_run() || input_.scenario->clients.count == 0)) wait(end_);
    was_whole_ = !is_over();
    result_.left_out = timeline.left_out();
    result_.happened = timeline.plan_of_what_happened();
    for (const faults::Fault& fault : summary_.plan.faults) summary_.efficacies[fault.id].armed = 1;
    for (const auto& [fault, count] : timeline.began()) {
        summary_.efficacies[fault].fired = count;
        summary_.efficacies[fault].effective = count;
    }
    stop_all();
}

// Clients first, so that what they are told last is not a matter of who of the servers went first.
void LiveRun::stop_all() {
    is_ending_ = true;
    for (const bool clients : {true, false}) {
        const auto is_one = [&](std::uint32_t host) { return is_client(host) == clients && hosts_[host].process != 0; };
        bool any = false;
        for (std::uint32_t host = 0; host < hosts_.size(); ++host) {
            if (!is_one(host)) continue;
            processes_.send(hosts_[host].process, SIGTERM);
            any = true;
        }
        const sim::WorldTime until = time_now() + patience;
        while (any && time_now() < until) {
            // A second Ctrl-C has its usual effect, so the first is not looked at any more.
            answer_interruption();
            wait(until);
            any = false;
            for (std::uint32_t host = 0; host < hosts_.size(); ++host) any = any || is_one(host);
        }
    }
    for (std::uint32_t host = 0; host < hosts_.size(); ++host) {
        if (hosts_[host].process == 0) continue;
        summary_.findings.push_back({"process", "does not end", "a process that is asked to end does so",
                                     names_[host] + " still ran " + sim::duration_text(patience) + " after SIGTERM",
                                     now_in_run()});
        kill(host);
    }
}

sim::Checked<LiveResult> LiveRun::conclude() {
    if (problem_) return *problem_;
    if (options_.at_judging) options_.at_judging();
    if (sim::Problem problem = log_.problem()) return *problem;
    std::vector<std::string> logs;
    std::error_code none;
    // Whoever was killed before it could say anything left none.
    for (const std::string& log : logs_)
        if (const auto lines = read_whole_lines(log); lines && !lines->text.empty()) logs.push_back(log);
    sim::Checked<Story> story = read_logs(logs);
    if (!story) return story.complaint();
    for (Row& row : story->rows) row.time = row.time + (story->start - start_);
    std::vector<reports::History> histories;
    for (std::uint32_t host = 0; host < hosts_.size(); ++host) {
        const std::string file = path("histories/" + names_[host] + ".jsonl");
        if (!is_client(host) || !std::filesystem::exists(file, none)) continue;
        sim::Checked<reports::History> history = read_live_history(file);
        if (!history) return history.complaint();
        histories.push_back(std::move(*history));
    }
    summary_.hosts = names_;
    summary_.recording.rows = std::move(story->rows);
    judge(merged(std::move(histories), start_));
    result_.summary = std::move(summary_);
    result_.is_interrupted = signal_that_came() != 0;
    return std::move(result_);
}

void LiveRun::judge(reports::History history) {
    for (const reports::Entry& entry : history.entries)
        if (entry.type == reports::Entry::Type::ok) ++summary_.answered;
    const std::string& counted = input_.scenario->minimum_work.note;
    for (const Row& row : summary_.recording.rows)
        if (row.kind == Row::Kind::note && row.name == counted) ++summary_.notes;
    summary_.history = std::move(history);
    Judgement judgement = judge_history(input_, summary_.history);
    summary_.judgement = std::move(judgement.verdict);
    summary_.undecided = std::move(judgement.undecided);
    std::vector<sim::Finding>& findings = summary_.findings;
    findings.insert(findings.end(), judgement.findings.begin(), judgement.findings.end());
    if (is_judged_by(input_, "monitors")) {
        const std::vector<sim::Finding> seen = watched(summary_.recording.rows, names_, input_.scenario->monitors);
        findings.insert(findings.end(), seen.begin(), seen.end());
    }
    if (was_whole_ && options_.asks_progress && is_judged_by(input_, "progress")) {
        const std::uint64_t clients = client_count(*input_.scenario, input_.settings);
        const auto lack =
            lack_of_progress(summary_.history, clients, sim::WorldTime{} + (heal_ - start_), now_in_run());
        if (lack) findings.push_back(*lack);
    }
    std::stable_sort(findings.begin(), findings.end(),
                     [](const sim::Finding& a, const sim::Finding& b) { return a.time < b.time; });
    summary_.verdict = !findings.empty()            ? RunVerdict::violated
                       : summary_.undecided.empty() ? RunVerdict::passed
                                                    : RunVerdict::undecided;
}

} // namespace

sim::Checked<LiveResult> run_live(LiveOptions options) {
    sim::Checked<std::unique_ptr<Network>> network = Network::make(plan_of(options.input));
    if (!network) return network.complaint();
    sim::Checked<world::Cluster> cluster = loopback_cluster(options.input);
    if (!cluster) return cluster.complaint();
    listen_for_interruption();
    // As late as can be: from here on somebody sees to it that it goes (processes.h).
    if (options.folder.empty()) {
        std::error_code none;
        options.folder = (std::filesystem::temp_directory_path(none) / ("orrery-live-" + std::string(6, 'X'))).string();
        if (::mkdtemp(options.folder.data()) == nullptr)
            return sim::missing_complaint("cannot make a folder for the run: " + std::string(std::strerror(errno)));
    }
    LiveRun run(options, std::move(*cluster), std::move(*network));
    if (const sim::Problem problem = run.prepare()) return *problem;
    run.perform();
    return run.conclude();
}

std::vector<faults::Fault> LiveResult::never_began() const {
    std::vector<faults::Fault> faults;
    for (const faults::Fault& fault : summary.plan.faults) {
        const bool is_left_out = std::any_of(left_out.begin(), left_out.end(),
                                             [&](const LeftOut& each) { return each.fault.id == fault.id; });
        if (!is_left_out && summary.efficacy(fault.id).fired == 0) faults.push_back(fault);
    }
    return faults;
}

} // namespace orrery::scenarios::engine::live

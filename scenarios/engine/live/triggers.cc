#include "orrery/scenarios/engine/live/triggers.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "orrery/scenarios/engine/live/fault_timeline.h"
#include "orrery/scenarios/engine/live/log.h"

namespace orrery::scenarios::engine::live {

using faults::Trigger;
using EffectKind = sim::world::EffectKind;

namespace {

EffectKind kind_of(world::Effect effect) {
    switch (effect) {
    case world::Effect::send:
        return EffectKind::send;
    case world::Effect::write:
        return EffectKind::write;
    case world::Effect::sync:
        return EffectKind::sync;
    }
    CHECK(false);
}

bool is_nobody_or(const std::string& wanted, const std::string& host) { return wanted.empty() || wanted == host; }

} // namespace

// --- the numbers -------------------------------------------------------------------------------------

sim::Checked<std::unique_ptr<Counts>> Counts::map(const std::string& file, std::size_t faults, int flags) {
    const auto cannot = [&] {
        return sim::missing_complaint("cannot count in the file " + file + ": " + std::strerror(errno));
    };
    const std::size_t size = (faults + 1) * sizeof(std::uint64_t);
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CLOEXEC | flags, 0666);
    if (descriptor < 0) return cannot();
    struct stat about {};
    const bool is_sized = flags != 0
                              ? ::ftruncate(descriptor, static_cast<off_t>(size)) == 0
                              : ::fstat(descriptor, &about) == 0 && static_cast<std::size_t>(about.st_size) == size;
    void* memory = is_sized ? ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0) : MAP_FAILED;
    ::close(descriptor);
    if (memory == MAP_FAILED) return cannot();
    return std::unique_ptr<Counts>(new Counts(static_cast<std::uint64_t*>(memory), faults));
}

sim::Checked<std::unique_ptr<Counts>> Counts::make(const std::string& file, std::size_t faults) {
    sim::Checked<std::unique_ptr<Counts>> counts = map(file, faults, O_CREAT | O_TRUNC);
    if (counts) (*counts)->set_start({INT64_MAX});
    return counts;
}

sim::Checked<std::unique_ptr<Counts>> Counts::open(const std::string& file, std::size_t faults) {
    return map(file, faults, 0);
}

Counts::~Counts() { ::munmap(numbers_, (faults_ + 1) * sizeof(std::uint64_t)); }

void Counts::set_start(sim::WorldTime start) {
    std::atomic_ref(numbers_[0]).store(static_cast<std::uint64_t>(start.nanoseconds));
}

sim::WorldTime Counts::start() const { return {static_cast<std::int64_t>(std::atomic_ref(numbers_[0]).load())}; }

std::uint64_t Counts::of(std::size_t fault) const {
    CHECK(fault < faults_);
    return std::atomic_ref(numbers_[fault + 1]).load();
}

std::uint64_t Counts::add(std::size_t fault) {
    CHECK(fault < faults_);
    return std::atomic_ref(numbers_[fault + 1]).fetch_add(1) + 1;
}

// --- one process -------------------------------------------------------------------------------------

CountingWatcher::CountingWatcher(const faults::Plan& plan, std::unique_ptr<Counts> counts, world::Watcher& next)
    : counts_(std::move(counts)), next_(next) {
    for (std::size_t i = 0; i < plan.faults.size(); ++i)
        if (is_counted(plan.faults[i].trigger)) counted_.push_back({i, plan.faults[i].trigger});
}

void CountingWatcher::attach(const sim::Env& env, const world::Cluster& cluster) {
    const sim::Identity& self = env.self();
    std::map<std::string, std::size_t> next; // of a role: its peers come in the order of their index
    for (const world::Member& member : cluster.members) {
        if (member.role == self.role && member.index == self.index) continue;
        const sim::Peers peers = env.peers(member.role);
        const std::size_t place = next[member.role]++;
        CHECK(place < peers.size());
        hosts_[peers[place].host] = member.role + std::to_string(member.index);
    }
}

void CountingWatcher::noted(const sim::Identity& who, const sim::NoteKind& kind, std::span<const sim::Field> fields) {
    next_.noted(who, kind, fields);
}

void CountingWatcher::stated(const sim::Identity& who, const sim::StateKey& key, const sim::Field& value) {
    next_.stated(who, key, value);
}

// Whoever started this process sees it stop, and lets it go on.
void CountingWatcher::count(const Counted& counted) {
    if (counts_->add(counted.place) == counted.trigger.nth) ::raise(SIGSTOP);
}

void CountingWatcher::sends(const sim::Identity& who, sim::Address to, const sim::Label& label) {
    for (const Counted& each : counted_) {
        const Trigger& trigger = each.trigger;
        if (trigger.kind != Trigger::Kind::message || trigger.name != label.name) continue;
        if (!is_nobody_or(trigger.host, who.name)) continue;
        const auto peer = hosts_.find(to.host);
        if (!trigger.peer.empty() && (peer == hosts_.end() || peer->second != trigger.peer)) continue;
        if (time_now() - counts_->start() >= trigger.since - sim::WorldTime{}) count(each);
    }
}

void CountingWatcher::takes_effect(const sim::Identity& who, world::Effect effect) {
    for (const Counted& each : counted_)
        if (each.trigger.kind == Trigger::Kind::effect && each.trigger.host == who.name &&
            each.trigger.effect == kind_of(effect))
            count(each);
}

void CountingWatcher::reached(const sim::Identity& who, const sim::StateKey& point) {
    for (const Counted& each : counted_)
        if (each.trigger.kind == Trigger::Kind::point && each.trigger.name == point.name &&
            is_nobody_or(each.trigger.host, who.name))
            count(each);
}

std::string plan_file(const std::string& folder) { return folder + "/plan"; }
std::string counts_file(const std::string& folder) { return folder + "/counts"; }

} // namespace orrery::scenarios::engine::live

// A repro drawn in all its fields, and its equality by value: what tests of repros as text compare.
#pragma once

#include "orrery/faults/swarm.h"
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/run/plan.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/sim/flaw.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::engine {

// Names every field, so that a new one is neither forgotten here nor by the text.
inline bool same(const Repro& a, const Repro& b) {
    const auto& [input, expected, fingerprint, digest, events, source, hosts, checkpoints] = a;
    const auto& [scenario, settings, seed, plan, overrides, fixed, reseeds, skipped, operations, chosen] = input;
    (void)chosen; // only for swarm, which has drawn already
    return scenario == b.input.scenario && settings == b.input.settings && seed == b.input.seed &&
           plan == b.input.plan && overrides == b.input.overrides && fixed == b.input.fixed &&
           reseeds == b.input.reseeds && skipped == b.input.skipped && operations == b.input.operations &&
           expected == b.expected && fingerprint == b.fingerprint && digest == b.digest && events == b.events &&
           source == b.source && hosts == b.hosts && checkpoints == b.checkpoints;
}

class ReproDraw {
public:
    ReproDraw(const Scenario& scenario, std::uint64_t seed) : scenario_(scenario), chance_(seed) {}

    std::uint64_t below(std::uint64_t n) { return chance_.draw(0, "repro", count_++, n); }
    std::uint64_t word() { return below(UINT64_MAX); }
    sim::WorldTime time() { return {static_cast<std::int64_t>(below(INT64_MAX))}; }

    // Each a legal value other than the default where there is one.
    sim::Settings settings() {
        sim::Settings settings = default_settings(scenario_);
        for (const Setting& setting : settings_of(scenario_)) {
            const auto wrong = set_setting(scenario_, settings, setting.name, value(setting));
            CHECK(!wrong);
        }
        return settings;
    }
    faults::Plan plan() {
        const faults::Profile wild{{"crash", 3}, {"power", 3}, {"pause", 3},      {"cut", 3},
                                   {"loss", 3},  {"delay", 3}, {"duplication", 3}};
        const std::vector<std::string> hosts = {"replica0", "replica1", "replica2"};
        return faults::draw_plan(wild, word(), {hosts, hosts}, std::chrono::seconds(5));
    }
    std::vector<sim::Override> overrides() {
        std::vector<sim::Override> all(below(4));
        for (sim::Override& each : all) {
            each.event = word();
            each.site = word();
            each.count = static_cast<std::uint32_t>(below(UINT32_MAX));
            each.choices = 1 + below(UINT64_MAX - 1);
            each.outcome = below(each.choices);
        }
        return all;
    }
    std::vector<sim::Reseed> reseeds() {
        std::vector<sim::Reseed> all(below(4));
        for (sim::Reseed& each : all) {
            each.time = time();
            each.salt = word();
        }
        return all;
    }
    std::set<ClientOperation> skips() {
        std::set<ClientOperation> all;
        for (std::uint64_t left = below(4); left > 0; --left) {
            const std::uint64_t client = below(scenario_.clients.count);
            all.insert({client, below(1000)});
        }
        return all;
    }
    // Drawn later, or an operation of the scenario's model.
    Invocation invocation() {
        using reports::models::Words;
        const auto number = static_cast<std::int64_t>(below(1000));
        std::vector<Words> all = {Words{"read", {}, {}}, Words{"write", {}, number}, Words{"get", "a b", {}},
                                  Words{"put", "a b", "x y"}};
        std::erase_if(all, [this](const Words& each) { return !scenario_.clients.model->has(each); });
        CHECK(!all.empty());
        Invocation invocation{time(), std::nullopt};
        if (below(3) > 0) invocation.words = all[below(all.size())];
        return invocation;
    }
    std::vector<FixedSite> fixed(const RunInput& input) {
        const faults::HostNames hosts = hosts_of(input);
        std::vector<FixedSite> all;
        if (below(2) == 0) all.push_back({"latency", "", static_cast<std::uint32_t>(below(101))});
        if (below(2) == 0) all.push_back({"latency", hosts[below(hosts.size())], 0});
        return all;
    }
    Repro repro() {
        Repro repro;
        repro.input.scenario = &scenario_;
        repro.input.settings = settings();
        repro.input.seed = word();
        repro.input.plan = plan();
        repro.input.overrides = overrides();
        repro.input.fixed = fixed(repro.input);
        repro.input.reseeds = reseeds();
        repro.input.skipped = skips();
        if (below(2) == 0) {
            repro.input.operations.emplace();
            for (const ClientOperation& each : skips()) (*repro.input.operations)[each] = invocation();
        }
        repro.expected = static_cast<RunVerdict>(below(3));
        if (repro.expected == RunVerdict::violated)
            repro.fingerprint = "linearizable/stale read/rule " + std::to_string(below(9));
        else if (below(2) == 0)
            repro.fingerprint = "bank/total/was mended";
        repro.digest = word();
        repro.events = word();
        repro.source = sim::hexadecimal(word());
        for (std::uint64_t i = below(4); i > 0; --i) repro.hosts.push_back("host" + std::to_string(i));
        for (std::uint64_t i = below(4); i > 0; --i) {
            sim::world::Checkpoint& each = repro.checkpoints.emplace_back();
            each.events = (repro.checkpoints.size() + 1) * 1000 + below(1000);
            each.time = time();
            for (std::size_t host = 0; host < repro.hosts.size(); ++host) each.hosts.push_back(word());
        }
        return repro;
    }

private:
    std::string value(const Setting& setting) {
        if (!setting.legal.empty()) return setting.legal[below(setting.legal.size())];
        if (setting.name == "flaws") return flaws();
        if (setting.name == "faults") return below(2) == 0 ? "none" : "crash=" + std::to_string(below(50)) + ",cut=0";
        sim::Duration length{};
        if (sim::parse_duration(setting.standard, length))
            return sim::duration_text(sim::Duration{1 + below(1'000'000'000'000)});
        return setting.standard.find_first_not_of("0123456789") == std::string::npos && !setting.standard.empty()
                   ? std::to_string(below(setting.most))
                   : "a text with = and blanks";
    }
    std::string flaws() {
        std::string list;
        for (const sim::Flaw* flaw : sim::Flaw::all())
            if (flaw->shows_in(scenario_.name) && below(2) == 0)
                list += (list.empty() ? "" : ",") + std::string(flaw->name);
        return list;
    }

    const Scenario& scenario_;
    sim::Chance chance_;
    std::uint32_t count_ = 0;
};

} // namespace orrery::scenarios::engine

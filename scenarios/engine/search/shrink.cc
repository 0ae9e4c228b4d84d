// Passes over one run in hand. Each proposes simpler runs, the most daring first; what reproduces the failure becomes
// the run in hand, and the pass goes on from there.
#include "orrery/scenarios/engine/search/shrink.h"

#include <algorithm>
#include <map>
#include <set>

#include "orrery/faults/kinds/kind.h"
#include "orrery/scenarios/engine/process/interruption.h"
#include "orrery/scenarios/engine/run/plan.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/scenarios/engine/search/delta_debugging.h"
#include "orrery/scenarios/engine/search/simpler.h"
#include "orrery/scenarios/engine/search/singles.h"
#include "orrery/scenarios/engine/search/small_runs.h"
#include "orrery/scenarios/engine/search/variations.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::engine {
namespace {

std::uint64_t faults_of(const Summary& summary) {
    std::uint64_t count = summary.input.overrides.size();
    for (const faults::Fault& each : summary.plan.faults) {
        count += is_rate(each) ? std::max<std::uint64_t>(1, summary.efficacy(each.id).effective) : 1;
    }
    return count;
}

class Shrinking {
public:
    Shrinking(Summary first, const ShrinkOptions& options)
        : options_(options), reproduction_({first.fingerprint(), options.limits, options.jobs, options.runs_max,
                                            options.interrupted, [this](std::uint64_t runs) { show(runs); }}) {
        shrunk_.smallest = first_ = std::move(first);
        shrunk_.before = shrunk_.after = size_of(shrunk_.smallest);
    }

    Shrunk run() {
        pass("budget", [this] { budget(); });
        pass("past", [this] { past(); });
        pass("small runs", [this] { small(); });
        // Single messages after all else: of a short run there are fewer.
        do {
            while (round()) {
            }
        } while (makes_smaller([this] { pass("messages", [this] { messages(); }); }));
        // Where little is left to chance, one change has fewer consequences.
        pass("draws", [this] { draws(); });
        do {
            while (round()) {
            }
        } while (makes_smaller([this] { pass("variations", [this] { vary(); }); }));
        // What does not make it smaller, but plainer, comes last; it may open a way to something smaller again.
        pass("draws", [this] { draws(); });
        pass("keys", [this] { keys(); });
        pass("shorter times", [this] { shorter_times(); });
        do {
            while (round()) {
            }
        } while (makes_smaller([this] { pass("order of servers", [this] { order_of_servers(); }); }));
        if (reproduction_.is_interrupted()) answer_interruption();
        refresh();                            // what was kept last, if the round was not ended
        if (shrunk_.after > shrunk_.before) { // what is plainer is not always smaller
            shrunk_.smallest = std::move(first_);
            shrunk_.after = shrunk_.before;
        }
        shrunk_.runs = reproduction_.runs();
        shrunk_.end = reproduction_.is_interrupted() ? ShrinkEnd::interrupted
                      : reproduction_.is_spent()     ? ShrinkEnd::spent
                                                     : ShrinkEnd::minimal;
        return std::move(shrunk_);
    }

private:
    bool round() {
        return makes_smaller([this] {
            pass("end", [this] { end(); });
            pass("faults", [this] { faults(); });
            pass("merged faults", [this] { merged_faults(); });
            pass("clients", [this] { clients(); });
            pass("operations", [this] { operations(); });
            pass("settings", [this] { settings(); });
            pass("fault by fault", [this] { each_fault(); });
            pass("times", [this] { times(); });
            pass("later", [this] { later(); });
            pass("other seeds", [this] { other_seeds(); });
        });
    }
    bool makes_smaller(const std::function<void()>& passes) {
        const Size before = shrunk_.after;
        passes();
        refresh();
        return !reproduction_.is_spent() && shrunk_.after < before;
    }

    const RunInput& input() const { return shrunk_.smallest.input; }
    const Summary& smallest() const { return shrunk_.smallest; }

    void show(std::uint64_t runs) const {
        if (options_.progress) options_.progress(runs, shrunk_);
    }

    void pass(const std::string& name, const std::function<void()>& body) {
        const auto same = [&](const ShrinkPass& each) { return each.name == name; };
        auto found = std::find_if(shrunk_.passes.begin(), shrunk_.passes.end(), same);
        if (found == shrunk_.passes.end()) found = shrunk_.passes.insert(found, ShrinkPass{name});
        if (reproduction_.is_spent()) return;
        ++found->rounds;
        kept_ = 0;
        const std::uint64_t before = reproduction_.runs();
        body();
        found->tried += reproduction_.runs() - before;
        found->kept += kept_;
    }

    // The first of the candidates that reproduces becomes the run in hand.
    std::optional<std::size_t> keep(const std::vector<RunInput>& candidates,
                                    const std::function<bool(const Summary&)>& is_wanted = {}) {
        if (candidates.empty()) return std::nullopt;
        std::optional<Reproduced> found = reproduction_.first(candidates, is_wanted);
        if (!found) return std::nullopt;
        take(std::move(found->summary), candidates[found->place]);
        return found->place;
    }
    // The same where what is left may need other luck: then with other seeds too. Plan and settings are written out, so
    // that another seed only means other latencies, timeouts and operations.
    std::optional<std::size_t> keep_with_any_seed(const std::vector<RunInput>& candidates) {
        if (const std::optional<std::size_t> kept = keep(candidates)) return kept;
        const std::optional<std::size_t> kept = keep(with_other_seeds(candidates, seeds_tried));
        if (!kept) return std::nullopt;
        return *kept / seeds_tried;
    }
    // The same where a candidate takes nothing away, and may only stay if the failure comes no later. (Not: if there
    // are fewer events. What comes sooner leaves more time behind the finding, which the next round takes away.)
    std::optional<std::size_t> keep_no_later(const std::vector<RunInput>& candidates) {
        return keep(candidates, [this](const Summary& each) {
            return each.findings.front().time <= smallest().findings.front().time;
        });
    }
    void take(Summary summary, const RunInput& candidate) {
        ++kept_;
        summary.input = candidate;
        summary.plan = *candidate.plan;
        shrunk_.smallest = std::move(summary);
        shrunk_.after.faults = faults_of(shrunk_.smallest);
        shrunk_.after.events = shrunk_.smallest.events;
        is_fresh_ = false;
    }
    // The history of the run in hand: what a child sends back of a candidate has none.
    void refresh() {
        if (is_fresh_) return;
        ChildOptions options;
        options.detail = Detail::history;
        options.limits = options_.limits;
        Summary summary = run_in_child(input(), options);
        if (!summary.is_known() || summary.fingerprint() != smallest().fingerprint()) return; // interrupted
        const RunInput kept = input();
        shrunk_.smallest = std::move(summary);
        shrunk_.smallest.input = kept;
        shrunk_.after = size_of(shrunk_.smallest);
        is_fresh_ = true;
    }

    // What the judges may spend on a history. The failure mostly needs little, and candidates that are hard to judge,
    // since much is left unanswered in them, would cost seconds each.
    void budget() {
        std::vector<RunInput> candidates;
        for (const std::int64_t nodes : {20'000, 200'000})
            if (nodes < input().settings.integer("budget")) {
                candidates.push_back(input());
                candidates.back().settings.set("budget", std::to_string(nodes));
            }
        keep(candidates);
    }
    void past() {
        ChildOptions options;
        options.detail = Detail::events;
        options.limits = options_.limits;
        options.run.record_until = sim::WorldTime{INT64_MAX};
        Summary recorded = run_in_child(input(), options);
        if (!recorded.is_known() || recorded.fingerprint() != smallest().fingerprint()) return; // interrupted
        recorded.input = input();
        keep(with_only_its_past(recorded));
    }
    // Runs that are small from the beginning, in place of this one: with fewer faults, or as many and fewer events.
    // Where no client took part in the failure, without clients first. At most half of the budget goes into this.
    void small() {
        const Summary recorded = with_recorded();
        if (!recorded.is_known()) return;
        refresh();
        const std::vector<reports::Call> calls = failure_of(smallest()).minimal.calls;
        const bool needs_clients = smallest().findings.front().judge == smallest().judgement.judge;
        const bool has_clients = input().settings.has("clients");
        for (const std::uint32_t faults : {0u, 1u, 2u}) {
            if (faults > shrunk_.after.faults) return;
            for (const std::uint32_t clients : {0u, 1u, 2u, 4u}) {
                if (clients == 0 ? needs_clients : !has_clients) continue;
                const std::uint64_t left =
                    options_.runs_max / 2 - std::min(options_.runs_max / 2, reproduction_.runs());
                const auto count = static_cast<std::uint32_t>(std::min<std::uint64_t>(small_tried, left));
                if (keep_fewer(small_runs(recorded, calls, {faults, clients}, 1, count))) return;
            }
        }
    }
    // Until some thousands in a row make it no smaller; more where many faults are left, fewer of a long run. After
    // each step in vain one that is no larger takes its place: the way to a smaller one may begin there.
    void vary() {
        Summary recorded = with_recorded();
        if (!recorded.is_known()) return;
        const auto is_no_larger = [this](const Summary& each) {
            return std::pair(faults_of(each), each.events) <= std::pair(shrunk_.after.faults, shrunk_.after.events);
        };
        std::uint64_t vain = 0;
        const auto most = [this] {
            return shrunk_.after.faults > few_faults ? 4 * variations_tried : variations_tried;
        };
        for (std::uint32_t first = 1; vain < most() && vain * smallest().events < events_tried;) {
            recorded.input = input();
            const auto kept = keep_fewer(variations(recorded, first, variations_step));
            const std::uint32_t tried = kept ? static_cast<std::uint32_t>(*kept) + 1 : variations_step;
            vain = kept ? 0 : vain + tried;
            first += tried;
            if (kept) continue;
            keep(variations(recorded, first, drift_tried), is_no_larger);
            first += drift_tried;
        }
    }
    Summary with_recorded() const {
        ChildOptions options;
        options.limits = options_.limits;
        options.run.record_sites = options.run.record_points = true;
        return run_in_child(input(), options);
    }
    // With fewer faults, or as many and fewer events: not only a few of them.
    std::optional<std::size_t> keep_fewer(const std::vector<RunInput>& candidates) {
        return keep(candidates, [this](const Summary& each) {
            const std::uint64_t faults = faults_of(each);
            return faults < shrunk_.after.faults ||
                   (faults == shrunk_.after.faults && each.events + each.events / 32 < shrunk_.after.events);
        });
    }
    void end() {
        while (keep(ended_sooner(smallest()))) {
        }
    }
    // All of them, perhaps with other luck; then all that changed nothing; then any that are not needed.
    void faults() {
        if (input().plan->faults.empty()) return;
        RunInput without = input();
        without.plan->faults.clear();
        if (keep_with_any_seed({without})) return;
        RunInput candidate = input();
        std::erase_if(candidate.plan->faults,
                      [this](const faults::Fault& each) { return smallest().efficacy(each.id).effective == 0; });
        if (candidate.plan != input().plan) keep({candidate});
        reduce_list(
            input().plan->faults,
            [this](const std::vector<faults::Fault>& rest) {
                RunInput rest_only = input();
                rest_only.plan->faults = rest;
                return rest_only;
            },
            [this](const std::vector<RunInput>& candidates) { return keep(candidates); });
    }
    // Of so many that it pays; while there are more, single ones go.
    void merged_faults() {
        while (input().plan->faults.size() <= merged_max && keep(with_merged_faults(input()))) {
        }
    }
    // What rates do is done by faults of single messages, then by as few of these as will do, then by cuts in place of
    // crowds of them: if that is less, or as much and plainer.
    void messages() {
        const auto& plan = input().plan->faults;
        if (std::none_of(plan.begin(), plan.end(), is_rate)) return;
        const Summary struck = with_struck();
        if (!struck.is_known() || struck.struck.empty() || struck.struck.size() > struck_max) return;
        Shrunk before = shrunk_;
        const faults::Plan others = without_rates(struck);
        const auto with = [&](const std::vector<faults::Fault>& singles) {
            RunInput candidate = input();
            candidate.plan = others;
            candidate.plan->faults.insert(candidate.plan->faults.end(), singles.begin(), singles.end());
            return candidate;
        };
        const std::vector<faults::Fault> all = singles_of(struck);
        if (!keep({with(all)})) return;
        reduce_list(all, with, [this](const std::vector<RunInput>& candidates) { return keep(candidates); });
        name_by_time();
        while (keep(with_cuts(with_struck()))) {
        }
        while (keep(with_longer_cuts(with_struck()))) {
        }
        if (shrunk_.after.faults <= before.after.faults) return;
        shrunk_.smallest = before.smallest;
        shrunk_.after = before.after;
        is_fresh_ = false;
    }
    Summary with_struck() const {
        ChildOptions options;
        options.limits = options_.limits;
        options.run.record_struck = true;
        return run_in_child(input(), options);
    }
    void name_by_time() {
        const Summary struck = with_struck();
        if (!struck.is_known()) return;
        RunInput named = input();
        named.plan = named_by_time(struck);
        keep({named});
    }
    void clients() {
        keep_with_any_seed(with_clients_renumbered(input()));
        keep_with_any_seed(with_fewer_clients(input()));
    }
    void operations() {
        refresh();
        const auto with_only = [this](const std::vector<WrittenOperation>& rest) {
            RunInput candidate = input();
            candidate.skipped.clear();
            candidate.operations.emplace(rest.begin(), rest.end());
            return candidate;
        };
        if (!input().operations) keep({with_only(operations_of(smallest()))});
        refresh();
        std::vector<RunInput> telling;
        for (const auto& each : operations_that_tell(smallest())) telling.push_back(with_only(each));
        keep_with_any_seed(telling);
        refresh();
        const std::vector<WrittenOperation> all = operations_of(smallest());
        reduce_list(all, with_only, [this](const std::vector<RunInput>& candidates) { return keep(candidates); });
    }
    void settings() {
        for (const Setting& setting : settings_of(*input().scenario)) {
            const std::vector<RunInput> plainer = with_plainer(input(), setting);
            if (!keep_no_later(plainer)) keep_fewer(with_other_seeds(plainer, seeds_tried));
        }
    }
    void each_fault() {
        for (std::size_t place = 0; place < input().plan->faults.size(); ++place)
            while (keep_no_later(with_weaker_fault(input(), place))) {
            }
    }
    void times() {
        reduce_list(
            idle_times(input()),
            [this](const std::vector<IdleTime>& rest) { return with_only_idle_times(input(), rest); },
            [this](const std::vector<RunInput>& candidates) { return keep_no_later(candidates); });
    }
    void later() {
        while (keep_fewer(asked_later(smallest()))) {
        }
    }
    void keys() {
        while (keep_as_plain(with_merged_keys(input()))) {
        }
    }
    // Those that cannot be left out whole are made shorter.
    void shorter_times() {
        for (std::size_t place = 0; place < idle_times(input()).size(); ++place)
            while (place < idle_times(input()).size() &&
                   keep_no_later(with_less_idle_time(input(), idle_times(input())[place]))) {
            }
    }
    // What is fixed, as plain as it can be: each site alike, or what a host has of its own. Then all other draws of a
    // site alike; or those of each host, where it matters that they differ.
    void draws() {
        refresh();
        const std::uint64_t events = shrunk_.after.events;
        events_most_ = events + events / 32;
        const std::vector<FixedSite> before = input().fixed;
        for (const FixedSite& each : before) keep_as_plain(with_fixed(input(), {each.site, "", 0}));
        for (std::size_t place = 0; place < input().fixed.size();) {
            const std::size_t count = input().fixed.size();
            keep_as_plain(with_plainer_fixed(input(), place));
            if (input().fixed.size() == count) ++place;
        }
        ChildOptions options;
        options.limits = options_.limits;
        options.run.record_sites = true;
        const Summary drawn = run_in_child(input(), options);
        if (!drawn.is_known()) return;
        std::map<std::string, std::vector<FixedSite>> sites; // of each, who draws there
        for (const FixedSite& each : drawn.sites) sites[each.site].push_back(each);
        for (const auto& [site, hosts] : sites) {
            if (is_fixed(site)) continue;
            if (keep_as_plain(with_fixed(input(), {site, "", 0}))) continue;
            for (const FixedSite& each : hosts)
                if (!each.host.empty()) keep_as_plain(with_fixed(input(), each));
        }
    }
    // A server that is alone in what it does first, and one that comes too late for anything, leave less to tell.
    void order_of_servers() {
        std::set<std::string> sites;
        for (const FixedSite& each : with_recorded().sites) sites.insert(each.site);
        for (const std::string& site : sites)
            while (keep_fewer(with_one_ahead_and_one_slow(input(), site))) {
            }
    }
    bool is_fixed(const std::string& site) const {
        return std::any_of(input().fixed.begin(), input().fixed.end(),
                           [&](const FixedSite& each) { return each.site == site; });
    }
    // Plainer candidates, as large as the run in hand but for some events, and never larger than what was given.
    std::optional<std::size_t> keep_as_plain(const std::vector<RunInput>& candidates) {
        refresh();
        return keep(candidates, [this](const Summary& each) {
            const Size size{faults_of(each), shrunk_.after.operations, each.events};
            return size.faults <= shrunk_.after.faults && size <= shrunk_.before && size.events <= events_most_;
        });
    }

    // Those that get to the same failure sooner.
    void other_seeds() {
        const auto is_shorter = [this](const Summary& each) { return each.events < smallest().events; };
        while (keep(with_other_seeds({input()}, shorter_tried), is_shorter)) {
        }
    }

    static constexpr std::size_t struck_max = 4000;    // messages that are looked at one by one
    static constexpr std::uint32_t small_tried = 1500; // of each scope
    static constexpr std::uint32_t variations_tried = 3000;
    static constexpr std::uint64_t few_faults = 2;
    static constexpr std::size_t merged_max = 20; // faults
    static constexpr std::uint32_t variations_step = 500;
    static constexpr std::uint32_t drift_tried = 16;
    static constexpr std::uint64_t events_tried = 4'000'000; // in variations, in vain
    static constexpr std::uint64_t seeds_tried = 12;         // for each edit that does not reproduce as it is
    static constexpr std::uint64_t shorter_tried = 64;       // of the run in hand

    const ShrinkOptions& options_;
    Reproduction reproduction_;
    Shrunk shrunk_{};
    Summary first_;                 // as it was given
    std::uint64_t kept_ = 0;        // in this pass
    std::uint64_t events_most_ = 0; // of what is plainer
    bool is_fresh_ = true;          // the run in hand has its history
};

} // namespace

Size size_of(const Summary& summary) {
    const auto is_invocation = [](const reports::Entry& each) { return each.type == reports::Entry::Type::invoke; };
    const auto& entries = summary.history.entries;
    return {faults_of(summary),
            static_cast<std::uint64_t>(std::count_if(entries.begin(), entries.end(), is_invocation)), summary.events};
}

sim::Checked<Shrunk> shrink(const Summary& failure, const ShrinkOptions& options) {
    CHECK(failure.verdict == RunVerdict::violated);
    RunInput input = failure.input;
    if (!input.plan) input.plan = plan_of(input); // as drawn; from now on it is edited
    ChildOptions child;
    child.detail = Detail::history;
    child.limits = options.limits;
    Summary first = run_in_child(input, child);
    if (!first.is_known()) {
        if (first.problem) return *first.problem;
        return sim::Complaint{sim::Cause::internal, {}, first.interrupted ? "interrupted before it began" : first.lost};
    }
    if (first.fingerprint() != failure.fingerprint())
        return sim::Complaint{sim::Cause::input, {}, "the run does not fail as it did: nothing can be shrunk"};
    first.input = input;
    first.plan = *input.plan;
    return Shrinking(std::move(first), options).run();
}

} // namespace orrery::scenarios::engine

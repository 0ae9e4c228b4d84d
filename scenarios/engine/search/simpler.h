// Simpler runs: what shrinking tries. Each function proposes edits of one run, the most daring first; each edit takes
// something away, so that trying again and again ends. None runs anything.
#pragma once

#include <vector>

#include "orrery/scenarios/engine/process/summary.h"

namespace orrery::scenarios::engine {

using WrittenOperation = std::pair<ClientOperation, Invocation>;

// The heal right behind the finding, and no recovery after it; or less of either.
std::vector<RunInput> ended_sooner(const Summary& failure);
std::vector<RunInput> with_fewer_clients(const RunInput& input);
// Of written operations: those who ask are clients 0, 1 and so on, and there are no others.
std::vector<RunInput> with_clients_renumbered(const RunInput& input);
// Every operation that a client invoked in this run, which holds its history: when, and what it asked.
std::vector<WrittenOperation> operations_of(const Summary& failure);
// All that cannot have led to the finding goes at once: operations that were asked outside of its past and are not of
// the counterexample, and faults that began after it, or never. `failure` holds what was recorded of it. Nothing, where
// no event found it, or all is needed.
std::vector<RunInput> with_only_its_past(const Summary& failure);
// Those of them that the counterexample of the judge is made of; and all on its key. Fewer than all, or it is no
// proposal.
std::vector<std::vector<WrittenOperation>> operations_that_tell(const Summary& failure);
// Whether a setting says what happens in a run, and is not of those that say how a run is judged, ended or drawn, or
// how many clients it has.
bool is_part_of_the_run(const Setting& setting);
// It is, and nobody chose its value: what was asked for with a setting is not shrunk to what happens without it.
bool may_be_changed(const RunInput& input, const Setting& setting);
// The legal values of a setting that are plainer than the one it has. None for settings that say how a run is judged.
std::vector<RunInput> with_plainer(const RunInput& input, const Setting& setting);
// One fault, by its place in the plan: strikes fewer hosts, ends earlier, begins at once, leaves its parameters at
// their defaults.
std::vector<RunInput> with_weaker_fault(const RunInput& input, std::size_t place);
// The moment that a fault waits for; null if it waits for none.
sim::WorldTime* moment_of(faults::Fault& fault);
// Between two moments of the input - onsets of faults, written operations - nothing is asked for.
struct IdleTime {
    sim::WorldTime end{};
    sim::Duration length{};
    auto operator<=>(const IdleTime&) const = default;
};
// Those longer than a millisecond.
std::vector<IdleTime> idle_times(const RunInput& input);
// All idle times but these are cut down to a millisecond: what comes behind comes sooner.
RunInput with_only_idle_times(const RunInput& input, const std::vector<IdleTime>& kept);
// One idle time cut down: to a sixteenth of it, to a quarter, to a half, or some less.
std::vector<RunInput> with_less_idle_time(const RunInput& input, const IdleTime& idle);
// Operations on one key less: those on one are on another instead. Only where the operations are written out.
std::vector<RunInput> with_merged_keys(const RunInput& input);
// Operations invoked later, all or those of one moment: who asks before there is anybody to answer asks in vain, again
// and again.
std::vector<RunInput> asked_later(const Summary& failure);
// All draws at a site alike, or those of one host: in the middle of what is possible, the least, the most, or between.
// It takes the place of what was fixed there.
std::vector<RunInput> with_fixed(const RunInput& input, const FixedSite& site);
// At a site one server draws the least and the others the middle, so that it is ahead of them; what another sends, or
// none, comes so late that it plays no part any more. Faults come and clients ask as they did, sooner, or later;
// clients perhaps all at once.
std::vector<RunInput> with_one_ahead_and_one_slow(const RunInput& input, const std::string& site);
// What is fixed at a place of the list: left out, if it is fixed for all hosts as well; or fixed there in the middle,
// to the least or the most, if that is plainer.
std::vector<RunInput> with_plainer_fixed(const RunInput& input, std::size_t place);
// Each input with the seeds 1 to `count`; `count` in a row are of one input.
std::vector<RunInput> with_other_seeds(const std::vector<RunInput>& inputs, std::uint64_t count);

} // namespace orrery::scenarios::engine

// The minimal repro of a failure: made after every finding, and by orrery shrink.
#pragma once

#include <optional>
#include <string>

#include "orrery/scenarios/engine/artifact/json.h"
#include "orrery/scenarios/engine/search/shrink.h"
#include "orrery/sim/complaint.h"

namespace orrery::scenarios::command {

constexpr std::uint64_t shrink_runs_standard = 30'000;

struct Minimal {
    engine::Shrunk shrunk;
    std::string path; // of the repro
};

// X.repro becomes X.minimal.repro.
std::string minimal_path(const std::string& path);
// Shrinks, showing progress; repeats the result in a fresh process, and writes it to `path`. An interruption ends the
// search, and what was smallest until then is the result. Complains if the failure cannot be shrunk, does not repeat,
// or cannot be written.
sim::Checked<Minimal> make_minimal(const engine::Summary& failure, const std::string& path, std::uint64_t runs_max,
                                   std::uint64_t jobs);
// The same of a failure that was found and kept at `path`. Nothing, after a line to stderr, if there is no smaller one.
std::optional<Minimal> minimal_of(const engine::Summary& failure, const std::string& path, std::uint64_t jobs);
// "3 faults, 2 operations, 120 events".
std::string size_text(const engine::Size& size);
std::string size_json(const engine::Size& size);
// Of a failure that was shrunk, its minimal repro and sizes; null where it was not.
engine::Object& add_minimal(engine::Object& object, const std::optional<Minimal>& minimal);
// "shrunk from ... to ... in 512 runs".
void tell_sizes(const Minimal& minimal);

} // namespace orrery::scenarios::command

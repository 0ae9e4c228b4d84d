#include "orrery/scenarios/command/minimal.h"

#include <filesystem>

#include "orrery/scenarios/command/command_line.h"
#include "orrery/scenarios/command/failed_run.h"
#include "orrery/scenarios/command/progress.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/command/values.h"
#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/process/interruption.h"

namespace orrery::scenarios::command {

using namespace engine;

std::string minimal_path(const std::string& path) {
    const std::filesystem::path file(path);
    return (file.parent_path() / (file.stem().string() + ".minimal.repro")).string();
}

sim::Checked<Minimal> make_minimal(const Summary& failure, const std::string& path, std::uint64_t runs_max,
                                   std::uint64_t jobs) {
    Progress progress("shrinking", "runs", runs_max);
    ShrinkOptions how;
    how.runs_max = runs_max;
    how.jobs = jobs_or_cores(jobs);
    how.interrupted = [] { return interruption() != 0; };
    how.progress = [&](std::uint64_t runs, const Shrunk& so_far) { progress.show(runs, size_text(so_far.after)); };
    sim::Checked<Shrunk> shrunk = engine::shrink(failure, how);
    progress.clear();
    if (!shrunk) return shrunk.complaint();
    const Verification verification = verify(shrunk->smallest);
    if (!verification.again.is_known()) return why_unknown(verification.again);
    if (verification.diverged)
        return sim::Complaint{
            sim::Cause::internal, {}, "the smallest failure does not repeat: " + verification.diverged->text()};
    const std::string text = print(make_repro(shrunk->smallest.input, shrunk->smallest));
    if (const sim::Checked<Repro> again = parse_repro(text, path); !again)
        return sim::Complaint{
            sim::Cause::internal, {}, "the smallest failure cannot be read again: " + again.complaint().text()};
    if (const sim::Problem problem = write_file(path, text)) return *problem;
    return Minimal{*std::move(shrunk), path};
}

std::optional<Minimal> minimal_of(const Summary& failure, const std::string& path, std::uint64_t jobs) {
    if (interruption() != 0) return std::nullopt;
    sim::Checked<Minimal> minimal = make_minimal(failure, minimal_path(path), shrink_runs_standard, jobs);
    if (minimal.ok()) return std::move(*minimal);
    complain({minimal.complaint().cause, {}, "not shrunk: " + minimal.complaint().text()});
    return std::nullopt;
}

std::string size_text(const Size& size) {
    const auto counted = [](std::uint64_t count, const char* what) {
        return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
    };
    return counted(size.faults, "fault") + ", " + counted(size.operations, "operation") + ", " +
           counted(size.events, "event");
}

std::string size_json(const Size& size) {
    return fmt::format("{{\"faults\":{},\"operations\":{},\"events\":{}}}", size.faults, size.operations, size.events);
}

Object& add_minimal(Object& object, const std::optional<Minimal>& minimal) {
    if (!minimal) return object.raw("minimal", "null").raw("before", "null").raw("after", "null");
    return object.text("minimal", minimal->path)
        .raw("before", size_json(minimal->shrunk.before))
        .raw("after", size_json(minimal->shrunk.after));
}

void tell_sizes(const Minimal& minimal) {
    say("shrunk from {}\n         to {}\n         in {} runs\n", size_text(minimal.shrunk.before),
        size_text(minimal.shrunk.after), minimal.shrunk.runs);
}

} // namespace orrery::scenarios::command

// orrery run: one seed, told as it happens.
#include <cstdio>

#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/engine/files.h"
#include "orrery/scenarios/engine/repro.h"

namespace orrery::scenarios::command {
namespace {

// One line an observation: boots, crashes, faults and notes; messages would drown them.
void tell_observation(const sim::Observation& seen) {
    using Kind = sim::Observation::Kind;
    if (seen.kind == Kind::send || seen.kind == Kind::deliver || seen.kind == Kind::lose || seen.kind == Kind::state) return;
    std::string text;
    switch (seen.kind) {
    case Kind::boot: text = "boots as " + std::string(seen.name); break;
    case Kind::crash: text = "dies"; break;
    case Kind::fault_begin: text = "fault begins: " + std::string(seen.name); break;
    case Kind::fault_end: text = "fault ends: " + std::string(seen.name); break;
    default:
        text = seen.name;
        for (std::size_t i = 0; i < seen.fields.size(); ++i)
            text += " " + std::string(seen.note->fields[i]) + "=" + sim::to_text(seen.fields[i]);
    }
    std::printf("%11.6f s  %-10.*s %s\n", static_cast<double>(seen.time.nanoseconds) / 1e9,
                static_cast<int>(seen.host_name.size()), seen.host_name.data(), text.c_str());
}

void print_json(const RunInput& input, const Summary& summary) {
    std::printf("{\"type\":\"run\",\"version\":1,\"scenario\":%s,\"seed\":\"%llu\",\"verdict\":\"%s\",\"digest\":\"%s\","
                "\"events\":%llu,\"answered\":%llu,\"finding\":%s}\n",
                quoted(input.scenario->name).c_str(), static_cast<unsigned long long>(summary.seed),
                std::string(name(summary.verdict)).c_str(), hexadecimal(summary.digest).c_str(),
                static_cast<unsigned long long>(summary.events), static_cast<unsigned long long>(summary.answered),
                summary.findings.empty() ? "null" : quoted(summary.findings.front().fingerprint).c_str());
}

} // namespace

int run(const RunOptions& options) {
    RunInput input;
    if (!prepare(input, options.scenario, options.settings)) return exit_usage;
    input.seed = options.seed;
    if (!options.plan.empty()) {
        const std::optional<std::string> text = read_file(options.plan);
        if (!text) {
            std::fprintf(stderr, "orrery: cannot read %s\n", options.plan.c_str());
            return exit_input;
        }
        auto parsed = faults::parse_plan(*text, options.plan);
        if (const auto* wrong = std::get_if<faults::PlanError>(&parsed)) {
            std::fprintf(stderr, "orrery: %s\n", wrong->text().c_str());
            return exit_input;
        }
        input.plan = std::get<faults::Plan>(std::move(parsed));
    }
    draw_settings(input);
    const auto seed = static_cast<unsigned long long>(options.seed);
    if (!options.json) std::printf("%s, seed %llu\n", input.scenario->name.c_str(), seed);
    Watcher watcher;
    if (!options.json && !options.quiet) watcher.observe = tell_observation;
    const Summary summary = run_isolated(input, watcher);
    if (!summary.error.empty()) {
        std::fprintf(stderr, "orrery: %s\n", summary.error.c_str());
        return exit_input;
    }
    if ((options.verify || summary.verdict == Verdict::violated) && !verified(summary)) return exit_nondeterminism;
    if (options.json) {
        print_json(input, summary);
        return exit_of(summary.verdict);
    }
    std::printf("\n%s: %llu events, %llu operations answered, digest %s\n", std::string(name(summary.verdict)).c_str(),
                static_cast<unsigned long long>(summary.events), static_cast<unsigned long long>(summary.answered),
                hexadecimal(summary.digest).c_str());
    std::string path;
    if (summary.verdict != Verdict::passed) {
        path = save(summary, options.out.empty() ? "orrery-out" : options.out,
                    input.scenario->name + "-" + std::to_string(options.seed));
        tell(summary, path);
    } else {
        std::printf("%s, seed %llu\n", input.scenario->name.c_str(), seed);
    }
    return exit_of(summary.verdict);
}

} // namespace orrery::scenarios::command

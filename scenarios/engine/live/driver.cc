#include "orrery/scenarios/engine/live/driver.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "orrery/reports/formats/format.h"
#include "orrery/scenarios/engine/run/judgement.h"

namespace orrery::scenarios::engine::live {

using reports::Entry;
using reports::History;

sim::Checked<History> read_live_history(const std::string& path) {
    const sim::Checked<WholeLines> lines = read_whole_lines(path);
    if (!lines) return lines.complaint();
    if (lines->text.empty()) return History{};
    sim::Checked<History> history = reports::formats::read_jsonl(lines->text);
    if (history) return history;
    sim::Complaint complaint = history.complaint();
    complaint.place.file = path;
    return complaint;
}

sim::Problem LiveDriver::open(const std::string& path, const History& head) {
    std::error_code none;
    std::size_t kept = 0; // of what stands there
    if (std::filesystem::exists(path, none)) {
        const sim::Checked<History> before = read_live_history(path);
        if (!before) return before.complaint();
        go_on_after(*before);
        kept = read_whole_lines(path)->text.size();
        std::filesystem::resize_file(path, kept, none);
    }
    if (sim::Problem problem = file_.open(path)) return problem;
    if (kept == 0) file_.write(reports::formats::jsonl_header(head));
    return file_.problem();
}

void LiveDriver::go_on_after(const History& before) {
    entries_ = before.entries.size();
    std::uint64_t invoked = 0;
    for (const Entry& entry : before.entries) {
        if (entry.type == Entry::Type::invoke) ++invoked;
        set_process(std::max(process(), entry.process));
    }
    if (invoked == 0) return;
    set_number(invoked - 1);
    retire(); // an operation of the process before may still be open
}

bool LiveDriver::next(sim::Env& env) {
    const auto choices = static_cast<std::uint64_t>(pace_.think.count()) + 1;
    const sim::Duration think{static_cast<std::int64_t>(env.draw("think", choices))};
    if (pace_.is_over() || time_now() + think >= pace_.end) return false;
    if (!env.sleep(think).ok()) return false;
    set_number(next_number());
    return true;
}

void LiveDriver::take(Entry entry) {
    entry.index = entries_++;
    file_.write(reports::formats::jsonl_line(entry));
}

History merged(std::vector<History> histories, sim::WorldTime start) {
    History all;
    for (History& each : histories) {
        if (all.model.empty()) {
            all.model = each.model;
            all.settings = each.settings;
            all.initial = each.initial;
        }
        for (Entry& entry : each.entries) all.entries.push_back(std::move(entry));
    }
    std::stable_sort(all.entries.begin(), all.entries.end(),
                     [](const Entry& a, const Entry& b) { return a.time < b.time; });
    for (std::size_t i = 0; i < all.entries.size(); ++i) {
        all.entries[i].index = i;
        all.entries[i].time = all.entries[i].time - (start - sim::WorldTime{});
    }
    return all;
}

std::optional<sim::Finding> lack_of_progress(const History& history, std::uint64_t clients, sim::WorldTime heal,
                                             sim::WorldTime end) {
    std::vector<std::uint64_t> answers(clients, 0);
    std::map<std::int64_t, sim::WorldTime> invoked; // by process: its last operation
    for (const Entry& entry : history.entries) {
        if (entry.type == Entry::Type::invoke) invoked[entry.process] = entry.time;
        if (entry.type != Entry::Type::ok || invoked[entry.process] < heal) continue;
        ++answers[static_cast<std::uint64_t>(entry.process) % clients];
    }
    for (std::uint64_t client = 0; client < clients; ++client)
        if (answers[client] < progress_min) return no_progress(client, answers[client], end);
    return std::nullopt;
}

} // namespace orrery::scenarios::engine::live

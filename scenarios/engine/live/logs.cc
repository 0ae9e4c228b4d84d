#include "orrery/scenarios/engine/live/logs.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <set>

#include "orrery/reports/formats/json_value.h"
#include "orrery/scenarios/engine/live/log.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::engine::live {

using reports::trace::Row;

namespace {

// A number beyond 63 bits stands in rows as a text; it is a number again for whoever asks for one.
sim::Field field_of(const reports::trace::Field& field) {
    if (field.number) return {*field.number};
    sim::Field value{field.text};
    std::uint64_t beyond = 0;
    if (sim::parse_integer(field.text, beyond) && beyond > INT64_MAX) value.integer = static_cast<std::int64_t>(beyond);
    return value;
}

// Messages, and what clients asked, were no observations; the former only because their bytes are not in a row.
bool is_observed(const Row& row) { return !row.is_message() && !row.is_operation(); }

} // namespace

sim::Checked<Story> read_logs(const std::vector<std::string>& files) {
    Story story;
    for (const std::string& file : files) {
        const sim::Checked<WholeLines> lines = read_whole_lines(file);
        if (!lines) return lines.complaint();
        if (lines->was_cut) story.cut.push_back(file);
        const sim::Checked<TraceHead> head = read_trace_head(lines->text, file);
        if (!head) return head.complaint();
        const bool is_first = &file == &files.front();
        if (is_first) story.head = *head;
        if (head->scenario != story.head.scenario || head->hosts != story.head.hosts)
            return sim::Complaint{sim::Cause::input,
                                  {file, 1, 1},
                                  "expected a log of the same run as " + files.front() + ", " + story.head.scenario +
                                      " with the hosts " + sim::join(story.head.hosts)};
        const sim::Problem problem = read_trace(
            lines->text, file, [&](const Row& row) { story.rows.push_back(row); }, [](const reports::trace::Step&) {});
        if (problem) return *problem;
    }
    std::stable_sort(story.rows.begin(), story.rows.end(), [](const Row& a, const Row& b) { return a.time < b.time; });
    if (story.rows.empty()) return story;
    story.start = story.rows.front().time;
    for (Row& row : story.rows) row.time = row.time - (story.start - sim::WorldTime{});
    return story;
}

std::vector<sim::Finding> watched(const std::vector<Row>& rows, const std::vector<std::string>& hosts,
                                  const std::vector<sim::MonitorFactory>& monitors) {
    std::vector<sim::Finding> findings;
    std::vector<std::unique_ptr<sim::Monitor>> all;
    for (const sim::MonitorFactory factory : monitors) {
        all.push_back(factory());
        all.back()->object_to = [&](sim::Finding finding) { findings.push_back(std::move(finding)); };
    }
    std::map<std::uint32_t, std::uint64_t> boots; // by host: the row of its last boot
    for (const Row& row : rows) {
        if (!is_observed(row)) continue;
        if (row.kind == Row::Kind::boot) boots[row.host] = row.event;
        // A monitor asks a note for the fields that it knows. What a line lacks is zero.
        std::vector<sim::Field> fields;
        for (const reports::trace::Field& each : row.fields) fields.push_back(field_of(each));
        if (row.kind == Row::Kind::note || row.kind == Row::Kind::state)
            fields.resize(std::max(fields.size(), sim::NoteKind::fields_max));
        sim::Observation seen;
        seen.kind = static_cast<sim::Observation::Kind>(row.kind);
        seen.time = row.time;
        seen.event = row.event;
        seen.origin = row.origin;
        seen.host = row.host;
        seen.fault = static_cast<std::uint32_t>(row.fault);
        seen.name = row.name;
        seen.fields = fields;
        if (!row.is_fault()) seen.host_name = hosts.at(row.host);
        if (!row.is_fault()) seen.boot = boots[row.host];
        for (const auto& monitor : all) monitor->observe(seen);
    }
    return findings;
}

std::vector<std::string> NotJudging::blind_names() const {
    std::vector<std::string> names;
    for (const Blind& each : blind) names.push_back(each.monitor);
    return names;
}

NotJudging not_judging(const std::vector<Row>& rows, const std::vector<sim::MonitorFactory>& monitors) {
    std::set<std::string, std::less<>> names;
    for (const Row& row : rows)
        if (row.kind == Row::Kind::note || row.kind == Row::Kind::state) names.insert(row.name);
    const auto is_there = [&](std::string_view prefix) {
        const auto first = names.lower_bound(prefix);
        return first != names.end() && first->starts_with(prefix);
    };
    NotJudging silent;
    for (const sim::MonitorFactory factory : monitors) {
        const std::unique_ptr<sim::Monitor> monitor = factory();
        const std::vector<std::string_view> watches = monitor->watches();
        if (monitor->hears_messages()) silent.deaf.emplace_back(monitor->name());
        if (!watches.empty() && std::none_of(watches.begin(), watches.end(), is_there))
            silent.blind.push_back({std::string(monitor->name()), {watches.begin(), watches.end()}});
    }
    return silent;
}

std::vector<std::pair<std::string, std::string>> LogTail::new_states() {
    std::vector<std::pair<std::string, std::string>> states;
    std::ifstream file(path_, std::ios::binary);
    file.seekg(static_cast<std::streamoff>(read_));
    std::string fresh{std::istreambuf_iterator<char>(file), {}};
    read_ += fresh.size();
    rest_ += fresh;
    std::size_t at = 0;
    for (std::size_t end = 0; (end = rest_.find('\n', at)) != std::string::npos; at = end + 1) {
        const std::string_view line = std::string_view(rest_).substr(at, end - at);
        if (!line.starts_with("{\"type\":\"state\"")) continue;
        const auto json = reports::formats::parse_json(line);
        CHECK(json.ok()); // a process of this program wrote it
        const auto& value = json->at("fields").at("value");
        states.emplace_back(json->at("name").get<std::string>(),
                            value.is_string() ? value.get<std::string>() : value.dump());
    }
    rest_.erase(0, at);
    return states;
}

} // namespace orrery::scenarios::engine::live

// One line a step or a row. Identities and times are texts, for they need all 64 bits. What a row does not have is left
// out, and a line with what its kind cannot have is wrong.
#include "orrery/scenarios/engine/artifact/trace_file.h"

#include "orrery/reports/formats/json_line.h"
#include "orrery/scenarios/engine/artifact/json.h"
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/run/plan.h"

namespace orrery::scenarios::engine {
namespace {

using reports::formats::Json;
using reports::formats::LineRule;
using reports::trace::Field;
using reports::trace::Row;
using reports::trace::Step;
using Hosts = std::vector<std::string>;

constexpr int version = 2;
constexpr std::string_view step_type = "step";

// --- writing ---

// A line that grows by one field after the other.
class LineText {
public:
    LineText(std::string_view type, sim::WorldTime time, std::uint64_t event)
        : text_("{\"type\":" + json_string(type) + ",\"time\":\"" + std::to_string(time.nanoseconds) + "\"") {
        identity("event", event);
    }
    void raw(std::string_view name, std::string_view json) {
        text_ += ",\"";
        text_ += name;
        text_ += "\":";
        text_ += json;
    }
    void text(std::string_view name, std::string_view value) { raw(name, json_string(value)); }
    void identity(std::string_view name, std::uint64_t value) { raw(name, "\"" + sim::hexadecimal(value) + "\""); }
    void identity_if_any(std::string_view name, std::uint64_t value) {
        if (value != 0) identity(name, value);
    }
    std::string whole() { return std::move(text_) + "}\n"; }

private:
    std::string text_;
};

// By name, `{"term":3,"role":"leader"}`.
std::string json_of(const std::vector<Field>& fields) {
    std::string text;
    for (const Field& field : fields)
        text += (text.empty() ? "" : ",") + json_string(field.name) + ":" +
                (field.number ? std::to_string(*field.number) : json_string(field.text));
    return "{" + text + "}";
}

// --- reading ---

// What a line holds: of a step its time, event, cause and host are in the row.
struct Draft {
    const Hosts& hosts;
    Row row{};
    bool is_step = false;
    bool has_host = false;
    bool has_peer = false;
};

bool read_text(const Json& json, std::string& out) {
    if (json.is_string()) out = json.get<std::string>();
    return json.is_string();
}
bool read_identity(const Json& json, std::uint64_t& out) {
    return json.is_string() && sim::parse_hexadecimal(json.get<std::string>(), out);
}
template <class Integer>
bool read_number(const Json& json, Integer& out) {
    const bool fits = std::is_signed_v<Integer> ? json.is_number_integer() : json.is_number_unsigned();
    if (!fits || (json.is_number_unsigned() && std::is_signed_v<Integer> && json.get<std::uint64_t>() > INT64_MAX))
        return false;
    out = json.get<Integer>();
    return true;
}
bool read_time(const Json& json, std::int64_t& out) {
    return json.is_string() && sim::parse_integer(json.get<std::string>(), out);
}
bool read_host(const Json& json, const Hosts& hosts, std::uint32_t& out) {
    if (!json.is_string()) return false;
    const auto found = std::find(hosts.begin(), hosts.end(), json.get<std::string>());
    out = static_cast<std::uint32_t>(found - hosts.begin());
    return found != hosts.end();
}
bool read_type(const Json& json, Draft& draft) {
    if (!json.is_string()) return false;
    draft.is_step = json == step_type;
    const std::optional<Row::Kind> kind = reports::trace::row_kind(json.get<std::string>());
    if (kind) draft.row.kind = *kind;
    return draft.is_step || kind;
}
bool read_values(const Json& json, Draft& draft) {
    if (!json.is_object()) return false;
    for (const auto& [name, value] : json.items()) {
        std::int64_t number = 0;
        std::string text;
        if (read_number(value, number))
            draft.row.fields.push_back(reports::trace::field(name, number));
        else if (read_text(value, text))
            draft.row.fields.push_back(reports::trace::field(name, text));
        else
            return false;
    }
    return true;
}

constexpr std::array<LineRule<TraceHead>, 6> head_rules = {{
    {"type", true, "\"trace\"", [](const Json& json, TraceHead&) { return json == "trace"; }},
    {"version", true, "2", [](const Json& json, TraceHead&) { return json == version; }},
    {"scenario", true, "a name", [](const Json& json, TraceHead& head) { return read_text(json, head.scenario); }},
    {"seed", true, "a number as a string",
     [](const Json& json, TraceHead& head) {
         return json.is_string() && sim::parse_integer(json.get<std::string>(), head.seed);
     }},
    {"source", true, "a text", [](const Json& json, TraceHead& head) { return read_text(json, head.source); }},
    {"hosts", true, "a list of names",
     [](const Json& json, TraceHead& head) {
         if (!json.is_array()) return false;
         for (const Json& each : json)
             if (!read_text(each, head.hosts.emplace_back())) return false;
         return true;
     }},
}};

constexpr std::array<LineRule<Draft>, 16> line_rules = {{
    {"type", true, "step, or a kind of row", read_type},
    {"time", true, "nanoseconds as a string",
     [](const Json& json, Draft& draft) { return read_time(json, draft.row.time.nanoseconds); }},
    {"event", true, "16 hexadecimal digits",
     [](const Json& json, Draft& draft) { return read_identity(json, draft.row.event); }},
    {"cause", false, "16 hexadecimal digits",
     [](const Json& json, Draft& draft) { return read_identity(json, draft.row.cause); }},
    {"origin", false, "16 hexadecimal digits",
     [](const Json& json, Draft& draft) { return read_identity(json, draft.row.origin); }},
    {"host", false, "a host of the first line",
     [](const Json& json, Draft& draft) { return draft.has_host = read_host(json, draft.hosts, draft.row.host); }},
    {"peer", false, "a host of the first line",
     [](const Json& json, Draft& draft) { return draft.has_peer = read_host(json, draft.hosts, draft.row.peer); }},
    {"name", false, "a text", [](const Json& json, Draft& draft) { return read_text(json, draft.row.name); }},
    {"message", false, "16 hexadecimal digits",
     [](const Json& json, Draft& draft) { return read_identity(json, draft.row.message); }},
    {"content", false, "a text", [](const Json& json, Draft& draft) { return read_text(json, draft.row.content); }},
    {"fault", false, "a number from 0",
     [](const Json& json, Draft& draft) { return read_number(json, draft.row.fault); }},
    {"goal", false, "true", [](const Json& json, Draft& draft) { return draft.row.goal = json == true; }},
    {"fields", false, "an object of whole numbers and texts", read_values},
    {"process", false, "a number", [](const Json& json, Draft& draft) { return read_number(json, draft.row.process); }},
    {"client", false, "a number from 0",
     [](const Json& json, Draft& draft) { return read_number(json, draft.row.client); }},
    {"operation", false, "a number from 0",
     [](const Json& json, Draft& draft) { return read_number(json, draft.row.operation); }},
}};

// The same row, but for what its kind cannot have.
Row stripped(const Row& row) {
    Row kept;
    kept.kind = row.kind;
    kept.time = row.time;
    kept.event = row.event;
    kept.cause = row.cause;
    kept.origin = row.origin;
    kept.name = row.name;
    if (!row.is_fault()) kept.host = row.host;
    if (row.is_fault()) kept.fault = row.fault;
    if (row.is_message()) {
        kept.peer = row.peer;
        kept.message = row.message;
        kept.content = row.content;
    }
    if (row.kind == Row::Kind::note) kept.goal = row.goal;
    if (row.kind == Row::Kind::note || row.kind == Row::Kind::state || row.is_operation()) kept.fields = row.fields;
    if (!row.is_operation()) return kept;
    kept.process = row.process;
    kept.client = row.client;
    kept.operation = row.operation;
    return kept;
}

Step step_of(const Draft& draft) {
    return {draft.row.event, draft.row.cause, draft.row.time, draft.has_host ? draft.row.host : Step::nowhere};
}

// What is missing, or too much; nothing if the line is whole.
sim::Problem problem_of(const Draft& draft, std::size_t line) {
    const auto wrong = [line](const std::string& expected) { return reports::formats::expected_at(line, 1, expected); };
    Row expected = stripped(draft.row);
    if (draft.is_step) {
        const Step step = step_of(draft);
        expected = {};
        expected.event = step.event;
        expected.cause = step.cause;
        expected.time = step.time;
        expected.host = draft.row.host;
    }
    const std::string kind(draft.is_step ? step_type : reports::trace::name(draft.row.kind));
    const bool has_place = draft.is_step || draft.has_host != draft.row.is_fault();
    const bool has_peer = draft.has_peer == (!draft.is_step && draft.row.is_message());
    if (expected != draft.row || !has_place || !has_peer) return wrong("the fields that a " + kind + " has");
    return std::nullopt;
}

sim::Complaint in_file(sim::Complaint complaint, const std::string& file) {
    complaint.place.file = file;
    return complaint;
}

} // namespace

TraceHead head_of(const RunInput& input) {
    CHECK(input.scenario != nullptr);
    return {input.scenario->name, input.seed, std::string(source_identity()), hosts_of(input)};
}

std::string trace_line(const TraceHead& head) {
    return Object("trace", version)
        .text("scenario", head.scenario)
        .number("seed", head.seed)
        .text("source", head.source)
        .texts("hosts", head.hosts)
        .line();
}

std::string trace_line(const Step& step, const Hosts& hosts) {
    LineText line(step_type, step.time, step.event);
    line.identity_if_any("cause", step.cause);
    if (step.host != Step::nowhere) line.text("host", hosts.at(step.host));
    return line.whole();
}

std::string trace_line(const Row& row, const Hosts& hosts) {
    LineText line(reports::trace::name(row.kind), row.time, row.event);
    line.identity_if_any("cause", row.cause);
    line.identity_if_any("origin", row.origin);
    if (!row.is_fault()) line.text("host", hosts.at(row.host));
    if (row.is_message()) line.text("peer", hosts.at(row.peer));
    line.text("name", row.name);
    if (row.is_message()) line.identity("message", row.message);
    if (!row.content.empty()) line.text("content", row.content);
    if (row.is_fault()) line.raw("fault", std::to_string(row.fault));
    if (row.goal) line.raw("goal", "true");
    if (!row.fields.empty()) line.raw("fields", json_of(row.fields));
    if (!row.is_operation()) return line.whole();
    line.raw("process", std::to_string(row.process));
    line.raw("client", std::to_string(row.client));
    line.raw("operation", std::to_string(row.operation));
    return line.whole();
}

sim::Problem TraceFile::open(const std::string& path, const RunInput& input) {
    if (sim::Problem problem = file_.open(path)) return problem;
    const TraceHead head = head_of(input);
    hosts_ = head.hosts;
    file_.write(trace_line(head));
    return std::nullopt;
}

void TraceFile::watch(Watcher& watcher) {
    watcher.at_row = [this](const Row& row) { write(trace_line(row, hosts_)); };
    watcher.at_step = [this](const Step& step) { write(trace_line(step, hosts_)); };
}

void TraceFile::write(const std::string& line) {
    if (file_.is_open()) file_.write(line);
}

bool is_trace(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    return text.starts_with('{');
}

sim::Checked<TraceHead> read_trace_head(std::string_view text, const std::string& file) {
    TraceHead head;
    const std::string_view line = text.substr(0, text.find('\n'));
    if (const sim::Problem problem = reports::formats::read_line(head_rules, line, 1, head))
        return in_file(*problem, file);
    return head;
}

sim::Problem read_trace(std::string_view text, const std::string& file, const std::function<void(const Row&)>& at_row,
                        const std::function<void(const Step&)>& at_step) {
    const sim::Checked<TraceHead> head = read_trace_head(text, file);
    if (!head) return head.complaint();
    reports::formats::Lines lines(text);
    std::string_view line;
    (void)lines.next(line); // the head
    while (lines.next(line)) {
        if (line.empty()) continue;
        Draft draft{head->hosts};
        sim::Problem problem = reports::formats::read_line(line_rules, line, lines.number(), draft);
        if (!problem) problem = problem_of(draft, lines.number());
        if (problem) return in_file(*problem, file);
        if (draft.is_step)
            at_step(step_of(draft));
        else
            at_row(draft.row);
    }
    return std::nullopt;
}

} // namespace orrery::scenarios::engine

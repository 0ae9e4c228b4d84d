// One line an observation. Identities and times are texts, for they need all 64 bits.
#include "orrery/scenarios/engine/artifact/trace_file.h"

#include "orrery/scenarios/engine/artifact/json.h"
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::engine {
namespace {

std::string_view type_of(sim::Observation::Kind kind) {
    constexpr std::string_view types[] = {"boot",    "crash", "note",        "state",    "send",
                                          "deliver", "lose",  "fault_begin", "fault_end"};
    return types[static_cast<std::size_t>(kind)];
}

// Texts by name, `,"term":3,"role":"leader"`.
std::string fields_of(const sim::Observation& seen) {
    std::string text;
    for (std::size_t i = 0; i < seen.fields.size(); ++i) {
        const sim::Field& field = seen.fields[i];
        const std::string_view key = seen.note == nullptr ? "value" : seen.note->fields[i];
        text += (text.empty() ? "" : ",") + json_string(key) + ":" +
                (field.is_text ? json_string(field.text) : sim::to_text(field));
    }
    return "{" + text + "}";
}

} // namespace

sim::Problem TraceFile::open(const std::string& path, const RunInput& input) {
    CHECK(input.scenario != nullptr);
    if (sim::Problem problem = file_.open(path)) return problem;
    file_.write(Object("trace")
                    .text("scenario", input.scenario->name)
                    .number("seed", input.seed)
                    .text("source", source_identity())
                    .line());
    return std::nullopt;
}

void TraceFile::add(const sim::Observation& seen, const sim::world::World& world) {
    if (!file_.is_open()) return; // complete: the world is only being cleared away
    using Kind = sim::Observation::Kind;
    const bool of_fault = seen.kind == Kind::fault_begin || seen.kind == Kind::fault_end;
    const bool of_message = seen.kind == Kind::send || seen.kind == Kind::deliver || seen.kind == Kind::lose;
    std::string line = "{\"type\":" + json_string(type_of(seen.kind)) + ",\"time\":\"" +
                       std::to_string(seen.time.nanoseconds) + "\",\"event\":\"" + sim::hexadecimal(seen.event) + "\"";
    if (!of_fault) line += ",\"host\":" + json_string(seen.host_name);
    if (of_message) line += ",\"peer\":" + json_string(world.host(seen.peer).spec.name);
    line += ",\"name\":" + json_string(seen.name);
    if (of_message) line += ",\"message\":\"" + sim::hexadecimal(seen.message) + "\"";
    if (seen.label != nullptr && seen.label->describe != nullptr)
        line += ",\"content\":" + json_string(seen.label->describe(seen.bytes));
    if (!seen.fields.empty()) line += ",\"fields\":" + fields_of(seen);
    line += "}\n";
    file_.write(line);
}

void TraceFile::add(const reports::Entry& entry, sim::world::HostIndex client, const sim::world::World& world) {
    if (!file_.is_open()) return;
    std::string line =
        "{\"type\":" + json_string(reports::name(entry.type)) + ",\"time\":\"" +
        std::to_string(entry.time.nanoseconds) + "\",\"event\":\"" + sim::hexadecimal(world.running_event()) +
        "\",\"host\":" + json_string(world.host(client).spec.name) + ",\"name\":" + json_string(entry.f) +
        ",\"fields\":{\"process\":" + std::to_string(entry.process);
    if (!entry.key.is_nil()) line += ",\"key\":" + json_string(entry.key.rendered());
    if (!entry.value.is_nil()) line += ",\"value\":" + json_string(entry.value.rendered());
    file_.write(line + "}}\n");
}

} // namespace orrery::scenarios::engine

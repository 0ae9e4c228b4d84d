// Where an event acts: at its own host, unless it is a message that does not get there, or a fault; and wherever it is
// seen to do something.
#include "orrery/scenarios/engine/run/tracer.h"

#include "orrery/sim/chance.h"
#include "orrery/sim/world/connections.h"

namespace orrery::scenarios::engine {
namespace {

using reports::trace::Row;
using reports::trace::Step;
using sim::world::EventKind;

static_assert(static_cast<int>(sim::Observation::Kind::fault_end) == static_cast<int>(Row::Kind::fault_end));
static_assert(static_cast<int>(reports::Entry::Type::info) ==
              static_cast<int>(Row::Kind::info) - static_cast<int>(Row::Kind::invoke));

reports::trace::Field argument_of(std::string_view name, const reports::Value& value) {
    if (value.is_integer()) return reports::trace::field(std::string(name), value.integer());
    return reports::trace::field(std::string(name), value.rendered());
}

bool is_message(const sim::world::Event& event) {
    return event.kind == EventKind::deliver ||
           (event.kind == EventKind::segment && event.segment != sim::world::Segment::timeout);
}

// The heal is an event that the world makes at a time, whatever ran last.
bool is_heal(const sim::world::Event& event) {
    return event.kind == EventKind::fault && event.origin == sim::mix(sim::name_hash("fault"), 0);
}

} // namespace

void Tracer::begin(const sim::world::Event& event, sim::WorldTime now) {
    hand_out_step();
    step_ = {event.id, is_heal(event) ? 0 : event.cause, now, event.host};
    origin_ = event.origin;
    is_open_ = true;
    arrives_ = is_message(event);
    hosts_.clear();
    if (arrives_ || event.kind == EventKind::fault)
        step_.host = Step::nowhere;
    else
        hosts_.insert(event.host);
}

void Tracer::observe(const sim::Observation& seen) {
    Row row;
    row.kind = static_cast<Row::Kind>(seen.kind);
    row.time = seen.time;
    row.event = seen.event;
    row.cause = seen.event == step_.event ? step_.cause : 0;
    row.origin = seen.origin;
    row.host = seen.host;
    row.peer = seen.peer;
    row.message = seen.message;
    row.fault = seen.fault;
    row.goal = seen.note != nullptr && seen.note->goal;
    row.name = std::string(seen.name);
    for (std::size_t i = 0; i < seen.fields.size(); ++i)
        row.fields.push_back(
            reports::trace::field_of(seen.note == nullptr ? "value" : seen.note->fields[i], seen.fields[i]));
    if (seen.label != nullptr && seen.label->describe != nullptr) row.content = seen.label->describe(seen.bytes);
    if (narrator_ != nullptr) row.telling = narrator_->tell(seen);
    place(row);
    take_row_(std::move(row));
}

void Tracer::add(const reports::Entry& entry, const ClientOperation& operation, sim::world::HostIndex host,
                 std::uint64_t event) {
    Row row;
    row.kind = static_cast<Row::Kind>(static_cast<int>(Row::Kind::invoke) + static_cast<int>(entry.type));
    row.time = entry.time;
    row.event = event;
    CHECK(event == step_.event); // a client acts in an event
    row.cause = step_.cause;
    row.origin = origin_;
    row.host = host;
    row.name = entry.f;
    if (!entry.key.is_nil()) row.fields.push_back(argument_of("key", entry.key));
    if (!entry.value.is_nil()) row.fields.push_back(argument_of("value", entry.value));
    row.process = entry.process;
    row.client = operation.client;
    row.operation = operation.number;
    place(row);
    take_row_(std::move(row));
}

void Tracer::hand_out_step() {
    if (is_open_) take_step_(step_);
    is_open_ = false;
}

void Tracer::add_step(std::uint64_t cause, std::uint32_t host) {
    hand_out_step();
    hosts_.insert(host);
    take_step_({step_.event, cause, step_.time, host});
}

// Before a row is handed out: its event acts at the row's host.
void Tracer::place(const Row& row) {
    if (row.kind == Row::Kind::boot) up_.insert(row.host);
    const bool is_up = up_.contains(row.host);
    if (row.kind == Row::Kind::crash) up_.erase(row.host);
    if (row.event != step_.event || row.is_fault() || row.kind == Row::Kind::lose || !is_up) return hand_out_step();
    if (row.kind == Row::Kind::deliver && row.message != row.event) return add_step(row.message, row.host);
    if (is_open_ && arrives_ && row.kind == Row::Kind::deliver) {
        step_.host = row.host;
        hosts_.insert(row.host);
    }
    hand_out_step();
    if (!hosts_.contains(row.host)) add_step(0, row.host);
}

} // namespace orrery::scenarios::engine

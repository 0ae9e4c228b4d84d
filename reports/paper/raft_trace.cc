#include "orrery/reports/paper/raft_trace.h"

#include "orrery/reports/formats/json_value.h"

namespace orrery::reports::paper {
namespace {

using formats::Json;

// Reads fields of one object, and keeps the first thing that is wrong.
class Fields {
public:
    Fields(const Json& object, std::string path, std::string& wrong) : object_(object), path_(path), wrong_(wrong) {
        if (!object.is_object()) expect(path, "an object");
    }

    bool has(const char* name) const { return object_.is_object() && object_.contains(name); }
    const Json& at(const char* name) const {
        static const Json nothing;
        if (!has(name)) expect(path_ + "." + name, "a value");
        return has(name) ? object_.at(name) : nothing;
    }
    std::uint64_t count(const char* name) const {
        const Json& value = at(name);
        if (value.is_number_unsigned()) return value.get<std::uint64_t>();
        expect(path_ + "." + name, "a number, not below 0");
        return 0;
    }
    std::string text(const char* name) const {
        const Json& value = at(name);
        if (value.is_string()) return value.get<std::string>();
        expect(path_ + "." + name, "a text");
        return {};
    }
    bool flag(const char* name) const {
        const Json& value = at(name);
        if (!value.is_boolean()) expect(path_ + "." + name, "true or false");
        return value.is_boolean() && value.get<bool>();
    }
    Fields object(const char* name) const { return {at(name), path_ + "." + name, wrong_}; }
    void expect(const std::string& path, const std::string& what) const {
        if (wrong_.empty()) wrong_ = "expected " + path + " to be " + what;
    }
    const std::string& path() const { return path_; }

private:
    const Json& object_;
    std::string path_;
    std::string& wrong_;
};

Sent read_message(const Fields& fields) {
    Sent message;
    message.type = fields.text("type");
    message.term = fields.count("term");
    message.from = fields.text("from");
    message.to = fields.text("to");
    message.entries = fields.count("entries");
    message.log_term = fields.count("logTerm");
    message.index = fields.count("index");
    message.commit = fields.count("commit");
    message.reject = fields.flag("reject");
    return message;
}

// [[term, digest], ...]
std::vector<Entry> read_entries(const Fields& fields) {
    std::vector<Entry> entries;
    const Json& list = fields.at("entries");
    bool is_good = list.is_array();
    for (const Json& each : list) {
        is_good = is_good && each.is_array() && each.size() == 2 && each[0].is_number_unsigned() &&
                  each[1].is_number_integer();
        if (is_good) entries.push_back({each[0].get<std::uint64_t>(), each[1].get<std::int64_t>()});
    }
    if (!is_good) fields.expect(fields.path() + ".entries", "an array of [term, digest]");
    return entries;
}

Point read_snapshot(const Fields& fields) {
    const Json& pair = fields.at("snapshot");
    const bool is_good =
        pair.is_array() && pair.size() == 2 && pair[0].is_number_unsigned() && pair[1].is_number_unsigned();
    if (!is_good) fields.expect(fields.path() + ".snapshot", "[index, term]");
    return is_good ? Point{pair[0].get<std::uint64_t>(), pair[1].get<std::uint64_t>()} : Point{};
}

void read_properties(const Fields& fields, Event& event) {
    if (fields.has("keep")) event.keep = fields.count("keep");
    if (fields.has("stable")) event.stable = fields.count("stable");
    if (fields.has("entries")) event.entries = read_entries(fields);
    if (fields.has("snapshot")) event.snapshot = read_snapshot(fields);
}

void read_configuration(const Fields& fields, Event& event) {
    const Json& both = fields.at("conf");
    bool is_good = both.is_array() && both.size() == 2;
    for (std::size_t side = 0; is_good && side < 2; ++side) {
        is_good = both[side].is_array();
        for (const Json& each : both[side]) {
            is_good = is_good && each.is_string();
            if (is_good) (side == 0 ? event.voters : event.old_voters).push_back(each.get<std::string>());
        }
    }
    if (!is_good) fields.expect(fields.path() + ".conf", "two arrays of servers");
}

Event read_fields(const Fields& fields) {
    Event event;
    event.name = fields.text("name");
    event.server = fields.text("nid");
    const Fields state = fields.object("state");
    event.term = state.count("term");
    event.vote = state.text("vote");
    event.commit = state.count("commit");
    event.role = fields.text("role");
    event.log = fields.count("log");
    read_configuration(fields, event);
    if (fields.has("msg")) event.message = read_message(fields.object("msg"));
    if (fields.has("prop")) read_properties(fields.object("prop"), event);
    return event;
}

} // namespace

sim::Checked<Event> read_event(std::string_view line, std::size_t number) {
    const sim::Checked<Json> parsed = formats::parse_json(line);
    const auto complaint = [number](std::string text) {
        return sim::Complaint{sim::Cause::input, {{}, number, 0}, std::move(text)};
    };
    if (!parsed) return complaint("expected an event as a JSON object: " + parsed.complaint().message);
    if (!parsed->is_object()) return complaint("expected an event as a JSON object");
    if (!parsed->contains("tag") || parsed->at("tag") != "trace")
        return complaint(
            "expected \"tag\":\"trace\", as each line has that `trace --format etcd` or etcd's raft wrote");
    std::string wrong;
    Event event = read_fields(Fields(*parsed, "the line", wrong).object("event"));
    if (!wrong.empty()) return complaint(std::move(wrong));
    return event;
}

} // namespace orrery::reports::paper

// Kafka: what Jepsen's workload of that name looks for. Each key is a log: a message stands in it at one offset, and
// one offset holds one message. Clients send messages to the end of a log, and poll along it.
//
// Three passes: what was sent and polled, and at which offsets; then the logs, offset by offset; then each client's
// operations in its order. Offsets may have gaps: a place in a log is the how manieth known offset it is. A message
// that was seen at two offsets, or at one with others, has no place, so that one fault is not told as many.
#include <map>
#include <optional>
#include <set>

#include "orrery/reports/judges/domain/domain.h"
#include "orrery/reports/judges/domain/objections.h"
#include "orrery/sim/text.h"

namespace orrery::reports::judges::domain {
namespace {

struct Message {
    Value key;
    std::optional<std::int64_t> offset;
    Value value;
};

// What one operation sent and polled, in its order.
struct Done {
    std::vector<Message> sent;
    std::vector<Message> polled;
};

// JSON writes the keys of a map as texts.
Value key_of(const Value& key) {
    std::int64_t number = 0;
    return key.is_text() && sim::parse_integer(key.text(), number) ? Value(number) : key;
}

// [offset value], where the offset may be nil.
std::optional<Message> message_of(const Value& key, const Value& pair) {
    if (!pair.is_list() || pair.list().size() != 2) return {};
    const Value& offset = pair.list()[0];
    if (!offset.is_nil() && !offset.is_integer()) return {};
    return Message{key_of(key), offset.is_nil() ? std::nullopt : std::optional(offset.integer()), pair.list()[1]};
}

bool read_poll(const Value& logs, Done& done) {
    if (!logs.is_map()) return false;
    for (const auto& [key, messages] : logs.map()) {
        if (!messages.is_list()) return false;
        for (const Value& each : messages.list()) {
            const auto message = message_of(key, each);
            if (!message) return false;
            done.polled.push_back(*message);
        }
    }
    return true;
}

// Before it returns, a send has no offset and a poll no answer.
std::optional<Done> done_of(const Value& steps, bool returned) {
    if (!steps.is_list()) return {};
    Done done;
    for (const Value& step : steps.list()) {
        if (!step.is_list() || step.list().empty() || !step.list()[0].is_text()) return {};
        const Value::List& parts = step.list();
        const std::string& f = parts[0].text();
        if ((f == "send" || f == ":send") && parts.size() == 3) {
            const auto told = returned ? message_of(parts[1], parts[2]) : std::nullopt;
            done.sent.push_back(told ? *told : Message{key_of(parts[1]), {}, parts[2]});
        } else if ((f != "poll" && f != ":poll") || parts.size() > 2) {
            return {};
        } else if (parts.size() == 2 && !read_poll(parts[1], done)) {
            return {};
        }
    }
    return done;
}

// What is known of one message of a log.
struct Fate {
    std::optional<std::size_t> sent; // by the operation that did not fail, or else by one that did
    bool failed = false;             // that one failed
    std::optional<std::size_t> polled;
    std::map<std::int64_t, std::size_t> offsets; // and which operation showed it there
};

struct Log {
    std::map<Value, Fate> messages;
    std::map<std::int64_t, std::set<Value>> at; // by offset
    std::map<Value, std::size_t> places;
    std::vector<Value> in_order; // by place
};

class Kafka {
public:
    explicit Kafka(const Case& given) : given_(given), done_(given.calls.size()) {}

    Verdict judge() {
        for (std::size_t place = 0; place < given_.calls.size(); ++place)
            if (auto wrong = read(place)) return *wrong;
        // Where nobody knows whether it was done, an offset may have been given up again.
        for (std::size_t place = 0; place < given_.calls.size(); ++place)
            if (given_.calls[place].outcome == Call::Outcome::unknown && committed(place))
                for (const Message& each : done_[place].sent) show(each, place);
        for (auto& [key, log] : logs_) {
            judge_offsets(key, log);
            number_places(log);
            CHECK(log.places.size() <= log.at.size());
            judge_messages(key, log);
            judge_losses(key, log);
        }
        judge_clients();
        Verdict verdict = objections_.verdict(given_);
        if (!verdict.passed() || polled_ || logs_.empty()) return verdict;
        verdict.outcome = Verdict::Outcome::undecided;
        verdict.blocked.emplace();
        verdict.blocked->suggestions = {"poll to the end of each log: nothing was polled, so nothing can be missed"};
        return verdict;
    }

private:
    std::optional<Verdict> read(std::size_t place) {
        const Call& call = given_.calls[place];
        constexpr std::string_view others[] = {"assign", "subscribe", "crash", "debug-topic-partitions"};
        if (std::find(std::begin(others), std::end(others), call.f) != std::end(others)) return std::nullopt;
        const bool known = call.f == "send" || call.f == "poll" || call.f == "txn";
        // One whose end is not known may have said as much as it knew.
        const Value* told = is_ok(call) ? &call.result : nullptr;
        if (call.outcome == Call::Outcome::unknown && call.return_entry)
            told = &given_.history.entries[*call.return_entry].value;
        auto done = told != nullptr ? done_of(*told, true) : std::nullopt;
        if (!done && !is_ok(call)) done = done_of(call.argument, false);
        if (!known || !done)
            return not_known(given_, call, "send, poll or txn with a list of [send KEY VALUE] and [poll]");
        for (const Message& each : done->sent) {
            Fate& fate = logs_[each.key].messages[each.value];
            const bool failed = call.outcome == Call::Outcome::fail;
            if (!fate.sent || (fate.failed && !failed)) {
                fate.sent = place;
                fate.failed = failed;
            }
            if (is_ok(call)) show(each, place);
        }
        for (const Message& each : done->polled) {
            Fate& fate = logs_[each.key].messages[each.value];
            if (!fate.polled) fate.polled = place;
            show(each, place);
            polled_ = true;
        }
        done_[place] = std::move(*done);
        return std::nullopt;
    }
    void show(const Message& message, std::size_t place) {
        if (!message.offset) return;
        Log& log = logs_[message.key];
        log.at[*message.offset].insert(message.value);
        log.messages[message.value].offsets.emplace(*message.offset, place);
    }

    void judge_offsets(const Value& key, const Log& log) {
        for (const auto& [offset, values] : log.at) {
            if (values.size() < 2) continue;
            const Value& one = *values.begin();
            const Value& other = *std::next(values.begin());
            objections_.add("inconsistent-offsets",
                            {log.messages.at(one).offsets.at(offset), log.messages.at(other).offsets.at(offset)},
                            "offset " + std::to_string(offset) + of(key) + " holds " + one.rendered() + " and " +
                                other.rendered(),
                            key);
        }
        for (const auto& [value, fate] : log.messages) {
            if (fate.offsets.size() < 2) continue;
            const auto& [first, shown_first] = *fate.offsets.begin();
            const auto& [second, shown_second] = *std::next(fate.offsets.begin());
            objections_.add("duplicate", {shown_first, shown_second},
                            value.rendered() + " stands at the offsets " + std::to_string(first) + " and " +
                                std::to_string(second) + of(key),
                            key);
        }
    }
    void number_places(Log& log) {
        for (const auto& [offset, values] : log.at) {
            const Value& value = *values.begin();
            if (values.size() == 1 && log.messages.at(value).offsets.size() == 1)
                log.places.emplace(value, log.in_order.size());
            log.in_order.push_back(value);
        }
        CHECK(log.in_order.size() == log.at.size());
    }
    void judge_messages(const Value& key, const Log& log) {
        for (const auto& [value, fate] : log.messages) {
            if (!fate.polled) continue;
            const std::string polled = value.rendered() + of(key) + " was polled";
            if (!fate.sent)
                objections_.add("value from nowhere", {*fate.polled}, polled + ", and nobody sent it", key);
            else if (fate.failed && is_ok(given_.calls[*fate.polled]))
                objections_.add("G1a", {*fate.sent, *fate.polled}, polled + ", and its send had failed", key);
            else if (given_.calls[*fate.sent].invoked > given_.calls[*fate.polled].returned)
                objections_.add("future read", {*fate.polled, *fate.sent}, polled + " before it was sent", key);
        }
    }
    // Whatever stands before a message that was polled must have been polled by somebody.
    void judge_losses(const Value& key, const Log& log) {
        std::optional<std::size_t> end; // the last place that was polled
        for (const auto& [value, place] : log.places)
            if (log.messages.at(value).polled && (!end || place > *end)) end = place;
        if (!end) return;
        for (const auto& [value, place] : log.places) {
            const Fate& fate = log.messages.at(value);
            if (place >= *end || fate.polled || !fate.sent || !committed(*fate.sent)) continue;
            const Value& beyond = log.in_order[*end];
            objections_.add("lost-write", {*fate.sent, *log.messages.at(beyond).polled},
                            value.rendered() + " was sent to " + key.rendered() + ", and nobody polled it, only " +
                                beyond.rendered() + " behind it",
                            key);
        }
    }
    // It was acknowledged, or some of what it sent was polled: then all of it is there.
    bool committed(std::size_t call) const {
        if (is_ok(given_.calls[call])) return true;
        if (given_.calls[call].outcome == Call::Outcome::fail) return false;
        return std::any_of(done_[call].sent.begin(), done_[call].sent.end(), [&](const Message& each) {
            return logs_.at(each.key).messages.at(each.value).polled.has_value();
        });
    }

    // Where a client stands in each log.
    struct Client {
        std::map<Value, std::pair<Value, std::size_t>> polled; // the last message, and the operation
        std::map<Value, std::pair<Value, std::size_t>> sent;
        bool subscribed = false;
    };
    void judge_clients() {
        std::map<std::int64_t, Client> clients;
        for (std::size_t place = 0; place < given_.calls.size(); ++place) {
            const Call& call = given_.calls[place];
            Client& client = clients[call.process];
            if (call.outcome == Call::Outcome::fail) continue;
            if (call.f == "assign" || call.f == "subscribe") {
                client.subscribed = call.f == "subscribe";
                keep_only(client.polled, call.argument);
                keep_only(client.sent, call.argument);
                continue;
            }
            follow(place, done_[place].sent, client.sent, "send", true);
            if (is_ok(call) && !client.subscribed) follow(place, done_[place].polled, client.polled, "poll", false);
            if (call.f == "txn" && is_ok(call)) judge_own(place);
        }
    }
    static void keep_only(std::map<Value, std::pair<Value, std::size_t>>& last, const Value& keys) {
        std::set<Value> kept;
        if (keys.is_list())
            for (const Value& each : keys.list()) kept.insert(key_of(each));
        std::erase_if(last, [&](const auto& each) { return !kept.contains(each.first); });
    }
    // Each message comes after the one before, and of polls right after it.
    void follow(std::size_t call, const std::vector<Message>& messages,
                std::map<Value, std::pair<Value, std::size_t>>& last, const std::string& what, bool may_skip) {
        for (const Message& each : messages) {
            const auto before = last.find(each.key);
            if (before != last.end()) {
                const auto& [value, earlier] = before->second;
                const Log& log = logs_.at(each.key);
                const auto from = log.places.find(value);
                const auto to = log.places.find(each.value);
                const bool placed = from != log.places.end() && to != log.places.end();
                const std::string kind = earlier == call ? "int-" : "";
                const std::string story = "process " + std::to_string(given_.calls[call].process) + " went from " +
                                          value.rendered() + " to " + each.value.rendered() + of(each.key);
                std::vector<std::size_t> operations = {earlier, call};
                if (earlier == call) operations.pop_back();
                if (placed && to->second <= from->second)
                    objections_.add(kind + "nonmonotonic-" + what, operations, story + ", which is not behind it",
                                    each.key);
                else if (placed && to->second > from->second + 1 && !may_skip)
                    objections_.add(kind + what + "-skip", operations,
                                    story + ", past " + log.in_order[from->second + 1].rendered(), each.key);
            }
            last[each.key] = {each.value, call};
        }
    }
    // What a transaction sends nobody may poll before it ends, nor itself.
    void judge_own(std::size_t call) {
        for (const Message& sent : done_[call].sent)
            for (const Message& polled : done_[call].polled)
                if (sent.key == polled.key && sent.value == polled.value)
                    objections_.add("precommitted-read", {call},
                                    "process " + std::to_string(given_.calls[call].process) + " polled " +
                                        sent.value.rendered() + of(sent.key) + " in the transaction that sent it",
                                    sent.key);
    }
    static std::string of(const Value& key) { return " of " + key.rendered(); }

    const Case& given_;
    std::vector<Done> done_; // of each call
    std::map<Value, Log> logs_;
    bool polled_ = false;
    Objections objections_;
};

} // namespace

Verdict judge_kafka(const Case& given) { return Kafka(given).judge(); }

} // namespace orrery::reports::judges::domain

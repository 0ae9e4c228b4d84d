// dbcop's histories: sessions of transactions of events, as JSON and in its binary form.
//
//     [ [ {"events": [{"Write": {"variable": 0, "version": 1}}, {"Read": {"variable": 0, "version": null}}],
//          "committed": true} ], ... ]
//
// Older ones are an object with such sessions under "data", and say {"write": true, "variable": 0, "value": 1,
// "success": true} and "success" for "committed"; the binary form has the same fields in little-endian numbers of
// eight bytes. An event without success did not happen, a transaction that was not committed was aborted. Registers
// start at nothing where there are versions, and at 0 where there are values.
#include <algorithm>

#include "orrery/reports/formats/json_value.h"
#include "orrery/reports/formats/session_transactions.h"

namespace orrery::reports::formats {
namespace {

// The places of the objects within arrays of arrays: the transactions, in the order of the text.
std::vector<Place> places_of(std::string_view text) {
    std::vector<Place> places;
    std::uint32_t line = 1;
    std::size_t line_begin = 0;
    int brackets = 0;
    int braces = 0;
    int outer = -1; // how many braces are open around the transactions
    bool quoted = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char each = text[at];
        if (each == '\n') {
            ++line;
            line_begin = at + 1;
        }
        if (quoted && each == '\\') ++at;
        if (each == '"') quoted = !quoted;
        if (quoted) continue;
        if (each == '[') ++brackets;
        if (each == ']') --brackets;
        if (each == '{') {
            if (brackets == 2 && outer < 0) outer = braces;
            if (brackets == 2 && braces == outer)
                places.push_back({line, static_cast<std::uint32_t>(at - line_begin + 1)});
            ++braces;
        }
        if (each == '}') --braces;
    }
    return places;
}

bool is_true(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_boolean() && found->get<bool>();
}

// What is neither true nor false may mean either.
sim::Problem problem_of_truths(const Json& object, Place place) {
    for (const char* name : {"write", "success", "committed"})
        if (const auto found = object.find(name); found != object.end() && !found->is_boolean())
            return expected_at(place, std::string(name) + " to be true or false");
    return std::nullopt;
}

// The step of one event of the transaction at `place`. Nil: it did not happen.
sim::Checked<Value> dbcop_step(const Json& event, Place place) {
    if (!event.is_object()) return expected_at(place, "an event, an object");
    if (auto wrong = problem_of_truths(event, place)) return *std::move(wrong);
    if (event.contains("Read") && event.contains("Write")) return expected_at(place, "an event that reads or writes");
    const Json* fields = &event;
    bool writes = is_true(event, "write");
    const char* content = "value";
    for (const char* kind : {"Read", "Write"})
        if (const auto found = event.find(kind); found != event.end() && found->is_object()) {
            fields = &*found;
            writes = std::string_view(kind) == "Write";
            content = "version";
        }
    const auto variable = fields->find("variable");
    const auto value = fields->find(content);
    if (variable == fields->end() || value == fields->end())
        return expected_at(place, "an event with variable and " + std::string(content));
    if (fields == &event && event.contains("success") && !is_true(event, "success")) return Value();
    Value key = any_value_of(*variable);
    return writes ? write_step(std::move(key), any_value_of(*value)) : read_step(std::move(key), any_value_of(*value));
}

sim::Problem read_transaction(const Json& json, SessionTransaction& transaction) {
    if (!json.is_object()) return expected_at(transaction.place, "a transaction, an object");
    if (auto wrong = problem_of_truths(json, transaction.place)) return wrong;
    const auto events = json.find("events");
    if (events == json.end() || !events->is_array()) return expected_at(transaction.place, "a transaction with events");
    if (!json.contains("committed") && !json.contains("success"))
        return expected_at(transaction.place, "a transaction that says committed or success");
    transaction.end = is_true(json, "committed") || is_true(json, "success") ? Entry::Type::ok : Entry::Type::fail;
    for (const Json& event : *events) {
        sim::Checked<Value> step = dbcop_step(event, transaction.place);
        if (!step) return step.complaint();
        if (!step->is_nil()) transaction.steps.push_back(*std::move(step));
    }
    return std::nullopt;
}

// Numbers and texts of the binary form, one after the other.
class Bytes {
public:
    explicit Bytes(std::string_view text) : text_(text) {}
    std::uint64_t number() {
        std::uint64_t number = 0;
        if (!take(8)) return 0;
        for (std::size_t i = 8; i-- > 0;) number = number << 8 | static_cast<unsigned char>(text_[at_ - 8 + i]);
        return number;
    }
    bool truth() {
        if (!take(1)) return false;
        good_ = good_ && static_cast<unsigned char>(text_[at_ - 1]) <= 1;
        return text_[at_ - 1] == 1;
    }
    void skip_text() { take(number()); }
    // Of things that take at least so many bytes each.
    std::uint64_t count(std::uint64_t least) {
        const std::uint64_t count = number();
        if (count > (text_.size() - at_) / least) good_ = false;
        return good_ ? count : 0;
    }
    bool good() const { return good_; }
    std::size_t offset() const { return at_; }

private:
    bool take(std::uint64_t size) {
        if (!good_ || size > text_.size() - at_) return good_ = false;
        at_ += static_cast<std::size_t>(size);
        return true;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    bool good_ = true;
};

void skip_header(Bytes& bytes) {
    for (int i = 0; i < 5; ++i) (void)bytes.number(); // id and sizes
    for (int i = 0; i < 3; ++i) bytes.skip_text();    // about it, its begin and end
}

} // namespace

ReadResult read_dbcop(std::string_view text, const ReadOptions&) {
    const sim::Checked<Json> parsed = parse_json(text);
    if (!parsed) return parsed.complaint();
    const Json& json = *parsed;
    const Json* sessions = &json;
    const bool older = json.is_object() && json.contains("data");
    if (older) sessions = &json.at("data");
    if (!sessions->is_array()) return expected_at(1, 1, "an array of sessions");
    const std::vector<Place> places = places_of(text);
    std::vector<SessionTransaction> transactions;
    std::int64_t session = 0;
    for (const Json& each : *sessions) {
        if (!each.is_array()) return expected_at(1, 1, "sessions, arrays of transactions");
        for (const Json& one : each) {
            SessionTransaction transaction;
            transaction.session = session;
            transaction.place = transactions.size() < places.size() ? places[transactions.size()] : Place{1, 1};
            transaction.index = transactions.size();
            if (auto wrong = read_transaction(one, transaction)) return *std::move(wrong);
            transactions.push_back(std::move(transaction));
        }
        ++session;
    }
    return history_of(transactions, older ? Value(0) : Value());
}

bool is_dbcop_binary(std::string_view text) {
    Bytes bytes(text);
    skip_header(bytes);
    if (bytes.count(8) == 0) return false; // no sessions: some other file that is full of zeros
    return bytes.good() && text.substr(0, 40).find('\0') != std::string_view::npos;
}

ReadResult read_dbcop_binary(std::string_view text, const ReadOptions&) {
    Bytes bytes(text);
    skip_header(bytes);
    std::vector<SessionTransaction> transactions;
    const auto sessions = static_cast<std::int64_t>(bytes.count(8));
    for (std::int64_t session = 0; session < sessions && bytes.good(); ++session) {
        for (std::uint64_t left = bytes.count(9); left > 0 && bytes.good(); --left) {
            SessionTransaction transaction;
            transaction.session = session;
            transaction.place = {1, static_cast<std::uint32_t>(bytes.offset() + 1)};
            transaction.index = transactions.size();
            for (std::uint64_t events = bytes.count(18); events > 0 && bytes.good(); --events) {
                const bool writes = bytes.truth();
                Value key(static_cast<std::int64_t>(bytes.number()));
                Value value(static_cast<std::int64_t>(bytes.number()));
                if (!bytes.truth()) continue;
                transaction.steps.push_back(writes ? write_step(std::move(key), std::move(value))
                                                   : read_step(std::move(key), std::move(value)));
            }
            transaction.end = bytes.truth() ? Entry::Type::ok : Entry::Type::fail;
            transactions.push_back(std::move(transaction));
        }
    }
    if (!bytes.good() || bytes.offset() != text.size()) {
        const std::string_view whole = bytes.good() ? "the end of the file" : "dbcop's binary history, whole";
        return expected_at(1, 1, std::string(whole));
    }
    return history_of(transactions, Value(0));
}

} // namespace orrery::reports::formats

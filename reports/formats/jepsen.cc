// From Jepsen's operations to entries: each alone as it is read, then the history as a whole, step by step.
#include "orrery/reports/formats/jepsen.h"

#include <algorithm>
#include <set>

#include "orrery/reports/formats/independent_keys.h"

namespace orrery::reports::formats {
namespace {

// Keywords are texts with a colon in EDN, plain texts in JSON.
const Value* member(const Value& map, std::string_view name) {
    const Value* found = map.find(":" + std::string(name));
    return found != nullptr ? found : map.find(name);
}

std::string_view word(const Value* value) {
    if (value == nullptr || !value->is_text()) return {};
    std::string_view text = value->text();
    if (text.starts_with(':')) text.remove_prefix(1);
    return text;
}

// Maps are equal in whatever order a source writes their pairs.
void sort_pairs(Value& value) {
    if (value.is_list()) {
        Value::List list = value.list();
        for (Value& each : list) sort_pairs(each);
        value = std::move(list);
    } else if (value.is_map()) {
        Value::Map map = value.map();
        for (auto& [key, each] : map) sort_pairs(each);
        std::stable_sort(map.begin(), map.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
        value = std::move(map);
    }
}
bool holds_map(const Value& value) {
    if (value.is_map()) return true;
    return value.is_list() && std::any_of(value.list().begin(), value.list().end(), holds_map);
}

bool is_step(const Value& value) {
    return value.is_list() && value.list().size() >= 2 && value.list().front().is_text();
}
// A transaction is a list of steps [f key value].
bool is_transaction(const Value& value) {
    return value.is_list() && std::all_of(value.list().begin(), value.list().end(), is_step);
}
bool is_read(const Value& step) {
    const std::string_view f = word(&step.list().front());
    return step.list().size() == 3 && (f == "r" || f == "read");
}

// What was asked for, of a transaction whose answer alone is known.
Value question_of(const Value& answer) {
    Value::List steps;
    for (const Value& each : answer.list()) {
        steps.push_back(each);
        if (is_read(each)) steps.back() = Value::List{each.list()[0], each.list()[1], Value()};
    }
    return steps;
}

bool same_question(const Entry& asked, const Entry& ended) {
    if (asked.f != ended.f || asked.key != ended.key) return false;
    if (is_transaction(asked.value) && is_transaction(ended.value))
        return question_of(asked.value) == question_of(ended.value);
    return true;
}

bool tells_nothing(const Value& step) {
    return step.is_list() && step.list().size() == 3 && word(&step.list()[0]) == "read" && step.list()[2].is_nil();
}

} // namespace

bool is_process(std::string_view word) {
    std::int64_t number = 0;
    return parse_integer(word, number) || word == ":nemesis";
}

bool is_type(std::string_view word) { return word.starts_with(':') && entry_type(word.substr(1)).has_value(); }

sim::Problem JepsenEntries::add(const Value& map, Place place) {
    if (!map.is_map()) return expected_at(place, "a map with :process, :type, :f and :value");
    Recorded recorded;
    recorded.entry.place = place;
    const Value* value = member(map, "value");
    const Value* f = member(map, "f");
    if (value != nullptr) recorded.entry.value = *value;
    // Elle's own files leave out that a list of steps is a transaction.
    const Value transaction("txn");
    if (f == nullptr && value != nullptr && value->is_list()) f = &transaction;
    if (const Value* key = member(map, "key")) recorded.entry.key = *key;
    const Value* index = member(map, "index");
    if (index != nullptr && index->is_integer() && index->integer() >= 0) {
        recorded.entry.index = static_cast<std::uint64_t>(index->integer());
        source_.numbered = true;
    } else {
        recorded.entry.index = place.line;
    }
    const Value* time = member(map, "time");
    if (time != nullptr && time->is_integer()) recorded.time = time->integer();
    return add(std::move(recorded), member(map, "process"), member(map, "type"), f);
}

sim::Problem JepsenEntries::add_tuple(const Value::List& tuple, Place place) {
    if (tuple.size() < 3) return expected_at(place, "[process type f value]");
    Recorded recorded;
    recorded.entry.place = place;
    recorded.entry.index = place.line;
    if (tuple.size() > 3) recorded.entry.value = tuple[3];
    return add(std::move(recorded), &tuple[0], &tuple[1], &tuple[2]);
}

sim::Problem JepsenEntries::add(Recorded recorded, const Value* process, const Value* type, const Value* f) {
    Entry& entry = recorded.entry;
    const auto wrong = [&](std::string expected) { return expected_at(entry.place, std::move(expected)); };
    if (word(process) == "nemesis") return skip("nemesis line"), std::nullopt;
    if (process == nullptr || process->is_nil()) {
        recorded.client = Client::nobody;
    } else if (process->is_integer()) {
        entry.process = process->integer();
    } else if (process->is_text()) {
        recorded.client = Client::text;
        recorded.process = process->text();
    } else {
        return wrong(":process with a number or a text");
    }
    told_process_ = told_process_ || recorded.client != Client::nobody;
    const auto known = entry_type(word(type));
    if (!known) return wrong(":type :invoke, :ok, :fail or :info");
    entry.type = *known;
    entry.f = model_word(word(f), options_);
    if (entry.f.empty()) return wrong(":f with a word");
    if (holds_map(entry.value)) sort_pairs(entry.value);
    split_pair(entry);
    all_.push_back(std::move(recorded));
    return std::nullopt;
}

ReadResult JepsenEntries::finish() {
    if (options_.by_time) {
        if (auto wrong = order_by_time()) return *std::move(wrong);
    } else {
        std::int64_t latest = INT64_MIN;
        for (const Recorded& each : all_) {
            if (each.time && *each.time < latest) ++source_.back_in_time;
            latest = std::max(latest, each.time.value_or(latest));
        }
    }
    for (const Recorded& each : all_)
        if (told_process_ && each.client == Client::nobody)
            return expected_at(each.entry.place, ":process, as the other operations have");
    number_processes();
    if (!told_process_) pair_without_processes();
    add_invocations();
    set_times();
    if (reading_.swaps_compared)
        for (Entry& entry : history_.entries)
            if (entry.f == "cas" && entry.type == Entry::Type::fail) {
                entry.type = Entry::Type::ok;
                entry.value = false;
            }
    auto keyed = find_keys(history_);
    if (!keyed) return keyed.complaint();
    find_initial(*keyed);
    leave_out_unread_steps();
    leave_out_untold_answers();
    retire_processes(history_);
    history_.source = std::move(source_);
    return std::move(history_);
}

sim::Problem JepsenEntries::order_by_time() {
    for (const Recorded& each : all_)
        if (!each.time) return expected_at(each.entry.place, ":time with a whole number: operations are ordered by it");
    std::stable_sort(all_.begin(), all_.end(), [](const Recorded& a, const Recorded& b) { return a.time < b.time; });
    return std::nullopt;
}

void JepsenEntries::number_processes() {
    std::int64_t next = 0;
    for (const Recorded& each : all_)
        if (each.client == Client::number && each.entry.process < INT64_MAX)
            next = std::max(next, each.entry.process + 1);
    std::map<std::string, std::int64_t> numbers;
    for (Recorded& each : all_) {
        if (each.client != Client::text) continue;
        const auto [known, added] = numbers.try_emplace(each.process, next);
        if (added) source_.processes.emplace_back(next++, each.process);
        each.entry.process = known->second;
    }
}

void JepsenEntries::pair_without_processes() {
    std::vector<const Entry*> open;
    for (std::size_t place = 0; place < all_.size(); ++place) {
        Entry& entry = all_[place].entry;
        entry.process = static_cast<std::int64_t>(place);
        if (entry.type == Entry::Type::invoke) {
            open.push_back(&entry);
            continue;
        }
        const auto asked =
            std::find_if(open.rbegin(), open.rend(), [&](const Entry* each) { return same_question(*each, entry); });
        if (asked == open.rend()) continue;
        entry.process = (*asked)->process;
        open.erase(std::next(asked).base());
    }
}

// Puts an invocation right behind the last entry of its client, or first of all.
void JepsenEntries::add_invocations() {
    struct Seen {
        std::size_t place = 0; // how many entries stand up to its last one
        bool busy = false;
    };
    std::map<std::int64_t, Seen> clients;
    std::multimap<std::size_t, Recorded> added; // by how many entries stand before
    for (std::size_t place = 0; place < all_.size(); ++place) {
        const Recorded& each = all_[place];
        Seen& seen = clients[each.entry.process];
        const bool invokes = each.entry.type == Entry::Type::invoke;
        if (!invokes && !seen.busy && is_transaction(each.entry.value) && !each.entry.value.list().empty()) {
            Recorded invocation = each;
            invocation.entry.type = Entry::Type::invoke;
            invocation.entry.value = question_of(each.entry.value);
            invocation.added = true;
            invocation.time = seen.place == 0 ? all_.front().time : all_[seen.place - 1].time;
            added.emplace(seen.place, std::move(invocation));
        }
        seen = {place + 1, invokes};
    }
    if (added.empty()) return;
    std::vector<Recorded> all;
    auto next = added.begin();
    for (std::size_t place = 0; place <= all_.size(); ++place) {
        for (; next != added.end() && next->first == place; ++next) all.push_back(std::move(next->second));
        if (place < all_.size()) all.push_back(std::move(all_[place]));
    }
    all_ = std::move(all);
}

// Without times each entry has an instant of its own, but for invocations that were added: nothing is known of when
// these began, so they share the instant of the entry before.
void JepsenEntries::set_times() {
    source_.counted = !options_.by_time;
    std::int64_t now = 0;
    for (Recorded& each : all_) {
        if (!each.added) ++now;
        each.entry.time = {options_.by_time ? each.time.value_or(now) : now};
        history_.entries.push_back(std::move(each.entry));
    }
    all_.clear();
}

namespace {

bool is_of_register(const Entry& entry) { return entry.f == "read" || entry.f == "write" || entry.f == "cas"; }

bool is_number_or_nil(const Value& value) { return value.is_integer() || value.is_nil(); }
bool is_of_numbers(const Entry& entry) {
    if (entry.f != "cas" || !entry.value.is_list()) return is_number_or_nil(entry.value) || entry.value.is_boolean();
    return std::all_of(entry.value.list().begin(), entry.value.list().end(), is_number_or_nil);
}

// What steps with the words read and write are about: Knossos spells them so.
std::set<Value> objects_of(const std::vector<Entry>& entries) {
    std::set<Value> objects;
    for (const Entry& entry : entries) {
        if (!is_transaction(entry.value)) continue;
        for (const Value& step : entry.value.list()) {
            const std::string_view f = word(&step.list().front());
            if (step.list().size() == 3 && (f == "read" || f == "write")) objects.insert(step.list()[1]);
        }
    }
    return objects;
}

// Whether objects start at nil, all of them or one.
bool names_nil(const Value& initial) {
    if (!initial.is_map()) return initial.is_nil();
    return std::any_of(initial.map().begin(), initial.map().end(),
                       [](const auto& start) { return start.second.is_nil(); });
}

// Answers of nil or of a truth say only that it was done.
bool differs(const Value& answer, const Value& asked) {
    return !answer.is_nil() && !answer.is_boolean() && answer != asked;
}

} // namespace

// Registers of whole numbers start at 0, as in Knossos's own histories; so do the objects of its transactions, which
// are made of :read and :write. Everything else starts as its model says.
void JepsenEntries::find_initial(bool keyed) {
    const std::vector<Entry>& entries = history_.entries;
    const std::string& model = options_.model;
    const bool may_be_register = model.empty() || model == "register" || model == "cas-register";
    if (may_be_register && !entries.empty() && std::all_of(entries.begin(), entries.end(), is_of_register)) {
        if (reading_.starts_at_nil)
            history_.initial = Value();
        else if (!keyed && std::all_of(entries.begin(), entries.end(), is_of_numbers))
            history_.initial = Value(0);
    }
    if (reading_.starts_at_nil || !(model.empty() || model == "multi-register")) return;
    Value::Map initial;
    for (const Value& each : objects_of(entries)) initial.emplace_back(each, 0);
    if (!initial.empty()) history_.initial = std::move(initial);
}

// What an answer says, and is not taken into account, is counted: a read of nil, unless somebody told that the objects
// start at nil; and another value than the one that was written.
void JepsenEntries::leave_out_untold_answers() {
    const bool nil_is_read = reading_.nil_is_read || (options_.initial && names_nil(*options_.initial));
    std::map<std::int64_t, const Entry*> invoked;
    for (Entry& entry : history_.entries) {
        if (entry.type == Entry::Type::invoke) invoked[entry.process] = &entry;
        if (entry.type != Entry::Type::ok) continue;
        if (entry.f == "read" && entry.value.is_nil() && !nil_is_read) {
            entry.type = Entry::Type::fail; // it says nothing: as if it had never returned
            source_.skip("read of nil");
            source_.nil_unread = true;
        }
        const auto asked = invoked.find(entry.process);
        if (entry.f == "write" && asked != invoked.end() && differs(entry.value, asked->second->value))
            source_.skip("differing write answer");
    }
}

// A :read among the steps of a transaction that came back with nil was not read: without it, the rest stands.
void JepsenEntries::leave_out_unread_steps() {
    std::map<std::int64_t, Entry*> invoked;
    for (Entry& entry : history_.entries) {
        if (entry.type == Entry::Type::invoke) invoked[entry.process] = &entry;
        const auto asked = invoked.find(entry.process);
        if (entry.type != Entry::Type::ok || !entry.value.is_list() || asked == invoked.end()) continue;
        const Value::List& answers = entry.value.list();
        if (std::none_of(answers.begin(), answers.end(), tells_nothing)) continue;
        const Value& question = asked->second->value;
        if (!question.is_list() || question.list().size() != answers.size()) continue;
        Value::List steps;
        Value::List response;
        for (std::size_t i = 0; i < answers.size(); ++i) {
            if (tells_nothing(answers[i])) continue;
            steps.push_back(question.list()[i]);
            response.push_back(answers[i]);
        }
        asked->second->value = Value(std::move(steps));
        entry.value = Value(std::move(response));
    }
}

} // namespace orrery::reports::formats

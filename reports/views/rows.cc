// Two passes over the recording: what is connected with what, then a row for each event with its rank; the best stay.
#include "orrery/reports/views/rows.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

#include "orrery/reports/trace/past.h"
#include "orrery/reports/views/applied_faults.h"
#include "orrery/reports/views/timeline.h"
#include "orrery/reports/views/words.h"

namespace orrery::reports::views {
namespace {

using Kind = trace::Row::Kind;
using Weight = sim::Telling::Weight;

// How much a recorded event says: the operations and the finding themselves; what broke or came back; what
// the operations caused; changes of state; notes; messages that were lost, of others.
enum Rank : std::size_t { essential, broken, caused, state_changed, noted, lost, other, ranks };
// At most so many rows of each rank.
constexpr std::array<std::size_t, ranks> quota = {60, 12, 16, 10, 8, 4, 4};
constexpr std::array<std::size_t, ranks> quota_of_minimal = {60, 20, 24, 24, 16, 4, 0};
constexpr sim::Duration lead{3'000'000'000};  // what broke so long before a finding of a monitor is of interest
constexpr std::int64_t nearby = 200'000'000;  // nanoseconds: lost messages of others further away are noise
constexpr std::int64_t long_way = 10'000'000; // nanoseconds: a message that took so long is worth a word

// What a note is about, "index=53": its first field.
std::string subject(const trace::Row& note) {
    return note.fields.empty() ? "" : note.fields.front().name + "=" + note.fields.front().text;
}

struct Candidate {
    Row row;
    Rank rank = other;
    int order = 1; // among equal times: beginnings, recorded events, ends, the finding
    std::int64_t distance = 0;
    std::vector<const trace::Row*> told{}; // with it, of the host: notes and states
};

class Selection {
public:
    explicit Selection(const Scene& scene) : scene_(scene) {
        until_ = scene.finding.time;
        if (until_.nanoseconds == 0 && !scene.recording.rows.empty()) until_ = scene.recording.rows.back().time;
        from_ = scene.minimal.empty() ? sim::WorldTime{} : until_;
        broken_from_ = until_ + sim::Duration{-lead};
        anchors_.push_back(until_);
        for (const Call& call : scene.minimal.calls) {
            from_ = std::min(from_, call.invoked);
            anchors_.push_back(call.invoked);
            if (call.outcome != Call::Outcome::unknown) anchors_.push_back(call.returned);
        }
        if (!scene.minimal.empty()) broken_from_ = from_;
        for (const trace::Row& recorded : scene.recording.rows) look_at(recorded);
        std::sort(ways_.begin(), ways_.end());
        if (!ways_.empty()) usual_way_ = ways_[ways_.size() / 2];
        if (!scene.is_minimal) return;
        for (const std::uint64_t event : scene.past_of) {
            const trace::Past past = trace::past_of(scene.recording, event);
            past_.is_whole = past_.is_whole && past.is_whole;
            past_.events.insert(past_.events.end(), past.events.begin(), past.events.end());
        }
        std::sort(past_.events.begin(), past_.events.end());
    }

    std::vector<Row> run() {
        add_operations();
        for (std::size_t i = 0; i < scene_.recording.rows.size(); ++i) add(scene_.recording.rows[i], i + 1);
        add_finding();
        std::stable_sort(candidates_.begin(), candidates_.end(), [](const Candidate& a, const Candidate& b) {
            return std::tuple(a.row.time, a.order, a.row.after) < std::tuple(b.row.time, b.order, b.row.after);
        });
        std::size_t kept_max = scene_.rows_max;
        while (true) {
            std::vector<Row> result = with_gaps(chosen(kept_max));
            if (result.size() <= scene_.rows_max || kept_max < 2) return result;
            --kept_max;
        }
    }

private:
    // First pass: who asked which operation, when each message left, whom the finding concerns.
    void look_at(const trace::Row& recorded) {
        if (recorded.is_operation()) return; // those of the story have rows of their own
        if (recorded.kind == Kind::send) sent_.emplace(recorded.message, recorded.time);
        const auto sent = sent_.find(recorded.message);
        if (recorded.kind == Kind::deliver && sent != sent_.end())
            ways_.push_back((recorded.time - sent->second).count());
        if (recorded.kind == Kind::boot) booted_at_.insert(recorded.time);
        if (scene_.finding.event != 0 && recorded.event == scene_.finding.event && !recorded.is_fault())
            concerned_.insert(recorded.host);
        if (concerned_.contains(recorded.host) && recorded.event == scene_.finding.event && recorded.kind == Kind::note)
            subjects_.insert(subject(recorded));
        const std::pair instant{recorded.time, recorded.event};
        if (recorded.kind == Kind::fault_begin) begins_[recorded.fault] = instant;
        if (recorded.kind == Kind::fault_end) ends_[recorded.fault] = recorded.time;
        if (recorded.kind == Kind::fault_end && begins_[recorded.fault] == instant) instants_.insert(recorded.fault);
        if (recorded.kind != Kind::send || recorded.host >= scene_.participants.hosts.size()) return;
        for (std::size_t place = 0; place < scene_.minimal.calls.size(); ++place) {
            const Call& call = scene_.minimal.calls[place];
            if (scene_.participants.client(call.process) != scene_.participants.hosts[recorded.host]) continue;
            if (recorded.time < call.invoked || recorded.time > call.returned || asked_.contains(place)) continue;
            asked_.insert(place);
            letters_.emplace(recorded.origin, letter(place));
        }
    }
    std::string letter_of(const trace::Row& recorded) const {
        const auto found = letters_.find(recorded.origin);
        return found == letters_.end() ? "" : std::string(1, found->second);
    }
    std::uint32_t host_of(const std::string& name) const {
        const auto& hosts = scene_.participants.hosts;
        return static_cast<std::uint32_t>(std::find(hosts.begin(), hosts.end(), name) - hosts.begin());
    }
    // How many recorded events had happened before an instant of an operation.
    std::size_t before(sim::WorldTime time, bool with_equal) const {
        const auto& all = scene_.recording.rows;
        const auto at = std::partition_point(all.begin(), all.end(), [&](const trace::Row& recorded) {
            return with_equal ? recorded.time <= time : recorded.time < time;
        });
        return static_cast<std::size_t>(at - all.begin());
    }

    void add_operations() {
        for (std::size_t place = 0; place < scene_.minimal.calls.size(); ++place) {
            const Call& call = scene_.minimal.calls[place];
            const std::string client = scene_.participants.client(call.process);
            const std::string name(1, letter(place));
            const bool guilty = place == scene_.minimal.unpassable;
            const Colour colour = guilty ? Colour::red : Colour::cyan;
            Row row{Row::Shape::point, call.invoked, before(call.invoked, false), host_of(client), 0, name, {}, colour};
            row.text = name + " " + client + " asks: " + invocation(call);
            candidates_.push_back({row, essential, 0, (until_ - call.invoked).count(), {}});
            if (call.outcome == Call::Outcome::unknown) continue;
            row.time = call.returned;
            row.after = before(call.returned, true);
            const std::string returned = response(call);
            row.text = name + " " + client + (guilty ? " is told the impossible: " : " is told: ") +
                       (returned.empty() ? "done" : returned);
            candidates_.push_back({row, essential, 2, std::abs((until_ - call.returned).count()), {}});
        }
    }
    void add_finding() {
        if (!scene_.minimal.empty() && scene_.finding.event == 0) return; // the impossible answer is the finding
        Row row{Row::Shape::across,
                until_,
                before(until_, true),
                0,
                0,
                {},
                scene_.finding.kind + ": " + scene_.finding.text,
                Colour::red};
        candidates_.push_back({row, essential, 3, 0, {}});
    }
    std::int64_t distance(sim::WorldTime time) const {
        std::int64_t least = INT64_MAX;
        for (const sim::WorldTime anchor : anchors_) least = std::min(least, std::abs((anchor - time).count()));
        return least;
    }

    // What a host says for the first time, as it starts, and what it says again, as in a heartbeat, is not new.
    Rank rank_in_minimal_run(const trace::Row& recorded) {
        const bool is_message = recorded.is_message();
        if (recorded.kind == Kind::send) return ranks;
        if (recorded.is_operation()) return scene_.minimal.empty() ? essential : ranks;
        if (is_outside(recorded)) return ranks;
        if (is_told(recorded)) return rank_of_telling(recorded, ranks);
        if (recorded.kind == Kind::boot || recorded.kind == Kind::crash || recorded.is_fault()) return broken;
        const std::uint32_t peer = is_message ? recorded.peer : recorded.host;
        auto [last, is_first] = said_.try_emplace({recorded.host, peer, recorded.name}, told(recorded));
        const bool is_again = !is_first && last->second == told(recorded);
        last->second = told(recorded);
        if (recorded.kind == Kind::state) return is_first || is_again ? ranks : caused;
        if (recorded.kind == Kind::note) return recorded.goal ? caused : noted;
        if (is_again && !letters_.contains(recorded.origin)) return ranks;
        return recorded.kind == Kind::lose ? lost : state_changed;
    }
    // It cannot have led to the finding. Crashes, what clients say in vain, and who leads belong to the story all the
    // same.
    bool is_outside(const trace::Row& recorded) const {
        if (past_.events.empty() || !past_.is_whole || recorded.is_fault() || recorded.kind == Kind::lose) return false;
        if (recorded.kind == Kind::crash || recorded.kind == Kind::boot) return false;
        if (recorded.goal && recorded.telling.weight == Weight::telling) return false;
        const std::size_t hosts = scene_.participants.hosts.size();
        const std::size_t servers = hosts - std::min(scene_.participants.clients.size(), hosts);
        if (recorded.is_message() && (recorded.host >= servers || recorded.peer >= servers)) return false;
        return !past_.contains(recorded.event);
    }
    Rank rank_of(const trace::Row& recorded) const {
        const Weight weight = recorded.telling.weight;
        if (weight == Weight::routine || weight == Weight::detail) return ranks;
        if (weight == Weight::telling) return caused;
        const bool hangs_together = letters_.contains(recorded.origin);
        const bool concerned = concerned_.contains(recorded.host);
        switch (recorded.kind) {
        case Kind::boot:
        case Kind::crash:
        case Kind::fault_begin:
        case Kind::fault_end:
            return broken;
        case Kind::lose:
            return hangs_together ? caused : distance(recorded.time) < nearby ? lost : ranks;
        case Kind::deliver:
            return hangs_together ? caused : concerned ? other : ranks;
        case Kind::state:
            return state_changed;
        case Kind::note:
            if (recorded.goal) return state_changed;
            return hangs_together || subjects_.contains(subject(recorded)) ? noted : concerned ? other : ranks;
        case Kind::send:
        case Kind::invoke:
        case Kind::ok:
        case Kind::fail:
        case Kind::info:
            return ranks;
        }
        return ranks;
    }
    void add(const trace::Row& recorded, std::size_t after) {
        if (recorded.kind == Kind::crash) down_.insert(recorded.host);
        if (recorded.kind == Kind::boot) down_.erase(recorded.host);
        const bool is_first_start = recorded.kind == Kind::boot && has_run_.insert(recorded.host).second;
        if (recorded.time > until_) return;
        if (recorded.kind == Kind::fault_end && instants_.contains(recorded.fault)) return; // one row says it all
        // A crash ends as its hosts start again, which is said of each.
        if (recorded.kind == Kind::fault_end && scene_.is_minimal && booted_at_.contains(recorded.time)) return;
        if (is_first_start) return; // and nothing has broken
        const auto end = ends_.find(recorded.fault);
        const bool in_force = recorded.kind == Kind::fault_begin && (end == ends_.end() || end->second >= broken_from_);
        const Rank rank = scene_.is_minimal ? rank_in_minimal_run(recorded) : rank_of(recorded);
        if (!scene_.is_minimal && recorded.time < (rank == broken ? broken_from_ : from_) && !in_force) return;
        if (rank == ranks || joined(recorded, after)) return;
        candidates_.push_back({row_of(recorded, after), rank, 1, distance(recorded.time), {}});
        const bool is_note = recorded.kind == Kind::note || recorded.kind == Kind::state;
        if (is_note && is_told(recorded)) candidates_.back().told.push_back(&recorded);
        // A fault is recorded once it has begun, but its row stands above what it did.
        if (recorded.kind == Kind::fault_begin) {
            Candidate& fault = candidates_.back();
            while (fault.row.after > 1 && scene_.recording.rows[fault.row.after - 2].event == recorded.event)
                --fault.row.after;
            --fault.row.after;
        }
        last_ = &recorded;
        alike_ = 0;
    }
    // What a host notes at the same instant goes into the row that is there; notes like the last are counted, and what
    // is told anew stands in place of what was told before.
    bool joined(const trace::Row& recorded, std::size_t after) {
        if (last_ == nullptr || recorded.is_fault() || last_->time != recorded.time || last_->host != recorded.host)
            return false;
        Row& row = candidates_.back().row;
        const bool is_note = recorded.kind == Kind::note || recorded.kind == Kind::state;
        const bool was_note = last_->kind == Kind::note || last_->kind == Kind::state;
        if (is_told(recorded)) {
            if (!is_note || !(was_note || last_->kind == Kind::deliver)) return false;
            tell(candidates_.back().told, recorded);
        } else if (recorded.kind == Kind::state && last_->kind == Kind::state)
            row.text += ", " + told(recorded);
        else if (recorded.kind == Kind::note && last_->kind == Kind::note && recorded.name == last_->name)
            row.text = row_of(*last_, after).text + " and " + std::to_string(++alike_) + " more";
        else if (recorded.kind == Kind::note && !recorded.goal && last_->kind == Kind::deliver)
            row.text += "; " + told(recorded);
        else
            return false;
        candidates_.back().rank = std::min(candidates_.back().rank, rank_of_telling(recorded, candidates_.back().rank));
        row.after = after;
        return true;
    }
    // What is told anew stands in place of the last of its name, or else of the last.
    static void tell(std::vector<const trace::Row*>& told, const trace::Row& recorded) {
        if (!recorded.telling.replaces || told.empty()) return told.push_back(&recorded);
        const auto same = std::find_if(told.rbegin(), told.rend(),
                                       [&](const trace::Row* each) { return each->name == recorded.name; });
        (same == told.rend() ? told.back() : *same) = &recorded;
    }
    // "server0 leads term 4; appends entry 2"; behind a message "; server0 leads term 4".
    std::string with_told(const Candidate& candidate) const {
        std::string text = candidate.row.text;
        for (const trace::Row* each : candidate.told) {
            const bool is_first = each == candidate.told.front();
            if (is_first && candidate.row.shape != Row::Shape::point) text += "; " + host_name(*each);
            text += (is_first ? " " : "; ") + told(*each);
        }
        return text;
    }
    // What is told; `otherwise` if nobody told it.
    Rank rank_of_telling(const trace::Row& recorded, Rank otherwise) const {
        switch (recorded.telling.weight) {
        case Weight::none:
            return otherwise;
        case Weight::routine:
            return ranks;
        case Weight::telling:
            return caused;
        case Weight::detail:
            return scene_.is_of_clients || !scene_.is_minimal ? ranks : noted;
        case Weight::usual:
            break;
        }
        return recorded.kind == Kind::lose ? lost : state_changed;
    }
    static bool is_told(const trace::Row& recorded) { return recorded.telling.weight != Weight::none; }
    const std::string& host_name(const trace::Row& recorded) const { return scene_.participants.hosts[recorded.host]; }
    Row row_of(const trace::Row& recorded, std::size_t after) const {
        const std::string host = recorded.is_fault() ? "" : scene_.participants.hosts[recorded.host];
        const std::string by = letter_of(recorded);
        const std::string start = by.empty() ? "" : by + " ";
        Row row{Row::Shape::point, recorded.time, after, recorded.host, 0, "o", {}};
        switch (recorded.kind) {
        case Kind::boot:
            return row.mark = "^", row.text = host + " starts again", row.colour = Colour::yellow, row;
        case Kind::crash:
            return row.mark = "X", row.text = host + " dies", row.colour = Colour::yellow, row;
        case Kind::note:
        case Kind::state:
            return row.text = start + (is_told(recorded) ? host : told_of(host, recorded)), row;
        case Kind::invoke:
            return row.text = host + " asks: " + recorded.name + " " + told(recorded), row.colour = Colour::cyan, row;
        case Kind::ok:
            return row.text = host + " is told: " + answer_of(recorded, asked_with_value(recorded)),
                   row.colour = Colour::cyan, row;
        case Kind::fail:
            return row.text = host + " is refused", row.colour = Colour::cyan, row;
        case Kind::info:
            return row.text = host + " learns nothing", row.colour = Colour::cyan, row;
        case Kind::fault_begin:
        case Kind::fault_end:
            row.shape = Row::Shape::across;
            row.fault = recorded.fault;
            row.text = without_times(recorded.name);
            if (!instants_.contains(recorded.fault))
                row.text += recorded.kind == Kind::fault_begin ? " begins" : " ends";
            row.colour = Colour::yellow;
            return row;
        default:
            break;
        }
        row.shape = recorded.kind == Kind::lose ? Row::Shape::lost : Row::Shape::arrow;
        row.host = recorded.kind == Kind::lose ? recorded.host : recorded.peer;
        row.to = recorded.kind == Kind::lose ? recorded.peer : recorded.host;
        row.colour = recorded.kind == Kind::lose ? Colour::yellow : Colour::none;
        row.mark = by.empty() ? "o" : by;
        row.text = start + (recorded.kind == Kind::lose ? "lost: " : "") + told(recorded) + on_its_way(recorded);
        if (recorded.kind == Kind::deliver && down_.contains(recorded.host)) row.text += ", but " + host + " is down";
        return row;
    }
    // What comes back to who gave a value is a confirmation, to who gave none a value.
    bool asked_with_value(const trace::Row& answer) const {
        for (const trace::Row& row : scene_.recording.rows)
            if (row.kind == Kind::invoke && row.client == answer.client && row.operation == answer.operation)
                return row.find("value") != nullptr;
        return false;
    }
    // Where all messages take long, that says nothing of one.
    std::string on_its_way(const trace::Row& recorded) const {
        const auto sent = sent_.find(recorded.message);
        if (recorded.kind == Kind::lose || sent == sent_.end()) return {};
        const std::int64_t took = (recorded.time - sent->second).count();
        if (took < long_way || took < 2 * usual_way_) return {};
        return ", " + std::to_string((recorded.time - sent->second).count() / 1'000'000) + " ms on its way";
    }

    // Which candidates stay, in their order: the lowest ranks, in each the nearest ones.
    std::vector<bool> chosen(std::size_t kept_max) const {
        std::vector<std::size_t> order(candidates_.size());
        for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
        std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            return std::pair(candidates_[a].rank, candidates_[a].distance) <
                   std::pair(candidates_[b].rank, candidates_[b].distance);
        });
        std::vector<bool> kept(candidates_.size(), false);
        std::array<std::size_t, ranks> used{};
        std::size_t count = 0;
        for (const std::size_t each : order) {
            const Rank rank = candidates_[each].rank;
            if (count >= kept_max || used[rank] >= (scene_.is_minimal ? quota_of_minimal : quota)[rank]) continue;
            ++used[rank];
            ++count;
            kept[each] = true;
        }
        return kept;
    }
    std::vector<Row> with_gaps(const std::vector<bool>& kept) const {
        std::vector<Row> result;
        std::size_t left_out = 0;
        for (std::size_t i = 0; i < candidates_.size(); ++i) {
            if (!kept[i]) {
                ++left_out;
                continue;
            }
            if (left_out > 0 && !scene_.is_minimal) {
                Row gap = candidates_[i].row;
                gap.shape = Row::Shape::gap;
                gap.text = "... " + std::to_string(left_out) + (left_out == 1 ? " row" : " rows") + " left out";
                gap.colour = Colour::dim;
                result.push_back(std::move(gap));
            }
            left_out = 0;
            result.push_back(candidates_[i].row);
            result.back().text = with_told(candidates_[i]);
        }
        return result;
    }

    const Scene& scene_;
    sim::WorldTime from_{};
    sim::WorldTime broken_from_{}; // what broke and was well again before is of no interest
    sim::WorldTime until_{};
    std::vector<sim::WorldTime> anchors_;
    std::map<std::uint64_t, char> letters_;        // by origin
    std::set<std::size_t> asked_;                  // operations whose origin is known
    std::map<std::uint64_t, sim::WorldTime> sent_; // by message
    std::vector<std::int64_t> ways_;               // of messages, in nanoseconds; sorted
    std::int64_t usual_way_ = 0;                   // their median
    std::set<sim::WorldTime> booted_at_;
    std::map<std::uint64_t, std::pair<sim::WorldTime, std::uint64_t>> begins_; // of faults: when, in which event
    std::map<std::uint64_t, sim::WorldTime> ends_;                             // of faults
    std::set<std::uint64_t> instants_;  // faults that are over as they begin: those of single messages
    std::set<std::uint32_t> concerned_; // hosts of the finding's event
    std::set<std::string> subjects_;    // what its notes are about: "index=53"
    std::vector<Candidate> candidates_;
    const trace::Row* last_ = nullptr; // of the last candidate
    std::size_t alike_ = 0;            // notes like it that came with it
    trace::Past past_;                 // of the finding; empty if it has no event
    std::set<std::uint32_t> down_;
    std::set<std::uint32_t> has_run_;
    std::map<std::tuple<std::uint32_t, std::uint32_t, std::string>, std::string> said_; // last, by whom, to whom, name
};

} // namespace

std::string told(const trace::Row& row) {
    if (row.telling.weight != Weight::none) return row.telling.words;
    constexpr std::size_t digits_max = 15;
    trace::Row plain = row;
    std::erase_if(plain.fields, [](const trace::Field& each) {
        const bool is_number = each.text.find_first_not_of("-0123456789") == std::string::npos;
        return is_number && each.text.size() > digits_max;
    });
    const std::string words = plain.words();
    if (row.is_operation() || row.name.empty()) return words;
    if (row.kind == Kind::state) return row.name + " = " + words;
    return words.empty() ? row.name : row.name + " " + words;
}

std::string answer_of(const trace::Row& answer, bool asked_with_value) {
    if (const trace::Field* value = answer.find("value")) return value->text;
    return asked_with_value ? "done" : "nil";
}

std::string told_of(const std::string& host, const trace::Row& row) {
    return host + (row.telling.weight == Weight::none ? ": " : " ") + told(row);
}

std::vector<Row> rows(const Scene& scene) { return Selection(scene).run(); }

} // namespace orrery::reports::views

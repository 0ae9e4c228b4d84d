#include "orrery/reports/views/rows.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "orrery/reports/views/strikes.h"
#include "orrery/reports/views/timeline.h"
#include "orrery/reports/views/words.h"

namespace orrery::reports::views {
namespace {

using Kind = Moment::Kind;

// How much a moment tells: the operations and the finding themselves; what broke or came back; what
// the operations caused; changes of state; notes; messages that were lost, of others.
enum Rank : std::size_t { essential, broken, caused, state_changed, noted, lost, other, ranks };
// At most so many rows of each rank.
constexpr std::array<std::size_t, ranks> quota = {60, 12, 16, 10, 8, 4, 4};
constexpr sim::Duration lead{3'000'000'000};  // what broke so long before a finding of a monitor is of interest
constexpr std::int64_t nearby = 200'000'000;  // nanoseconds: lost messages of others further away are noise
constexpr std::int64_t long_way = 10'000'000; // nanoseconds: a message that took so long is worth a word

struct Candidate {
    Row row;
    Rank rank = other;
    int order = 1; // among equal times: beginnings, moments, ends, the finding
    std::int64_t distance = 0;
};

class Selection {
public:
    explicit Selection(const Scene& scene) : scene_(scene) {
        until_ = scene.finding.time;
        if (until_.nanoseconds == 0 && !scene.recording.empty()) until_ = scene.recording.back().time;
        from_ = scene.essence.empty() ? sim::WorldTime{} : until_;
        broken_from_ = until_ + sim::Duration{-lead};
        anchors_.push_back(until_);
        for (const Call& call : scene.essence.calls) {
            from_ = std::min(from_, call.invoked);
            anchors_.push_back(call.invoked);
            if (call.outcome != Call::Outcome::unknown) anchors_.push_back(call.returned);
        }
        if (!scene.essence.empty()) broken_from_ = from_;
        for (const Moment& moment : scene.recording) look_at(moment);
    }

    std::vector<Row> run() {
        add_operations();
        for (std::size_t i = 0; i < scene_.recording.size(); ++i) add(scene_.recording[i], i + 1);
        add_finding();
        std::stable_sort(candidates_.begin(), candidates_.end(), [](const Candidate& a, const Candidate& b) {
            return std::tuple(a.row.time, a.order, a.row.after) < std::tuple(b.row.time, b.order, b.row.after);
        });
        std::size_t most = scene_.rows_max;
        while (true) {
            std::vector<Row> result = with_gaps(chosen(most));
            if (result.size() <= scene_.rows_max || most < 2) return result;
            --most;
        }
    }

private:
    // First pass: who asked which operation, when each message left, whom the finding concerns.
    void look_at(const Moment& moment) {
        if (moment.kind == Kind::send) sent_.emplace(moment.message, moment.time);
        if (scene_.finding.event != 0 && moment.event == scene_.finding.event && !moment.is_fault())
            concerned_.insert(moment.host);
        if (concerned_.contains(moment.host) && moment.event == scene_.finding.event && moment.kind == Kind::note)
            subjects_.insert(moment.text.substr(0, moment.text.find(' ')));
        if (moment.kind == Kind::fault_end) ends_[moment.fault] = moment.time;
        if (moment.kind != Kind::send || moment.host >= scene_.cast.hosts.size()) return;
        for (std::size_t place = 0; place < scene_.essence.calls.size(); ++place) {
            const Call& call = scene_.essence.calls[place];
            if (scene_.cast.client(call.process) != scene_.cast.hosts[moment.host]) continue;
            if (moment.time < call.invoked || moment.time > call.returned || asked_.contains(place)) continue;
            asked_.insert(place);
            letters_.emplace(moment.origin, letter(place));
        }
    }
    std::string letter_of(const Moment& moment) const {
        const auto found = letters_.find(moment.origin);
        return found == letters_.end() ? "" : std::string(1, found->second);
    }
    std::uint32_t host_of(const std::string& name) const {
        const auto& hosts = scene_.cast.hosts;
        return static_cast<std::uint32_t>(std::find(hosts.begin(), hosts.end(), name) - hosts.begin());
    }
    // How many moments had happened before an instant of an operation.
    std::size_t before(sim::WorldTime time, bool with_equal) const {
        const auto& all = scene_.recording;
        const auto at = std::partition_point(all.begin(), all.end(), [&](const Moment& moment) {
            return with_equal ? moment.time <= time : moment.time < time;
        });
        return static_cast<std::size_t>(at - all.begin());
    }

    void add_operations() {
        for (std::size_t place = 0; place < scene_.essence.calls.size(); ++place) {
            const Call& call = scene_.essence.calls[place];
            const std::string client = scene_.cast.client(call.process);
            const std::string name(1, letter(place));
            const bool guilty = place == scene_.essence.verdict.counterexample->unpassable;
            const Colour colour = guilty ? Colour::red : Colour::cyan;
            Row row{Row::Shape::point, call.invoked, before(call.invoked, false), host_of(client), 0, name, {}, colour};
            row.text = name + " " + client + " asks: " + question(call);
            candidates_.push_back({row, essential, 0, (until_ - call.invoked).count()});
            if (call.outcome == Call::Outcome::unknown) continue;
            row.time = call.returned;
            row.after = before(call.returned, true);
            const std::string told = answer(call);
            row.text = name + " " + client + (guilty ? " is told the impossible: " : " is told: ") +
                       (told.empty() ? "done" : told.substr(4));
            candidates_.push_back({row, essential, 2, std::abs((until_ - call.returned).count())});
        }
    }
    void add_finding() {
        if (!scene_.essence.empty() && scene_.finding.event == 0) return; // the impossible answer is the finding
        Row row{Row::Shape::across,
                until_,
                before(until_, true),
                0,
                0,
                {},
                scene_.finding.kind + ": " + scene_.finding.text,
                Colour::red};
        candidates_.push_back({row, essential, 3, 0});
    }
    std::int64_t distance(sim::WorldTime time) const {
        std::int64_t least = INT64_MAX;
        for (const sim::WorldTime anchor : anchors_) least = std::min(least, std::abs((anchor - time).count()));
        return least;
    }

    Rank rank_of(const Moment& moment) const {
        const bool hangs_together = letters_.contains(moment.origin);
        const bool concerned = concerned_.contains(moment.host);
        switch (moment.kind) {
        case Kind::boot:
        case Kind::crash:
        case Kind::fault_begin:
        case Kind::fault_end:
            return broken;
        case Kind::lose:
            return hangs_together ? caused : distance(moment.time) < nearby ? lost : ranks;
        case Kind::deliver:
            return hangs_together ? caused : concerned ? other : ranks;
        case Kind::state:
            return state_changed;
        case Kind::note:
            if (moment.goal) return state_changed;
            return hangs_together || subjects_.contains(moment.text.substr(0, moment.text.find(' '))) ? noted
                   : concerned                                                                        ? other
                                                                                                      : ranks;
        case Kind::send:
            return ranks;
        }
        return ranks;
    }
    void add(const Moment& moment, std::size_t after) {
        if (moment.kind == Kind::crash) down_.insert(moment.host);
        if (moment.kind == Kind::boot) down_.erase(moment.host);
        if (moment.time > until_) return;
        if (moment.kind == Kind::boot && moment.time.nanoseconds == 0) return;
        const auto end = ends_.find(moment.fault);
        const bool in_force = moment.kind == Kind::fault_begin && (end == ends_.end() || end->second >= broken_from_);
        const Rank rank = rank_of(moment);
        if (moment.time < (rank == broken ? broken_from_ : from_) && !in_force) return;
        if (rank == ranks || joined(moment, after)) return;
        candidates_.push_back({row_of(moment, after), rank, 1, distance(moment.time)});
        // A fault is told once it has begun, but stands above what it did.
        if (moment.kind == Kind::fault_begin) {
            Candidate& fault = candidates_.back();
            while (fault.row.after > 1 && scene_.recording[fault.row.after - 2].event == moment.event)
                --fault.row.after;
            --fault.row.after;
        }
        last_ = &moment;
        alike_ = 0;
    }
    // What a host tells at the same instant goes into the row that is there; notes like the last are
    // counted.
    bool joined(const Moment& moment, std::size_t after) {
        if (last_ == nullptr || moment.is_fault() || last_->time != moment.time || last_->host != moment.host)
            return false;
        Row& row = candidates_.back().row;
        if (moment.kind == Kind::state && last_->kind == Kind::state)
            row.text += ", " + moment.name + " = " + moment.text;
        else if (moment.kind == Kind::note && last_->kind == Kind::note && moment.name == last_->name)
            row.text = row_of(*last_, after).text + " and " + std::to_string(++alike_) + " more";
        else if (moment.kind == Kind::note && !moment.goal && last_->kind == Kind::deliver)
            row.text += "; " + moment.name + " " + moment.text;
        else
            return false;
        row.after = after;
        return true;
    }
    Row row_of(const Moment& moment, std::size_t after) const {
        const std::string host = moment.is_fault() ? "" : scene_.cast.hosts[moment.host];
        const std::string by = letter_of(moment);
        const std::string start = by.empty() ? "" : by + " ";
        Row row{Row::Shape::point, moment.time, after, moment.host, 0, "o", {}};
        switch (moment.kind) {
        case Kind::boot:
            return row.mark = "^", row.text = host + " starts again", row.colour = Colour::yellow, row;
        case Kind::crash:
            return row.mark = "X", row.text = host + " dies", row.colour = Colour::yellow, row;
        case Kind::note:
            return row.text = start + host + ": " + moment.name + " " + moment.text, row;
        case Kind::state:
            return row.text = start + host + ": " + moment.name + " = " + moment.text, row;
        case Kind::fault_begin:
        case Kind::fault_end:
            row.shape = Row::Shape::across;
            row.fault = moment.fault;
            row.text = without_times(moment.name) + (moment.kind == Kind::fault_begin ? " begins" : " ends");
            row.colour = Colour::yellow;
            return row;
        default:
            break;
        }
        row.shape = moment.kind == Kind::lose ? Row::Shape::lost : Row::Shape::arrow;
        row.host = moment.kind == Kind::lose ? moment.host : moment.peer;
        row.to = moment.kind == Kind::lose ? moment.peer : moment.host;
        row.colour = moment.kind == Kind::lose ? Colour::yellow : Colour::none;
        row.mark = by.empty() ? "o" : by;
        row.text = start + moment.name + " " + moment.text + (moment.kind == Kind::lose ? " is lost" : "") +
                   on_its_way(moment);
        if (moment.kind == Kind::deliver && down_.contains(moment.host)) row.text += ", but " + host + " is down";
        return row;
    }
    std::string on_its_way(const Moment& moment) const {
        const auto sent = sent_.find(moment.message);
        if (moment.kind == Kind::lose || sent == sent_.end() || (moment.time - sent->second).count() < long_way)
            return {};
        return ", " + std::to_string((moment.time - sent->second).count() / 1'000'000) + " ms on its way";
    }

    // Which candidates stay, in their order: the lowest ranks, in each the nearest ones.
    std::vector<bool> chosen(std::size_t most) const {
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
            if (count >= most || used[rank] >= quota[rank]) continue;
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
            if (left_out > 0) {
                Row gap = candidates_[i].row;
                gap.shape = Row::Shape::gap;
                gap.text = "... " + std::to_string(left_out) + (left_out == 1 ? " row" : " rows") + " left out";
                gap.colour = Colour::dim;
                result.push_back(std::move(gap));
            }
            left_out = 0;
            result.push_back(candidates_[i].row);
        }
        return result;
    }

    const Scene& scene_;
    sim::WorldTime from_{};
    sim::WorldTime broken_from_{}; // what broke and was well again before tells nothing
    sim::WorldTime until_{};
    std::vector<sim::WorldTime> anchors_;
    std::map<std::uint64_t, char> letters_;        // by origin
    std::set<std::size_t> asked_;                  // operations whose origin is known
    std::map<std::uint64_t, sim::WorldTime> sent_; // by message
    std::map<std::uint64_t, sim::WorldTime> ends_; // of faults
    std::set<std::uint32_t> concerned_;            // hosts of the finding's event
    std::set<std::string> subjects_;               // what its notes are about: "index=53"
    std::vector<Candidate> candidates_;
    const Moment* last_ = nullptr; // of the last candidate
    std::size_t alike_ = 0;        // notes like it that came with it
    std::set<std::uint32_t> down_;
};

} // namespace

std::vector<Row> rows(const Scene& scene) { return Selection(scene).run(); }

} // namespace orrery::reports::views

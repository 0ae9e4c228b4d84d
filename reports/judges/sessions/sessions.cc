// Each promise is a choice of four rules about what must come before what; cycles break it.
#include "orrery/reports/judges/sessions/sessions.h"

#include <algorithm>
#include <map>

#include "orrery/reports/judges/sessions/report.h"
#include "orrery/sim/check.h"

namespace orrery::reports::judges::sessions {
namespace {

struct Promise {
    std::string_view name;
    bool own_writes = false; // reads show them
    bool own_reads = false;  // reads show what they did
    bool order_of_writes = false;
    bool writes_after_reads = false;
    std::string_view story;
};
constexpr Promise promises[] = {
    {"read-your-writes", true, false, false, false, "a client does not see what it wrote itself"},
    {"monotonic-reads", false, true, false, false, "a client goes back behind what it had read"},
    {"monotonic-writes", false, true, true, false, "a client's writes are seen in another order than it made them"},
    {"writes-follow-reads", false, true, false, true, "a write is seen before what its client had read"}};

const Promise& promise_of(std::string_view name) {
    const auto* found =
        std::find_if(std::begin(promises), std::end(promises), [&](const Promise& each) { return each.name == name; });
    CHECK(found != std::end(promises)); // the registry has a row for each of these
    return *found;
}

// Follows one client along its turns.
class Follower {
public:
    Follower(const Accesses& accesses, const Promise& promise, Precedence& precedence,
             const std::vector<std::uint32_t>& initial)
        : accesses_(accesses), promise_(promise), precedence_(precedence), initial_(initial) {}

    void follow(const std::vector<std::uint32_t>& turns) {
        for (const std::uint32_t each : turns) {
            const Access& access = accesses_.all[each];
            const bool known = access.source != no_access ||
                               std::find(accesses_.from_nowhere.begin(), accesses_.from_nowhere.end(), each) ==
                                   accesses_.from_nowhere.end();
            if (access.reads && known) read(access);
            if (access.writes) write(access, each);
        }
    }

private:
    // The writes that must have been applied to a key before whatever this client reads from it, the write itself
    // apart. To the node of a place lead all up to there.
    struct Past {
        std::vector<std::uint32_t> writes;
        std::vector<std::uint32_t> nodes;
        std::map<std::uint32_t, std::size_t> places;
    };
    void extend_past(Past& past, std::uint32_t write, std::string_view reason) {
        if (!past.places.try_emplace(write, past.writes.size()).second) return;
        CHECK(past.writes.size() == past.nodes.size());
        const std::uint32_t node = precedence_.node();
        if (!past.nodes.empty()) precedence_.add(past.nodes.back(), node, "");
        precedence_.add(write, node, reason);
        past.writes.push_back(write);
        past.nodes.push_back(node);
    }
    void show_past(const Past& past, std::uint32_t source, std::string_view reason) {
        const auto known = past.places.find(source);
        const std::size_t place = known == past.places.end() ? past.writes.size() : known->second;
        if (place > 0) precedence_.add(past.nodes[place - 1], source, "");
        for (std::size_t later = place + 1; later < past.writes.size(); ++later)
            precedence_.add(past.writes[later], source, reason);
    }
    void read(const Access& access) {
        CHECK(access.key < initial_.size());
        const std::uint32_t source = access.source == no_access ? initial_[access.key] : access.source;
        const std::string_view reason =
            promise_.own_writes ? "its client read the other later" : "a client read the other later";
        Past& past = past_[access.key];
        show_past(past, source, reason);
        if (promise_.own_reads) extend_past(past, source, reason);
        if (promise_.writes_after_reads) {
            const std::uint32_t now = precedence_.node();
            if (all_read_ != no_access) precedence_.add(all_read_, now, "");
            precedence_.add(source, now, "");
            all_read_ = now;
        }
    }
    void write(const Access& access, std::uint32_t each) {
        if (promise_.own_writes) extend_past(past_[access.key], each, "its client read the other later");
        if (promise_.order_of_writes && last_write_ != no_access)
            precedence_.add(last_write_, each, "one client wrote both, this one first");
        if (promise_.writes_after_reads && all_read_ != no_access)
            precedence_.add(all_read_, each, "the client that wrote the other had read it");
        last_write_ = each;
    }

    const Accesses& accesses_;
    const Promise& promise_;
    Precedence& precedence_;
    const std::vector<std::uint32_t>& initial_;
    std::map<std::uint32_t, Past> past_; // by key
    std::uint32_t all_read_ = no_access; // a node that all it read leads to
    std::uint32_t last_write_ = no_access;
};

} // namespace

Verdict judge_session(const Case& given) {
    const auto read = accesses_of(given);
    if (!read) return cannot_judge(read.complaint());
    const Accesses& accesses = *read;
    Verdict verdict = verdict_so_far(accesses, given);
    if (verdict.blocked) return verdict;
    const Promise& promise = promise_of(given.judge);
    Precedence precedence(static_cast<std::uint32_t>(accesses.all.size()));
    std::vector<std::uint32_t> initial; // each key's first version, before all others
    for (std::uint32_t key = 0; key < accesses.keys; ++key) initial.push_back(precedence.node());
    for (std::uint32_t each = 0; each < accesses.all.size(); ++each)
        if (accesses.all[each].writes)
            precedence.add(initial[accesses.all[each].key], each, "the other was there at the start");
    for (const auto& client : accesses.clients) Follower(accesses, promise, precedence, initial).follow(client);
    const auto cycle = precedence.cycle();
    if (!cycle.empty()) report_cycle(verdict, accesses, cycle, std::string(promise.name), std::string(promise.story));
    return verdict;
}

} // namespace orrery::reports::judges::sessions

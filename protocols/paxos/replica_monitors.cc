#include "orrery/protocols/paxos/replica_monitors.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>

#include "orrery/protocols/paxos/configuration.h"
#include "orrery/protocols/paxos/replica_words.h"
#include "orrery/sim/text.h"

namespace orrery::paxos {
namespace {

// One ballot in one slot.
struct Round {
    std::int64_t digest = 0;
    std::vector<std::uint32_t> hosts{}; // that accepted its value
};

struct SlotStory {
    std::map<Ballot, Round> rounds{};
    std::optional<std::int64_t> learned{}; // the value that was first taken for chosen ...
    std::string by{};                      // ... by this host
};

struct Deciding {
    Voters voters{};
    std::string by{}; // who said so first
};

// Of members that there cannot be, nobody.
Voters voters_in(std::string_view text) {
    Voters voters;
    for (const std::string_view word : sim::split(text, ' ')) {
        std::uint64_t member = 0;
        if (sim::parse_integer(word, member) && member < members_max) voters.add(static_cast<Member>(member));
    }
    return voters;
}

struct Led {
    std::uint32_t host = 0;
    std::uint64_t boot = 0;
    std::string name{};
};

class ReplicaSafety final : public sim::Monitor {
public:
    std::string_view name() const override { return "paxos.log"; }
    void observe(const sim::Observation& seen) override {
        using Kind = sim::Observation::Kind;
        if (seen.kind == Kind::state && seen.name == "paxos.members")
            majority_ = static_cast<std::size_t>(number(seen, 0)) / 2 + 1;
        if (seen.kind != Kind::note || !seen.name.starts_with("paxos.")) return;
        if (seen.name == "paxos.leader") on_leader(seen);
        if (seen.name == "paxos.log.member") members_[seen.host] = static_cast<Member>(number(seen, 0));
        if (seen.name == "paxos.log.members") on_members(seen);
        if (seen.name == "paxos.log.promise") on_promise(seen);
        if (seen.name == "paxos.log.propose") on_propose(seen);
        if (seen.name == "paxos.log.accept") on_accept(seen);
        if (seen.name == "paxos.log.recover") count(seen);
        if (seen.name == "paxos.log.chosen") on_chosen(seen);
        if (seen.name == "paxos.log.read") reads_[{seen.host, seen.boot, number(seen, 0)}] = last_;
        if (seen.name == "paxos.log.answer") on_answer(seen);
    }

private:
    static std::int64_t number(const sim::Observation& seen, std::size_t place) { return seen.fields[place].integer; }
    static Ballot ballot_at(const sim::Observation& seen, std::size_t place) {
        return {static_cast<std::uint64_t>(number(seen, place)), static_cast<Member>(number(seen, place + 1))};
    }
    static std::string host_of(const sim::Observation& seen) { return std::string(seen.host_name); }
    static std::string in_slot(const sim::Observation& seen) { return " in slot " + std::to_string(number(seen, 0)); }

    // Of the voters that decide there; in the beginning all members do.
    bool is_majority(std::int64_t slot, const std::vector<std::uint32_t>& hosts) const {
        const auto after = deciding_.upper_bound(slot);
        if (after == deciding_.begin()) return hosts.size() >= majority_;
        Voters agreeing;
        for (const std::uint32_t host : hosts)
            if (const auto member = members_.find(host); member != members_.end() && member->second < members_max)
                agreeing.add(member->second);
        return std::prev(after)->second.voters.is_decided_by(agreeing);
    }
    void on_members(const sim::Observation& seen) {
        window_ = std::max<std::int64_t>(number(seen, 1), 1);
        if (number(seen, 0) < 1 || number(seen, 0) > INT64_MAX - window_) return;
        const Deciding said{voters_in(seen.fields[2].text), host_of(seen)};
        const auto& [voters, by] = deciding_.try_emplace(number(seen, 0) + window_, said).first->second;
        if (voters != said.voters)
            violated(seen, "paxos.log.agreement", "two sets of voters", "all members learn the same voters",
                     host_of(seen) + " says that " + voters_text(said.voters) + " were chosen" + in_slot(seen) + ", " +
                         by + " that " + voters_text(voters) + " were");
    }
    // Who proposes further on cannot know who decides there.
    void keep_window(const sim::Observation& seen) {
        const std::int64_t below = number(seen, 0) - window_;
        if (window_ == 0 || below < 1) return;
        const auto found = slots_.find(below);
        const auto is_accepted = [&](const auto& each) { return is_majority(below, each.second.hosts); };
        if (found != slots_.end() && std::any_of(found->second.rounds.begin(), found->second.rounds.end(), is_accepted))
            return;
        violated(seen, "paxos.log.window", "proposed too far", "all is chosen that lies a window below a proposal",
                 host_of(seen) + " proposes" + in_slot(seen) + ", and nothing is chosen in slot " +
                     std::to_string(below));
    }

    void on_leader(const sim::Observation& seen) {
        const Ballot ballot = ballot_at(seen, 0);
        const auto [found, is_first] = leaders_.try_emplace(ballot, Led{seen.host, seen.boot, host_of(seen)});
        if (is_first || (found->second.host == seen.host && found->second.boot == seen.boot)) return;
        violated(seen, "paxos.log.ballot", "ballot led twice", "a ballot is led by one member, in one life",
                 host_of(seen) + " leads " + ballot_text(ballot) + ", which " + found->second.name + " has led");
    }
    void on_promise(const sim::Observation& seen) {
        const Ballot ballot = ballot_at(seen, 0);
        Ballot& promised = promised_[seen.host];
        if (ballot < promised)
            violated(seen, "paxos.log.promise", "promise forgotten", "what an acceptor has promised never falls",
                     host_of(seen) + " has promised " + ballot_text(ballot) + ", and had said that it had promised " +
                         ballot_text(promised));
        promised = std::max(promised, ballot);
    }
    void on_accept(const sim::Observation& seen) {
        const Ballot ballot = ballot_at(seen, 1);
        Ballot& promised = promised_[seen.host];
        if (ballot < promised)
            violated(seen, "paxos.log.promise", "accepted below its promise",
                     "an acceptor accepts no ballot below one that it has promised",
                     host_of(seen) + " accepts in " + ballot_text(ballot) + in_slot(seen) + ", and had promised " +
                         ballot_text(promised));
        promised = std::max(promised, ballot);
        count(seen);
    }
    // Its value in that slot is durable.
    void count(const sim::Observation& seen) {
        Round& round = round_of(seen);
        if (round.digest != number(seen, 3)) return; // two values: said where they are proposed
        if (std::find(round.hosts.begin(), round.hosts.end(), seen.host) == round.hosts.end())
            round.hosts.push_back(seen.host);
    }
    Round& round_of(const sim::Observation& seen) {
        return slots_[number(seen, 0)].rounds.try_emplace(ballot_at(seen, 1), Round{number(seen, 3), {}}).first->second;
    }
    void on_propose(const sim::Observation& seen) {
        const Ballot ballot = ballot_at(seen, 1);
        if (round_of(seen).digest != number(seen, 3))
            violated(seen, "paxos.log.ballot", "two values in one ballot", "a ballot proposes one value a slot",
                     host_of(seen) + " proposes in " + ballot_text(ballot) + in_slot(seen) +
                         " another value than that ballot had proposed");
        keep_window(seen);
        for (const auto& [lower, round] : slots_[number(seen, 0)].rounds) {
            if (!(lower < ballot)) break;
            if (!is_majority(number(seen, 0), round.hosts) || round.digest == number(seen, 3)) continue;
            violated(seen, "paxos.log.chosen_value_kept", "another value proposed",
                     "once a value is chosen, every higher ballot proposes it",
                     host_of(seen) + " proposes in " + ballot_text(ballot) + in_slot(seen) + " another value than " +
                         std::to_string(round.hosts.size()) + " have accepted in " + ballot_text(lower));
            return;
        }
    }
    void on_chosen(const sim::Observation& seen) {
        last_ = std::max(last_, number(seen, 0));
        SlotStory& slot = slots_[number(seen, 0)];
        const std::int64_t digest = number(seen, 1);
        const auto is_chosen = [&](const auto& each) {
            return each.second.digest == digest && is_majority(number(seen, 0), each.second.hosts);
        };
        if (!slot.learned) {
            slot.learned = digest;
            slot.by = host_of(seen);
        }
        if (*slot.learned != digest)
            violated(seen, "paxos.log.agreement", "two values chosen", "all members learn the same value of a slot",
                     host_of(seen) + " applies another value" + in_slot(seen) + " than " + slot.by + " did");
        else if (std::none_of(slot.rounds.begin(), slot.rounds.end(), is_chosen))
            violated(seen, "paxos.log.agreement", "not chosen",
                     "what a member applies a majority has accepted in one ballot",
                     host_of(seen) + " applies a value" + in_slot(seen) +
                         " that no majority has accepted in one ballot");
    }
    // What was acknowledged before the read began was known to be chosen then.
    void on_answer(const sim::Observation& seen) {
        const auto found = reads_.find({seen.host, seen.boot, number(seen, 0)});
        if (found == reads_.end()) return; // it began before this looked on
        if (number(seen, 1) < found->second)
            violated(seen, "paxos.log.read", "stale read", "a read misses nothing that was known before it began",
                     host_of(seen) + " answers a read from slot " + std::to_string(number(seen, 1)) +
                         " on, and when it began, slot " + std::to_string(found->second) + " was known to be chosen");
        reads_.erase(found);
    }
    void violated(const sim::Observation& seen, const char* property, const char* kind, const char* rule,
                  std::string text) {
        if (object_to) object_to({property, kind, rule, std::move(text), seen.time, seen.event});
    }

    std::map<std::int64_t, SlotStory> slots_{};
    std::map<std::uint32_t, Ballot> promised_{};  // by host: the highest that it said it had promised
    std::map<std::int64_t, Deciding> deciding_{}; // by the slot since when
    std::map<std::uint32_t, Member> members_{};   // by host
    std::int64_t window_ = 0;                     // 0: not known, and nobody has joined or left
    std::map<Ballot, Led> leaders_{};
    std::map<std::tuple<std::uint32_t, std::uint64_t, std::int64_t>, std::int64_t> reads_{}; // what was known then
    std::int64_t last_ = 0;           // the highest slot that any member knew to be chosen
    std::size_t majority_ = SIZE_MAX; // until a member has said how many there are
};

} // namespace

std::vector<sim::MonitorFactory> replica_monitors() {
    return {[]() -> std::unique_ptr<sim::Monitor> { return std::make_unique<ReplicaSafety>(); }};
}

} // namespace orrery::paxos

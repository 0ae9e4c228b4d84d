#include "orrery/protocols/paxos/monitors.h"

#include <algorithm>
#include <map>
#include <set>

#include "orrery/protocols/paxos/message.h"

namespace orrery::paxos {
namespace {

using sim::Observation;

struct Value {
    std::int64_t digest = 0;
    std::string words{};
};

struct Synod {
    std::map<std::uint32_t, Ballot> promised{};           // by host: the highest that it said it had promised
    std::map<Ballot, Value> proposed{};                   // by ballot
    std::map<Ballot, std::set<std::uint32_t>> accepted{}; // by ballot: the hosts that accepted its value
    std::map<Ballot, std::int64_t> accepted_digest{};     // and which value that was
    std::map<Ballot, std::set<std::uint32_t>> told{};     // by ballot: the hosts that said so to its proposer
    std::map<std::int64_t, std::string> learned{};        // values: by whom first
};

std::string number(std::int64_t value) { return std::to_string(value); }
std::string words(const Ballot& ballot) {
    return number(static_cast<std::int64_t>(ballot.round)) + "." + number(ballot.member);
}

class Safety final : public sim::Monitor {
public:
    std::string_view name() const override { return "paxos"; }
    std::vector<std::string_view> watches() const override { return {"paxos."}; }
    void observe(const Observation& seen) override {
        if (seen.kind == Observation::Kind::state && seen.name == "paxos.members")
            majority_ = static_cast<std::size_t>(integer(seen, 0)) / 2 + 1;
        if (seen.kind != Observation::Kind::note || !seen.name.starts_with("paxos.")) return;
        if (seen.name == "paxos.promise") on_promise(seen);
        if (seen.name == "paxos.accept") on_accept(seen);
        if (seen.name == "paxos.accepted") synod(seen).told[ballot_of(seen)].insert(seen.host);
        if (seen.name == "paxos.propose") on_propose(seen);
        if (seen.name == "paxos.chosen") on_chosen(seen);
    }

private:
    static std::int64_t integer(const Observation& seen, std::size_t place) { return seen.fields[place].integer; }
    static Ballot ballot_of(const Observation& seen) {
        return {static_cast<std::uint64_t>(integer(seen, 1)), static_cast<Member>(integer(seen, 2))};
    }
    static std::string in_decree(const Observation& seen) { return " in decree " + number(integer(seen, 0)); }
    static std::string who(const Observation& seen) { return std::string(seen.host_name); }
    Synod& synod(const Observation& seen) { return synods_[integer(seen, 0)]; }

    void on_promise(const Observation& seen) {
        Ballot& promised = synod(seen).promised[seen.host];
        const Ballot ballot = ballot_of(seen);
        if (ballot < promised)
            violated(seen, "paxos.promise", "promise forgotten", "what an acceptor has promised never falls",
                     who(seen) + " has promised ballot " + words(ballot) + in_decree(seen) +
                         ", and had said that it had promised " + words(promised));
        promised = std::max(promised, ballot);
    }
    void on_accept(const Observation& seen) {
        Synod& at = synod(seen);
        const Ballot ballot = ballot_of(seen);
        if (const Ballot promised = at.promised[seen.host]; ballot < promised)
            violated(seen, "paxos.promise", "accepted below its promise",
                     "an acceptor accepts no ballot below one that it has promised",
                     who(seen) + " accepts in ballot " + words(ballot) + in_decree(seen) + ", and had promised " +
                         words(promised));
        at.promised[seen.host] = std::max(at.promised[seen.host], ballot);
        const auto [found, is_first] = at.accepted_digest.try_emplace(ballot, integer(seen, 3));
        if (!is_first && found->second != integer(seen, 3))
            return; // two proposals of one ballot: said where they are made
        at.accepted[ballot].insert(seen.host);
    }
    void on_propose(const Observation& seen) {
        Synod& at = synod(seen);
        const Ballot ballot = ballot_of(seen);
        const Value value{integer(seen, 3), std::string(seen.fields[4].text)};
        const auto [known, is_first] = at.proposed.try_emplace(ballot, value);
        if (!is_first && known->second.digest != value.digest)
            violated(seen, "paxos.ballot", "two values in one ballot", "a ballot proposes one value",
                     who(seen) + " proposes '" + value.words + "' in ballot " + words(ballot) + in_decree(seen) +
                         ", in which it had proposed '" + known->second.words + "'");
        for (const auto& [earlier, hosts] : at.accepted) {
            if (!(earlier < ballot) || hosts.size() < majority_ || at.accepted_digest[earlier] == value.digest)
                continue;
            violated(seen, "paxos.chosen_value_kept", "another value proposed",
                     "once a value is chosen, every higher ballot proposes it",
                     who(seen) + " proposes '" + value.words + "' in ballot " + words(ballot) + in_decree(seen) +
                         ", though " + number(static_cast<std::int64_t>(hosts.size())) + " have accepted '" +
                         at.proposed[earlier].words + "' in ballot " + words(earlier));
            return;
        }
    }
    void on_chosen(const Observation& seen) {
        Synod& at = synod(seen);
        const std::string value(seen.fields[2].text);
        bool is_proposed = false;
        for (const auto& [ballot, proposed] : at.proposed)
            is_proposed = is_proposed || proposed.digest == integer(seen, 1);
        if (!is_proposed)
            violated(seen, "paxos.nontriviality", "value out of nowhere", "only a value that was proposed is chosen",
                     who(seen) + " learns '" + value + "'" + in_decree(seen) + ", which nobody has proposed");
        const auto is_chosen = [&](const auto& each) { return each.second.size() >= majority_; };
        if (majority_ != SIZE_MAX && at.learned.empty() && std::none_of(at.told.begin(), at.told.end(), is_chosen))
            violated(seen, "paxos.chosen_by_majority", "chosen by a minority",
                     "what is learned was accepted by a majority in one ballot",
                     who(seen) + " learns '" + value + "'" + in_decree(seen) +
                         ", which no majority said that it had accepted in one ballot");
        for (const auto& [digest, first] : at.learned)
            if (digest != integer(seen, 1))
                violated(seen, "paxos.agreement", "two values chosen", "all members learn the same value of a decree",
                         who(seen) + " learns '" + value + "'" + in_decree(seen) + ", and " + first);
        at.learned.try_emplace(integer(seen, 1), who(seen) + " learned '" + value + "'");
    }
    void violated(const Observation& seen, const char* property, const char* kind, const char* rule, std::string text) {
        if (object_to) object_to({property, kind, rule, std::move(text), seen.time, seen.event});
    }

    std::map<std::int64_t, Synod> synods_{}; // by decree
    std::size_t majority_ = SIZE_MAX;        // until a member has said how many there are
};

} // namespace

std::vector<sim::MonitorFactory> monitors() {
    return {[]() -> std::unique_ptr<sim::Monitor> { return std::make_unique<Safety>(); }};
}

} // namespace orrery::paxos

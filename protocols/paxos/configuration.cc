#include "orrery/protocols/paxos/configuration.h"

#include <algorithm>

#include "orrery/sim/flaw.h"

namespace orrery::paxos {
namespace {

constexpr std::uint8_t own_mark = 0;    // no command begins with it without another before
constexpr std::uint8_t voters_mark = 1; // behind it

} // namespace

Configurations::Configurations(std::vector<Configuration> known) : known_(std::move(known)) {
    CHECK(is_valid(known_, members_max));
}

bool Configurations::is_valid(std::span<const Configuration> known, Member count) {
    if (known.empty()) return false;
    for (std::size_t i = 0; i < known.size(); ++i) {
        const Voters voters = known[i].voters;
        if (voters.is_empty() || (voters | Voters::all(count)) != Voters::all(count)) return false;
        if (known[i].chosen_in > known[i].since) return false;
        if (i > 0 && known[i].since <= known[i - 1].since) return false;
        if (i > 0 && known[i].chosen_in <= known[i - 1].chosen_in) return false;
    }
    return true;
}

std::span<const Configuration> Configurations::from(Slot slot) const {
    std::size_t first = known_.size() - 1;
    while (first > 0 && known_[first].since > slot) --first;
    return std::span(known_).subspan(first);
}

Voters Configurations::of(Slot slot) const { return from(slot).front().voters; }

Voters Configurations::voters_from(Slot slot) const {
    Voters all;
    for (const Configuration& each : from(slot)) all = all | each.voters;
    return all;
}

std::vector<Configuration> Configurations::as_of(Slot slot) const {
    std::vector<Configuration> then;
    for (const Configuration& each : from(slot + 1))
        if (each.chosen_in <= slot || then.empty()) then.push_back(each);
    return then;
}

void Configurations::enter(Configuration next) {
    CHECK(!next.voters.is_empty());
    CHECK(next.since > last().since);
    CHECK(next.chosen_in > last().chosen_in || sim::Flaw::any_on());
    known_.push_back(next);
}

void Configurations::forget(Slot slot) {
    const std::size_t kept = from(slot + 1).size();
    known_.erase(known_.begin(), known_.end() - static_cast<std::ptrdiff_t>(kept));
    CHECK(!known_.empty());
}

sim::Bytes value_of_command(sim::Bytes command) {
    if (command.empty() || command.view()[0] != own_mark) return command;
    sim::Bytes value;
    value.append(std::span(&own_mark, 1));
    value.append(command.view());
    return value;
}

sim::Bytes value_of_voters(Voters voters) {
    sim::Bytes value;
    sim::encode_into(value, std::pair{std::array{own_mark, voters_mark}, voters});
    return value;
}

sim::ByteView command_of(sim::ByteView value) {
    CHECK(!value.empty());
    return value.subspan(value[0] == own_mark ? 1 : 0);
}

std::optional<Voters> voters_of(sim::ByteView value) {
    if (value.size() < 2 || value[0] != own_mark || value[1] != voters_mark) return std::nullopt;
    return sim::decode<Voters>(value.subspan(2));
}

std::string voters_text(Voters voters) {
    std::string text;
    for (const Member member : voters.list()) text += (text.empty() ? "" : " ") + std::to_string(member);
    return text;
}

} // namespace orrery::paxos

// Reading line by line, then looking at the whole: no member twice, no index left out, no two members at one port.
#include "orrery/protocols/live/cluster.h"

#include <algorithm>
#include <set>

#include "orrery/sim/note.h"
#include "orrery/sim/text.h"

namespace orrery::live {
namespace {

using sim::Complaint;
using sim::Place;

struct Word {
    std::string_view text;
    std::size_t column = 0; // from 1
};

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// The words of a line, up to a comment.
std::vector<Word> words_of(std::string_view line) {
    line = line.substr(0, line.find('#'));
    std::vector<Word> words;
    for (std::size_t at = 0; at < line.size();) {
        std::size_t end = at;
        while (end < line.size() && !is_blank(line[end])) ++end;
        if (end > at) words.push_back({line.substr(at, end - at), at + 1});
        at = std::max(end, at + 1);
    }
    return words;
}

bool is_role(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

Complaint wrong(const Place& place, std::string message) { return {sim::Cause::input, place, std::move(message)}; }

sim::Checked<Member> parse_member(const std::vector<Word>& words, Place place) {
    if (words.size() != 3)
        return wrong(place, "expected a role, an index and an address, like 'server 0 127.0.0.1:7000'; got " +
                                std::to_string(words.size()) + (words.size() == 1 ? " word" : " words"));
    Member member;
    if (!is_role(words[0].text))
        return wrong(place,
                     "expected a role of letters, digits, '-' and '_', got '" + std::string(words[0].text) + "'");
    member.role = words[0].text;
    member.place = place;
    std::uint64_t index = 0;
    place.column = words[1].column;
    if (!sim::parse_integer(words[1].text, index) || index > 65'535)
        return wrong(place, "expected an index from 0 to 65535, got '" + std::string(words[1].text) + "'");
    member.index = static_cast<std::uint32_t>(index);
    place.column = words[2].column;
    if (!parse_address(words[2].text, member))
        return wrong(place, "expected an address like '127.0.0.1:7000' or '[::1]:7000', got '" +
                                std::string(words[2].text) + "'");
    const std::string objection = objection_to_port(member.port);
    if (!objection.empty()) return wrong(place, objection);
    return member;
}

sim::Problem objection(const Cluster& cluster) {
    std::set<std::pair<std::string, std::uint32_t>> seen;
    for (const Member& each : cluster.members)
        if (!seen.emplace(each.role, each.index).second)
            return wrong(each.place, each.role + " " + std::to_string(each.index) + " is named twice");
    for (const Member& each : cluster.members)
        if (each.index > 0 && !seen.contains({each.role, each.index - 1}))
            return wrong(each.place, each.role + " " + std::to_string(each.index) + " is named, but not " + each.role +
                                         " " + std::to_string(each.index - 1));
    for (const Member& each : cluster.members)
        for (const Member& other : cluster.members) {
            if (&each == &other || each.host != other.host || each.port == 0 || each.port < other.port) continue;
            if (each.port == other.port && &each < &other) continue; // said of the second
            if (each.port == other.port)
                return wrong(each.place, "expected an address of its own, got " + each.address() +
                                             ", which is that of " + other.role + " " + std::to_string(other.index));
            if (other.port != 0 && each.port - other.port < ports_per_member)
                return wrong(each.place, "port " + std::to_string(each.port) + " is too near to port " +
                                             std::to_string(other.port) + " on the same host: a member takes " +
                                             std::to_string(ports_per_member) + " ports from the one that is named");
        }
    return {};
}

} // namespace

std::string Member::address() const {
    const bool is_bracketed = host.find(':') != std::string::npos;
    return (is_bracketed ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

const Member* Cluster::find(std::string_view role, std::uint32_t index) const {
    const auto found = std::find_if(members.begin(), members.end(),
                                    [&](const Member& each) { return each.role == role && each.index == index; });
    return found == members.end() ? nullptr : &*found;
}

bool parse_address(std::string_view text, Member& member) {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    std::uint64_t port = 0;
    if (!sim::parse_integer(text.substr(colon + 1), port) || port > 65'535u) return false;
    std::string_view host = text.substr(0, colon);
    const bool is_bracketed = host.starts_with('[');
    if (is_bracketed != host.ends_with(']')) return false;
    if (is_bracketed) {
        host = host.substr(1);
        host.remove_suffix(host.empty() ? 0 : 1);
    }
    if (host.empty() || is_bracketed != (host.find(':') != std::string_view::npos)) return false;
    member.host = host;
    member.port = static_cast<std::uint16_t>(port);
    return true;
}

std::string objection_to_port(std::uint16_t port) {
    if (port <= port_max) return "";
    return "port " + std::to_string(port) + " is too high: a member takes " + std::to_string(ports_per_member) +
           " ports from the one that is named, so " + std::to_string(port_max) + " is the last";
}

sim::Checked<Cluster> parse_cluster(std::string_view text, const std::string& file) {
    Cluster cluster;
    std::size_t number = 0;
    for (const std::string_view line : sim::split(text, '\n')) {
        ++number;
        const std::vector<Word> words = words_of(line);
        if (words.empty()) continue;
        sim::Checked<Member> member = parse_member(words, {file, number, words[0].column});
        if (!member.ok()) return member.complaint();
        cluster.members.push_back(std::move(*member));
    }
    if (cluster.members.empty())
        return wrong({file, std::max<std::size_t>(number, 1), 1}, "the cluster has no members");
    if (const sim::Problem problem = objection(cluster)) return *problem;
    return cluster;
}

std::string cluster_text(const Cluster& cluster) {
    std::string text;
    for (const Member& each : cluster.members)
        text += each.role + " " + std::to_string(each.index) + " " + each.address() + "\n";
    return text;
}

std::uint64_t cluster_number(const Cluster& cluster, std::string_view role) {
    std::string text(role);
    for (std::uint32_t index = 0; const Member* member = cluster.find(role, index); ++index)
        text += "\n" + member->address();
    return sim::name_hash(text) | 1;
}

} // namespace orrery::live

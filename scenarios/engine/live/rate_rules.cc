#include "orrery/scenarios/engine/live/rate_rules.h"

#include <algorithm>
#include <map>

#include "orrery/sim/chance.h"
#include "orrery/sim/check.h"

namespace orrery::scenarios::engine::live {
namespace {

using Link = std::pair<std::string, std::string>;

constexpr std::uint64_t parts_of_random = 1'000'000'000; // below 2^32, the most that nftables draws from
constexpr std::uint64_t thousandths_of_percent = 100'000;
constexpr const char* mark_of_doubled = "0x6f72";

// Of `parts`, the share that the ratio is; exact where it can be.
std::uint64_t share(sim::Ratio ratio, std::uint64_t parts) {
    CHECK(ratio.denominator > 0);
    if (ratio.numerator >= ratio.denominator) return parts;
    return static_cast<std::uint64_t>(static_cast<sim::Wide>(ratio.numerator) * parts / ratio.denominator);
}

// "ip saddr . ip daddr { a . b, a . c } "
std::string is_of(const std::vector<Link>& links) {
    std::string text;
    for (const auto& [from, to] : links) text += (text.empty() ? "" : ", ") + from + " . " + to;
    return "ip saddr . ip daddr { " + text + " } ";
}

// "numgen random mod 10 < 1 "; nothing, if it is always so: nft refuses a number that the chance never reaches.
std::string is_drawn(sim::Ratio ratio) {
    if (ratio.numerator >= ratio.denominator) return "";
    const bool is_small = ratio.denominator <= parts_of_random;
    const std::uint64_t parts = is_small ? ratio.denominator : parts_of_random;
    return "numgen random mod " + std::to_string(parts) + " < " + std::to_string(share(ratio, parts)) + " ";
}

// A table is named first, so that it is there to be deleted; all of the text happens at once.
std::string table(const std::string& family, const std::string& chain) {
    const std::string name = family + " orrery";
    return "table " + name + "\ndelete table " + name + "\ntable " + name + " {\n" + chain + "}\n";
}

// "75%": those that are not delayed.
std::string rest_in_percent(sim::Ratio ratio) {
    const std::uint64_t rest = thousandths_of_percent - share(ratio, thousandths_of_percent);
    const std::string digits = std::to_string(rest % 1000);
    return std::to_string(rest / 1000) + "." + std::string(3 - digits.size(), '0') + digits + "%";
}

// From nothing to all of the delay, evenly.
std::string netem(const Rate& rate) {
    const std::string half = std::to_string(std::max<std::int64_t>(rate.delay.count() / 2000, 1)) + "us";
    const bool is_every = rate.probability.numerator >= rate.probability.denominator;
    return "netem limit 100000 delay " + half + " " + half +
           (is_every ? "" : " reorder " + rest_in_percent(rate.probability));
}

} // namespace

std::string filter_text(const std::vector<Rate>& rates) {
    std::string losses;
    std::string doublings;
    for (const Rate& rate : rates) {
        if (rate.links.empty() || rate.probability.numerator == 0) continue;
        const std::string rule = is_of(rate.links) + is_drawn(rate.probability);
        if (rate.kind == Rate::Kind::loss) losses += rule + "drop\n";
        if (rate.kind == Rate::Kind::duplication)
            doublings += "meta l4proto udp " + rule + "meta mark set " + mark_of_doubled + " dup to lo\n";
    }
    return table("ip", "chain losses {\ntype filter hook input priority 0;\n" + losses + "}\n") +
           table("netdev", "chain doublings {\ntype filter hook ingress device lo priority 0;\nmeta mark " +
                               std::string(mark_of_doubled) + " accept\n" + doublings + "}\n");
}

std::string queue_text(const std::vector<Rate>& rates) {
    std::map<Link, std::vector<std::size_t>> delays; // of each link, by their places among the rates
    for (std::size_t i = 0; i < rates.size(); ++i)
        if (rates[i].kind == Rate::Kind::delay)
            for (const Link& link : rates[i].links) delays[link].push_back(i);
    if (delays.empty()) return "";
    std::map<std::vector<std::size_t>, std::vector<Link>> classes; // links with the same delays
    for (const auto& [link, places] : delays) classes[places].push_back(link);
    std::string text = "qdisc add dev lo root handle 1: htb\n";
    std::uint64_t number = 0; // of the class
    std::uint64_t handle = 0x10;
    for (const auto& [places, links] : classes) {
        const std::string name = "1:" + std::to_string(++number);
        text += "class add dev lo parent 1: classid " + name + " htb rate 100gbit quantum 60000\n";
        std::string parent = name;
        for (const std::size_t place : places) {
            text += "qdisc add dev lo parent " + parent + " handle " + std::to_string(handle) + ": " +
                    netem(rates[place]) + "\n";
            parent = std::to_string(handle++) + ":1";
        }
        for (const auto& [from, to] : links)
            text += "filter add dev lo parent 1: protocol ip prio 1 u32 match ip src " + from + "/32 match ip dst " +
                    to + "/32 flowid " + name + "\n";
    }
    return text;
}

std::string no_queue_text() { return "qdisc del dev lo root\n"; }

} // namespace orrery::scenarios::engine::live

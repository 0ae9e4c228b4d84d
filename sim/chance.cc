// Overrides are few and looked up by binary search; without any edit, a draw never comes here.
#include "orrery/sim/chance.h"

#include <algorithm>
#include <tuple>

namespace orrery::sim {
namespace {

auto place(const Override& one) { return std::tuple(one.event, one.site, one.count); }

} // namespace

Chance::Chance(std::uint64_t seed, std::vector<Override> overrides, std::vector<FixedDraw> fixed)
    : seed_(mix(seed, 0x4f72726572790001u)), overrides_(std::move(overrides)), met_(overrides_.size(), false),
      fixed_(std::move(fixed)), is_edited_(!overrides_.empty() || !fixed_.empty()) {
    for (const FixedDraw& each : fixed_) CHECK(each.percent <= 100);
    std::sort(overrides_.begin(), overrides_.end(),
              [](const Override& a, const Override& b) { return place(a) < place(b); });
}

std::uint64_t Chance::edited(std::uint64_t event, const Site& site, std::uint32_t count, std::uint64_t n,
                             std::uint64_t otherwise, std::uint32_t host) {
    if (records_sites_) sites_.insert({site.name, host});
    return overridden(event, site, count, n, fixed(site, n, otherwise, host));
}

std::uint64_t Chance::fixed(const Site& site, std::uint64_t n, std::uint64_t otherwise, std::uint32_t host) const {
    std::uint64_t outcome = otherwise;
    for (const FixedDraw& each : fixed_) {
        if (each.site != site.hash || (each.host != nobody && each.host != host)) continue;
        outcome = static_cast<std::uint64_t>(static_cast<Wide>(n - 1) * each.percent / 100);
        if (each.host == host) return outcome; // its own counts
    }
    return outcome;
}

std::uint64_t Chance::overridden(std::uint64_t event, const Site& site, std::uint32_t count, std::uint64_t n,
                                 std::uint64_t otherwise) {
    const auto wanted = std::tuple(event, site.hash, count);
    const auto found = std::lower_bound(overrides_.begin(), overrides_.end(), wanted,
                                        [](const Override& one, const auto& key) { return place(one) < key; });
    if (found == overrides_.end() || place(*found) != wanted) return otherwise;
    if (found->choices != n || found->outcome >= n) return otherwise;
    met_[static_cast<std::size_t>(found - overrides_.begin())] = true;
    return found->outcome;
}

std::vector<Override> Chance::unmet() const {
    std::vector<Override> result;
    for (std::size_t i = 0; i < overrides_.size(); ++i)
        if (!met_[i]) result.push_back(overrides_[i]);
    return result;
}

} // namespace orrery::sim

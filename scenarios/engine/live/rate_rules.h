// Rate rules: what the kernel is told so that links lose, double and delay some of their messages, as the texts that
// nft and tc read. Pure functions: each says all of it anew, for all rates that there are.
//
// Loss and duplication are rules of nftables where packets come in, so that a sender is told nothing of them; of a
// datagram that is doubled the second one is marked and sent once more. Delay is netem, below a queue that sorts
// packets by their link.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "orrery/sim/types.h"

namespace orrery::scenarios::engine::live {

// Some messages of some links, while a fault lasts.
struct Rate {
    enum class Kind : std::uint8_t { loss, duplication, delay };
    std::uint32_t fault = 0;
    Kind kind{};
    sim::Ratio probability{};
    sim::Duration delay{};                                    // at most; of a delay
    std::vector<std::pair<std::string, std::string>> links{}; // from and to, IPv4 addresses
    bool operator==(const Rate&) const = default;
};

// For `nft -f -`: replaces what an earlier text has set. Rates are independent of each other.
std::string filter_text(const std::vector<Rate>& rates);
// For `tc -batch -`, where nothing stands from before. Messages of a link with several delays wait for one after the
// other. Empty: there are no delays.
std::string queue_text(const std::vector<Rate>& rates);
// Takes away what queue_text has set, and with it the messages that wait there.
std::string no_queue_text();

} // namespace orrery::scenarios::engine::live

// The filter that makes a request happen at most once. For each boot of a client it keeps the replies of the `window`
// highest numbers that came; the numbers of a client ascend, with or without gaps. A request that is not above all that
// were forgotten is stale and dropped, so that nothing is executed twice while the client's boot is remembered. Of more
// than `boots_max` boots the one heard from least recently is forgotten. Numbers come from the network: any may come.
// Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "orrery/sim/bytes.h"

namespace orrery::rpc {

class Duplicates {
public:
    static constexpr std::uint64_t window = 256;
    static constexpr std::size_t boots_max = 1024;

    enum class Verdict : std::uint8_t { fresh, running, finished, stale };

    // Registers the request if it is fresh.
    Verdict admit(std::uint64_t boot, std::uint64_t sequence) {
        if (clients_.find(boot) == clients_.end()) make_room();
        Client& client = clients_[boot];
        client.heard = ++clock_;
        if (client.forgotten && sequence <= *client.forgotten) return Verdict::stale;
        const auto [found, fresh] = client.requests.try_emplace(sequence);
        if (!fresh) return found->second.has_value() ? Verdict::finished : Verdict::running;
        if (client.requests.size() > window) {
            client.forgotten = client.requests.begin()->first;
            client.requests.erase(client.requests.begin());
            if (*client.forgotten == sequence) return Verdict::stale;
        }
        CHECK(client.requests.contains(sequence));
        CHECK(client.requests.size() <= window);
        CHECK(clients_.size() <= boots_max);
        return Verdict::fresh;
    }
    // Keeps the reply of a request that was fresh, unless it fell out of the window meanwhile.
    void finish(std::uint64_t boot, std::uint64_t sequence, sim::ByteView reply) {
        const auto client = clients_.find(boot);
        if (client == clients_.end()) return;
        const auto request = client->second.requests.find(sequence);
        if (request != client->second.requests.end()) request->second = sim::Bytes(reply);
    }
    // The reply of a finished request.
    const sim::Bytes& reply(std::uint64_t boot, std::uint64_t sequence) const {
        const std::optional<sim::Bytes>& kept = clients_.at(boot).requests.at(sequence);
        CHECK(kept.has_value());
        return *kept;
    }

private:
    struct Client {
        std::optional<std::uint64_t> forgotten;                      // the highest number of which nothing is kept
        std::uint64_t heard = 0;                                     // when, by clock_
        std::map<std::uint64_t, std::optional<sim::Bytes>> requests; // the reply by number; none: it is running
    };
    void make_room() {
        if (clients_.size() < boots_max) return;
        auto oldest = clients_.begin();
        for (auto each = clients_.begin(); each != clients_.end(); ++each)
            if (each->second.heard < oldest->second.heard) oldest = each;
        clients_.erase(oldest);
        CHECK(clients_.size() < boots_max);
    }
    std::map<std::uint64_t, Client> clients_;
    std::uint64_t clock_ = 0; // requests so far
};

} // namespace orrery::rpc

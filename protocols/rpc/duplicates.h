// The filter that makes a request happen at most once: per client boot, the replies of the last
// `window` requests. A number below the window is stale and dropped, so nothing is ever executed
// twice while the client's boot is remembered; the boot heard from least recently is forgotten
// when there are more than `boots_max`. Pure.
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
        if (sequence + window <= client.highest) return Verdict::stale;
        const auto [found, fresh] = client.requests.try_emplace(sequence);
        if (!fresh) return found->second.has_value() ? Verdict::finished : Verdict::running;
        if (sequence > client.highest) client.highest = sequence;
        while (client.requests.begin()->first + window <= client.highest)
            client.requests.erase(client.requests.begin());
        return Verdict::fresh;
    }
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
        std::uint64_t highest = 0;
        std::uint64_t heard = 0;
        std::map<std::uint64_t, std::optional<sim::Bytes>> requests;
    };
    void make_room() {
        if (clients_.size() < boots_max) return;
        auto oldest = clients_.begin();
        for (auto each = clients_.begin(); each != clients_.end(); ++each)
            if (each->second.heard < oldest->second.heard) oldest = each;
        clients_.erase(oldest);
    }
    std::map<std::uint64_t, Client> clients_;
    std::uint64_t clock_ = 0;
};

} // namespace orrery::rpc

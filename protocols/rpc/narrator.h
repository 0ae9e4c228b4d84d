// Narrator: tells requests and replies by what is asked and answered. A request that was sent before is told as a
// repetition. The words of arguments and results are those of the service; of one without words its name is all.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "orrery/protocols/rpc/message.h"
#include "orrery/sim/narrator.h"

namespace orrery::rpc {

// What a request asks: 'put "a" "x"'. What has the same identity asks for the same thing once more; 0: only the
// same request does.
struct Asked {
    std::string words{};
    std::uint64_t identity = 0;
};

struct ServiceWords {
    std::function<Asked(std::string_view service, sim::ByteView argument)> asked{};
    // `argument` is that of the request that is answered.
    std::function<std::string(std::string_view service, sim::ByteView argument, sim::ByteView result)> answered{};
};

class Narrator final : public sim::Narrator {
public:
    explicit Narrator(ServiceWords words) : words_(std::move(words)) {}
    sim::Telling tell(const sim::Observation& seen) override;
    // "caller0's first run", "caller0's run 2"; the boot is that of sim::Identity.
    std::string run_of(std::uint64_t boot) const;

private:
    struct Run {
        std::string host{};
        std::uint64_t number = 0; // of the boot, from 1
    };
    struct Sent {
        Request request{};
        std::uint64_t identity = 0;
        std::string words{};
        bool shares = false; // its id was that of another one before
    };
    sim::Telling request(const sim::Observation& seen);
    sim::Telling reply(const sim::Observation& seen);
    std::string reply_words(const Reply& reply) const;
    Asked asked(const Request& request) const;

    ServiceWords words_;
    std::map<std::uint64_t, std::pair<std::uint64_t, std::uint64_t>> latest_{}; // request, by boot
    std::map<std::uint64_t, Run> runs_{};                                       // by boot
    std::map<std::string, std::uint64_t, std::less<>> boots_{};                 // of each host, how many
    std::map<std::uint32_t, std::string> hosts_{};                              // that were seen
    std::map<std::pair<std::uint64_t, std::uint64_t>, Sent> requests_{};        // by boot and number
    std::map<std::uint64_t, std::uint64_t> asked_{};                            // by identity: how often it was sent
    std::map<std::uint64_t, std::uint64_t> messages_{}; // of each request: which time it was sent
    std::map<std::uint64_t, std::uint64_t> arrived_{};  // by identity: how often
    std::map<std::uint64_t, std::uint64_t> refused_{};  // by identity: how often
};

} // namespace orrery::rpc

// Rpc alone: a counter that is raised by each request. Every request carries a token of its own;
// the server counts how often it executed each, and a client's answer must be to its own request.
// Clients crash and restart here: a new boot must not be answered from its predecessor's cache.
#include <map>

#include "orrery/protocols/rpc/narrator.h"
#include "orrery/protocols/rpc/rpc.h"
#include "orrery/scenarios/catalogue.h"
#include "orrery/sim/chance.h"
using namespace orrery;
using namespace std::chrono_literals;

struct Token {
    std::uint64_t boot = 0;
    std::uint64_t number = 0;
    auto operator<=>(const Token&) const = default;
    static constexpr auto members() {
        return std::tuple{sim::member("boot", &Token::boot), sim::member("number", &Token::number)};
    }
};
static constexpr sim::NoteKind note_executed{"at_most_once.executed", {"boot", "number", "times"}};
static constexpr sim::NoteKind note_answered{"at_most_once.answered",
                                             {"boot", "number", "answer_boot", "answer_number"}};

static void server(sim::Env& env) {
    std::map<Token, std::uint64_t> executed;
    rpc::ServerOptions options;
    options.concurrency = static_cast<std::size_t>(env.settings().integer("handlers"));
    options.queue = static_cast<std::size_t>(env.settings().integer("queue"));
    rpc::Server server(env, options);
    server.on("Counter.Raise", [&](const Token& token) {
        env.note(note_executed, token.boot, token.number, ++executed[token]);
        (void)env.sleep(env.between("work", 0ms, 20ms));
        return token;
    });
    server.serve();
}

// A burst of requests, then an answer for each or none; and again. With large bursts one boot soon has more under way
// than a server works on, and has made more than it remembers.
static void client(sim::Env& env) {
    const auto burst = static_cast<std::uint64_t>(env.settings().integer("burst"));
    Token next{env.self().boot, 0};
    while (true) {
        std::vector<std::pair<Token, rpc::Pending<Token>>> asked;
        while (asked.size() < burst) {
            ++next.number;
            asked.emplace_back(next,
                               rpc::start<Token>(env, env.peers("server")[0], "Counter.Raise", next, {.resend = 40ms}));
        }
        const sim::Deadline deadline = env.deadline(500ms);
        for (auto& [token, pending] : asked) {
            const auto outcome = pending.wait(deadline);
            if (outcome.has_value())
                env.note(note_answered, token.boot, token.number, outcome.value().boot, outcome.value().number);
            if (outcome.was_cancelled()) return;
        }
        if (!env.sleep(env.between("think", 0ms, 100ms)).ok()) return;
    }
}

class AtMostOnce final : public sim::Monitor {
public:
    std::string_view name() const override { return "rpc.at_most_once"; }
    std::vector<std::string_view> watches() const override { return {"at_most_once."}; }
    void observe(const sim::Observation& seen) override {
        if (seen.kind != sim::Observation::Kind::note) return;
        if (seen.name == note_executed.name && seen.fields[2].integer > 1)
            object(seen, "executed twice", "a request is executed at most once by one boot of a server",
                   "request " + std::to_string(seen.fields[1].integer) + " was executed " +
                       std::to_string(seen.fields[2].integer) + " times");
        if (seen.name == note_answered.name && !(seen.fields[0] == seen.fields[2] && seen.fields[1] == seen.fields[3]))
            object(seen, "another's answer", "a reply answers the request it is taken for",
                   std::string(seen.host_name) + " took the answer to another request for its own");
    }
};

// A request is told by its token: whose it is, and of which run of that client.
class AtMostOnceNarrator final : public sim::Narrator {
public:
    sim::Telling tell(const sim::Observation& seen) override {
        using Weight = sim::Telling::Weight;
        const bool is_note = seen.kind == sim::Observation::Kind::note;
        const auto number = [&](std::size_t field) { return static_cast<std::uint64_t>(seen.fields[field].integer); };
        if (is_note && seen.name == note_executed.name) {
            const bool again = number(2) > 1;
            return {again ? Weight::telling : Weight::usual,
                    "executes " + words({number(0), number(1)}) +
                        (again ? ", which it has executed before: that makes " + std::to_string(number(2)) + " times"
                               : "")};
        }
        if (is_note && seen.name == note_answered.name) {
            const bool own = number(0) == number(2) && number(1) == number(3);
            return {own ? Weight::routine : Weight::telling, "had asked with " + words({number(0), number(1)}) +
                                                                 ", and takes the answer to " +
                                                                 words({number(2), number(3)}) + " for its own"};
        }
        return rpc_.tell(seen);
    }

private:
    std::string words(const Token& token) const {
        return "request " + std::to_string(token.number) + " of " + rpc_.run_of(token.boot);
    }
    rpc::Narrator rpc_{{[this](std::string_view service, sim::ByteView argument) -> rpc::Asked {
                            const auto token = sim::decode<Token>(argument);
                            if (!token) return {};
                            return {std::string(service) + ", " + words(*token), sim::mix(token->boot, token->number)};
                        },
                        [this](std::string_view, sim::ByteView, sim::ByteView result) {
                            const auto token = sim::decode<Token>(result);
                            return token ? "done, for " + words(*token) : std::string();
                        }}};
};
static std::unique_ptr<sim::Narrator> narrator() { return std::make_unique<AtMostOnceNarrator>(); }

const scenarios::Scenario scenarios::rpc_at_most_once{
    .name = "rpc-at-most-once",
    .help = "requests that are lost, doubled and repeated by clients that crash",
    .settings = {{"burst", "1", {"1", "30"}, true, "requests of a caller at once"},
                 {"handlers", "64", {"64", "2"}, true, "how many requests the server works on at once"},
                 {"queue", "256", {"256", "8"}, true, "how many more may wait there; others are refused"}},
    .roles = {{"server", 1, server}, {"caller", 3, client}},
    .faults = {{"crash", 4}, {"pause", 2}, {"cut", 2}, {"loss", 3}, {"duplication", 3}, {"delay", 3}},
    .monitors = {[]() -> std::unique_ptr<sim::Monitor> { return std::make_unique<AtMostOnce>(); }},
    .narrator = narrator,
    .duration = 8s,
    .recovery = 2s,
    .minimum_work = {.effective = 3, .note = "at_most_once.answered", .notes = 100}};

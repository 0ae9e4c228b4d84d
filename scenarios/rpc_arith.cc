// Arithmetic by rpc, in each of the protocols that a server answers. A caller asks three questions at once; one of them
// is slow, so that the others overtake it. The first operand names the question: no other one has it. So an answer can
// be held against its own question, and executions of one question can be counted.
//
// With repeat=false each question is one call, which is executed at most once by each boot of the server. With
// repeat=true a caller asks again until it has an answer: at least once. While nothing goes wrong, each has an answer
// soon.
#include "orrery/scenarios/rpc_arith.h"

#include <deque>
#include <map>

#include "orrery/protocols/rpc/go_client.h"
#include "orrery/scenarios/catalogue.h"
#include "orrery/sim/calm.h"
#include "orrery/sim/text.h"
using namespace orrery;
using namespace std::chrono_literals;
using scenarios::arith::Args;
using scenarios::arith::Quotient;

static constexpr sim::NoteKind note_executed{"arith.executed", {"question", "boot"}};
// A call is `repeatable` if the caller asks again.
static constexpr sim::NoteKind note_asked{"arith.asked", {"question", "operand", "repeatable"}};
static constexpr sim::NoteKind note_product{"arith.product", {"question", "operand", "product"}};
static constexpr sim::NoteKind note_quotient{"arith.quotient", {"question", "operand", "quotient", "remainder"}};
static constexpr sim::NoteKind note_refused{"arith.refused", {"question", "operand", "reason"}};

static constexpr std::string_view by_zero = "divide by zero";

// --- the service -------------------------------------------------------------------------------------

// As in Go: a product that does not fit has its lower 64 bits.
static std::int64_t multiply(const Args& args) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(args.a) * static_cast<std::uint64_t>(args.b));
}
// The smallest number has no opposite in 64 bits; it is its own, as in Go.
static Quotient divide(const Args& args) {
    CHECK(args.b != 0);
    if (args.b == -1) return {multiply(args), 0};
    return {args.a / args.b, args.a % args.b};
}

void scenarios::arith::publish(rpc::Server& server, sim::Env& env) {
    const auto executed = [&env](const Args& args) { env.note(note_executed, args.a, env.self().boot); };
    server.publish("Arith.Multiply", [executed](const Args& args) {
        executed(args);
        return multiply(args);
    });
    server.publish("Arith.Slow", [executed, &env](const Args& args) {
        executed(args);
        (void)env.sleep(env.between("work", 0ms, 20ms));
        return multiply(args);
    });
    server.publish("Arith.Divide", [executed](const Args& args) -> rpc::Outcome<Quotient> {
        executed(args);
        if (args.b == 0) return rpc::Refused{std::string(by_zero)};
        return divide(args);
    });
}

static void server(sim::Env& env) {
    rpc::Server server(env);
    scenarios::arith::publish(server, env);
    server.serve();
}

// --- the callers -------------------------------------------------------------------------------------

// Waits for the outcome of a call that was started.
template <class R>
using Wait = std::function<rpc::Outcome<R>(sim::Deadline)>;

// Calls to the server in the protocol of the run.
class Line {
public:
    explicit Line(sim::Env& env)
        : env_(env), protocol_(env.settings().text("protocol")), server_(env.peers("server")[0]), connection_(env) {}

    // Connects, where the protocol has connections and there is none. False if the caller was cancelled meanwhile.
    bool open(sim::Deadline deadline) {
        if (protocol_ == "datagrams" || (protocol_ == "streams" && connection_.is_open())) return true;
        if (protocol_ == "streams") {
            const sim::Status opened = connection_.open(server_, deadline);
            return opened.ok() || opened.error() != sim::Error::cancelled;
        }
        if (go_ != nullptr && !is_broken_) return true;
        const auto protocol = protocol_ == "gob"        ? rpc::GoProtocol::gob
                              : protocol_ == "gob-http" ? rpc::GoProtocol::gob_over_http
                                                        : rpc::GoProtocol::json;
        go_ = std::make_unique<rpc::GoClient>(env_);
        const std::optional<rpc::GoError> error = go_->open(server_, protocol, deadline);
        is_broken_ = error.has_value();
        return !error || error->kind != rpc::GoError::Kind::cancelled;
    }

    template <class R>
    Wait<R> start(std::string_view method, const Args& args) {
        if (protocol_ == "datagrams") return held<R>(rpc::start<R>(env_, server_, method, args, {.resend = 40ms}));
        if (protocol_ == "streams") return held<R>(connection_.start<R>(method, args));
        return [this, pending = go_->start<R>(method, args)](sim::Deadline deadline) mutable -> rpc::Outcome<R> {
            const rpc::GoReply<R> reply = pending.wait(deadline);
            if (reply.ok()) return reply.value();
            using Kind = rpc::GoError::Kind;
            const Kind kind = reply.error().kind;
            if (kind == Kind::server) return rpc::Refused{reply.error().text};
            if (kind != Kind::waiting && kind != Kind::cancelled) is_broken_ = true;
            return rpc::Unknown{reply.error().text, kind == Kind::cancelled};
        };
    }

private:
    template <class R>
    static Wait<R> held(rpc::Pending<R> pending) {
        return [shared = std::make_shared<rpc::Pending<R>>(std::move(pending))](sim::Deadline deadline) {
            return shared->wait(deadline);
        };
    }

    sim::Env& env_;
    std::string protocol_;
    sim::Address server_;
    rpc::Connection connection_;
    std::unique_ptr<rpc::GoClient> go_;
    bool is_broken_ = false;
};

static bool take(sim::Env& env, const Args& asked, const rpc::Outcome<std::int64_t>& outcome) {
    if (!outcome.has_value()) return false;
    env.note(note_product, asked.a, asked.b, outcome.value());
    return true;
}
static bool take(sim::Env& env, const Args& asked, const rpc::Outcome<Quotient>& outcome) {
    if (outcome.has_value()) env.note(note_quotient, asked.a, asked.b, outcome.value().quo, outcome.value().rem);
    const bool is_error = outcome.is_refused() && outcome.refused().reason == by_zero;
    if (is_error) env.note(note_refused, asked.a, asked.b, outcome.refused().reason);
    return outcome.has_value() || is_error;
}

// A question and the call by which it is asked.
template <class R>
class Question {
public:
    Question(sim::Env& env, Line& line, std::string_view method, Args args)
        : env_(env), line_(line), method_(method), args_(args), repeats_(env.settings().flag("repeat")) {
        env.note(note_asked, args.a, args.b, repeats_);
        wait_ = line.start<R>(method, args);
    }
    // To its answer; without one, as long as it is asked again. False if the caller was cancelled meanwhile.
    bool finish() {
        while (true) {
            const rpc::Outcome<R> outcome = wait_(env_.deadline(500ms));
            if (outcome.was_cancelled()) return false;
            if (take(env_, args_, outcome) || !repeats_) return true;
            if (!env_.sleep(env_.between("again", 1ms, 50ms)).ok()) return false;
            if (!line_.open(env_.deadline(500ms))) return false;
            wait_ = line_.start<R>(method_, args_);
        }
    }

private:
    sim::Env& env_;
    Line& line_;
    std::string_view method_;
    Args args_;
    bool repeats_;
    Wait<R> wait_;
};

static void caller(sim::Env& env) {
    Line line(env);
    // 31 bits that tell this boot from others, and a number within it.
    std::int64_t next = static_cast<std::int64_t>(env.self().boot % (std::uint64_t{1} << 31)) << 20;
    const auto args = [&] { return Args{++next, static_cast<std::int64_t>(env.draw("operand", 10))}; };
    while (true) {
        if (!line.open(env.deadline(500ms))) return;
        Question<std::int64_t> slow(env, line, "Arith.Slow", args());
        Question<std::int64_t> product(env, line, "Arith.Multiply", args());
        Question<Quotient> quotient(env, line, "Arith.Divide", args());
        if (!slow.finish() || !product.finish() || !quotient.finish()) return;
        if (!env.sleep(env.between("think", 0ms, 100ms)).ok()) return;
    }
}

// --- what must hold ----------------------------------------------------------------------------------

class Arithmetic final : public sim::Monitor {
public:
    std::string_view name() const override { return "rpc.arith"; }
    std::vector<std::string_view> watches() const override { return {"arith."}; }
    void observe(const sim::Observation& seen) override {
        calm_.observe(seen);
        check_waiting(seen);
        if (seen.kind != sim::Observation::Kind::note) return;
        if (seen.name == note_asked.name) {
            asked_[seen.fields[0].integer].is_repeatable = seen.fields[2].integer != 0;
            if (calm_.has_lasted(settled, seen.time)) waiting_.push_back({seen.fields[0].integer, seen.time});
        } else if (seen.name == note_executed.name) {
            executed(seen);
        } else if (seen.name == note_product.name || seen.name == note_quotient.name ||
                   seen.name == note_refused.name) {
            answered(seen);
        }
    }
    void end(sim::WorldTime time) override {
        sim::Observation last;
        last.time = time;
        check_waiting(last);
    }

private:
    // After so long without faults no connection is left that has ended at one side only.
    static constexpr sim::Duration settled = 1s;
    // In which an answer comes that nothing keeps back.
    static constexpr sim::Duration answered_within = 400ms;

    struct Waiting {
        std::int64_t question = 0;
        sim::WorldTime since{};
    };
    struct Asked {
        bool is_repeatable = false;
        bool is_answered = false;
        std::map<std::int64_t, std::uint64_t> executions{}; // by boot of the server
    };

    void executed(const sim::Observation& seen) {
        const std::int64_t question = seen.fields[0].integer;
        const auto asked = asked_.find(question);
        if (asked == asked_.end())
            return object(seen, "never asked", "what is executed was asked",
                          "question " + std::to_string(question) + " was executed, and nobody had asked it");
        const std::uint64_t times = ++asked->second.executions[seen.fields[1].integer];
        if (times > 1 && !asked->second.is_repeatable)
            object(seen, "executed twice", "a call is executed at most once by one boot of a server",
                   "question " + std::to_string(question) + " was executed " + std::to_string(times) + " times");
    }

    void answered(const sim::Observation& seen) {
        const std::int64_t question = seen.fields[0].integer;
        const auto asked = asked_.find(question);
        if (asked == asked_.end() || asked->second.executions.empty())
            object(seen, "answered unasked", "what is answered was executed",
                   "question " + std::to_string(question) + " has an answer, and was never executed");
        asked_[question].is_answered = true;
        if (!is_right(seen))
            object(seen, "another's answer", "an answer is that of its own question",
                   std::string(seen.host_name) + " took for the answer to question " + std::to_string(question) +
                       " what is none");
    }

    // Of what was asked while nothing went wrong; and nothing has since.
    void check_waiting(const sim::Observation& seen) {
        while (!waiting_.empty() && seen.time - waiting_.front().since >= answered_within) {
            const auto [question, since] = waiting_.front();
            waiting_.pop_front();
            if (asked_[question].is_answered || !calm_.has_lasted(seen.time - since + settled, seen.time)) continue;
            object(seen, "never answered", "while nothing goes wrong, a question is answered",
                   "question " + std::to_string(question) + " was asked while nothing went wrong, and had no answer " +
                       sim::duration_text(answered_within) + " later");
        }
    }

    // Division is held against multiplication.
    static bool is_right(const sim::Observation& seen) {
        const std::int64_t a = seen.fields[0].integer;
        const std::int64_t b = seen.fields[1].integer;
        if (seen.name == note_product.name) return seen.fields[2].integer == multiply({a, b});
        if (seen.name == note_refused.name) return b == 0;
        const std::int64_t quotient = seen.fields[2].integer;
        const std::int64_t remainder = seen.fields[3].integer;
        const bool adds_up =
            static_cast<std::uint64_t>(multiply({quotient, b})) + static_cast<std::uint64_t>(remainder) ==
            static_cast<std::uint64_t>(a); // a log may hold any numbers
        return b != 0 && remainder >= 0 && remainder < b && adds_up;
    }

    std::map<std::int64_t, Asked> asked_;
    std::deque<Waiting> waiting_; // asked while nothing went wrong, oldest first
    sim::Calm calm_;
};

const scenarios::Scenario scenarios::rpc_arith{
    .name = "rpc-arith",
    .help = "arithmetic by rpc, in this tree's own protocol and in Go's, under faults",
    .settings = {{"protocol",
                  "datagrams",
                  {"datagrams", "streams", "gob", "gob-http", "jsonrpc"},
                  true,
                  "what the callers speak: the first two are this tree's own"},
                 {"repeat", "false", {"false", "true"}, true, "ask again until there is an answer: at least once"}},
    .roles = {{.name = "server", .count = 1, .main = server, .disk = false},
              {.name = "caller", .count = 3, .main = caller, .disk = false}},
    .faults = {{"crash", 4}, {"pause", 2}, {"cut", 2}, {"loss", 3}, {"duplication", 3}, {"delay", 3}},
    .monitors = {[]() -> std::unique_ptr<sim::Monitor> { return std::make_unique<Arithmetic>(); }},
    .duration = 8s,
    .recovery = 2s,
    .minimum_work = {.effective = 3, .note = "arith.product", .notes = 100}};

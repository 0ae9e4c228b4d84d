// How two runs are compared, and what the newly executed process does.
#include "orrery/scenarios/engine/process/verify.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <iterator>
#include <vector>

#include "orrery/scenarios/engine/process/codec.h"
#include "orrery/sim/fill.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::engine {
namespace {

constexpr std::uint64_t log_max = 2'000'000; // events that are logged to find one

// Gives blocks back in another order than they were taken: what is allocated next does not lie in the order of its
// making, as it does in a young process.
void perturb_heap() {
    // Between them, so that neighbours do not melt together. Held to the very end, and so no leak.
    static auto& kept = *new std::vector<void*>;
    constexpr std::size_t count = 1009; // a prime: the stride below meets every block once
    for (std::size_t size = 24; size <= 264; size += 16) {
        std::vector<void*> blocks;
        for (std::size_t i = 0; i < 2 * count; ++i) (i % 2 == 0 ? blocks : kept).push_back(std::malloc(size));
        for (std::size_t i = 0; i < count; ++i) std::free(blocks[i * 389 % count]);
    }
}

// What crosses beside the input: the part of ChildOptions that is not code.
struct Question {
    std::uint8_t detail = 0;
    std::int64_t loop_milliseconds = 0;
    std::int64_t hang_milliseconds = 0;
    std::int64_t real_milliseconds = 0;
    std::uint64_t memory_bytes = 0;
    std::uint64_t stop_at_event = 0;
    std::optional<std::int64_t> record_until{};
    std::uint64_t log_from = 0;
    std::uint64_t log_to = 0;
    bool record_struck = false;
    std::string input{};
    static constexpr auto members() {
        return std::tuple{sim::member("detail", &Question::detail),
                          sim::member("loop_milliseconds", &Question::loop_milliseconds),
                          sim::member("hang_milliseconds", &Question::hang_milliseconds),
                          sim::member("real_milliseconds", &Question::real_milliseconds),
                          sim::member("memory_bytes", &Question::memory_bytes),
                          sim::member("stop_at_event", &Question::stop_at_event),
                          sim::member("record_until", &Question::record_until),
                          sim::member("log_from", &Question::log_from),
                          sim::member("log_to", &Question::log_to),
                          sim::member("record_struck", &Question::record_struck),
                          sim::member("input", &Question::input)};
    }
};

ChildOptions options_of(const Question& question) {
    ChildOptions options;
    options.detail = static_cast<Detail>(question.detail);
    options.limits = {question.loop_milliseconds, question.hang_milliseconds, question.real_milliseconds,
                      question.memory_bytes};
    options.run.stop_at_event = question.stop_at_event;
    if (question.record_until) options.run.record_until = sim::WorldTime{*question.record_until};
    options.run.log_from = question.log_from;
    options.run.log_to = question.log_to;
    options.run.record_struck = question.record_struck;
    return options;
}

std::string host_name(const RunResult& result, std::size_t index) {
    return index < result.hosts.size() ? result.hosts[index] : "host number " + std::to_string(index);
}

// Those of one run that did something else in the other, or are not there.
std::vector<std::string> hosts_that_differ(const RunResult& one, const sim::world::Checkpoint& a,
                                           const RunResult& other, const sim::world::Checkpoint& b) {
    std::vector<std::string> hosts;
    for (std::size_t i = 0; i < a.hosts.size(); ++i)
        if (i >= b.hosts.size() || a.hosts[i] != b.hosts[i] || host_name(one, i) != host_name(other, i))
            hosts.push_back(host_name(one, i));
    for (std::size_t i = a.hosts.size(); i < b.hosts.size(); ++i) hosts.push_back(host_name(other, i));
    return hosts;
}

} // namespace

std::string Divergence::text() const {
    if (one != other) return "the runs agree, but one found '" + one + "' and the other '" + other + "'";
    std::string text = (hosts.empty() ? "they" : sim::join(hosts)) + " diverged ";
    if (events_to == 0)
        text += "after event " + std::to_string(events_from);
    else
        text += "between events " + std::to_string(events_from) + " and " + std::to_string(events_to) + ", before " +
                sim::duration_text(before - sim::WorldTime{});
    return event == 0 ? text : text + ", first in event " + sim::hexadecimal(event);
}

// The longer a run, the farther apart are its checkpoints: only those after as many events tell two runs apart, and one
// that has no counterpart says nothing.
std::optional<Divergence> divergence(const RunResult& one, const RunResult& other) {
    Divergence diverged;
    auto a = one.checkpoints.begin();
    auto b = other.checkpoints.begin();
    while (a != one.checkpoints.end() && b != other.checkpoints.end()) {
        if (a->events != b->events) {
            ++(a->events < b->events ? a : b);
            continue;
        }
        CHECK(a->events > diverged.events_from); // checkpoints stand in their order
        diverged.hosts = hosts_that_differ(one, *a, other, *b);
        if (!diverged.hosts.empty()) {
            diverged.events_to = a->events;
            diverged.before = std::min(a->time, b->time);
            return diverged;
        }
        diverged.events_from = a->events;
        ++a;
        ++b;
    }
    if (one.digest != other.digest) { // which holds each event
        const std::uint64_t both = std::min(one.events, other.events);
        if (both > diverged.events_from) diverged.events_to = both;
        diverged.before = std::min(one.time, other.time);
        return diverged;
    }
    if (one.verdict == other.verdict && one.fingerprint() == other.fingerprint()) return std::nullopt;
    diverged.one = std::string(name(one.verdict)) + " " + one.fingerprint();
    diverged.other = std::string(name(other.verdict)) + " " + other.fingerprint();
    return diverged;
}

std::uint64_t diverging_event(const RunInput& input, const Divergence& within, const Limits& limits) {
    if (within.events_to <= within.events_from || within.events_to - within.events_from > log_max) return 0;
    ChildOptions options;
    options.detail = Detail::counts;
    options.limits = limits;
    options.run.log_from = within.events_from;
    options.run.log_to = within.events_to;
    const std::vector<LoggedEvent> one = run_in_child(input, options).log;
    const std::vector<LoggedEvent> other = run_in_fresh_process(input, options).log;
    for (std::size_t i = 0; i < std::min(one.size(), other.size()); ++i) {
        if (one[i] == other[i]) continue;
        // The digest is the one before the event: what differs there was done by the event that came before.
        return one[i].event == other[i].event && i > 0 ? one[i - 1].event : one[i].event;
    }
    // All that began began alike: then it was the last of them, if there is a last.
    return one.empty() || one.size() != other.size() ? 0 : one.back().event;
}

Verification verify(const Summary& summary, const Limits& limits) {
    ChildOptions options;
    options.limits = limits;
    Verification verification;
    verification.again = run_in_fresh_process(summary.input, options);
    if (!verification.again.is_known()) return verification;
    verification.diverged = divergence(summary, verification.again);
    if (verification.diverged)
        verification.diverged->event = diverging_event(summary.input, *verification.diverged, limits);
    return verification;
}

sim::Bytes fresh_question(const RunInput& input, const ChildOptions& options) {
    RunInput whole = input;
    const sim::Bytes bytes = encode(whole);
    Question question;
    question.detail = static_cast<std::uint8_t>(options.detail);
    question.loop_milliseconds = options.limits.loop_milliseconds;
    question.hang_milliseconds = options.limits.hang_milliseconds;
    question.real_milliseconds = options.limits.real_milliseconds;
    question.memory_bytes = options.limits.memory_bytes;
    question.stop_at_event = options.run.stop_at_event;
    if (options.run.record_until) question.record_until = options.run.record_until->nanoseconds;
    question.log_from = options.run.log_from;
    question.log_to = options.run.log_to;
    question.record_struck = options.run.record_struck;
    question.input = std::string(sim::text_of(bytes.view()));
    return sim::encode(question);
}

bool is_fresh_process(int argc, char** argv) { return argc == 2 && std::strcmp(argv[1], fresh_process_word) == 0; }

int answer_in_fresh_process() {
    const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
    const std::optional<Question> question = sim::decode<Question>(sim::view_of(text));
    const std::optional<RunInput> input = question ? decode_input(sim::view_of(question->input)) : std::nullopt;
    Summary summary;
    Detail detail = Detail::repeat;
    if (!input) {
        summary.problem = sim::Complaint{sim::Cause::internal, {}, "the fresh process does not know this run"};
    } else {
        // Shift what comes later in the address space by an odd number of pages: mapped memory and heap.
        CHECK(mmap(nullptr, 37 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
        CHECK(sbrk(5 * 4096 + 64) != reinterpret_cast<void*>(-1));
        // What malloc gives is filled by MALLOC_PERTURB_; our own pools fill theirs.
        sim::fresh_memory = 165;
        perturb_heap();
        const ChildOptions options = options_of(*question);
        detail = options.detail;
        summary = run_in_child(*input, options);
    }
    const sim::Bytes bytes = encode(std::move(summary), detail);
    std::fwrite(bytes.data(), 1, bytes.size(), stdout);
    return std::fflush(stdout) == 0 ? 0 : 1;
}

} // namespace orrery::scenarios::engine

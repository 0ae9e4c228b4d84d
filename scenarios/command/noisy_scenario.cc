// A test's own program, with four scenarios. Of one the server prints to stdout, by each way there is, and its notes
// hold what a terminal would obey. Of another the servers print as well, and abort in their fifth beat. Two are about
// how a process ends that is told to: one puts its things in order, and one does not listen.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>

#include "orrery/scenarios/scenario.h"
#include "orrery/sim/env.h"

using namespace orrery;

constexpr sim::NoteKind note_noise{"noise", {"text"}};

static void server_main(sim::Env& env) {
    std::puts("NOISE by puts");
    std::cout << "NOISE by cout\n";
    static_cast<void>(!write(STDOUT_FILENO, "NOISE by write\n", 15));
    env.note(note_noise, std::string("\x1b[31mred\n and a second row"));
}

constexpr sim::NoteKind note_beat{"beat", {"number"}};

static void mortal_main(sim::Env& env) {
    for (int number = 1; env.sleep(sim::Duration{100'000'000}).ok(); ++number) {
        env.note(note_beat, number);
        std::puts("NOISE of a beat");
        std::fflush(stdout);
        if (number == 5) std::abort();
    }
}

constexpr sim::NoteKind note_orderly{"orderly", {"step"}};

// What it says last, it says while it unwinds.
static void orderly_main(sim::Env& env) {
    struct Guard {
        sim::Env& env;
        ~Guard() { env.note(note_orderly, 2); }
    } guard{env};
    const sim::Result<sim::Socket> reached = env.bind(1);
    env.note(note_orderly, 0);
    (void)env.park();
    if (env.sleep(sim::Duration{20'000'000}).ok()) env.note(note_orderly, 1);
}

static void stubborn_main(sim::Env& env) {
    const sim::Result<sim::Socket> reached = env.bind(1);
    while (true) (void)env.park();
}

// Of logs, which hold no messages, it can say nothing.
class Listener final : public sim::Monitor {
public:
    std::string_view name() const override { return "noise.listener"; }
    bool hears_messages() const override { return true; }
    void observe(const sim::Observation& seen) override {
        if (seen.kind == sim::Observation::Kind::send) object(seen, "sent", "nobody sends", "a message was sent");
    }
};

static const scenarios::Scenario orderly{
    .name = "orderly",
    .help = "ends in order when it is told to",
    .roles = {{.name = "server", .count = 1, .main = orderly_main, .disk = false}},
    .monitors = {[]() -> std::unique_ptr<sim::Monitor> { return std::make_unique<Listener>(); }},
    .duration = sim::Duration{1'000'000'000},
    .recovery = sim::Duration{0}};

static const scenarios::Scenario stubborn{
    .name = "stubborn",
    .help = "does not end when it is told to",
    .roles = {{.name = "server", .count = 1, .main = stubborn_main, .disk = false}},
    .duration = sim::Duration{1'000'000'000},
    .recovery = sim::Duration{0}};

static const scenarios::Scenario mortal{.name = "mortal",
                                        .help = "dies",
                                        .roles = {{"server", 2, mortal_main}},
                                        .duration = sim::Duration{1'000'000'000},
                                        .recovery = sim::Duration{0}};

static const scenarios::Scenario noisy{.name = "noisy",
                                       .help = "prints",
                                       .roles = {{"server", 1, server_main}},
                                       .duration = sim::Duration{1'000'000'000},
                                       .recovery = sim::Duration{0}};

int main(int argc, char** argv) { return orrery::main(argc, argv, {&noisy, &mortal, &orderly, &stubborn}); }

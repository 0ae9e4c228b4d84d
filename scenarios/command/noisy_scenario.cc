// A test's own program, with two scenarios. Of one the server prints to stdout, by each way there is, and its notes
// hold what a terminal would obey. Of the other the servers print as well, and abort in their fifth beat.
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

int main(int argc, char** argv) { return orrery::main(argc, argv, {&noisy, &mortal}); }

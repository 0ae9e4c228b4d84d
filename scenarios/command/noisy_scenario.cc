// A test's own program, with one scenario: a server that prints to stdout, by each way there is, and whose notes hold
// what a terminal would obey.
#include <unistd.h>

#include <cstdio>
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

static const scenarios::Scenario noisy{.name = "noisy",
                                       .help = "prints",
                                       .roles = {{"server", 1, server_main}},
                                       .duration = sim::Duration{1'000'000'000},
                                       .recovery = sim::Duration{0}};

int main(int argc, char** argv) { return orrery::main(argc, argv, {&noisy}); }

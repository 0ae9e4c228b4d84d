// Interruption: the first Ctrl-C (or SIGTERM, or the end of the terminal) asks a verb to stop and say what it has; the
// second ends the process at once.
#pragma once

namespace orrery::scenarios::engine {

void listen_for_interruption();
// The number of the signal that came and is not answered yet, or 0.
int interruption();
// What is run from now on is run to its end. The second signal still ends the process.
void answer_interruption();
// The number of the signal that came, also once it is answered, or 0.
int signal_that_came();

} // namespace orrery::scenarios::engine

// Interruption: the first Ctrl-C (or SIGTERM, or the end of the terminal) asks a verb to stop and say what it has; the
// second ends the process at once.
#pragma once

namespace orrery::scenarios::engine {

void listen_for_interruption();
// The number of the signal that came, or 0.
int interruption();

} // namespace orrery::scenarios::engine

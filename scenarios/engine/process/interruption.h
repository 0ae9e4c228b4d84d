// Interruption: the first Ctrl-C (or SIGTERM) asks a long verb to stop and tell what it has; the
// second ends the process at once.
#pragma once

namespace orrery::scenarios::engine {

void listen_for_interruption();
// The number of the signal that came, or 0.
int interruption();

} // namespace orrery::scenarios::engine

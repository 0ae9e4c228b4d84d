#include "orrery/scenarios/engine/process/interruption.h"

#include <csignal>

namespace orrery::scenarios::engine {
namespace {

volatile std::sig_atomic_t came = 0;

void on_interruption(int number) { came = number; }

} // namespace

void listen_for_interruption() {
    struct sigaction action {};
    action.sa_handler = on_interruption;
    action.sa_flags = static_cast<int>(SA_RESETHAND); // the second has its usual effect
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
}

int interruption() { return came; }

} // namespace orrery::scenarios::engine

// A handler only notes the signal; loops ask for it at a point where they can stop.
#include "orrery/scenarios/engine/process/interruption.h"

#include <csignal>
#include <initializer_list>

namespace orrery::scenarios::engine {
namespace {

volatile std::sig_atomic_t came = 0;
bool is_answered = false;

void on_interruption(int number) { came = number; }

} // namespace

void listen_for_interruption() {
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction action {};
        const bool ignored = sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
        if (number == SIGHUP && ignored) continue; // as nohup asks
        action = {};
        action.sa_handler = on_interruption;
        action.sa_flags = static_cast<int>(SA_RESETHAND); // the second has its usual effect
        sigaction(number, &action, nullptr);
    }
}

int interruption() { return is_answered ? 0 : came; }
void answer_interruption() { is_answered = came != 0; }
int signal_that_came() { return came; }

} // namespace orrery::scenarios::engine

// A fiber: a function with a stack of its own, run in turns by one thread. Only the scheduler
// switches in, only the fiber itself switches out, always through the two functions below, so that
// sanitizers, valgrind and the exception globals see one place.
//
// The switch is Boost.Context's fcontext. Debian builds no ucontext variant, so the annotations for
// sanitizers are ours. A fiber that must end early is resumed with `unwind`: its pending switch_out
// throws Unwind, which the fiber's entry catches. Code must not swallow it in `catch (...)`; one
// that does meets a CHECK at its next suspension.
#pragma once

#include <cstdint>

#include "orrery/sim/stack.h"

namespace orrery::sim {

// Not derived from std::exception, so that ordinary handlers let it pass.
struct Unwind {};

class Fiber {
public:
    using Entry = void (*)(void* argument);

    Fiber() = default;
    Fiber(const Fiber&) = delete;
    Fiber& operator=(const Fiber&) = delete;

    // Prepares a fiber on `stack`; it first runs at switch_in. `entry` must not let exceptions out.
    void start(const Stack& stack, Entry entry, void* argument);
    // From the scheduler: runs the fiber until it switches out or ends.
    void switch_in();
    // From the fiber: back to the scheduler. Returns when switched in again; throws Unwind then if
    // the fiber is to end.
    void switch_out();

    // Makes the suspended fiber throw Unwind, which runs its destructors, until it ends.
    void unwind();
    bool is_unwinding() const { return unwinding_; }
    bool is_finished() const { return finished_; }
    const Stack& stack() const { return stack_; }
    // Gives up what runs on the stack without unwinding it.
    void abandon();

private:
    static void trampoline(void* transferred);
    struct Transfer;

    void* context_ = nullptr;   // fcontext of the fiber while it is out
    void* scheduler_ = nullptr; // fcontext of the scheduler while the fiber is in
    Entry entry_ = nullptr;
    void* argument_ = nullptr;
    Stack stack_{};
    void* caught_exceptions_ = nullptr;      // the fiber's __cxa_eh_globals
    std::uint32_t uncaught_exceptions_ = 0;
    bool unwinding_ = false;
    bool finished_ = true;
    void* fake_stack_ = nullptr;             // AddressSanitizer's, of the fiber while it is out
    void* scheduler_fake_stack_ = nullptr;
    const void* scheduler_bottom_ = nullptr; // learnt at the first entry
    std::size_t scheduler_size_ = 0;
    friend struct FiberSwitch;
};

// Sets the sticky floating point flags once. Boost's switch saves MXCSR, and contexts that differ
// in it make every switch about ten times slower.
void prepare_switching();

} // namespace orrery::sim

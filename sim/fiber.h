// A fiber: a function with a stack of its own, run in turns by one thread. Only the scheduler
// switches in, only the fiber itself switches out, always through the two functions below, so that
// sanitizers, valgrind and the exception globals see one place.
//
// The switch is Boost.Context's fcontext. Debian builds no ucontext variant, so the annotations for
// sanitizers are ours. A fiber that must end early is resumed with `unwind`: its pending switch_out
// throws Unwind, which the fiber's entry catches. Code must not swallow it in `catch (...)`; one
// that does meets a CHECK at its next suspension.
#pragma once

#include <boost/context/detail/fcontext.hpp>
#include <cstdint>
#include <utility>

#include "orrery/sim/check.h"
#include "orrery/sim/stack.h"

#if defined(ORRERY_ASAN)
#include <sanitizer/common_interface_defs.h>
#endif
#if defined(ORRERY_TSAN)
#include <sanitizer/tsan_interface.h>
#endif

namespace orrery::sim {

// Not derived from std::exception, so that ordinary handlers let it pass.
struct Unwind {};

// The layout of the Itanium C++ ABI (section 2.2.2): what __cxa_get_globals points to.
struct ExceptionGlobals {
    void* caught = nullptr;
    unsigned int uncaught = 0;
};
ExceptionGlobals* exception_globals();

class Fiber {
public:
    using Entry = void (*)(void* argument);

    Fiber() = default;
    Fiber(const Fiber&) = delete;
    Fiber& operator=(const Fiber&) = delete;
#if defined(ORRERY_TSAN)
    ~Fiber() {
        if (thread_ != nullptr) __tsan_destroy_fiber(thread_);
    }
#endif

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

    void* context_ = nullptr;   // fcontext of the fiber while it is out
    void* scheduler_ = nullptr; // fcontext of the scheduler while the fiber is in
    Entry entry_ = nullptr;
    void* argument_ = nullptr;
    Stack stack_{};
    ExceptionGlobals* globals_ = nullptr; // of the thread that runs it
    ExceptionGlobals exceptions_{};       // the fiber's own, while it is out
    bool unwinding_ = false;
    bool finished_ = true;
#if defined(ORRERY_ASAN)
    void* fake_stack_ = nullptr; // AddressSanitizer's, of the fiber while it is out
    void* scheduler_fake_stack_ = nullptr;
    const void* scheduler_bottom_ = nullptr; // learnt at the first entry
    std::size_t scheduler_size_ = 0;
#endif
#if defined(ORRERY_TSAN)
    void* thread_ = nullptr; // ThreadSanitizer takes each fiber for a thread
    void* scheduler_thread_ = nullptr;
#endif
};

[[gnu::always_inline]] inline void Fiber::switch_in() {
    const ExceptionGlobals mine = std::exchange(*globals_, exceptions_);
#if defined(ORRERY_ASAN)
    __sanitizer_start_switch_fiber(&scheduler_fake_stack_, stack_.bottom, stack_.size());
#endif
#if defined(ORRERY_TSAN)
    scheduler_thread_ = __tsan_get_current_fiber();
    __tsan_switch_to_fiber(thread_, 0);
#endif
    context_ = boost::context::detail::jump_fcontext(context_, this).fctx;
#if defined(ORRERY_ASAN)
    __sanitizer_finish_switch_fiber(scheduler_fake_stack_, nullptr, nullptr);
#endif
    exceptions_ = std::exchange(*globals_, mine);
}

[[gnu::always_inline]] inline void Fiber::switch_out() {
    CHECK(!unwinding_);
#if defined(ORRERY_ASAN)
    __sanitizer_start_switch_fiber(&fake_stack_, scheduler_bottom_, scheduler_size_);
#endif
#if defined(ORRERY_TSAN)
    __tsan_switch_to_fiber(scheduler_thread_, 0);
#endif
    scheduler_ = boost::context::detail::jump_fcontext(scheduler_, nullptr).fctx;
#if defined(ORRERY_ASAN)
    __sanitizer_finish_switch_fiber(fake_stack_, &scheduler_bottom_, &scheduler_size_);
#endif
    if (unwinding_) [[unlikely]]
        throw Unwind{};
}

// Sets the sticky floating point flags once. Boost's switch saves MXCSR, and contexts that differ
// in it make every switch about ten times slower.
void prepare_switching();

} // namespace orrery::sim

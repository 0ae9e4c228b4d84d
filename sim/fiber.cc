// Starting, unwinding and abandoning fibers. The switch itself is in the header, because it must be inlined; both are
// annotated for AddressSanitizer, which otherwise takes a switch of stacks for a corrupted one.
#include "orrery/sim/fiber.h"

#include <cxxabi.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

namespace orrery::sim {
ExceptionGlobals* exception_globals() { return reinterpret_cast<ExceptionGlobals*>(abi::__cxa_get_globals()); }

void prepare_switching() {
#if defined(__x86_64__)
    _mm_setcsr(_mm_getcsr() | 0x3fu);
#endif
}

void Fiber::start(const Stack& stack, Entry entry, void* argument) {
    CHECK(finished_);
    stack_ = stack;
    entry_ = entry;
    argument_ = argument;
    globals_ = exception_globals();
    exceptions_ = {};
    unwinding_ = false;
    finished_ = false;
#if defined(ORRERY_ASAN)
    fake_stack_ = nullptr;
#endif
#if defined(ORRERY_TSAN)
    if (thread_ != nullptr) __tsan_destroy_fiber(thread_);
    thread_ = __tsan_create_fiber(0);
#endif
    context_ = boost::context::detail::make_fcontext(
        stack.top, stack.size(), [](boost::context::detail::transfer_t from) { trampoline(&from); });
}

void Fiber::trampoline(void* transferred) {
    const auto* from = static_cast<boost::context::detail::transfer_t*>(transferred);
    auto* fiber = static_cast<Fiber*>(from->data);
    fiber->scheduler_ = from->fctx;
#if defined(ORRERY_ASAN)
    __sanitizer_finish_switch_fiber(nullptr, &fiber->scheduler_bottom_, &fiber->scheduler_size_);
#endif
    if (!fiber->unwinding_) fiber->entry_(fiber->argument_);
    fiber->finished_ = true;
#if defined(ORRERY_ASAN)
    __sanitizer_start_switch_fiber(nullptr, fiber->scheduler_bottom_, fiber->scheduler_size_);
#endif
#if defined(ORRERY_TSAN)
    __tsan_switch_to_fiber(fiber->scheduler_thread_, 0);
#endif
    boost::context::detail::jump_fcontext(fiber->scheduler_, nullptr);
    __builtin_unreachable();
}

void Fiber::unwind() {
    if (finished_) return;
    unwinding_ = true;
    switch_in();
    CHECK(finished_);
}

void Fiber::abandon() { finished_ = true; }

} // namespace orrery::sim

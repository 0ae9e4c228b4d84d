// The switch, annotated on both sides.
#include "orrery/sim/fiber.h"

#include <boost/context/detail/fcontext.hpp>
#include <cxxabi.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include <utility>

#include "orrery/sim/check.h"

#if defined(__SANITIZE_ADDRESS__)
#define ORRERY_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ORRERY_ASAN 1
#endif
#endif
#if defined(ORRERY_ASAN)
#include <sanitizer/common_interface_defs.h>
#endif

namespace orrery::sim {
namespace context = boost::context::detail;
namespace {

// The layout of the Itanium C++ ABI (section 2.2.2): what __cxa_get_globals points to.
struct ExceptionGlobals {
    void* caught;
    unsigned int uncaught;
};
ExceptionGlobals* exception_globals() { return reinterpret_cast<ExceptionGlobals*>(abi::__cxa_get_globals()); }

} // namespace

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
    caught_exceptions_ = nullptr;
    uncaught_exceptions_ = 0;
    unwinding_ = false;
    finished_ = false;
    fake_stack_ = nullptr;
    context_ = context::make_fcontext(stack.top, stack.size(),
                                      [](context::transfer_t from) { trampoline(&from); });
}

void Fiber::trampoline(void* transferred) {
    const auto* from = static_cast<context::transfer_t*>(transferred);
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
    context::jump_fcontext(fiber->scheduler_, nullptr);
    __builtin_unreachable();
}

void Fiber::switch_in() {
    ExceptionGlobals* globals = exception_globals();
    const ExceptionGlobals mine = *globals;
    *globals = {caught_exceptions_, uncaught_exceptions_};
#if defined(ORRERY_ASAN)
    __sanitizer_start_switch_fiber(&scheduler_fake_stack_, stack_.bottom, stack_.size());
#endif
    const context::transfer_t back = context::jump_fcontext(context_, this);
#if defined(ORRERY_ASAN)
    __sanitizer_finish_switch_fiber(scheduler_fake_stack_, nullptr, nullptr);
#endif
    context_ = back.fctx;
    caught_exceptions_ = globals->caught;
    uncaught_exceptions_ = globals->uncaught;
    *globals = mine;
}

void Fiber::switch_out() {
    CHECK(!unwinding_);
#if defined(ORRERY_ASAN)
    __sanitizer_start_switch_fiber(&fake_stack_, scheduler_bottom_, scheduler_size_);
#endif
    const context::transfer_t back = context::jump_fcontext(scheduler_, nullptr);
    scheduler_ = back.fctx;
#if defined(ORRERY_ASAN)
    __sanitizer_finish_switch_fiber(fake_stack_, &scheduler_bottom_, &scheduler_size_);
#endif
    if (unwinding_) [[unlikely]]
        throw Unwind{};
}

void Fiber::unwind() {
    if (finished_) return;
    unwinding_ = true;
    switch_in();
    CHECK(finished_);
}

void Fiber::abandon() { finished_ = true; }

} // namespace orrery::sim

// The arena grows by chunks of address space that double up to a bound; it never shrinks.
#include "orrery/sim/stack.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <new>

#include "orrery/sim/check.h"
#include "orrery/sim/fill.h"

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif
#if __has_include(<sanitizer/asan_interface.h>)
#include <sanitizer/asan_interface.h> // its macros do nothing in a build without the sanitizer
#endif

namespace orrery::sim {
namespace {

constexpr std::size_t page = 4096;
constexpr std::size_t slot_bytes = stack_bytes + page; // the guard page is the lowest of the slot
constexpr std::size_t slots_first = 16;
constexpr std::size_t slots_most = 4096;
constexpr std::size_t colours = 16;
constexpr std::size_t colour_bytes = 192; // three cache lines, so that neighbours differ in several bits

} // namespace

StackArena::~StackArena() {
    for (const Chunk& chunk : chunks_) munmap(chunk.begin, chunk.slots * slot_bytes);
}

void StackArena::grow() {
    const std::size_t slots = std::clamp(made_, slots_first, slots_most);
    void* memory =
        mmap(nullptr, slots * slot_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        // The same shortage as that of operator new, so that whoever handles the one handles the other.
        if (const std::new_handler handler = std::get_new_handler()) handler();
        throw std::bad_alloc();
    }
    auto* begin = static_cast<std::byte*>(memory);
    chunks_.push_back({begin, slots});
    for (std::size_t i = slots; i-- > 0;) {
        std::byte* slot = begin + i * slot_bytes;
        const std::size_t number = made_ + i;
        if (number < guarded_max) CHECK(mprotect(slot, page, PROT_NONE) == 0);
        Stack stack{slot + page, slot + slot_bytes - (number % colours) * colour_bytes};
#if defined(VALGRIND_STACK_REGISTER)
        stack.valgrind_id = VALGRIND_STACK_REGISTER(stack.bottom, stack.top);
#endif
        free_.push_back(stack);
    }
    made_ += slots;
}

Stack StackArena::take() {
    if (free_.empty()) grow();
    const Stack stack = free_.back();
    free_.pop_back();
    if (fresh_memory != 0) [[unlikely]]
        std::memset(stack.bottom, fresh_memory, stack.size());
    return stack;
}

void StackArena::give(const Stack& stack) {
#if defined(ASAN_UNPOISON_MEMORY_REGION)
    ASAN_UNPOISON_MEMORY_REGION(stack.bottom, stack.size());
#endif
    free_.push_back(stack);
}

bool StackArena::is_guard(const void* address) const {
    const auto* byte = static_cast<const std::byte*>(address);
    for (const Chunk& chunk : chunks_)
        if (byte >= chunk.begin && byte < chunk.begin + chunk.slots * slot_bytes)
            return static_cast<std::size_t>(byte - chunk.begin) % slot_bytes < page;
    return false;
}

} // namespace orrery::sim

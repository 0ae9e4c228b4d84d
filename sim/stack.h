// Stacks for fibers: one arena, reused last-in first-out.
//
// A stack is only address space until it is touched; a reused one costs no page fault. Up to `guarded_max` stacks each
// have a guard page below them, so that an overflow is a fault at a known address and becomes a finding. Beyond that
// the operating system's limit on mappings forbids guards, and all_guarded() says so. Tops of stacks are coloured,
// which means shifted by some cache lines: tops at page borders would all fall into the same cache sets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

// g++ and clang say it differently.
#if defined(__SANITIZE_ADDRESS__)
#define ORRERY_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ORRERY_ASAN 1
#endif
#endif
#if defined(__SANITIZE_THREAD__)
#define ORRERY_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define ORRERY_TSAN 1
#endif
#endif

namespace orrery::sim {

#if defined(ORRERY_STACK_BYTES)
constexpr std::size_t stack_bytes = ORRERY_STACK_BYTES;
#elif defined(ORRERY_ASAN) || defined(ORRERY_TSAN) || !defined(__OPTIMIZE__)
constexpr std::size_t stack_bytes = 256 * 1024;
#else
constexpr std::size_t stack_bytes = 64 * 1024;
#endif

struct Stack {
    std::byte* bottom = nullptr; // lowest usable byte
    std::byte* top = nullptr;    // one past the highest usable byte, 64-byte aligned
    std::uint32_t valgrind_id = 0;
    std::size_t size() const { return static_cast<std::size_t>(top - bottom); }
};

class StackArena {
public:
    static constexpr std::size_t guarded_max = 16'000;

    StackArena() = default;
    StackArena(const StackArena&) = delete;
    StackArena& operator=(const StackArena&) = delete;
    ~StackArena();

    Stack take();
    void give(const Stack& stack);
    std::size_t in_use() const { return made_ - free_.size(); }
    bool all_guarded() const { return made_ <= guarded_max; }
    // Is this address in the guard page of some stack? For the handler of segmentation faults.
    bool is_guard(const void* address) const;

private:
    struct Chunk {
        std::byte* begin;
        std::size_t slots;
    };
    void grow();

    std::vector<Chunk> chunks_;
    std::vector<Stack> free_;
    std::size_t made_ = 0;
};

} // namespace orrery::sim

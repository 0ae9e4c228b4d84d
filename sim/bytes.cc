// The pool behind Bytes: one free list per power of two.
#include "orrery/sim/bytes.h"

#include <array>
#include <bit>
#include <cstdlib>
#include <utility>

namespace orrery::sim {
namespace {

// A free block holds the link to the next one in its first bytes.
struct FreeBlock {
    FreeBlock* next;
};
constinit thread_local std::array<FreeBlock*, 33> free_blocks{};

std::uint8_t* acquire(std::size_t capacity) {
    auto& list = free_blocks[static_cast<std::size_t>(std::countr_zero(capacity))];
    if (list == nullptr) {
        auto* fresh = static_cast<std::uint8_t*>(std::malloc(capacity));
        CHECK(fresh != nullptr);
        return fresh;
    }
    FreeBlock* block = list;
    list = block->next;
    return reinterpret_cast<std::uint8_t*>(block);
}

} // namespace

void Bytes::grow(std::size_t capacity) {
    CHECK(capacity <= (std::size_t{1} << 31));
    const std::size_t rounded = std::bit_ceil(capacity < 128 ? std::size_t{128} : capacity);
    std::uint8_t* block = acquire(rounded);
    std::memcpy(block, data(), size_);
    const std::uint32_t size = size_;
    release();
    storage_.block = block;
    size_ = size;
    capacity_ = static_cast<std::uint32_t>(rounded);
}

void Bytes::give_back() {
    auto* block = reinterpret_cast<FreeBlock*>(storage_.block);
    auto& list = free_blocks[static_cast<std::size_t>(std::countr_zero(capacity_))];
    block->next = list;
    list = block;
}

void Bytes::release_pool() {
    for (FreeBlock*& list : free_blocks)
        while (list != nullptr) std::free(std::exchange(list, list->next));
}

} // namespace orrery::sim

// Bytes: the payload of messages. Move-only, 48 bytes inline, pooled beyond, so that a message in
// the steady state allocates nothing.
//
// The pool keeps free blocks in lists by powers of two and does not give them back to the allocator. Each thread has a
// pool of its own, so none is locked. A thread that ends calls release_pool() first.
#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "orrery/sim/check.h"

namespace orrery::sim {

using ByteView = std::span<const std::uint8_t>;

inline ByteView view_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view text_of(ByteView bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

// The number that stands there with its least byte first, on every machine. Compilers join shifted bytes to one access
// when they are written, not when they are read.
template <std::unsigned_integral T>
[[gnu::always_inline]] inline T number_at(const std::uint8_t* at) {
    T number = 0;
    if constexpr (std::endian::native == std::endian::little)
        std::memcpy(&number, at, sizeof number);
    else
        for (std::size_t i = 0; i < sizeof number; ++i) number |= static_cast<T>(static_cast<T>(at[i]) << (8 * i));
    return number;
}

class Bytes {
public:
    static constexpr std::uint32_t inline_capacity = 48;

    Bytes() {} // the storage is written before it can be read: no view reaches beyond size_
    explicit Bytes(ByteView content) { append(content); }
    explicit Bytes(std::string_view text) { append(view_of(text)); }
    Bytes(Bytes&& other) noexcept { take(other); }
    Bytes& operator=(Bytes&& other) noexcept {
        if (this != &other) {
            release();
            take(other);
        }
        return *this;
    }
    Bytes(const Bytes&) = delete;
    Bytes& operator=(const Bytes&) = delete;
    ~Bytes() { release(); }

    Bytes copy() const { return Bytes(view()); }
    std::size_t size() const { return size_; }
    bool empty() const { return size_ == 0; }
    const std::uint8_t* data() const { return is_inline() ? storage_.inside : storage_.block; }
    std::uint8_t* data() { return is_inline() ? storage_.inside : storage_.block; }
    ByteView view() const { return {data(), size_}; }
    operator ByteView() const { return view(); }
    std::string_view text() const { return text_of(view()); }

    void append(ByteView more) {
        if (more.empty()) return;
        std::memcpy(extend(more.size()), more.data(), more.size());
    }
    // Makes it so much longer. The caller writes the new bytes, all of them and at once: they hold anything.
    std::uint8_t* extend(std::size_t count) {
        const std::size_t before = size_;
        reserve(before + count);
        size_ = static_cast<std::uint32_t>(before + count);
        return data() + before;
    }
    // What it can hold beyond its content without growing, to be written there; then `extend_into_room` by that much.
    std::span<std::uint8_t> room() { return {data() + size_, capacity() - size_}; }
    void extend_into_room(std::size_t count) {
        CHECK(count <= capacity() - size_);
        size_ += static_cast<std::uint32_t>(count);
    }
    // New bytes are zero.
    void resize(std::size_t size) {
        reserve(size);
        if (size > size_) std::memset(data() + size_, 0, size - size_);
        size_ = static_cast<std::uint32_t>(size);
    }
    void clear() { size_ = 0; }
    // Empty, and what was pooled is given back.
    void reset() { release(); }
    void reserve(std::size_t capacity) {
        if (capacity > capacity_) [[unlikely]]
            grow(capacity);
    }

    // Gives the free blocks of the calling thread back to the allocator.
    static void release_pool();

    friend bool operator==(const Bytes& a, const Bytes& b) { return a.text() == b.text(); }

private:
    bool is_inline() const { return capacity_ == inline_capacity; }
    std::size_t capacity() const { return capacity_; }
    void release() {
        if (!is_inline()) [[unlikely]]
            give_back();
        capacity_ = inline_capacity;
        size_ = 0;
    }
    // All 48 bytes move, also those that were never written and that no view reaches: one fixed copy
    // is cheaper than a variable one. g++ warns of the never written ones.
#pragma GCC diagnostic push
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif
    void take(Bytes& other) noexcept {
        std::memcpy(&storage_, &other.storage_, sizeof storage_);
        size_ = other.size_;
        capacity_ = other.capacity_;
        other.size_ = 0;
        other.capacity_ = inline_capacity;
    }
#pragma GCC diagnostic pop
    void grow(std::size_t capacity);
    void give_back();

    union Storage {
        Storage() {}
        std::uint8_t inside[inline_capacity];
        std::uint8_t* block;
    } storage_;
    std::uint32_t size_ = 0;
    std::uint32_t capacity_ = inline_capacity;
};
static_assert(sizeof(Bytes) == 56);

} // namespace orrery::sim

// Large pages for large vectors, and for the heap of a process that reads a large history. Memory comes in pages of 4
// kB, and the first touch of each costs a fault: on a virtual machine, a large history costs more of these than of
// work.
#pragma once

#include <cstddef>
#include <vector>

namespace orrery::reports {

// A hint, without effect where the system has no such pages.
void prefer_large_pages(void* begin, std::size_t bytes);

// The same for the next GiB that malloc gives the calling thread out of its main arena. It takes no memory before it is
// used. For a process that ends soon after: what is freed is kept for it.
void prefer_large_heap();

template <class T>
void reserve_large(std::vector<T>& vector, std::size_t count) {
    vector.reserve(count);
    prefer_large_pages(vector.data(), vector.capacity() * sizeof(T));
}

} // namespace orrery::reports

// Large pages for large vectors. Memory comes in pages of 4 kB, and the first touch of each costs a fault: on a virtual
// machine, a large history costs more of these than of work.
#pragma once

#include <cstddef>
#include <vector>

namespace orrery::reports {

// A hint, without effect where the system has no such pages.
void prefer_large_pages(void* begin, std::size_t bytes);

template <class T>
void reserve_large(std::vector<T>& vector, std::size_t count) {
    vector.reserve(count);
    prefer_large_pages(vector.data(), vector.capacity() * sizeof(T));
}

} // namespace orrery::reports

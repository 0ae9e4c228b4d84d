// Only whole large pages within the memory are asked for.
#include "orrery/reports/large_pages.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

namespace orrery::reports {

void prefer_large_pages(void* begin, std::size_t bytes) {
    constexpr std::size_t page = std::size_t{2} << 20;
    const std::size_t skipped = (page - reinterpret_cast<std::uintptr_t>(begin) % page) % page;
    if (bytes < skipped + page) return;
    const std::size_t pages = (bytes - skipped) / page;
    (void)madvise(static_cast<char*>(begin) + skipped, pages * page, MADV_HUGEPAGE);
}

// Under a sanitizer, whose malloc is another, this finds nothing that has grown.
void prefer_large_heap() {
    constexpr int ahead = 1 << 30;
    constexpr int growth = 1 << 20; // more than the heap has left
    const char* begin = static_cast<const char*>(sbrk(0));
    mallopt(M_TRIM_THRESHOLD, -1); // never
    mallopt(M_TOP_PAD, ahead);
    mallopt(M_MMAP_MAX, 0);                     // so that it comes from the heap, however large
    void* volatile grown = std::malloc(growth); // volatile: a compiler leaves out what nobody uses
    std::free(grown);
    mallopt(M_MMAP_MAX, 65536);          // its default
    mallopt(M_TOP_PAD, 128 << 10);       // likewise
    mallopt(M_MMAP_THRESHOLD, 32 << 20); // what it adapts to by itself, at most
    const char* end = static_cast<const char*>(sbrk(0));
    if (end > begin) prefer_large_pages(const_cast<char*>(begin), static_cast<std::size_t>(end - begin));
}

} // namespace orrery::reports

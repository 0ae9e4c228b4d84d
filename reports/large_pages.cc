// Only whole large pages within the memory are asked for.
#include "orrery/reports/large_pages.h"

#include <sys/mman.h>

#include <cstdint>

namespace orrery::reports {

void prefer_large_pages(void* begin, std::size_t bytes) {
    constexpr std::size_t page = std::size_t{2} << 20;
    const std::size_t skipped = (page - reinterpret_cast<std::uintptr_t>(begin) % page) % page;
    if (bytes < skipped + page) return;
    const std::size_t pages = (bytes - skipped) / page;
    (void)madvise(static_cast<char*>(begin) + skipped, pages * page, MADV_HUGEPAGE);
}

} // namespace orrery::reports

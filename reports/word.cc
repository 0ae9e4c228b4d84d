// All words that there ever were. Threads ask for them too.
#include "orrery/reports/word.h"

#include <mutex>
#include <set>

namespace orrery::reports {

const std::string& Word::none() {
    static const std::string empty;
    return empty;
}

const std::string* Word::kept(std::string_view text) {
    if (text.empty()) return nullptr;
    static std::mutex mutex;
    static std::set<std::string, std::less<>> all;
    const std::lock_guard<std::mutex> lock(mutex);
    const auto known = all.find(text);
    return known != all.end() ? &*known : &*all.emplace(text).first;
}

} // namespace orrery::reports

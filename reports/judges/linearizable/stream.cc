#include "orrery/reports/judges/linearizable/stream.h"

namespace orrery::reports::judges {

std::variant<bool, std::string> Stream::take(const Entry& entry) {
    const std::string where = "entry " + std::to_string(entry.index) + ": ";
    if (entry.type == Entry::Type::invoke) {
        if (auto wrong = order_.invoke(entry)) return where + *wrong;
        const models::Words words{entry.f, entry.key, entry.value};
        online_.invoke(entry.process, words, entry.time);
        keys_[entry.process] = language_.key(words);
        ++operations_;
        if (online_.unknown() > 0)
            return where + "a " + std::string(language_.name()) + " has no such operation " + entry.f + "; it has " +
                   language_.verbs();
        return true;
    }
    const auto ended = order_.complete(entry);
    if (const auto* wrong = std::get_if<std::string>(&ended)) return where + *wrong;
    bool legal = true;
    if (entry.type == Entry::Type::ok) legal = online_.ok(entry.process, entry.value, entry.time);
    if (entry.type == Entry::Type::fail) legal = online_.fail(entry.process, entry.time);
    if (entry.type == Entry::Type::info) legal = online_.info(entry.process, entry.time);
    if (online_.unknown() > 0) return where + entry.f + " cannot return " + entry.value.rendered();
    if (entry.type == Entry::Type::fail) --operations_;
    if (!legal) violated_key_ = keys_[entry.process];
    return legal;
}

} // namespace orrery::reports::judges

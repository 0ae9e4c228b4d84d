// Entries are checked for their order and handed on; what ends an operation needs the key of its invocation.
#include "orrery/reports/judges/linearizable/stream.h"

namespace orrery::reports::judges::linearizable {

sim::Checked<bool> Stream::take(const Entry& entry) {
    const auto complaint = [&](const std::string& text) {
        const sim::Place place{{}, entry.place.line, entry.place.column};
        return sim::Complaint{sim::Cause::input, place, "entry " + std::to_string(entry.index) + ": " + text};
    };
    if (entry.type == Entry::Type::invoke) {
        if (const sim::Problem wrong = order_.invoke(entry)) return complaint(wrong->message);
        const models::Words words{entry.f, entry.key, entry.value};
        online_.invoke(entry.process, words, entry.time);
        keys_[entry.process] = language_.key(words);
        ++operations_;
        if (online_.unknown() > 0)
            return complaint("a " + std::string(language_.name()) + " has no such operation " + entry.f + "; it has " +
                             language_.verbs());
        return true;
    }
    const auto ended = order_.complete(entry);
    if (!ended) return complaint(ended.complaint().message);
    bool legal = true;
    if (entry.type == Entry::Type::ok) legal = online_.ok(entry.process, entry.value, entry.time);
    if (entry.type == Entry::Type::fail) legal = online_.fail(entry.process, entry.time);
    if (entry.type == Entry::Type::info) legal = online_.info(entry.process, entry.time);
    if (online_.unknown() > 0) return complaint(entry.f + " cannot return " + entry.value.rendered());
    if (entry.type == Entry::Type::fail) --operations_;
    if (!legal) violated_key_ = keys_[entry.process];
    return legal;
}

} // namespace orrery::reports::judges::linearizable

// Two rules over the same elements: what the last read must show, and what every read must.
#include "orrery/reports/judges/domain/domain.h"
#include "orrery/reports/judges/domain/elements.h"

namespace orrery::reports::judges::domain {
namespace {

bool shows(const SetRead& read, const Value& element) {
    return std::binary_search(read.elements.begin(), read.elements.end(), element);
}

Verdict undecided(Verdict verdict, std::string suggestion) {
    verdict.outcome = Verdict::Outcome::undecided;
    verdict.blocked.emplace();
    verdict.blocked->suggestions = {std::move(suggestion)};
    return verdict;
}

Verdict nobody_read(const Case& given) {
    Objections none;
    return undecided(none.verdict(given),
                     "end the history with a read of the whole set: without one nothing can be missed");
}

// A set that only ever looked empty, and in which nothing must be, tells nothing: its reads may see no element at all.
Verdict conclude(const Case& given, const Elements& elements, Objections& objections) {
    Verdict verdict = objections.verdict(given);
    const bool seen = std::any_of(elements.reads.begin(), elements.reads.end(),
                                  [](const SetRead& read) { return !read.elements.empty(); });
    if (!verdict.passed() || seen) return verdict;
    return undecided(std::move(verdict), "add elements that are acknowledged before a read begins: none was ever seen");
}

} // namespace

Verdict judge_set(const Case& given) {
    const Elements elements = elements_of(given);
    if (elements.wrong) return *elements.wrong;
    if (elements.reads.empty()) return nobody_read(given);
    const SetRead& last = elements.reads.back();
    Objections objections;
    for (const auto& [value, element] : elements.all)
        if (element.known < given.calls[last.call].invoked && !shows(last, value))
            objections.add("lost element", {element.known_by, last.call},
                           value.rendered() + " was known to be in the set, and is missing from the last read", value);
    object_to_strangers(given, elements, objections);
    return conclude(given, elements, objections);
}

Verdict judge_set_full(const Case& given) {
    const Elements elements = elements_of(given);
    if (elements.wrong) return *elements.wrong;
    if (elements.reads.empty()) return nobody_read(given);
    Objections objections;
    for (const auto& [value, element] : elements.all) {
        const SetRead* missing = nullptr; // the first that should show it and does not
        bool back = false;
        for (const SetRead& read : elements.reads) {
            if (given.calls[read.call].invoked <= element.known) continue;
            const bool shown = shows(read, value);
            if (!shown && missing == nullptr) missing = &read;
            back = missing != nullptr && shown;
        }
        if (missing == nullptr) continue;
        const std::string who = "process " + std::to_string(given.calls[missing->call].process);
        objections.add(back ? "stale read" : "lost element", {element.known_by, missing->call},
                       who + " did not read " + value.rendered() + ", which was known to be in the set" +
                           (back ? ", and others read it later" : " and was never read again"),
                       value);
    }
    object_to_strangers(given, elements, objections);
    return conclude(given, elements, objections);
}

} // namespace orrery::reports::judges::domain

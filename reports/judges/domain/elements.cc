// For every element: by whom and when it was added, and which reads show it.
#include "orrery/reports/judges/domain/elements.h"

namespace orrery::reports::judges::domain {
namespace {

void know(Element& element, const Call& call, std::size_t place) {
    if (call.returned >= element.known) return;
    element.known = call.returned;
    element.known_by = place;
}

} // namespace

Elements elements_of(const Case& given) {
    Elements elements;
    for (std::size_t place = 0; place < given.calls.size(); ++place) {
        const Call& call = given.calls[place];
        if (call.f == "add") {
            Element& element = elements.all[call.argument];
            element.attempted = element.attempted || call.outcome != Call::Outcome::fail;
            if (!element.add) element.add = place;
            if (is_ok(call)) know(element, call, place);
        } else if (call.f == "read" && (!is_ok(call) || call.result.is_list())) {
            if (!is_ok(call)) continue;
            elements.reads.push_back({place, call.result.list()});
            std::sort(elements.reads.back().elements.begin(), elements.reads.back().elements.end());
        } else {
            elements.wrong = not_known(given, call, "add VALUE, read -> [VALUE ...]");
            return elements;
        }
    }
    for (const SetRead& read : elements.reads)
        for (const Value& each : read.elements)
            if (const auto found = elements.all.find(each); found != elements.all.end())
                know(found->second, given.calls[read.call], read.call);
    for (const auto& [value, element] : elements.all) CHECK(element.add); // only additions make elements
    return elements;
}

void object_to_strangers(const Case& given, const Elements& elements, Objections& objections) {
    for (const SetRead& read : elements.reads) {
        CHECK(std::is_sorted(read.elements.begin(), read.elements.end())); // equal ones stand side by side
        const std::string reader = "process " + std::to_string(given.calls[read.call].process);
        for (auto each = read.elements.begin(); each != read.elements.end(); ++each) {
            const auto found = elements.all.find(*each);
            if (each != read.elements.begin() && *each == *(each - 1))
                objections.add("duplicate element", {read.call}, reader + " read " + each->rendered() + " twice",
                               *each);
            else if (found == elements.all.end())
                objections.add("value from nowhere", {read.call},
                               reader + " read " + each->rendered() + ", which nobody added", *each);
            else if (!found->second.attempted)
                objections.add("value from nowhere", {*found->second.add, read.call},
                               reader + " read " + each->rendered() + ", whose add had failed", *each);
            else if (given.calls[*found->second.add].invoked > given.calls[read.call].returned)
                objections.add("future read", {read.call, *found->second.add},
                               reader + " read " + each->rendered() + " before it was added", *each);
        }
    }
}

} // namespace orrery::reports::judges::domain

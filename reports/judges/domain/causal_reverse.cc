// A write that began after another had returned comes after it: whoever sees the later one sees the earlier one too.
#include <map>

#include "orrery/reports/judges/domain/domain.h"
#include "orrery/reports/judges/domain/objections.h"

namespace orrery::reports::judges::domain {
namespace {

// The writes of one key.
struct Writes {
    std::map<Value, std::size_t> of; // by value: those that did not fail
    std::map<Value, std::size_t> failed;
    std::vector<std::size_t> acknowledged; // in the order of their returns
};

class CausalReverse {
public:
    explicit CausalReverse(const Case& given) : given_(given) {}

    Verdict judge() {
        for (std::size_t place = 0; place < given_.calls.size(); ++place) {
            const Call& call = given_.calls[place];
            const bool reads = call.f == "read" && (!is_ok(call) || call.result.is_list());
            if (!reads && (call.f != "write" || call.argument.is_nil()))
                return not_known(given_, call, "write VALUE, read -> [VALUE ...]");
            if (reads) continue;
            Writes& writes = writes_[call.key];
            const bool failed = call.outcome == Call::Outcome::fail;
            if (!(failed ? writes.failed : writes.of).emplace(call.argument, place).second && !failed)
                return not_known(given_, call, "each value is written once");
            if (is_ok(call)) writes.acknowledged.push_back(place);
        }
        for (auto& [key, writes] : writes_)
            std::stable_sort(writes.acknowledged.begin(), writes.acknowledged.end(),
                             [&](std::size_t a, std::size_t b) { return returned(a) < returned(b); });
        for (std::size_t place = 0; place < given_.calls.size(); ++place)
            if (given_.calls[place].f == "read" && is_ok(given_.calls[place])) judge_read(place);
        return objections_.verdict(given_);
    }

private:
    sim::WorldTime returned(std::size_t call) const { return given_.calls[call].returned; }
    sim::WorldTime invoked(std::size_t call) const { return given_.calls[call].invoked; }

    void judge_read(std::size_t place) {
        const Call& read = given_.calls[place];
        const Writes& writes = writes_[read.key];
        std::vector<std::size_t> seen;
        for (const Value& each : read.result.list()) {
            const auto found = writes.of.find(each);
            if (found == writes.of.end())
                object_to_stranger(place, each, writes);
            else if (invoked(found->second) > read.returned)
                objections_.add("future read", {place, found->second},
                                who(place) + each.rendered() + " before it was written", each);
            else
                seen.push_back(found->second);
        }
        if (seen.empty()) return;
        std::sort(seen.begin(), seen.end());
        CHECK(seen.back() < given_.calls.size());
        const std::size_t latest = *std::max_element(
            seen.begin(), seen.end(), [&](std::size_t a, std::size_t b) { return invoked(a) < invoked(b); });
        for (const std::size_t each : writes.acknowledged) {
            if (returned(each) >= invoked(latest)) break;
            if (std::binary_search(seen.begin(), seen.end(), each)) continue;
            const std::string missing = given_.calls[each].argument.rendered();
            const std::string shown = given_.calls[latest].argument.rendered();
            objections_.add("causal reverse", {each, latest, place},
                            who(place) + shown + " without " + missing + ", whose write had returned before that of " +
                                shown + " began",
                            read.key);
            return; // one such write shows it
        }
    }
    void object_to_stranger(std::size_t place, const Value& value, const Writes& writes) {
        const auto failed = writes.failed.find(value);
        if (failed == writes.failed.end())
            objections_.add("value from nowhere", {place}, who(place) + value.rendered() + ", which nobody wrote",
                            value);
        else
            objections_.add("value from nowhere", {failed->second, place},
                            who(place) + value.rendered() + ", whose write had failed", value);
    }
    std::string who(std::size_t place) const {
        return "process " + std::to_string(given_.calls[place].process) + " read ";
    }

    const Case& given_;
    std::map<Value, Writes> writes_; // by key
    Objections objections_;
};

} // namespace

Verdict judge_causal_reverse(const Case& given) { return CausalReverse(given).judge(); }

} // namespace orrery::reports::judges::domain

// Key by key, operations become reads and writes, and each read finds the write whose value it returned.
#include "orrery/reports/judges/sessions/accesses.h"

#include <map>

#include "orrery/reports/judges/judge.h"
#include "orrery/sim/check.h"

namespace orrery::reports::judges::sessions {
namespace {

using models::RegisterEffect;

bool makes(const RegisterEffect& effect) {
    return effect.kind == RegisterEffect::Kind::write || effect.kind == RegisterEffect::Kind::swap ||
           effect.kind == RegisterEffect::Kind::append;
}

class Gathering {
public:
    Gathering(const Case& given, const models::Operations& operations, const std::vector<std::size_t>& places)
        : given_(given), operations_(operations), places_(places), access_of_(operations.size(), no_access) {}

    // One key: who wrote what, and who of the unknown was seen.
    void take(const std::vector<std::size_t>& part, const models::RegisterEffects& effects) {
        CHECK(part.size() == effects.all.size());
        std::vector<std::uint32_t> writer(effects.values, no_access); // by value: place in `part`
        for (std::uint32_t each = 0; each < part.size(); ++each) {
            const RegisterEffect& effect = effects.all[each];
            CHECK(effect.value < std::max(effects.values, std::uint32_t{1}));
            if (!makes(effect) || effect.kind == RegisterEffect::Kind::append) continue;
            const bool again = effect.value == 0 || writer[effect.value] != no_access;
            if (again && made_.ambiguous.empty())
                made_.ambiguous =
                    "a value was there already, when it was written by " + given_.calls[places_[part[each]]].rendered();
            writer[effect.value] = each;
        }
        // An unknown operation was seen by a known one, or by an unknown swap that was seen itself.
        std::vector<bool> seen(part.size(), false);
        std::vector<std::uint32_t> seers;
        for (std::uint32_t each = 0; each < part.size(); ++each)
            if (!is_unknown(part[each])) seers.push_back(each);
        while (!seers.empty()) {
            const std::uint32_t value = value_read(effects.all[seers.back()]);
            seers.pop_back();
            if (value == 0 || writer[value] == no_access || seen[writer[value]]) continue;
            seen[writer[value]] = true;
            if (is_unknown(part[writer[value]])) seers.push_back(writer[value]);
        }
        for (std::uint32_t each = 0; each < part.size(); ++each)
            if (!is_unknown(part[each]) || seen[each]) add(part[each], effects.all[each]);
        for (std::uint32_t each = 0; each < part.size(); ++each) {
            const std::uint32_t value = value_read(effects.all[each]);
            const std::uint32_t access = access_of_[part[each]];
            if (value == 0 || access == no_access || !made_.all[access].reads) continue;
            if (writer[value] == no_access)
                made_.from_nowhere.push_back(access);
            else
                made_.all[access].source = access_of_[part[writer[value]]];
        }
        ++made_.keys;
    }
    // Renumbers in the order of invocation, which the places of calls are.
    Accesses finish() {
        std::vector<std::uint32_t> order(made_.all.size());
        for (std::uint32_t each = 0; each < order.size(); ++each) order[each] = each;
        std::sort(order.begin(), order.end(), [&](auto a, auto b) { return made_.all[a].call < made_.all[b].call; });
        std::vector<std::uint32_t> number(order.size());
        for (std::uint32_t each = 0; each < order.size(); ++each) number[order[each]] = each;
        std::vector<Access> sorted;
        for (const std::uint32_t each : order) sorted.push_back(made_.all[each]);
        made_.all.swap(sorted);
        std::map<std::int64_t, std::uint32_t> clients;
        for (std::uint32_t each = 0; each < made_.all.size(); ++each) {
            Access& access = made_.all[each];
            CHECK(access.source == no_access || access.source < number.size());
            if (access.source != no_access) access.source = number[access.source];
            access.client = clients.try_emplace(given_.calls[access.call].process, clients.size()).first->second;
            if (access.client == made_.clients.size()) made_.clients.emplace_back();
            access.turn = static_cast<std::uint32_t>(made_.clients[access.client].size());
            made_.clients[access.client].push_back(each);
        }
        for (std::uint32_t& each : made_.from_nowhere) {
            CHECK(each < number.size());
            each = number[each];
        }
        made_.operations = operations_.size();
        return std::move(made_);
    }

private:
    bool is_unknown(std::size_t operation) const { return operations_.interval(operation).unknown; }
    static std::uint32_t value_read(const RegisterEffect& effect) {
        return effect.kind == RegisterEffect::Kind::read   ? effect.value
               : effect.kind == RegisterEffect::Kind::swap ? effect.from
                                                           : 0;
    }
    void add(std::size_t operation, const RegisterEffect& effect) {
        if (effect.kind == RegisterEffect::Kind::refused) return;
        const bool reads = effect.kind == RegisterEffect::Kind::read || effect.kind == RegisterEffect::Kind::swap;
        CHECK(access_of_[operation] == no_access); // an operation has one key
        access_of_[operation] = static_cast<std::uint32_t>(made_.all.size());
        made_.all.push_back({places_[operation], 0, 0, made_.keys, reads, makes(effect)});
    }

    const Case& given_;
    const models::Operations& operations_;
    const std::vector<std::size_t>& places_;
    std::vector<std::uint32_t> access_of_;
    Accesses made_;
};

} // namespace

sim::Checked<Accesses> accesses_of(const Case& given) {
    const auto* language = given.options.language != nullptr ? given.options.language : models::language(given.model);
    const auto wrong = [](const std::string& text) { return sim::Complaint{sim::Cause::input, {}, text}; };
    if (language == nullptr)
        return wrong("the history names no model; sessions are judged of register, cas-register and kv");
    std::vector<std::size_t> places;
    auto read = language->read(given.history, given.calls, places);
    if (!read) return read.complaint();
    const models::Operations& operations = **read;
    std::map<Value, std::vector<std::size_t>> parts;
    for (std::size_t each = 0; each < operations.size(); ++each) parts[operations.key(each)].push_back(each);
    Gathering gathering(given, operations, places);
    for (const auto& [key, part] : parts) {
        const std::optional<models::RegisterEffects> effects = operations.register_effects(part);
        if (!effects) {
            Accesses none;
            none.operations = operations.size();
            none.ambiguous =
                "the values of " + (key.is_nil() ? "the object" : "key " + key.rendered()) + " cannot be told apart";
            return none;
        }
        gathering.take(part, *effects);
    }
    return gathering.finish();
}

} // namespace orrery::reports::judges::sessions

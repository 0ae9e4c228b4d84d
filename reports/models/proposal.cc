// Reading decides: what a model cannot read it does not mean.
#include "orrery/reports/models/proposal.h"

#include <algorithm>

#include "orrery/reports/models/registry.h"
#include "orrery/reports/models/transaction.h"

namespace orrery::reports::models {
namespace {

// Of what kind the steps are: lists that grow, registers, or registers as Knossos spells them.
std::string_view transactions_of(const std::vector<Call>& calls) {
    std::string_view model = RwRegister::name;
    for (const Call& call : calls) {
        if (!call.argument.is_list()) continue;
        for (const Value& each : call.argument.list()) {
            const auto step = Step::of(each);
            if (!step) continue;
            if (step->kind == Step::Kind::append) return ListAppend::name;
            if (each.list()[0].text().ends_with("read") || each.list()[0].text().ends_with("write"))
                model = MultiRegister::name;
        }
    }
    return model;
}

} // namespace

std::string_view proposed_model(const History& history, const std::vector<Call>& calls) {
    for (const Language* each : languages()) {
        std::vector<Call> known = calls;
        if (!each->takes_keys())
            for (Call& call : known) call.key = {}; // each key is an object of its own
        std::vector<std::size_t> places;
        History empty{history.model, {}, {}, history.entries, {}};
        if (!each->read(empty, known, places) || places.empty()) continue;
        return each->name() == MultiRegister::name ? transactions_of(calls) : each->name();
    }
    return {};
}

} // namespace orrery::reports::models

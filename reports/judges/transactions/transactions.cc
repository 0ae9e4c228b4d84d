// Calls become transactions: a list of steps each, with keys and versions as numbers.
#include "orrery/reports/judges/transactions/transactions.h"

#include "orrery/reports/models/registry.h"

namespace orrery::reports::judges::transactions {
namespace {

using models::Step;

class Reader {
public:
    Reader(const Case& given, bool lists) : given_(given), lists_(lists) {}

    std::variant<Transactions, HistoryError> read() {
        for (std::size_t place = 0; place < given_.calls.size(); ++place)
            if (auto error = read_call(place)) return *error;
        return std::move(made_);
    }

private:
    std::optional<HistoryError> read_call(std::size_t place) {
        const Call& call = given_.calls[place];
        const bool ok = call.outcome == Call::Outcome::ok;
        const Value& response = ok ? call.result : call.argument;
        const std::size_t entry = ok ? *call.return_entry : call.invoke_entry;
        if (!response.is_list()) return error(entry, call.f + " needs a list of steps, not " + response.rendered());
        Transaction txn{place,        call.process,  call.outcome,
                        call.invoked, call.returned, static_cast<std::uint32_t>(made_.steps.size())};
        for (const Value& each : response.list()) {
            const std::optional<Step> step = Step::of(each);
            if (!step || (step->kind == (lists_ ? Step::Kind::write : Step::Kind::append)))
                return error(entry, each.rendered() + " is no step; there are " + steps_there_are());
            if (step->kind == Step::Kind::read && !ok) continue;
            if (step->kind == Step::Kind::read && lists_ && !step->value->is_nil() && !step->value->is_list())
                return error(entry, "a list was read as " + step->value->rendered());
            made_.steps.push_back(step_of(*step));
        }
        txn.step_count = static_cast<std::uint32_t>(made_.steps.size()) - txn.first_step;
        made_.all.push_back(txn);
        return {};
    }

    TxnStep step_of(const Step& step) {
        TxnStep made{step.kind, made_.keys.intern(*step.key, models::digest(1, *step.key))};
        if (step.kind == Step::Kind::read && lists_) {
            made.first = static_cast<std::uint32_t>(made_.elements.size());
            if (step.value->is_list())
                for (const Value& each : step.value->list()) made_.elements.push_back(version_of(made.key, each));
            made.count = static_cast<std::uint32_t>(made_.elements.size()) - made.first;
        } else if (step.kind != Step::Kind::read || !step.value->is_nil()) {
            made.version = version_of(made.key, *step.value);
        }
        return made;
    }

    Version version_of(std::uint32_t key, const Value& value) {
        const std::uint32_t number = made_.values.intern(value, models::digest(2, value));
        const std::uint64_t cell = std::uint64_t{key} << 32 | number;
        const Version version = cells_.intern(cell, models::fold(3, cell));
        if (version == made_.versions.size()) made_.versions.push_back({key, number});
        return version;
    }

    HistoryError error(std::size_t entry, const std::string& text) const {
        return models::entry_error(given_.history, entry, text);
    }
    std::string steps_there_are() const {
        return lists_ ? "[r KEY LIST] and [append KEY VALUE]" : "[r KEY VALUE] and [w KEY VALUE]";
    }

    const Case& given_;
    bool lists_;
    Transactions made_;
    models::Interner<std::uint64_t> cells_;
};

} // namespace

std::variant<Transactions, HistoryError> read_transactions(const Case& given, bool lists) {
    return Reader(given, lists).read();
}

} // namespace orrery::reports::judges::transactions

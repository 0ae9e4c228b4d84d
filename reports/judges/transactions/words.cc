// Every kind of dependency has a sentence, and so has every class of cycle.
#include "orrery/reports/judges/transactions/words.h"

namespace orrery::reports::judges::transactions {

std::string reason_of(const Transactions& transactions, const Dependency& dependency) {
    const auto at = [&](Version version) { return transactions.key_name(transactions.versions[version].key); };
    const auto value = [&](Version version) { return transactions.value_name(version); };
    switch (dependency.relation) {
    case Relation::ww:
        if (dependency.shown_by != no_txn)
            return "both wrote " + at(dependency.later) + ", and process " +
                   std::to_string(transactions.all[dependency.shown_by].process) + " read the other's " +
                   value(dependency.later) + " after this one's " + value(dependency.earlier);
        return "its " + value(dependency.earlier) + " came to " + at(dependency.later) + " before the other's " +
               value(dependency.later);
    case Relation::wr:
        return "the other read its " + value(dependency.later) + " from " + at(dependency.later);
    case Relation::rw:
        return "it read " + at(dependency.later) + " without the other's " + value(dependency.later);
    case Relation::process:
        return "the same client asked for it first";
    case Relation::realtime:
        return "it had returned before the other was invoked";
    }
    return {};
}

std::string story_of(const Cycle& cycle) {
    const std::string kind = class_of(cycle);
    const std::string count =
        std::to_string(cycle.size()) + " transactions each come before the next, and the last before the first";
    const std::string name =
        kind.substr(0, kind.find("-process") != std::string::npos ? kind.find("-process") : kind.find("-realtime"));
    std::string what;
    if (name == "G0") what = "they overwrote each other";
    if (name == "G1c") what = "each saw the others' writes";
    if (name == "G-single") what = "one of them read the past of what another had seen (read skew)";
    if (name == "G-nonadjacent") what = "several of them read the past, and no snapshot explains it";
    if (name == "G2-item") what = "they each read what the next overwrote (write skew)";
    return count + ": " + what;
}

} // namespace orrery::reports::judges::transactions

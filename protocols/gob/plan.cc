#include "orrery/protocols/gob/plan.h"

#include <algorithm>

namespace orrery::gob {
namespace {

Error mismatch(std::string text) { return {ErrorKind::mismatch, std::move(text)}; }

// A value at top level is read through a pointer, and Go says so.
std::string local_type(const Type& type) { return go_text(type, 1); }

// Every struct fits at first: its fields are looked at when its own plan is made.
bool fits(const Type& ours, const SenderType& sender) {
    if (ours.kind == Kind::structure) return sender.kind != Kind::marshalled;
    if (ours.kind != sender.kind) return false;
    switch (ours.kind) {
    case Kind::array:
        return ours.length == sender.length && fits(ours.element.type(), *sender.element.type);
    case Kind::slice:
        return fits(ours.element.type(), *sender.element.type);
    case Kind::map:
        return fits(ours.key.type(), *sender.key.type) && fits(ours.element.type(), *sender.element.type);
    default:
        return true;
    }
}

// Go complains of a number in a map by the name of the map itself.
std::string part_of_map(std::string_view part, const std::string& name, const Type& type) {
    return !type.element.is_set() ? name : std::string(part) + name;
}

// Makes the plan of a value and of all structures inside it. Structures wait in a list for their turn, since the
// sender decides how many types deep it gets.
class Planner {
public:
    // The types are known to fit.
    std::unique_ptr<Plan> value(const Type& type, const SenderType& sender, std::string name) {
        auto plan = std::make_unique<Plan>();
        plan->type = &type;
        plan->sender = &sender;
        if (type.kind == Kind::map) {
            const std::string element = part_of_map("element of ", name, type.element.type());
            plan->key = part(*plan, type.key.type(), sender.key, part_of_map("key of ", name, type.key.type()));
            plan->element = part(*plan, type.element.type(), sender.element, element);
        } else if (type.kind == Kind::array || type.kind == Kind::slice) {
            plan->element = part(*plan, type.element.type(), sender.element, "element of " + name);
        }
        plan->name = std::move(name);
        return plan;
    }

    const Plan* structure(const Type& type, const SenderType& sender) {
        for (const auto& [known, plan] : sender.plans)
            if (known == &type) return plan.get();
        auto plan = std::make_unique<Plan>();
        plan->type = &type;
        plan->sender = &sender;
        begun_.push_back(plan.get());
        sender.plans.emplace_back(&type, std::move(plan));
        return begun_.back();
    }

    // Fills in all that was begun, a structure inside a field before the next field, as Go does: the first problem in
    // that order is the one that is reported. If there is one, all is forgotten, since it may lead to that structure.
    Problem finish() {
        Problem problem;
        open_from(0);
        while (!open_.empty() && !problem) {
            auto& [plan, next] = open_.back();
            if (next == plan->sender->fields.size() && plan->sender->kind == Kind::structure) {
                open_.pop_back();
                continue;
            }
            const std::size_t before = begun_.size();
            problem = fill(*plan, next++);
            open_from(before);
        }
        if (!problem) return std::nullopt;
        for (const Plan* each : begun_)
            std::erase_if(each->sender->plans, [&](const auto& entry) { return entry.second.get() == each; });
        return problem;
    }

private:
    const Plan* part(Plan& owner, const Type& type, const SenderReference& sender, std::string name) {
        if (type.kind == Kind::structure) return structure(type, *sender.type);
        owner.parts.push_back(value(type, *sender.type, std::move(name)));
        return owner.parts.back().get();
    }

    // Of what was begun since `before`, the first is next.
    void open_from(std::size_t before) {
        for (std::size_t i = begun_.size(); i > before; --i) open_.emplace_back(begun_[i - 1], 0);
    }

    // What becomes of one field of the sender.
    Problem fill(Plan& plan, std::size_t number) {
        const SenderType& sender = *plan.sender;
        if (sender.kind != Kind::structure)
            return mismatch("gob: type mismatch in decoder: want struct type " + go_text(*plan.type) +
                            "; got non-struct");
        const SenderField& field = sender.fields[number];
        const auto& ours = plan.type->fields;
        const auto same = std::find_if(ours.begin(), ours.end(),
                                       [&](const Field& each) { return is_exported_as(each.name, field.name); });
        if (same == ours.end()) {
            plan.steps.push_back({Plan::nowhere, field.type.type, nullptr});
            return std::nullopt;
        }
        if (!fits(same->type.type(), *field.type.type))
            return mismatch("gob: wrong type (" + go_text(same->type.type(), same->type.pointers) +
                            ") for received field " + sender.name + "." + field.name);
        const auto index = static_cast<std::size_t>(same - ours.begin());
        plan.steps.push_back({index, field.type.type, part(plan, same->type.type(), field.type, field.name)});
        return std::nullopt;
    }

    std::vector<Plan*> begun_;
    std::vector<std::pair<Plan*, std::size_t>> open_; // and which field is next
};

// A struct none of whose fields is known to the other side was hardly meant. (One inside another may be so.)
Problem nothing_in_common(const Plan& plan) {
    const bool some = std::any_of(plan.steps.begin(), plan.steps.end(),
                                  [](const Plan::Step& step) { return step.field != Plan::nowhere; });
    if (some || plan.steps.empty() || plan.type->fields.empty()) return std::nullopt;
    return mismatch("gob: type mismatch: no fields matched compiling decoder for " + std::string(plan.type->name));
}

Entry make_entry(const Type& ours, const SenderType& sender) {
    Entry entry;
    Planner planner;
    if (!fits(ours, sender)) {
        const std::string name = sender.kind == Kind::structure && sender.name.empty() ? "struct" : sender.name;
        entry.problem =
            mismatch("gob: decoding into local type " + local_type(ours) + ", received remote type " + name);
        return entry;
    }
    if (ours.kind == Kind::structure) {
        entry.plan = planner.structure(ours, sender);
    } else {
        entry.own = planner.value(ours, sender, local_type(ours));
        entry.plan = entry.own.get();
    }
    entry.problem = planner.finish();
    if (!entry.problem && ours.kind == Kind::structure) entry.problem = nothing_in_common(*entry.plan);
    return entry;
}

} // namespace

const Entry& find_entry(const Type& ours, const SenderType& sender) {
    for (const auto& [type, entry] : sender.entries)
        if (type == &ours) return *entry;
    sender.entries.emplace_back(&ours, std::make_unique<Entry>(make_entry(ours, sender)));
    return *sender.entries.back().second;
}

Error unknown_type(const Type& ours) {
    if (ours.kind == Kind::structure) return {ErrorKind::corrupt, "gob: unknown type id or corrupted data"};
    return mismatch("gob: decoding into local type " + local_type(ours) + ", received remote type unknown type");
}

} // namespace orrery::gob

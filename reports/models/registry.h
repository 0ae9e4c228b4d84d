// Registry: models by name, for histories that are read from files. A program may add its own; a scenario needs no
// name, its clients carry their model's language.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "orrery/reports/large_pages.h"
#include "orrery/reports/models/live.h"
#include "orrery/reports/models/operations.h"

namespace orrery::reports::models {

// How a history is read as operations of one model.
class Language {
public:
    virtual ~Language() = default;
    virtual std::string_view name() const = 0;
    virtual std::string verbs() const = 0; // for people: "read, write VALUE"
    // Reads the calls that did not fail; `places` becomes the place of each in
    // `calls`. Errors: an operation, argument, result or initial value that the model does not have.
    virtual sim::Checked<std::unique_ptr<Operations>> read(const History& history, const std::vector<Call>& calls,
                                                           std::vector<std::size_t>& places) const = 0;
    virtual bool has(const Words& words) const = 0; // an operation of that name, with such a key and argument
    // The key on which an operation is judged apart from those on others; nil if there is only one, or no such
    // operation.
    virtual Value key(const Words& words) const = 0;
    // Whether its operations name a key. If not, and a history has keys, it is of many objects, one under each.
    virtual bool takes_keys() const = 0;
    // Whether the operations of this name never change anything; false if the model has none.
    virtual bool is_read_only(std::string_view f) const = 0;
    // An object that is judged while it is used. Null if it cannot start at `initial`.
    virtual std::unique_ptr<Live> live(const std::optional<Value>& initial) const = 0;
};

// The built-in models, then those that the program added.
const std::vector<const Language*>& languages();
// Adds a model that can then be found by name. Nothing changes if there is one of its name already. It must
// outlive every use; not to be called while something is judged.
void add_language(const Language& language);
// nullptr if there is none of that name.
const Language* language(std::string_view name);

template <Model M>
class TypedLanguage final : public Language {
public:
    std::string_view name() const override { return M::name; }
    std::string verbs() const override { return describe_verbs<M>(); }
    sim::Checked<std::unique_ptr<Operations>> read(const History& history, const std::vector<Call>& calls,
                                                   std::vector<std::size_t>& places) const override {
        std::optional<typename M::State> initial = history.initial ? M::initial(*history.initial) : M::initial();
        if (!initial)
            return sim::Complaint{
                sim::Cause::input, {}, "a " + std::string(M::name) + " cannot start at " + history.initial->rendered()};
        std::vector<Operation<M>> operations;
        reserve_large(operations, calls.size());
        places.clear();
        places.reserve(calls.size());
        for (std::size_t place = 0; place < calls.size(); ++place) {
            const Call& call = calls[place];
            if (call.outcome == Call::Outcome::fail) continue;
            auto operation = to_operation<M>(call.f, call.key, call.argument);
            if (!operation) return complaint_of(history.entries[call.invoke_entry], no_such_operation(call));
            set_process<M>(*operation, call.process);
            Operation<M> each{std::move(*operation), {}, call.invoked, call.returned, call.process, call.order};
            if (call.outcome == Call::Outcome::ok) {
                each.result = to_result<M>(each.operation, call.result);
                if (!each.result)
                    return complaint_of(history.entries[*call.return_entry],
                                        call.f + " cannot return " + call.result.rendered());
            }
            operations.push_back(std::move(each));
            places.push_back(place);
        }
        return std::unique_ptr<Operations>(
            std::make_unique<TypedOperations<M>>(std::move(operations), std::move(initial)));
    }

    bool has(const Words& words) const override {
        return to_operation<M>(words.f, words.key, words.argument).has_value();
    }
    Value key(const Words& words) const override {
        const auto operation = to_operation<M>(words.f, words.key, words.argument);
        return operation ? M::key(*operation) : Value();
    }
    bool takes_keys() const override { return has_member<typename M::Operation>(key_member<M>()); }
    bool is_read_only(std::string_view f) const override {
        const auto named = [&](const Verb& verb) { return verb.f == f; };
        const auto verb = std::find_if(M::verbs.begin(), M::verbs.end(), named);
        return verb != M::verbs.end() && verb->is_read_only();
    }
    std::unique_ptr<Live> live(const std::optional<Value>& initial) const override {
        const std::optional<typename M::State> state = initial ? M::initial(*initial) : M::initial();
        return state ? std::make_unique<TypedLive<M>>(*state) : nullptr;
    }

private:
    static std::string no_such_operation(const Call& call) {
        std::string text = "a " + std::string(M::name) + " has no operation " + call.f;
        if (!call.key.is_nil()) text += " with key " + call.key.rendered();
        if (!call.argument.is_nil()) text += " with argument " + call.argument.rendered();
        return text + "; it has " + describe_verbs<M>();
    }
};

} // namespace orrery::reports::models

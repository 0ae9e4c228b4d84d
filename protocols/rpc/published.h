// Methods that a server answers in whatever protocol a caller speaks: this tree's own, or one of Go's three.
//
// A handler knows none of them. An Invocation is one call of it: its argument is read in the caller's protocol, it is
// run, and its result is written in that protocol. All three codecs come from one member list.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "orrery/protocols/gob/decoder.h"
#include "orrery/protocols/gob/encoder.h"
#include "orrery/protocols/jsonrpc/envelope.h"
#include "orrery/protocols/rpc/message.h"

namespace orrery::rpc {

// The argument and result types of a handler.
template <class T>
struct Signature : Signature<decltype(&T::operator())> {};
template <class C, class R, class A>
struct Signature<R (C::*)(A) const> {
    using Argument = std::remove_cvref_t<A>;
    using Result = R;
};
template <class C, class R, class A>
struct Signature<R (C::*)(A)> : Signature<R (C::*)(A) const> {};

template <class T>
struct IsOutcome : std::false_type {};
template <class T>
struct IsOutcome<Outcome<T>> : std::true_type {};

// Each `read` says what is wrong with the argument, if anything, in the words that its caller gets; each `write`
// appends the result of a call that has one.
class Invocation {
public:
    virtual ~Invocation() = default;
    virtual gob::Problem read(gob::Decoder& decoder) = 0;
    virtual gob::Problem read(const jsonrpc::Request& request) = 0;
    // Once, after a read. Nothing, or why there is no result.
    virtual std::optional<std::string> run() = 0;
    virtual gob::Problem write(gob::Encoder& encoder, sim::Bytes& out) const = 0;
    virtual gob::Problem write(std::string_view id, sim::Bytes& out) const = 0;
};

class Method {
public:
    virtual ~Method() = default;
    virtual std::unique_ptr<Invocation> begin() = 0;
    virtual std::string argument_type() const = 0; // as Go writes it
    virtual std::string result_type() const = 0;

    std::uint64_t calls = 0; // that were run
};

// What Go calls `struct{}`: the body of a reply that has none.
struct Nothing {
    static constexpr std::string_view go_name = "";
    static constexpr auto members() { return std::tuple{}; }
};

template <class Handler>
class MethodOf final : public Method {
public:
    explicit MethodOf(std::shared_ptr<Handler> handler) : handler_(std::move(handler)) {}
    std::unique_ptr<Invocation> begin() override { return std::make_unique<Call>(*this); }
    std::string argument_type() const override { return gob::go_text(gob::describe<Argument>()); }
    std::string result_type() const override { return gob::go_text(gob::describe<Value>(), 1); }

private:
    using Argument = typename Signature<Handler>::Argument;
    using Returned = typename Signature<Handler>::Result;
    template <class T>
    struct ValueOf {
        using Type = T;
    };
    template <class T>
    struct ValueOf<Outcome<T>> {
        using Type = T;
    };
    using Value = std::conditional_t<std::is_void_v<Returned>, Nothing, typename ValueOf<Returned>::Type>;

    class Call final : public Invocation {
    public:
        explicit Call(MethodOf& method) : method_(method) {}
        gob::Problem read(gob::Decoder& decoder) override { return decoder.take(argument_); }
        gob::Problem read(const jsonrpc::Request& request) override {
            return jsonrpc::read_argument(request, argument_);
        }
        std::optional<std::string> run() override {
            ++method_.calls;
            Handler& handler = *method_.handler_;
            if constexpr (std::is_void_v<Returned>) {
                handler(std::move(argument_));
            } else if constexpr (IsOutcome<Returned>::value) {
                Returned outcome = handler(std::move(argument_));
                if (!outcome.has_value()) return outcome.reason();
                value_ = std::move(outcome.value());
            } else {
                value_ = handler(std::move(argument_));
            }
            return std::nullopt;
        }
        gob::Problem write(gob::Encoder& encoder, sim::Bytes& out) const override {
            return encoder.encode(out, value_);
        }
        gob::Problem write(std::string_view id, sim::Bytes& out) const override {
            return jsonrpc::append_reply(out, id, value_);
        }

    private:
        MethodOf& method_;
        Argument argument_{};
        Value value_{};
    };

    std::shared_ptr<Handler> handler_;
};

// By the full name, "Arith.Multiply".
using Published = std::map<std::string, std::unique_ptr<Method>, std::less<>>;

} // namespace orrery::rpc

// Outcome: what a client knows after a call. It has a value; or it was refused, which means that it certainly had no
// effect; or it is unknown: it may have happened, or may still happen. A call without a reply is unknown, never
// refused. (Jepsen: ok, fail, info.)
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "orrery/sim/check.h"
#include "orrery/sim/members.h"
#include "orrery/sim/types.h"

namespace orrery::sim {

// `reason` is for people. Code looks at `redirect` alone: the address that the caller should ask instead,
// such as the leader of a cluster. It is not set when the callee knows of none.
struct Refused {
    std::string reason;
    Address redirect{};

    static constexpr auto members() {
        return std::tuple{member("reason", &Refused::reason), member("redirect", &Refused::redirect)};
    }
};
// Whoever is cancelled asks nothing more: `was_cancelled` if the caller's task was, while it waited.
struct Unknown {
    std::string reason;
    bool was_cancelled = false;
};

template <class T>
class Outcome {
public:
    Outcome(T value) : either_(std::in_place_index<0>, std::move(value)) {}
    Outcome(Refused refused) : either_(std::in_place_index<1>, std::move(refused)) {}
    Outcome(Unknown unknown) : either_(std::in_place_index<2>, std::move(unknown)) {}

    bool has_value() const { return either_.index() == 0; }
    bool is_refused() const { return either_.index() == 1; }
    bool is_unknown() const { return either_.index() == 2; }
    T& value() {
        CHECK(has_value());
        return *std::get_if<0>(&either_);
    }
    const T& value() const {
        CHECK(has_value());
        return *std::get_if<0>(&either_);
    }
    const Refused& refused() const {
        CHECK(is_refused());
        return *std::get_if<1>(&either_);
    }
    const Unknown& unknown() const {
        CHECK(is_unknown());
        return *std::get_if<2>(&either_);
    }
    bool was_cancelled() const { return is_unknown() && unknown().was_cancelled; }
    const std::string& reason() const {
        CHECK(!has_value());
        return is_refused() ? std::get_if<1>(&either_)->reason : std::get_if<2>(&either_)->reason;
    }

private:
    std::variant<T, Refused, Unknown> either_;
};

} // namespace orrery::sim

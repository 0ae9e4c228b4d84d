// Complaint: what is wrong with an input, where, and what was expected - or what stands in the way of an
// output. Code decides by the cause, people read the text; nothing ever looks into the text to decide.
//
//     if (const Problem problem = write_file(path, text)) return complain(*problem);
//
// prints "orrery: cannot write runs/a.repro: No space left on device" and exits with the code of the cause.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "orrery/sim/check.h"

namespace orrery::sim {

// Whose mistake it is, and with it the exit code: see exit_code.
enum class Cause : std::uint8_t {
    usage,    // the command line or a setting
    input,    // the content of a file
    missing,  // something that this machine does not have, or does not let us do
    internal, // a bug of Orrery's own
};

// As sysexits.h numbers them.
constexpr int exit_code(Cause cause) {
    constexpr int codes[] = {64, 65, 69, 70};
    return codes[static_cast<std::size_t>(cause)];
}

// A place in a text; lines and columns count from 1, and 0 is none.
struct Place {
    std::string file{};
    std::size_t line = 0;
    std::size_t column = 0;

    bool operator==(const Place&) const = default;
    // "plan.txt:3:14", without what is not known.
    std::string text() const {
        std::string all = file;
        if (line != 0) all += ":" + std::to_string(line);
        if (line != 0 && column != 0) all += ":" + std::to_string(column);
        return all;
    }
};

struct Complaint {
    Cause cause = Cause::input;
    Place place{};
    std::string message; // a sentence without a full stop: "expected a time like 1500ms, got '2'"

    // "plan.txt:3:14: expected a time like 1500ms, got '2'"
    std::string text() const { return place.file.empty() ? message : place.text() + ": " + message; }
    bool operator==(const Complaint&) const = default;
};

inline Complaint usage_complaint(std::string message) { return {Cause::usage, {}, std::move(message)}; }
inline Complaint missing_complaint(std::string message) { return {Cause::missing, {}, std::move(message)}; }

// What is wrong, if anything.
using Problem = std::optional<Complaint>;

// A value, or what is wrong with that from which it was to be made. Reading the wrong half is a bug and CHECKs.
template <class T>
class [[nodiscard]] Checked {
public:
    Checked(T value) : either_(std::in_place_index<0>, std::move(value)) {}
    Checked(Complaint complaint) : either_(std::in_place_index<1>, std::move(complaint)) {}

    bool ok() const { return either_.index() == 0; }
    explicit operator bool() const { return ok(); }
    const Complaint& complaint() const {
        CHECK(!ok());
        return *std::get_if<1>(&either_);
    }
    T& operator*() & {
        CHECK(ok());
        return *std::get_if<0>(&either_);
    }
    const T& operator*() const& {
        CHECK(ok());
        return *std::get_if<0>(&either_);
    }
    T&& operator*() && {
        CHECK(ok());
        return std::move(*std::get_if<0>(&either_));
    }
    T* operator->() { return &**this; }
    const T* operator->() const { return &**this; }

private:
    std::variant<T, Complaint> either_;
};

} // namespace orrery::sim

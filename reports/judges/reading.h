// For tests of formats: a text is read by whatever format recognises it, and judged.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "orrery/reports/formats/format.h"
#include "orrery/reports/judges/judge.h"

namespace orrery::reports::formats {

inline ReadResult read_by_content(std::string_view text, const ReadOptions& options = {}) {
    const Format* format = detect(text);
    if (format == nullptr) return ReadError{1, 1, "a format"};
    return format->read(text, options);
}

inline History history_in(std::string_view text, const ReadOptions& options = {}) {
    const ReadResult result = read_by_content(text, options);
    const auto* error = std::get_if<ReadError>(&result);
    EXPECT_EQ(error, nullptr) << text << "\nexpected " << (error == nullptr ? "" : error->expected);
    return error == nullptr ? std::get<History>(result) : History{};
}

inline std::string wrong_with(std::string_view text, const ReadOptions& options = {}) {
    const ReadResult result = read_by_content(text, options);
    const auto* error = std::get_if<ReadError>(&result);
    if (error == nullptr) return "nothing";
    return std::to_string(error->line) + ":" + std::to_string(error->column) + ": " + error->expected;
}

// "passed", "violated", ..., or why it cannot be judged.
inline std::string judged(std::string_view text, const std::string& model, const std::string& judge = "",
                          const ReadOptions& options = {}) {
    const Verdict verdict = judges::judge(history_in(text, options), {.judge = judge, .model = model});
    return verdict.error.empty() ? std::string(name(verdict.outcome)) : verdict.error;
}

} // namespace orrery::reports::formats

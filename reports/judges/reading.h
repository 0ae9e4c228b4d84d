// For tests of formats: a text is read by whatever format recognises it, and judged.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "orrery/reports/formats/format.h"
#include "orrery/reports/judges/judge.h"

namespace orrery::reports::formats {

inline ReadResult read_by_content(std::string_view text, const ReadOptions& options = {}) {
    const Format* format = detect(text);
    if (format == nullptr) return expected_at(1, 1, "a format");
    return format->read(text, options);
}

inline History history_in(std::string_view text, const ReadOptions& options = {}) {
    ReadResult history = read_by_content(text, options);
    EXPECT_TRUE(history.ok()) << text << "\n" << (history ? "" : history.complaint().message);
    return history ? *std::move(history) : History{};
}

inline std::string wrong_with(std::string_view text, const ReadOptions& options = {}) {
    const ReadResult result = read_by_content(text, options);
    if (result) return "nothing";
    const sim::Complaint& wrong = result.complaint();
    return std::to_string(wrong.place.line) + ":" + std::to_string(wrong.place.column) + ": " + wrong.message;
}

// "passed", "violated", ..., or why it cannot be judged.
inline std::string judged(std::string_view text, const std::string& model, const std::string& judge = "",
                          const ReadOptions& options = {}) {
    const Verdict verdict = judges::judge(history_in(text, options), {.judge = judge, .model = model});
    return verdict.error ? verdict.error_text() : std::string(name(verdict.outcome));
}

} // namespace orrery::reports::formats

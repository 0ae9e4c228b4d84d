// How GitHub reads both: percent signs stand for what would end a line or a property of a command; a summary is dropped
// whole if it is above a mebibyte.
#include "orrery/scenarios/command/annotations.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>

#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/engine/artifact/files.h"

namespace orrery::scenarios::command {
namespace {

constexpr std::size_t annotations_max = 10;
constexpr std::size_t summary_bytes_max = std::size_t{1} << 20;

using Cases = std::vector<JunitCase>;

std::string percent_encoded(std::string_view text, std::string_view special) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string all;
    for (const char each : text) {
        if (special.find(each) == std::string_view::npos) {
            all += each;
            continue;
        }
        const auto byte = static_cast<unsigned char>(each);
        all += '%';
        all += digits[byte >> 4];
        all += digits[byte & 15];
    }
    return all;
}
std::string in_command(std::string_view text) { return percent_encoded(text, "%\r\n"); }
std::string in_property(std::string_view text) { return percent_encoded(text, "%\r\n:,"); }

std::string error_line(const std::string& title, const std::string& text) {
    return "::error title=" + in_property(title) + "::" + in_command(text) + "\n";
}

std::string title_of(const JunitCase& each) { return each.suite + ", " + each.name; }

std::size_t longest_run(std::string_view text, char of) {
    std::size_t longest = 0;
    std::size_t run = 0;
    for (const char each : text) {
        run = each == of ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return longest;
}

// Nothing in it is Markdown or HTML: a text between so many backticks as it does not hold itself, on one line.
std::string code(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char each) { return each == '\n' || each == '\r'; }, ' ');
    const std::string fence(longest_run(text, '`') + 1, '`');
    return fence + " " + text + " " + fence;
}
std::string code_block(const std::string& text) {
    const std::string fence(std::max<std::size_t>(longest_run(text, '`') + 1, 3), '`');
    return fence + "\n" + text + (text.ends_with('\n') ? "" : "\n") + fence + "\n";
}

std::string section(const JunitCase& each) {
    return "#### " + code(title_of(each)) + "\n\n" + code(each.message) + "\n\n" +
           (each.text.empty() ? "" : code_block(each.text) + "\n");
}

Cases failed_of(const Cases& cases) {
    Cases failed;
    std::copy_if(cases.begin(), cases.end(), std::back_inserter(failed),
                 [](const JunitCase& each) { return each.outcome != JunitCase::Outcome::passed; });
    return failed;
}

// Adds the summary to what stands in the file already.
sim::Problem add_summary(const std::string& verb, const Cases& cases, const std::string& path) {
    std::error_code error;
    const std::uintmax_t size = std::filesystem::file_size(path, error);
    const std::size_t before = error ? 0 : static_cast<std::size_t>(size);
    const std::string text = step_summary(verb, cases, summary_bytes_max - std::min(before, summary_bytes_max));
    std::FILE* file = std::fopen(path.c_str(), "ae");
    if (file == nullptr) return sim::missing_complaint("cannot write GITHUB_STEP_SUMMARY, " + path);
    const bool written = std::fwrite(text.data(), 1, text.size(), file) == text.size();
    if (std::fclose(file) == 0 && written) return std::nullopt;
    return sim::missing_complaint("cannot write GITHUB_STEP_SUMMARY, " + path);
}

} // namespace

std::string annotations(const Cases& cases) {
    const Cases failed = failed_of(cases);
    const std::size_t shown = failed.size() > annotations_max ? annotations_max - 1 : failed.size();
    std::string text;
    for (std::size_t i = 0; i < shown; ++i)
        text += error_line(title_of(failed[i]) + ": " + failed[i].message, failed[i].text);
    if (shown < failed.size())
        text += error_line("and " + std::to_string(failed.size() - shown) + " more", "all stand in the summary");
    return text;
}

std::string step_summary(const std::string& verb, const Cases& cases, std::size_t bytes_max) {
    const Cases failed = failed_of(cases);
    std::string text = "### orrery " + verb + ": ";
    if (failed.empty())
        text += std::to_string(cases.size()) + " passed\n\n";
    else
        text += std::to_string(failed.size()) + " of " + std::to_string(cases.size()) + " did not pass\n\n";
    const std::string end = "and " + std::to_string(failed.size()) + " more\n"; // no longer than what it will be
    for (std::size_t i = 0; i < failed.size(); ++i) {
        const std::string next = section(failed[i]);
        if (text.size() + next.size() + end.size() > bytes_max) {
            text += "and " + std::to_string(failed.size() - i) + " more\n";
            break;
        }
        text += next;
    }
    return text.size() <= bytes_max ? text : "";
}

bool prints_annotations(bool json) {
    const char* actions = std::getenv("GITHUB_ACTIONS");
    return !json && actions != nullptr && std::string_view(actions) == "true";
}

sim::Problem publish(const std::string& verb, const Cases& cases, const std::string& junit, bool json) {
    if (prints_annotations(json)) {
        say("{}", annotations(cases));
        std::fflush(stdout);
    }
    sim::Problem problem;
    if (is_set("GITHUB_STEP_SUMMARY")) problem = add_summary(verb, cases, std::getenv("GITHUB_STEP_SUMMARY"));
    if (!junit.empty())
        if (sim::Problem unwritten = engine::write_file(junit, junit_xml(cases))) problem = std::move(unwritten);
    return problem;
}

} // namespace orrery::scenarios::command

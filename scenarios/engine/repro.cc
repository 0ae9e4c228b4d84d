// Lines of words; the plan's lines stand in the middle as they are.
#include "orrery/scenarios/engine/repro.h"

#include <algorithm>
#include <charconv>
#include <sstream>

#include "orrery/scenarios/engine/nearest.h"

namespace orrery::scenarios {
namespace {

bool parse_number(std::string_view text, std::uint64_t& number, int base = 10) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
    return error == std::errc{} && end == text.data() + text.size() && !text.empty();
}

// Takes lines one by one and keeps the number of the current one.
struct Lines {
    std::string_view rest;
    std::size_t number = 0;
    bool next(std::string_view& line) {
        if (rest.empty()) return false;
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        ++number;
        return true;
    }
};

// Parses one repro; on failure `expected` tells what was expected at `column`.
struct Parser {
    Lines lines;
    Repro repro{};
    std::string expected{};
    std::size_t column = 1;

    bool fail(std::string what, std::size_t at = 1) {
        expected = std::move(what);
        column = at;
        return false;
    }
    bool line(std::string_view key, std::string_view value);
    bool setting(std::string_view value);
    bool choice(std::string_view key, std::string_view value);
    bool checkpoint(std::string_view value);
    bool hosts(std::string_view value);
    bool plan(std::string_view file, faults::PlanError& error);
};

bool Parser::setting(std::string_view value) {
    if (repro.input.scenario == nullptr) return fail("a line 'scenario NAME' before");
    const std::size_t equals = value.find('=');
    if (equals == std::string_view::npos) return fail("NAME=VALUE", 5);
    const auto wrong = set_setting(*repro.input.scenario, repro.input.settings, value.substr(0, equals),
                                   value.substr(equals + 1));
    return wrong ? fail("a legal setting: " + *wrong, 5) : true;
}

// The edits: override, reseed, skip.
bool Parser::choice(std::string_view key, std::string_view value) {
    std::istringstream words{std::string(value)};
    std::uint64_t numbers[5] = {};
    std::string word;
    std::size_t count = 0;
    while (words >> word && count < 5)
        if (!parse_number(word, numbers[count++])) return fail("whole numbers", key.size() + 2);
    if (key == "override") {
        if (count != 5) return fail("override EVENT SITE COUNT OUTCOME CHOICES");
        repro.input.overrides.push_back(
            {numbers[0], numbers[1], static_cast<std::uint32_t>(numbers[2]), numbers[3], numbers[4]});
    } else if (key == "reseed") {
        if (count != 2) return fail("reseed TIME SALT");
        repro.input.reseeds.push_back({{static_cast<std::int64_t>(numbers[0])}, numbers[1]});
    } else {
        if (count != 2) return fail("skip CLIENT OPERATION");
        repro.input.skipped.insert({numbers[0], numbers[1]});
    }
    return true;
}

bool Parser::checkpoint(std::string_view value) {
    std::istringstream words{std::string(value)};
    sim::Checkpoint checkpoint;
    std::string word;
    std::uint64_t time = 0;
    if (!(words >> word) || !parse_number(word, checkpoint.events)) return fail("checkpoint EVENTS TIME DIGEST...");
    if (!(words >> word) || !parse_number(word, time)) return fail("checkpoint EVENTS TIME DIGEST...");
    checkpoint.time = {static_cast<std::int64_t>(time)};
    while (words >> word) {
        std::uint64_t digest = 0;
        if (!parse_hexadecimal(word, digest)) return fail("a digest of 16 hexadecimal digits");
        checkpoint.hosts.push_back(digest);
    }
    repro.checkpoints.push_back(std::move(checkpoint));
    return true;
}

bool Parser::hosts(std::string_view value) {
    std::istringstream words{std::string(value)};
    std::string word;
    repro.hosts.clear();
    while (words >> word) repro.hosts.push_back(word);
    return true;
}

bool Parser::line(std::string_view key, std::string_view value) {
    if (key == "scenario") {
        repro.input.scenario = find_scenario(value);
        std::vector<std::string> names;
        for (const Scenario* each : all_scenarios()) names.push_back(each->name);
        if (repro.input.scenario == nullptr)
            return fail("the name of a scenario; see orrery list" + suggestion(value, names), 10);
        repro.input.settings = default_settings(*repro.input.scenario);
        return true;
    }
    if (key == "source") return repro.source = value, true;
    if (key == "seed") return parse_number(value, repro.input.seed) ? true : fail("a whole number", 6);
    if (key == "set") return setting(value);
    if (key == "override" || key == "reseed" || key == "skip") return choice(key, value);
    if (key == "checkpoint") return checkpoint(value);
    if (key == "hosts") return hosts(value);
    if (key == "digest") return parse_hexadecimal(value, repro.digest) ? true : fail("16 hexadecimal digits", 8);
    if (key == "events") return parse_number(value, repro.events) ? true : fail("a whole number", 8);
    if (key == "expect") {
        const std::size_t space = std::min(value.find(' '), value.size());
        const std::string_view verdict = value.substr(0, space);
        if (verdict != "passed" && verdict != "violated" && verdict != "undecided")
            return fail("passed, violated or undecided", 8);
        repro.expected = verdict == "passed" ? Verdict::passed : verdict == "violated" ? Verdict::violated : Verdict::undecided;
        repro.fingerprint = value.substr(std::min(space + 1, value.size()));
        return true;
    }
    return fail("scenario, source, seed, set, plan, override, reseed, skip, expect, digest, events, hosts, checkpoint or end");
}

bool Parser::plan(std::string_view file, faults::PlanError& error) {
    const std::size_t first = lines.number + 1;
    const std::string_view before = lines.rest;
    std::string_view line;
    std::size_t length = 0;
    while (lines.next(line) && line != "end") length = static_cast<std::size_t>(line.data() + line.size() - before.data());
    auto parsed = faults::parse_plan(before.substr(0, length), file, first);
    if (auto* wrong = std::get_if<faults::PlanError>(&parsed)) {
        error = *wrong;
        return false;
    }
    repro.input.plan = std::get<faults::Plan>(std::move(parsed));
    return true;
}

} // namespace

std::string hexadecimal(std::uint64_t number) {
    std::string text(16, '0');
    for (std::size_t i = 0; i < 16; ++i) text[15 - i] = "0123456789abcdef"[number >> (4 * i) & 15];
    return text;
}

bool parse_hexadecimal(std::string_view text, std::uint64_t& number) {
    return text.size() == 16 && parse_number(text, number, 16);
}

Repro make_repro(const RunInput& input, const RunOutput& output) {
    Repro repro{input, output.verdict, {}, output.digest, output.events, std::string(source_identity()), output.hosts,
                output.checkpoints};
    repro.input.plan = output.plan;
    if (!output.findings.empty()) repro.fingerprint = output.findings.front().fingerprint();
    return repro;
}

std::string print(const sim::Override& each) {
    return "override " + std::to_string(each.event) + " " + std::to_string(each.site) + " " + std::to_string(each.count) + " " +
           std::to_string(each.outcome) + " " + std::to_string(each.choices);
}

std::string print(const Repro& repro) {
    const RunInput& input = repro.input;
    std::string text = "orrery repro 1\nscenario " + input.scenario->name + "\nsource " + repro.source + "\nseed " +
                       std::to_string(input.seed) + "\n";
    for (const auto& [key, value] : input.settings.values()) text += "set " + key + "=" + value + "\n";
    for (const sim::Override& each : input.overrides) text += print(each) + "\n";
    for (const auto& each : input.reseeds)
        text += "reseed " + std::to_string(each.time.nanoseconds) + " " + std::to_string(each.salt) + "\n";
    for (const Skip& each : input.skipped)
        text += "skip " + std::to_string(each.client) + " " + std::to_string(each.number) + "\n";
    text += "plan\n" + faults::print(input.plan.value_or(faults::Plan{})) + "end\n";
    text += "expect " + std::string(name(repro.expected)) + (repro.fingerprint.empty() ? "" : " " + repro.fingerprint) + "\n";
    text += "digest " + hexadecimal(repro.digest) + "\nevents " + std::to_string(repro.events) + "\n";
    if (!repro.hosts.empty()) text += "hosts";
    for (const std::string& host : repro.hosts) text += " " + host;
    if (!repro.hosts.empty()) text += "\n";
    for (const sim::Checkpoint& each : repro.checkpoints) {
        text += "checkpoint " + std::to_string(each.events) + " " + std::to_string(each.time.nanoseconds);
        for (const std::uint64_t digest : each.hosts) text += " " + hexadecimal(digest);
        text += "\n";
    }
    return text;
}

std::variant<Repro, faults::PlanError> parse_repro(std::string_view text, std::string_view file) {
    Parser parser{{text}};
    const auto error = [&](std::size_t column, std::string expected) {
        return faults::PlanError{std::string(file), std::max<std::size_t>(parser.lines.number, 1), column, std::move(expected)};
    };
    std::string_view line;
    if (!parser.lines.next(line) || line != "orrery repro 1") return error(1, "'orrery repro 1' in the first line");
    bool ends = false;
    while (parser.lines.next(line)) {
        if (line.empty() || line.starts_with('#')) continue;
        faults::PlanError wrong;
        if (line == "plan") {
            if (!parser.plan(file, wrong)) return wrong;
            continue;
        }
        const std::size_t space = std::min(line.find(' '), line.size());
        if (!parser.line(line.substr(0, space), line.substr(std::min(space + 1, line.size()))))
            return error(parser.column, parser.expected);
        ends = ends || line.starts_with("digest ");
    }
    if (parser.repro.input.scenario == nullptr) return error(1, "a line 'scenario NAME'");
    if (!parser.repro.input.plan) return error(1, "a plan between the lines 'plan' and 'end'");
    if (!ends) return error(1, "a line 'digest HEX'");
    return std::move(parser.repro);
}

} // namespace orrery::scenarios

// Printing a repro, and reading it back: a line is a key and its words; the plan's lines stand in the middle as they
// are. What is wrong is said with the line and the column of the wrong word, or of the place where one is missing.
#include "orrery/scenarios/engine/artifact/repro.h"

#include <algorithm>
#include <map>

#include "orrery/reports/formats/json_value.h"
#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/scenarios/engine/run/plan.h"
#include "orrery/scenarios/engine/run/settings.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::engine {
namespace {

struct Word {
    std::string_view text; // empty: there is none
    std::size_t column = 1;
};

class Reader {
public:
    Reader(std::string_view text, std::string_view file) : rest_(text), file_(file), whole_(text.ends_with('\n')) {}
    sim::Checked<Repro> read();

private:
    bool first_line();
    struct Key {
        std::string_view name;
        bool (Reader::*read)();
        bool repeats = false;
        bool needed = false;
        std::string_view missing{}; // how it is asked for
    };
    static const std::vector<Key>& keys();

    bool next_line();
    Word next_word();
    Word peek_word();
    Word remainder(); // of the line, after one blank
    bool fail(const Word& word, std::string expected) {
        error_ = {sim::Cause::input,
                  {std::string(file_), std::max<std::size_t>(line_number_, 1), word.column},
                  "expected " + std::move(expected)};
        return false;
    }
    bool once(const Word& word, const std::string& what);
    bool number(std::uint64_t& out, std::string_view what = {}, std::uint64_t most = UINT64_MAX);
    bool digest(std::uint64_t& out);
    bool read_line();
    bool end_of_line();
    // One for each key.
    bool scenario();
    bool source();
    bool seed() { return number(repro_.input.seed); }
    bool setting();
    bool edit_override();
    bool fixed();
    bool reseed();
    bool client_operation(ClientOperation& each);
    bool skip();
    bool operations();
    bool operation();
    bool words(Invocation& invocation);
    bool json(reports::Value& value);
    bool plan();
    bool expectation();
    bool final_digest() { return digest(repro_.digest); }
    bool events() { return number(repro_.events); }
    bool hosts();
    bool checkpoint();

    std::string_view rest_;
    std::string_view file_;
    bool whole_;
    std::string_view line_{};
    std::size_t line_number_ = 0;
    std::size_t at_ = 0;                        // within the line
    std::map<std::string, std::size_t> seen_{}; // what may stand once -> its line
    std::uint64_t operations_ = 0;              // that there should be
    Repro repro_{};
    sim::Complaint error_{};
};

const std::vector<Reader::Key>& Reader::keys() {
    static const std::vector<Key> all = {
        {"scenario", &Reader::scenario, false, true, "a line 'scenario NAME'"},
        {"source", &Reader::source},
        {"seed", &Reader::seed, false, true, "a line 'seed NUMBER'"},
        {"set", &Reader::setting, true},
        {"override", &Reader::edit_override, true},
        {"fixed", &Reader::fixed, true},
        {"reseed", &Reader::reseed, true},
        {"skip", &Reader::skip, true},
        {"operations", &Reader::operations},
        {"operation", &Reader::operation, true},
        {"plan", &Reader::plan, false, true, "a plan between the lines 'plan' and 'end'"},
        {"expect", &Reader::expectation, false, true, "a line 'expect VERDICT'"},
        {"digest", &Reader::final_digest, false, true, "a line 'digest HEX'"},
        {"events", &Reader::events},
        {"hosts", &Reader::hosts},
        {"checkpoint", &Reader::checkpoint, true}};
    return all;
}

bool Reader::next_line() {
    if (rest_.empty()) return false;
    const std::size_t end = std::min(rest_.find('\n'), rest_.size());
    line_ = rest_.substr(0, end);
    if (line_.ends_with('\r')) line_.remove_suffix(1);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    ++line_number_;
    at_ = 0;
    return true;
}

Word Reader::next_word() {
    at_ = std::min(line_.find_first_not_of(' ', at_), line_.size());
    const std::size_t end = std::min(line_.find(' ', at_), line_.size());
    const Word word{line_.substr(at_, end - at_), at_ + 1};
    at_ = end;
    return word;
}

Word Reader::peek_word() {
    const std::size_t before = at_;
    const Word word = next_word();
    at_ = before;
    return word;
}

Word Reader::remainder() {
    const std::size_t begin = std::min(at_ + 1, line_.size());
    at_ = line_.size();
    return {line_.substr(begin), begin + 1};
}

bool Reader::end_of_line() {
    const Word word = next_word();
    return word.text.empty() || fail(word, "the end of the line");
}

bool Reader::once(const Word& word, const std::string& what) {
    const auto [first, is_first] = seen_.emplace(what, line_number_);
    return is_first || fail(word, what + " once; line " + std::to_string(first->second) + " has it");
}

bool Reader::number(std::uint64_t& out, std::string_view what, std::uint64_t most) {
    const Word word = next_word();
    if (sim::parse_integer(word.text, out) && out <= most) return true;
    const std::string bound = most == UINT64_MAX ? "" : ", at most " + std::to_string(most);
    return fail(word, "a whole number" + (what.empty() ? "" : " for " + std::string(what)) + bound);
}

bool Reader::digest(std::uint64_t& out) {
    const Word word = next_word();
    return sim::parse_hexadecimal(word.text, out) || fail(word, "16 hexadecimal digits");
}

bool Reader::scenario() {
    const Word word = remainder();
    repro_.input.scenario = find_scenario(word.text);
    std::vector<std::string> names;
    for (const Scenario* each : all_scenarios()) names.push_back(each->name);
    if (repro_.input.scenario == nullptr)
        return fail(word, "the name of a scenario; see orrery list" + sim::suggestion(word.text, names));
    repro_.input.settings = default_settings(*repro_.input.scenario);
    return true;
}

bool Reader::source() { return repro_.source = remainder().text, true; }

bool Reader::setting() {
    const Word word = remainder();
    if (repro_.input.scenario == nullptr) return fail({}, "a line 'scenario NAME' before");
    // They say which hosts and clients there are, and other lines are checked against that.
    if (!repro_.input.skipped.empty() || repro_.input.operations || !repro_.input.fixed.empty())
        return fail({}, "every line 'set KEY=VALUE' before the lines 'fixed', 'skip' and 'operations'");
    const std::size_t equals = word.text.find('=');
    if (equals == std::string_view::npos) return fail(word, "NAME=VALUE");
    const std::string_view key = word.text.substr(0, equals);
    const std::string_view value = word.text.substr(equals + 1);
    if (!once(word, "setting " + std::string(key))) return false;
    const sim::Problem problem = set_setting(*repro_.input.scenario, repro_.input.settings, key, value);
    if (!problem) return true;
    const std::size_t column = problem->place.column; // within the value; 0: it is the name that is wrong
    return fail({value, column == 0 ? word.column : word.column + equals + column},
                "a legal setting: " + problem->message);
}

bool Reader::edit_override() {
    sim::Override each;
    std::uint64_t count = 0;
    const Word first{line_, std::min(line_.find_first_not_of(' ', at_), line_.size()) + 1};
    if (!number(each.event, "EVENT") || !number(each.site, "SITE") || !number(count, "COUNT", UINT32_MAX)) return false;
    const Word outcome = peek_word();
    if (!number(each.outcome, "OUTCOME") || !number(each.choices, "CHOICES")) return false;
    if (each.outcome >= each.choices)
        return fail(outcome, "an OUTCOME below CHOICES, which is " + std::to_string(each.choices));
    each.count = static_cast<std::uint32_t>(count);
    repro_.input.overrides.push_back(each);
    return once(first, "an override of draw " + std::to_string(each.event) + " " + std::to_string(each.site) + " " +
                           std::to_string(count));
}

// SITE [HOST] PERCENT%
bool Reader::fixed() {
    FixedSite each;
    const Word site = next_word();
    if (site.text.empty()) return fail(site, "the name of a site, like latency");
    each.site = site.text;
    Word percent = next_word();
    const Word host = percent;
    if (!percent.text.ends_with('%')) {
        if (repro_.input.scenario == nullptr) return fail({}, "a line 'scenario NAME' before");
        const faults::HostNames hosts = hosts_of(repro_.input);
        if (std::find(hosts.begin(), hosts.end(), host.text) == hosts.end())
            return fail(host, "a host of the run, or a percentage");
        each.host = host.text;
        percent = next_word();
    }
    std::uint64_t value = 0;
    if (!percent.text.ends_with('%') || !sim::parse_integer(percent.text.substr(0, percent.text.size() - 1), value) ||
        value > 100)
        return fail(percent, "a percentage, 0% to 100%");
    each.percent = static_cast<std::uint32_t>(value);
    repro_.input.fixed.push_back(each);
    return once(site, "'fixed " + each.site + (each.host.empty() ? "" : " " + each.host) + "'");
}

bool Reader::reseed() {
    std::uint64_t time = 0;
    std::uint64_t salt = 0;
    if (!number(time, "TIME", INT64_MAX) || !number(salt, "SALT")) return false;
    repro_.input.reseeds.push_back({{static_cast<std::int64_t>(time)}, salt});
    return true;
}

bool Reader::client_operation(ClientOperation& each) {
    if (repro_.input.scenario == nullptr) return fail({}, "a line 'scenario NAME' before");
    const std::uint32_t clients = client_count(*repro_.input.scenario, repro_.input.settings);
    if (clients == 0) return fail({}, "no operation: the scenario has no clients");
    return number(each.client, "CLIENT", clients - 1) && number(each.number, "OPERATION");
}

bool Reader::skip() {
    ClientOperation each;
    return client_operation(each) && (repro_.input.skipped.insert(each), true);
}

bool Reader::operations() {
    repro_.input.operations.emplace();
    return number(operations_, "COUNT");
}

// F [KEY] [ARGUMENT], the last two in JSON; nothing: the operation is drawn.
bool Reader::words(Invocation& invocation) {
    const Word f = next_word();
    if (f.text.empty()) return true;
    const reports::models::Language* model = repro_.input.scenario->clients.model;
    if (model == nullptr) return fail(f, "no words: the scenario has no model of its operations");
    reports::models::Words words{std::string(f.text), {}, {}};
    if (model->takes_keys() && !json(words.key)) return false;
    if (at_ < line_.size() && !json(words.argument)) return false;
    if (!model->has(words)) return fail(f, "an operation of a " + std::string(model->name()) + ": " + model->verbs());
    invocation.words = std::move(words);
    return true;
}

// One value; it ends at the first blank at which it is whole.
bool Reader::json(reports::Value& value) {
    at_ = std::min(line_.find_first_not_of(' ', at_), line_.size());
    const std::size_t begin = at_;
    for (std::size_t end = begin; end < line_.size();) {
        end = std::min(line_.find(' ', end + 1), line_.size());
        const auto parsed = reports::formats::parse_json(line_.substr(begin, end - begin));
        if (!parsed.ok()) continue;
        at_ = end;
        return reports::formats::value_of(*parsed, value) || fail({{}, begin + 1}, "whole numbers of 64 bits");
    }
    return fail({line_.substr(begin), begin + 1}, "a value in JSON");
}

bool Reader::operation() {
    if (!repro_.input.operations) return fail({}, "a line 'operations COUNT' before");
    const Word first{line_, std::min(line_.find_first_not_of(' ', at_), line_.size()) + 1};
    ClientOperation each;
    Invocation invocation;
    std::uint64_t time = 0;
    if (!client_operation(each) || !number(time, "TIME", INT64_MAX) || !words(invocation)) return false;
    invocation.time = {static_cast<std::int64_t>(time)};
    const bool is_new = repro_.input.operations->emplace(each, std::move(invocation)).second;
    return is_new || fail(first, "each operation once");
}

bool Reader::plan() {
    const std::size_t first = line_number_ + 1;
    const std::string_view before = rest_;
    std::size_t length = 0;
    do {
        length = before.size() - rest_.size();
        if (!next_line()) return fail({}, "a line 'end' after the plan");
    } while (line_ != "end");
    at_ = line_.size();
    auto parsed = faults::parse_plan(before.substr(0, length), file_, first);
    if (!parsed.ok()) {
        error_ = parsed.complaint();
        return false;
    }
    repro_.input.plan = std::move(*parsed);
    return true;
}

bool Reader::expectation() {
    const Word word = next_word();
    for (const RunVerdict each : {RunVerdict::passed, RunVerdict::violated, RunVerdict::undecided}) {
        if (word.text != name(each)) continue;
        repro_.expected = each;
        const Word fingerprint = remainder();
        repro_.fingerprint = fingerprint.text;
        const bool is_whole = std::count(fingerprint.text.begin(), fingerprint.text.end(), '/') >= 2;
        if (each != RunVerdict::violated && fingerprint.text.empty()) return true;
        return is_whole || fail(fingerprint, "the fingerprint of the failure, JUDGE/CLASS/RULE");
    }
    return fail(word, "passed, violated or undecided");
}

bool Reader::hosts() {
    for (Word word = next_word(); !word.text.empty(); word = next_word()) {
        if (std::find(repro_.hosts.begin(), repro_.hosts.end(), word.text) != repro_.hosts.end())
            return fail(word, "each host once");
        repro_.hosts.emplace_back(word.text);
    }
    return true;
}

bool Reader::checkpoint() {
    CHECK(line_number_ > 0);
    sim::world::Checkpoint each;
    std::uint64_t time = 0;
    const Word events = peek_word();
    if (!number(each.events, "EVENTS") || !number(time, "TIME", INT64_MAX)) return false;
    each.time = {static_cast<std::int64_t>(time)};
    if (!repro_.checkpoints.empty() && each.events <= repro_.checkpoints.back().events)
        return fail(events, "more EVENTS than in the line before, " + std::to_string(repro_.checkpoints.back().events));
    while (at_ < line_.size())
        if (!digest(each.hosts.emplace_back())) return false;
    if (each.hosts.size() != repro_.hosts.size())
        return fail({{}, line_.size() + 1}, "a digest for each of " + std::to_string(repro_.hosts.size()) + " hosts");
    repro_.checkpoints.push_back(std::move(each));
    return true;
}

bool Reader::read_line() {
    const Word word = next_word();
    std::vector<std::string_view> known;
    for (const Key& key : keys()) {
        known.push_back(key.name);
        if (word.text != key.name) continue;
        if (!key.repeats && !once(word, "'" + std::string(word.text) + "'")) return false;
        return (this->*key.read)() && end_of_line();
    }
    return fail(word, sim::join(known));
}

bool Reader::first_line() {
    constexpr std::string_view head = "orrery repro ";
    (void)next_line();
    if (line_ == "orrery repro 1") return true;
    if (!line_.starts_with(head)) return fail({}, "'orrery repro 1' in the first line: this is no repro");
    return fail({line_.substr(head.size()), head.size() + 1},
                "version 1, which this program reads; replay the file with the version of Orrery that wrote it");
}

sim::Checked<Repro> Reader::read() {
    if (!first_line()) return error_;
    while (next_line()) {
        if (line_.empty() || line_.starts_with('#')) continue;
        if (!read_line()) return error_;
    }
    // A file that was cut off would replay, and say less than it did.
    if (!whole_) return fail({{}, line_.size() + 1}, "the end of the line: the file stops within it"), error_;
    if (const auto& operations = repro_.input.operations; operations && operations->size() != operations_)
        return fail({}, std::to_string(operations_) + " lines 'operation CLIENT NUMBER TIME', not " +
                            std::to_string(operations->size())),
               error_;
    for (const Key& key : keys())
        if (key.needed && !seen_.contains("'" + std::string(key.name) + "'"))
            return fail({}, std::string(key.missing)), error_;
    return std::move(repro_);
}

std::string print(const std::optional<reports::models::Words>& words, const RunInput& input) {
    if (!words) return {};
    CHECK(input.scenario->clients.model != nullptr);
    const auto json = [](const reports::Value& value) { return " " + reports::formats::json_of(value).dump(); };
    return " " + words->f + (input.scenario->clients.model->takes_keys() ? json(words->key) : "") +
           (words->argument.is_nil() ? "" : json(words->argument));
}

} // namespace

sim::Checked<Repro> parse_repro(std::string_view text, std::string_view file) { return Reader(text, file).read(); }

Repro make_repro(const RunInput& input, const RunResult& result) {
    CHECK(input.scenario != nullptr);
    Repro repro{input,         result.verdict,    result.fingerprint(),
                result.digest, result.events,     std::string(source_identity()),
                result.hosts,  result.checkpoints};
    repro.input.plan = result.plan;
    return repro;
}

RunResult Repro::recorded() const {
    RunResult result;
    result.verdict = expected;
    if (expected == RunVerdict::violated) {
        // JUDGE/CLASS/RULE, and a rule may have strokes of its own.
        const std::size_t first = std::min(fingerprint.find('/'), fingerprint.size());
        const std::size_t second = std::min(fingerprint.find('/', first + 1), fingerprint.size());
        sim::Finding& finding = result.findings.emplace_back();
        finding.judge = fingerprint.substr(0, first);
        finding.kind = fingerprint.substr(std::min(first + 1, second), second - std::min(first + 1, second));
        finding.rule = fingerprint.substr(std::min(second + 1, fingerprint.size()));
    }
    result.hosts = hosts;
    result.checkpoints = checkpoints;
    result.digest = digest;
    result.events = events;
    result.time = checkpoints.empty() ? sim::WorldTime{} : checkpoints.back().time;
    return result;
}

std::string print(const sim::Override& each) {
    return "override " + std::to_string(each.event) + " " + std::to_string(each.site) + " " +
           std::to_string(each.count) + " " + std::to_string(each.outcome) + " " + std::to_string(each.choices);
}

std::string print(const Repro& repro) {
    const RunInput& input = repro.input;
    std::string text = "orrery repro 1\nscenario " + input.scenario->name + "\nsource " + repro.source + "\nseed " +
                       std::to_string(input.seed) + "\n";
    for (const auto& [key, value] : input.settings.values()) text += "set " + key + "=" + value + "\n";
    for (const sim::Override& each : input.overrides) text += print(each) + "\n";
    for (const FixedSite& each : input.fixed)
        text += "fixed " + each.site + (each.host.empty() ? "" : " " + each.host) + " " + std::to_string(each.percent) +
                "%\n";
    for (const auto& each : input.reseeds)
        text += "reseed " + std::to_string(each.time.nanoseconds) + " " + std::to_string(each.salt) + "\n";
    for (const ClientOperation& each : input.skipped)
        text += "skip " + std::to_string(each.client) + " " + std::to_string(each.number) + "\n";
    if (input.operations) text += "operations " + std::to_string(input.operations->size()) + "\n";
    if (input.operations)
        for (const auto& [each, invocation] : *input.operations)
            text += "operation " + std::to_string(each.client) + " " + std::to_string(each.number) + " " +
                    std::to_string(invocation.time.nanoseconds) + print(invocation.words, input) + "\n";
    text += "plan\n" + faults::print(input.plan.value_or(faults::Plan{})) + "end\n";
    text += "expect " + std::string(name(repro.expected)) + (repro.fingerprint.empty() ? "" : " " + repro.fingerprint) +
            "\n";
    text += "digest " + sim::hexadecimal(repro.digest) + "\nevents " + std::to_string(repro.events) + "\n";
    if (!repro.hosts.empty()) text += "hosts";
    for (const std::string& host : repro.hosts) text += " " + host;
    if (!repro.hosts.empty()) text += "\n";
    for (const sim::world::Checkpoint& each : repro.checkpoints) {
        text += "checkpoint " + std::to_string(each.events) + " " + std::to_string(each.time.nanoseconds);
        for (const std::uint64_t digest : each.hosts) text += " " + sim::hexadecimal(digest);
        text += "\n";
    }
    return text;
}

sim::Checked<Repro> read_repro(const std::string& file) {
    const sim::Checked<std::string> text = read_file(file);
    if (!text) return text.complaint();
    sim::Checked<Repro> repro = parse_repro(*text, file);
    if (!repro) return repro;
    if (const sim::Problem problem = problem_of_faults(repro->input)) return *problem;
    return repro;
}

} // namespace orrery::scenarios::engine

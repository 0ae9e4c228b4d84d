// orrery::main, the command line: words in, a verb called, an exit code out. CLI11 takes the words apart; what they
// mean, and what else may say it, is in option.h.
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "orrery/scenarios/command/command_line.h"
#include "orrery/scenarios/command/help.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/scenarios/command/verbs.h"
#include "orrery/scenarios/engine/artifact/repro.h"
#include "orrery/scenarios/engine/process/interruption.h"
#include "orrery/scenarios/engine/process/verify.h"
#include "orrery/sim/text.h"

#if !defined(ORRERY_VERSION)
#define ORRERY_VERSION "unknown"
#endif

namespace {

using namespace orrery::scenarios;
using namespace orrery::scenarios::engine;
using namespace orrery::scenarios::command;
namespace sim = orrery::sim;

using Flags = std::map<std::string, std::vector<std::string>>; // of one verb, by name, as given

void add_verb(CLI::App& app, const Verb& verb, Flags& flags) {
    CLI::App* sub = app.add_subcommand(verb.name, verb.help);
    for (const Option& option : verb.options) {
        std::vector<std::string>& texts = flags[option.name];
        if (option.is_flag())
            sub->add_flag_callback(
                "--" + option.name, [&texts] { texts = {"true"}; }, option.help);
        else // one word each time it is given: what follows is a word of its own
            sub->add_option("--" + option.name, texts, option.help)->allow_extra_args(false)->type_name("");
    }
    const auto add_operand = [&](const std::string& name, auto& words) {
        sub->add_option(name, words)->required(verb.needs_operand)->type_name("");
    };
    if (auto* const* one = std::get_if<std::string*>(&verb.operands)) add_operand(verb.operand, **one);
    if (auto* const* many = std::get_if<std::vector<std::string>*>(&verb.operands)) {
        const std::vector<std::string_view> names = sim::split(verb.operand, ' ');
        if (!verb.takes_several()) (*many)->resize(names.size());
        if (verb.takes_several()) add_operand(verb.operand, **many);
        for (std::size_t i = 0; i < names.size() && !verb.takes_several(); ++i)
            add_operand(std::string(names[i]), (**many)[i]);
    }
    sub->footer((verb.examples.size() == 1 ? "example: " : "examples:\n  ") + sim::join(verb.examples, "\n  "));
}

// What a word was that no option of the verb expects, and what it may have meant.
std::string unexpected(const Verb& verb, const std::string& word, const std::vector<Verb>& all) {
    const std::string see = "; see orrery help " + verb.name;
    if (!word.starts_with("-")) return verb.name + " takes no '" + word + "'" + see;
    const std::string plain = word.substr(std::min(word.find_first_not_of('-'), word.size()));
    std::vector<std::string> names;
    for (const Option& option : verb.options) names.push_back(option.name);
    std::vector<std::string> others;
    for (const Verb& each : all)
        for (const Option& option : each.options)
            if (option.name == plain) others.push_back(each.name);
    const std::string text = verb.name + " has no option '" + word + "'" + see;
    if (!others.empty()) return text + "; it is one of " + sim::join(others);
    // Measured without the dashes, which all of them share.
    std::string nearest = sim::suggestion(plain, names);
    if (const std::size_t quote = nearest.find('\''); quote != std::string::npos) nearest.insert(quote + 1, "--");
    return text + nearest;
}

// What orrery.toml and the environment may say.
std::vector<const Option*> configurable_options(const std::vector<Verb>& all) {
    std::vector<const Option*> options;
    for (const Verb& verb : all)
        for (const Option& option : verb.options)
            if (verb.is_configurable) options.push_back(&option);
    return options;
}

// A misspelt variable would be passed over in silence: it may be another program's, so it is no error.
void mention_strange_variables(const std::vector<Verb>& all) {
    std::vector<std::string> known{"ORRERY_LAUNCHER", "ORRERY_INSTALL", fresh_process_variable, "ORRERY_NIGHTLY",
                                   "ORRERY_QUICK"};
    for (const Option* option : configurable_options(all)) known.push_back(environment_name(*option));
    for (char** variable = environ; *variable != nullptr; ++variable) {
        const std::string_view text = *variable;
        const std::string name(text.substr(0, text.find('=')));
        if (!name.starts_with("ORRERY_") || std::find(known.begin(), known.end(), name) != known.end()) continue;
        mention("orrery: no option stands in the environment as {}{}\n", shown_line(name),
                sim::suggestion(name, known));
    }
}

int call(const Verb& verb, const Flags& flags, const std::vector<Verb>& all) {
    std::vector<std::string> known;
    for (const Option* option : configurable_options(all))
        if (std::find(known.begin(), known.end(), option->name) == known.end()) known.push_back(option->name);
    if (!verb.is_configurable) {
        const auto nowhere = [](const std::string&) -> const char* { return nullptr; };
        if (const sim::Problem problem = fill(verb, flags, {}, nowhere)) return complain(*problem);
        return verb.run();
    }
    const sim::Checked<Configuration> configuration = read_configuration("orrery.toml", known);
    if (!configuration) return complain(configuration.complaint());
    const auto environment = [](const std::string& name) { return std::getenv(name.c_str()); };
    mention_strange_variables(all);
    if (const sim::Problem problem = fill(verb, flags, *configuration, environment)) return complain(*problem);
    const int code = verb.run();
    return signal_that_came() == 0 ? code : 128 + signal_that_came();
}

void describe(CLI::App& app) {
    app.require_subcommand(1);
    app.set_version_flag("--version", "orrery " ORRERY_VERSION " (source " + std::string(source_identity()) + ")");
    std::string footer = "examples:\n";
    for (const Example& each : examples()) footer += fmt::format("  {:<41} {}\n", each.line, each.meaning);
    footer += "Each option may also stand in the environment (ORRERY_SEEDS) or in ./orrery.toml (seeds); flags win.\n";
    std::vector<std::string> codes;
    for (const ExitCode& each : exit_codes()) codes.push_back(fmt::format("{} {}", each.code, each.word));
    app.footer(footer + "exit: " + sim::join(codes));
}

sim::Complaint no_verb(const std::string& word, const std::vector<std::string>& names) {
    return sim::usage_complaint("there is no verb '" + word + "'; see orrery help" + sim::suggestion(word, names));
}

// Words without the program's name.
int parse_and_call(std::vector<std::string> words, const std::vector<Verb>& all) {
    CLI::App app("Orrery: deterministic simulation of distributed systems", "orrery");
    describe(app);
    std::map<std::string, Flags> flags;
    std::vector<std::string> names;
    for (const Verb& verb : all) {
        add_verb(app, verb, flags[verb.name]);
        names.push_back(verb.name);
    }
    if (words.empty()) {
        mention("{}", app.help());
        return exit_usage;
    }
    // help VERB is VERB --help; what else help does it does itself.
    const bool is_about_verb = words.front() == "help" && (words.size() == 1 || !words[1].starts_with("-"));
    if (is_about_verb) words.front() = "--help";
    if (words.front() == "--help" && words.size() > 1) std::swap(words[0], words[1]);
    const std::string first = words.front();
    const auto verb = std::find_if(all.begin(), all.end(), [&](const Verb& each) { return each.name == first; });
    if (verb == all.end() && !first.starts_with("-")) return complain(no_verb(first, names));
    std::reverse(words.begin(), words.end()); // as CLI11 takes them
    try {
        app.parse(words);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return app.exit(error); // --help, --version
        const std::vector<std::string> rest = app.remaining(true);
        if (verb != all.end() && !rest.empty())
            return complain(sim::usage_complaint(unexpected(*verb, rest.front(), all)));
        if (const auto* missing = dynamic_cast<const CLI::ArgumentMismatch*>(&error)) {
            const std::string what = missing->what(); // "--seed: 1 required  missing"
            return complain(sim::usage_complaint(what.substr(0, what.find(':')) + " needs a value; see orrery help " +
                                                 (verb == all.end() ? "" : verb->name)));
        }
        return complain(sim::usage_complaint(std::string(error.what()) + "; see orrery help " +
                                             (verb == all.end() ? "" : verb->name)));
    }
    return verb == all.end() ? exit_usage : call(*verb, flags[first], all);
}

// A file that is opened while 0, 1 or 2 is closed would get its number, and be taken for it. What stands in for a
// closed stdout cannot be written to: that the result went nowhere is noticed, as on a full disk.
void open_channels() {
    for (int channel = 0; channel <= 2; ++channel) {
        if (fcntl(channel, F_GETFD) >= 0) continue;
        const int opened = open("/dev/null", channel == STDOUT_FILENO ? O_RDONLY : O_RDWR);
        CHECK(opened < 0 || opened == channel); // the least number that is free
    }
}

// The code, unless the result could not be written whole. A reader that left early, like head, knows that it did, and
// the verdict is still what it was.
int whole(int code) {
    errno = 0;
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
    // It may be an earlier write that failed, and its reason is gone by now.
    const int reason = errno;
    pollfd reader{STDOUT_FILENO, POLLOUT, 0};
    if (poll(&reader, 1, 0) == 1 && (reader.revents & POLLERR) != 0) return code;
    const std::string why = reason == 0 ? "" : std::string(": ") + std::strerror(reason);
    return complain(sim::missing_complaint("the result could not be written" + why));
}

} // namespace

int orrery::main(int argc, char** argv, const std::vector<const Scenario*>& scenarios) {
    open_channels();
    set_scenarios(scenarios);
    std::signal(SIGPIPE, SIG_IGN); // whoever reads no more ends a write, not the run
    if (is_fresh_process(argc, argv)) return answer_in_fresh_process();
    // The launcher says how it was called itself.
    const char* launcher = std::getenv("ORRERY_LAUNCHER");
    set_program(launcher == nullptr ? argv[0] : launcher);
    CommandLine line;
    return whole(parse_and_call({argv + 1, argv + argc}, verbs(line)));
}

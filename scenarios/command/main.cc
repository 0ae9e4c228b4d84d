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

using Flags = std::map<std::string, Texts>; // of one verb, by name, as given

void add_verb(CLI::App& app, const Verb& verb, Flags& flags) {
    CLI::App* sub = app.add_subcommand(verb.name, verb.help);
    for (const Option& option : verb.options) {
        const std::string flag = "--" + option.name;
        Texts& texts = flags[option.name];
        if (std::holds_alternative<bool*>(option.value)) {
            sub->add_flag_callback(
                flag, [&texts] { texts = {"true"}; }, option.help);
            continue;
        }
        // One word each time it is given: what follows is a word of its own.
        CLI::Option* added = nullptr;
        if (std::holds_alternative<std::vector<std::string>*>(option.value))
            added = sub->add_option(flag, texts, option.help)->allow_extra_args(false);
        else
            added = sub->add_option_function<std::string>(
                           flag, [&texts](const std::string& text) { texts = {text}; }, option.help)
                        ->take_last();
        added->type_name("");
    }
    CLI::Option* operand = nullptr;
    if (auto* const* one = std::get_if<std::string*>(&verb.operands)) operand = sub->add_option(verb.operand, **one);
    if (auto* const* many = std::get_if<std::vector<std::string>*>(&verb.operands))
        operand = sub->add_option(verb.operand, **many);
    if (operand != nullptr) operand->required(verb.needs_operand)->type_name("");
    sub->footer("example: " + verb.example);
}

// What the words were that nothing expects, and what they may have meant.
std::string unexpected(const Verb& verb, const std::string& word) {
    std::vector<std::string> names;
    for (const Option& option : verb.options) names.push_back("--" + option.name);
    if (!word.starts_with("-")) return verb.name + " takes no '" + word + "'; see orrery " + verb.name + " --help";
    return verb.name + " has no option '" + word + "'; see orrery " + verb.name + " --help" +
           sim::suggestion(word, names);
}

// A misspelt variable would be passed over in silence: it may be another program's, so it is no error.
void tell_strange_variables(const std::vector<Verb>& all) {
    std::vector<std::string> known{"ORRERY_LAUNCHER", "ORRERY_INSTALL", fresh_process_variable, "ORRERY_NIGHTLY"};
    for (const Verb& verb : all)
        for (const Option& option : verb.options) known.push_back(environment_name(option));
    for (char** variable = environ; *variable != nullptr; ++variable) {
        const std::string_view text = *variable;
        const std::string name(text.substr(0, text.find('=')));
        if (!name.starts_with("ORRERY_") || std::find(known.begin(), known.end(), name) != known.end()) continue;
        mention("orrery: no option stands in the environment as {}{}\n", name, sim::suggestion(name, known));
    }
}

int call(const Verb& verb, Flags flags, const std::vector<Verb>& all) {
    std::erase_if(flags, [](const auto& each) { return each.second.empty(); });
    std::vector<std::string> known;
    for (const Verb& each : all)
        for (const Option& option : each.options)
            if (std::find(known.begin(), known.end(), option.name) == known.end()) known.push_back(option.name);
    const auto read = read_configuration("orrery.toml", known);
    if (const auto* wrong = std::get_if<std::string>(&read)) return complain(exit_input, *wrong);
    const auto environment = [](const std::string& name) { return std::getenv(name.c_str()); };
    tell_strange_variables(all);
    if (const auto wrong = fill(verb, flags, std::get<Configuration>(read), environment))
        return complain(wrong->code, wrong->text);
    const int code = verb.run();
    return interruption() == 0 ? code : 128 + interruption();
}

int parse_and_call(int argc, char** argv, const std::vector<Verb>& all) {
    CLI::App app("Orrery: deterministic simulation of distributed systems", "orrery");
    app.require_subcommand(1);
    app.set_version_flag("--version", "orrery " ORRERY_VERSION " (source " + std::string(source_identity()) + ")");
    app.footer("example: orrery sweep raft-kv --seeds 1..1000\n"
               "Each option may also stand in the environment (ORRERY_SEEDS) or in ./orrery.toml (seeds); flags win.\n"
               "exit: 0 passed, 1 violated, 2 undecided, 3 nondeterminism, 4 vacuous, 64 usage, 65 bad input, "
               "69 missing on this machine, 70 internal");
    std::map<std::string, Flags> flags;
    std::vector<std::string> names;
    for (const Verb& verb : all) {
        add_verb(app, verb, flags[verb.name]);
        names.push_back(verb.name);
    }
    const std::string first = argc > 1 ? argv[1] : "";
    const auto verb = std::find_if(all.begin(), all.end(), [&](const Verb& each) { return each.name == first; });
    if (verb == all.end() && !first.starts_with("-"))
        return complain(exit_usage, (first.empty() ? "a verb is missing" : "there is no verb '" + first + "'") +
                                        "; see orrery --help" + sim::suggestion(first, names));
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() == 0) return app.exit(error); // --help, --version
        const std::vector<std::string> rest = app.remaining(true);
        if (verb != all.end() && !rest.empty()) return complain(exit_usage, unexpected(*verb, rest.front()));
        return complain(exit_usage,
                        std::string(error.what()) + "; see orrery " + first + (first.empty() ? "" : " ") + "--help");
    }
    return verb == all.end() ? exit_usage : call(*verb, flags[first], all);
}

// A file that is opened while 0, 1 or 2 is closed would get its number, and be taken for it.
void open_channels() {
    int channel = 0;
    while (channel >= 0 && channel <= 2) channel = open("/dev/null", O_RDWR);
    if (channel > 2) close(channel);
}

// The code, unless the result could not be written whole. A reader that left early knows that it did.
int whole(int code) {
    errno = 0;
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return code;
    // It may be an earlier write that failed, and its reason is gone by now.
    const int reason = errno;
    pollfd reader{STDOUT_FILENO, POLLOUT, 0};
    if (poll(&reader, 1, 0) == 1 && (reader.revents & POLLERR) != 0) return exit_missing;
    const std::string why = reason == 0 ? "" : std::string(": ") + std::strerror(reason);
    return complain(exit_missing, "the result could not be written" + why);
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
    Words words;
    return whole(parse_and_call(argc, argv, verbs(words)));
}

// orrery help: the manual page, and the completion for a shell. (The help of one verb is CLI11's, see main.cc.)
//
// Roff takes a line that begins with a dot or a quote for a request, a backslash for an escape, and a bare hyphen for
// a typographic one; `roff` makes plain text of any text.
#include "orrery/scenarios/command/help.h"

#include <cctype>

#include "orrery/scenarios/command/command.h"
#include "orrery/scenarios/command/command_line.h"
#include "orrery/scenarios/command/completion.h"
#include "orrery/scenarios/command/terminal.h"
#include "orrery/sim/text.h"

#if !defined(ORRERY_VERSION)
#define ORRERY_VERSION "unknown"
#endif

namespace orrery::scenarios::command {
namespace {

std::string roff(std::string_view text) {
    std::string plain = text.starts_with(".") || text.starts_with("'") ? "\\&" : "";
    for (const char each : text) {
        if (each == '\\')
            plain += "\\e";
        else if (each == '-')
            plain += "\\-";
        else
            plain += each;
    }
    return plain;
}

std::string bold(std::string_view text) { return "\\fB" + roff(text) + "\\fR"; }
std::string entry(const std::string& term, const std::string& text) { return ".TP\n" + term + "\n" + text + "\n"; }

std::string placeholder(const Option& option) {
    const Candidates candidates = option.completion ? option.completion() : Candidates{};
    if (candidates.path == Candidates::Path::file) return "FILE";
    if (candidates.path == Candidates::Path::folder) return "FOLDER";
    return std::holds_alternative<Number>(option.value) ? "N" : "VALUE";
}

std::string upper(const std::string& text) {
    std::string all;
    for (const char each : text) all += static_cast<char>(std::toupper(static_cast<unsigned char>(each)));
    return all;
}

// What stands in the help as a clause.
std::string sentence(std::string_view clause) {
    const std::string first = upper(std::string(clause.substr(0, 1)));
    return roff(first + std::string(clause.substr(1)) + ".");
}

// "[SCENARIO...]"
std::string operand_of(const Verb& verb) {
    if (verb.operand.empty()) return "";
    const std::string word = upper(verb.operand) + (verb.takes_several() ? "..." : "");
    return verb.needs_operand ? word : "[" + word + "]";
}

std::string part_of(const Verb& verb) {
    std::string text = ".SS " + roff("orrery " + verb.name + " " + operand_of(verb)) + "\n";
    text += sentence(verb.help) + "\n";
    for (const Option& option : verb.options) {
        const std::string term = synopsis(option);
        const std::size_t space = term.find(' ');
        const std::string value = space == std::string::npos ? "" : " \\fI" + roff(term.substr(space + 1)) + "\\fR";
        text += entry(bold(term.substr(0, space)) + value, sentence(option.help));
    }
    text += ".PP\n" + std::string(verb.examples.size() == 1 ? "Example" : "Examples") + ":\n.PP\n.nf\n";
    for (const std::string& example : verb.examples) text += ".RS\n" + roff(example) + "\n.RE\n";
    return text + ".fi\n";
}

std::string places() {
    return ".SH ENVIRONMENT\n.TP\n" + bold("ORRERY_SEEDS") + ", " + bold("ORRERY_UNTIL_FAILURE") + ", ...\n" +
           roff("Any option of any verb but help, in capitals and with _ for -. A flag on the command line wins.") +
           "\n.TP\n" + bold("NO_COLOR") + "\nColours nothing.\n.SH FILES\n.TP\n" + bold("./orrery.toml") + "\n" +
           roff("Any option by its name, as seeds = \"1..500\". Flags and the environment win; a list gathers from "
                "all.") +
           "\n.TP\n" + bold("./orrery-out/") + "\n" +
           roff("What runs leave that did not pass: a repro of each, to replay.") + "\n";
}

} // namespace

const std::vector<ExitCode>& exit_codes() {
    static const std::vector<ExitCode> all = {
        {exit_passed, "passed", "All passed. A sweep that --time stopped says so in its last line."},
        {exit_violated, "violated", "Something was violated. Of the zoo: a flaw was not found."},
        {exit_undecided, "undecided", "A judge ran out of its budget of nodes, or a run out of its events."},
        {exit_nondeterminism, "nondeterminism", "A run did not repeat, or a replay went another way."},
        {exit_vacuous, "vacuous", "Too little happened for a verdict to mean anything."},
        {exit_usage, "usage", "The command line, a variable or a setting is wrong."},
        {exit_input, "bad input", "A file that was read is wrong."},
        {exit_missing, "missing on this machine", "This machine lacks something, or does not let it be written."},
        {exit_internal, "internal", "A bug of Orrery's own, or a seed whose process was killed from outside."}};
    return all;
}

const std::vector<Example>& examples() {
    static const std::vector<Example> all = {
        {"orrery sweep raft-kv --seeds 1..1000", "search for a failure"},
        {"orrery replay orrery-out/FILE.repro", "see it again, and why it happened"},
        {"orrery help sweep", "all options of a verb"}};
    return all;
}

std::string synopsis(const Option& option) {
    return "--" + option.name + (option.is_flag() ? "" : " " + placeholder(option));
}

std::string man_page(const std::vector<Verb>& verbs, std::string_view version) {
    std::string text = ".TH ORRERY 1 \"\" \"" + roff("orrery " + std::string(version)) + "\" \"User Commands\"\n";
    text += ".SH NAME\norrery \\- deterministic simulation and testing of distributed systems\n.SH SYNOPSIS\n";
    for (const Verb& verb : verbs)
        text += ".B orrery\n" + bold(verb.name) + " [\\fIoption\\fR...] \\fI" + roff(operand_of(verb)) + "\\fR\n.br\n";
    text += ".SH DESCRIPTION\n" +
            roff("Servers, clients, network, disks and clocks run in one process and in virtual time. One number, the "
                 "seed, decides all that happens; the same seed gives the same run. What goes wrong is found by many "
                 "seeds, kept in a small file, and replayed exactly.") +
            "\n.SH VERBS\n";
    for (const Verb& verb : verbs) text += part_of(verb);
    text += places() + ".SH EXIT STATUS\n";
    for (const ExitCode& each : exit_codes()) text += entry(bold(std::to_string(each.code)), roff(each.meaning));
    text += ".SH EXAMPLES\n";
    for (const Example& each : examples()) text += entry(bold(each.line), sentence(each.meaning));
    return text;
}

int help(const HelpOptions& options, const std::vector<Verb>& verbs) {
    if (options.man && !options.shell.empty())
        return complain(sim::usage_complaint("--man and --completion are printed one at a time"));
    if (options.man) {
        say("{}", man_page(verbs, ORRERY_VERSION));
        return exit_passed;
    }
    const std::string text = completion(options.shell, program_name(), verbs);
    if (text.empty())
        return complain(sim::usage_complaint("there is no completion for '" + options.shell + "'; there are " +
                                             sim::join(shells()) + sim::suggestion(options.shell, shells())));
    say("{}", text);
    return exit_passed;
}

} // namespace orrery::scenarios::command

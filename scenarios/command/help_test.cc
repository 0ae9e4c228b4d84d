// The manual page and the completion of shells: both come from the table of verbs, so both have all that is in it.
#include "orrery/scenarios/command/help.h"

#include "orrery/scenarios/command/completion.h"
#include "orrery/scenarios/command/executable_test.h"
#include "orrery/scenarios/command/verbs.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {
namespace {

using Lines = std::vector<std::string>;

Lines lines_of(const std::string& text) {
    Lines lines;
    for (const std::string_view line : sim::split(text, '\n')) lines.emplace_back(line);
    if (!lines.empty() && lines.back().empty()) lines.pop_back();
    return lines;
}

// "--until-failure" as roff has it.
std::string escaped(const std::string& text) {
    std::string all;
    for (const char each : text) all += each == '-' ? "\\-" : std::string(1, each);
    return all;
}

TEST(ManPage, HasEveryVerbOptionExampleAndExitCode) {
    CommandLine line;
    const std::vector<Verb> all = verbs(line);
    const std::string page = man_page(all, "0.1");
    EXPECT_TRUE(page.starts_with(".TH ORRERY 1 \"\" \"orrery 0.1\" \"User Commands\"\n.SH NAME\norrery \\- "));
    for (const Verb& verb : all) {
        const std::size_t begin = page.find(".SS orrery " + verb.name + " ");
        ASSERT_NE(begin, std::string::npos) << verb.name;
        const std::string part = page.substr(begin, page.find("\n.S", begin) - begin);
        for (const Option& option : verb.options)
            EXPECT_NE(part.find(".TP\n\\fB" + escaped("--" + option.name) + "\\fR"), std::string::npos)
                << verb.name << " --" << option.name;
        for (const std::string& example : verb.examples)
            EXPECT_NE(part.find("\n" + escaped(example) + "\n"), std::string::npos) << example;
    }
    for (const ExitCode& each : exit_codes())
        EXPECT_NE(page.find(".TP\n\\fB" + std::to_string(each.code) + "\\fR\n"), std::string::npos) << each.code;
    EXPECT_NE(page.find("\\fB\\-\\-plan\\fR \\fIFILE\\fR"), std::string::npos);
    EXPECT_NE(page.find("\\fB\\-\\-quiet\\fR\n"), std::string::npos);
    EXPECT_NE(page.find(".SS orrery call ADDRESS METHOD JSON\n"), std::string::npos);
    EXPECT_NE(page.find(".SS orrery check [FILE...]\n"), std::string::npos);
}

// What is no request must not begin as one does, and a backslash only as an escape that is known.
TEST(ManPage, IsPlainRoff) {
    CommandLine line;
    for (const std::string& each : lines_of(man_page(verbs(line), "0.1"))) {
        EXPECT_FALSE(each.empty());
        if (each.starts_with(".")) {
            const std::string request = each.substr(0, each.find(' '));
            const Lines known{".TH", ".SH", ".SS", ".TP", ".PP", ".B", ".br", ".nf", ".fi", ".RS", ".RE"};
            EXPECT_NE(std::find(known.begin(), known.end(), request), known.end()) << each;
        }
        EXPECT_FALSE(each.starts_with("'")) << each;
        for (std::size_t at = each.find('\\'); at != std::string::npos; at = each.find('\\', at + 2))
            EXPECT_NE(std::string("-ef&").find(each.at(at + 1)), std::string::npos) << each;
    }
}

class Completed : public Executable {
protected:
    // What bash offers for the last of the words, which it takes apart at each "=".
    Lines offers(const std::string& typed, const std::string& program = ORRERY_EXECUTABLE) {
        std::string words;
        for (const std::string_view word : sim::split(typed, ' ')) {
            std::string part;
            for (const char each : word) {
                if (each != '=') {
                    part += each;
                    continue;
                }
                words += (part.empty() ? "" : " '" + part + "'") + " '='";
                part.clear();
            }
            if (!part.empty() || word.empty() || !word.ends_with('=')) words += " '" + part + "'";
        }
        write("complete.bash", "source ./script\nCOMP_WORDS=(" + words + ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n" +
                                   "_" + files::path(program).filename().string() +
                                   "\n((${#COMPREPLY[@]})) && printf '%s\\n' \"${COMPREPLY[@]}\"\n");
        const Answer answer =
            shell("'" + program + "' help --completion bash >script && bash --norc --noprofile complete.bash");
        EXPECT_EQ(answer.err, "") << typed;
        return lines_of(answer.out);
    }
    bool offers_among(const std::string& typed, const std::string& word) {
        const Lines all = offers(typed);
        return std::find(all.begin(), all.end(), word) != all.end();
    }
};

TEST_F(Completed, VerbsScenariosOptionsAndNamesInBash) {
    EXPECT_EQ(offers("orrery ru"), Lines{"run"});
    EXPECT_EQ(offers("orrery run raft-k"), Lines{"raft-kv"});
    EXPECT_EQ(offers("orrery run raft-kv --see"), Lines{"--seed"});
    EXPECT_EQ(offers("orrery sweep lazy-register raft-ele"), Lines{"raft-election"});
    EXPECT_EQ(offers("orrery zoo kv_no_dup"), Lines{"kv_no_duplicate_filter"});
    EXPECT_EQ(offers("orrery check --model cas"), Lines{"cas-register"});
    EXPECT_EQ(offers("orrery check --judge bounded"), Lines{"bounded-staleness"});
    EXPECT_EQ(offers("orrery check --order l"), Lines{"lines"});
    EXPECT_EQ(offers("orrery bench pin"), Lines{"ping-pong"});
    EXPECT_EQ(offers("orrery trace x.repro --past-of f"), Lines{"finding"});
    EXPECT_EQ(offers("orrery trace x.repro --where kind=se"), Lines{"send"});
    EXPECT_EQ(offers("orrery trace x.repro --where lab"), Lines{"label"});
    EXPECT_EQ(offers("orrery list duplic"), Lines{"duplication"});
    EXPECT_EQ(offers("orrery help --completion f"), Lines{"fish"});
    EXPECT_EQ(offers("orrery help swe"), Lines{"sweep"});
    EXPECT_EQ(offers("orrery --vers"), Lines{"--version"});
    EXPECT_EQ(offers("orrery run raft-kv --seed "), Lines{}); // any number
    EXPECT_EQ(offers("orrery nothing "), Lines{});
    const Lines all = offers("orrery ");
    EXPECT_EQ(all, (Lines{"list", "run", "sweep", "replay", "shrink", "explain", "trace", "check", "live", "serve",
                          "call", "zoo", "bench", "help"}));
}

TEST_F(Completed, SettingsWithTheirValuesInBash) {
    EXPECT_EQ(offers("orrery run raft-kv --set dura"), Lines{"duration="});
    EXPECT_EQ(offers("orrery run raft-kv --set lin"), Lines{"links="}); // not yet its values
    EXPECT_EQ(offers("orrery run raft-kv --set links="), (Lines{"even", "uneven"}));
    EXPECT_EQ(offers("orrery run raft-kv --set links=u"), Lines{"uneven"});
    EXPECT_EQ(offers("orrery run raft-kv --set flaws=kv_leader"), Lines{"kv_leader_reads_locally"});
    EXPECT_EQ(offers("orrery run raft-kv --faults cra"), Lines{"crash="});
    EXPECT_EQ(offers("orrery run raft-kv --faults crash=0,cu"), Lines{"0,cut="});
    EXPECT_EQ(offers("orrery run raft-kv --judges=mon"), Lines{"monitors"});
}

TEST_F(Completed, FilesInBash) {
    write("one.plan", "");
    files::create_directories(home_ + "/here/one.folder");
    EXPECT_EQ(offers("orrery run raft-kv --plan one.p"), Lines{"one.plan"});
    EXPECT_EQ(offers("orrery run raft-kv --out one."), Lines{"one.folder"});
    EXPECT_EQ(offers("orrery replay one.p"), Lines{"one.plan"});
}

TEST_F(Completed, OfAnotherProgramByItsOwnNames) {
    EXPECT_EQ(offers("orrery_noisy run n", NOISY_EXECUTABLE), Lines{"noisy"});
}

TEST_F(Completed, NamesTheSameForEachShell) {
    for (const std::string& each : shells()) {
        const std::string script = shell("ORRERY help --completion " + each).out;
        for (const char* part : {"raft-kv", "until-failure", "links=uneven", "kv_no_duplicate_filter",
                                 "crash=", "cas-register", "bounded-staleness", "ping-pong"})
            EXPECT_NE(script.find(part), std::string::npos) << each << ": " << part;
    }
    expect_refused("ORRERY help --completion csh", 64, "there is no completion for 'csh'; there are bash, zsh, fish");
    expect_refused("ORRERY help --completion fihs", 64, "did you mean 'fish'?");
    expect_refused("ORRERY help --man --completion bash", 64, "are printed one at a time");
}

// They are printed where nothing is set up yet.
TEST_F(Completed, NeedsNoConfiguration) {
    write("orrery.toml", "nonsense = 1\n");
    EXPECT_EQ(shell("ORRERY_SEEDS=x ORRERY help --completion bash").code, 0);
    EXPECT_EQ(shell("ORRERY help --man | head -1").out.substr(0, 12), ".TH ORRERY 1");
    write("orrery.toml", "completion = \"bash\"\n");
    expect_refused("ORRERY list", 65, "expected the name of an option, got 'completion'");
}

} // namespace
} // namespace orrery::scenarios::command

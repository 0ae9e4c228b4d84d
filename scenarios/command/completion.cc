// A word that ends in "=" is a key: a value is still to come, so no space follows it, and the words "key=value" are
// offered only once the key stands there. Of a list, "crash=0,cut=4", the part behind the last comma is completed.
#include "orrery/scenarios/command/completion.h"

#include <algorithm>
#include <cctype>

#include "orrery/scenarios/command/command_line.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::command {
namespace {

using Path = Candidates::Path;

Candidates of(const Completion& completion) { return completion ? completion() : Candidates{}; }

std::string shell_words(const std::vector<std::string>& words) {
    std::vector<std::string> quoted;
    for (const std::string& word : words) quoted.push_back(shell_word(word));
    return sim::join(quoted, " ");
}

// A name for functions of that shell.
std::string function_of(const std::string& program) {
    std::string name = "_";
    for (const char each : program) name += std::isalnum(static_cast<unsigned char>(each)) != 0 ? each : '_';
    return name;
}

std::vector<std::string> names_of(const std::vector<Verb>& verbs) {
    std::vector<std::string> names;
    for (const Verb& verb : verbs) names.push_back(verb.name);
    return names;
}

std::string title(std::string_view shell, const std::string& program) {
    return "# Completion of " + program + " for " + std::string(shell) + ", printed by: " + program +
           " help --completion " + std::string(shell) + "\n";
}

// --- bash ---

// COMP_WORDS has words taken apart at "=" and ":"; they are put together again, and only what is behind the last "="
// is given back.
constexpr std::string_view bash_begin =
    R"(    local words=() word before= verb options= list= path= candidates=() stem each i
    for ((i = 1; i <= COMP_CWORD; ++i)); do
        each=${COMP_WORDS[i]}
        if ((${#words[@]} > 0)) && [[ $each == [=:]* || ${words[-1]} == *[=:] ]]; then
            words[-1]+=$each
        else
            words+=("$each")
        fi
    done
    word=${words[-1]} verb=${words[0]}
    ((${#words[@]} > 2)) && before=${words[-2]}
    if [[ $word == --*=* ]]; then
        before=${word%%=*} word=${word#*=}
    fi
)";

constexpr std::string_view bash_end = R"(    [[ $word == -* ]] && candidates=($options) path=
    stem=
    [[ $list && $word == *,* ]] && stem=${word%,*},
    COMPREPLY=()
    if [[ $path ]]; then
        compopt -o filenames 2>/dev/null
        while IFS= read -r each; do COMPREPLY+=("$each"); done < <(compgen "$path" -- "$word")
    fi
    for each in "${candidates[@]}"; do
        [[ ${word#"$stem"} != *=* && $each == *=?* ]] && continue
        [[ $each == *= && $stem$each == "$word" ]] && continue
        [[ $stem$each == "$word"* ]] && COMPREPLY+=("$stem$each")
    done
    ((${#COMPREPLY[@]} == 1)) && [[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
    if [[ $word == *=* && $COMP_WORDBREAKS == *=* ]]; then
        COMPREPLY=("${COMPREPLY[@]#"${word%"${word##*=}"}"}")
    fi
}
)";

std::string bash_candidates(const Candidates& candidates) {
    if (candidates.path == Path::file) return "path=-f";
    if (candidates.path == Path::folder) return "path=-d";
    return "candidates=(" + shell_words(candidates.words) + ")" + (candidates.is_list ? " list=yes" : "");
}

std::string bash_of(const Verb& verb) {
    std::string options = "--help";
    std::string cases;
    for (const Option& option : verb.options) {
        options += " --" + option.name;
        if (!option.is_flag())
            cases += "        --" + option.name + ") options= " + bash_candidates(of(option.completion)) + " ;;\n";
    }
    return "    " + verb.name + ")\n        options='" + options + "'\n        case $before in\n" + cases +
           "        *) " + bash_candidates(of(verb.completion)) + " ;;\n        esac\n        ;;\n";
}

std::string bash(const std::string& program, const std::vector<Verb>& verbs) {
    std::string text = title("bash", program) + function_of(program) + "() {\n" + std::string(bash_begin);
    text += "    if ((${#words[@]} == 1)); then\n        verb= options='--help --version' candidates=(" +
            shell_words(names_of(verbs)) + ")\n    fi\n    case $verb in\n";
    for (const Verb& verb : verbs) text += bash_of(verb);
    return text + "    esac\n" + std::string(bash_end) + "complete -F " + function_of(program) + " " +
           shell_word(program) + "\n";
}

// --- zsh ---

constexpr std::string_view zsh_words = R"(    local all=("${(@P)1}")
    [[ $2 == list ]] && compset -P '*,'
    [[ $PREFIX == *=* ]] || all=("${(@)all:#*=?*}")
    local keys=("${(@M)all:#*=}") whole=("${(@)all:#*=}")
    (( $#keys == 0 )) || compadd -S '' -a keys
    (( $#whole == 0 )) || compadd -a whole
}
)";

// In a text of _arguments, within single quotes.
std::string zsh_text(std::string_view text) {
    std::string quoted;
    for (const char each : text) {
        if (each == '\'')
            quoted += "'\\''";
        else if (each == '[' || each == ']' || each == ':' || each == '\\')
            quoted += std::string("\\") + each;
        else
            quoted += each;
    }
    return quoted;
}

// The action that offers the candidates, and the array that it needs.
std::string zsh_action(const Candidates& candidates, const std::string& program, const std::string& array,
                       std::string& arrays) {
    if (candidates.path == Path::file) return "_files";
    if (candidates.path == Path::folder) return "_files -/";
    if (candidates.words.empty()) return " ";
    arrays += "        local " + array + "=(" + shell_words(candidates.words) + ")\n";
    return " " + function_of(program) + "_words " + array + (candidates.is_list ? " list" : "");
}

std::string zsh_of(const Verb& verb, const std::string& program) {
    std::string arrays;
    std::string lines = "        _arguments '--help[show all options]'";
    for (const Option& option : verb.options) {
        std::string array = option.name;
        std::replace(array.begin(), array.end(), '-', '_');
        const std::string action =
            option.is_flag() ? "" : ":value:" + zsh_action(of(option.completion), program, "of_" + array, arrays);
        lines += " \\\n            '" + std::string(option.is_list() ? "*" : "") + "--" + option.name + "[" +
                 zsh_text(option.help) + "]" + action + "'";
    }
    if (!verb.operand.empty()) {
        const bool several = std::holds_alternative<std::vector<std::string>*>(verb.operands);
        lines += " \\\n            '" + std::string(several ? "*" : "") + ":" + verb.operand + ":" +
                 zsh_action(of(verb.completion), program, "operands", arrays) + "'";
    }
    return "    " + verb.name + ")\n" + arrays + lines + "\n        ;;\n";
}

std::string zsh(const std::string& program, const std::vector<Verb>& verbs) {
    const std::string function = function_of(program);
    std::string text = "#compdef " + program + "\n" + title("zsh", program) + function + "_words() {\n" +
                       std::string(zsh_words) + function + "() {\n    if ((CURRENT == 2)); then\n        local verbs=(";
    for (const Verb& verb : verbs) text += "\n            '" + verb.name + ":" + zsh_text(verb.help) + "'";
    text += ")\n        _describe verb verbs\n        return\n    fi\n    shift words\n    ((CURRENT--))\n"
            "    case $words[1] in\n";
    for (const Verb& verb : verbs) text += zsh_of(verb, program);
    return text + "    esac\n}\n" + function + " \"$@\"\n";
}

// --- fish ---

std::string fish_text(std::string_view text) {
    std::string quoted = "'";
    for (const char each : text) quoted += (each == '\'' || each == '\\' ? "\\" : "") + std::string(1, each);
    return quoted + "'";
}

std::string fish_of(const Verb& verb, const std::string& program) {
    const std::string begin = "complete -c " + program + " -n '_" + function_of(program) + "_verb " + verb.name + "'";
    const auto offered = [](const Candidates& candidates) {
        if (candidates.path != Path::none) return std::string(" -F");
        return candidates.words.empty() ? "" : " -a " + fish_text(sim::join(candidates.words, " "));
    };
    std::string text;
    for (const Option& option : verb.options) {
        const Candidates candidates = of(option.completion);
        text += begin + " -l " + option.name +
                (option.is_flag()                ? ""
                 : candidates.path != Path::none ? " -r"
                                                 : " -x") +
                (option.is_flag() ? "" : offered(candidates)) + " -d " + fish_text(option.help) + "\n";
    }
    const std::string operands = offered(of(verb.completion));
    return operands.empty() ? text : text + begin + operands + "\n";
}

std::string fish(const std::string& program, const std::vector<Verb>& verbs) {
    const std::string function = "_" + function_of(program) + "_verb";
    std::string text = title("fish", program) + "function " + function +
                       "\n    set -l words (commandline -opc)\n    test (count $words) -gt 1; and test $words[2] = "
                       "\"$argv[1]\"\nend\ncomplete -c " +
                       program + " -f\n";
    for (const Verb& verb : verbs)
        text += "complete -c " + program + " -n 'test (count (commandline -opc)) -eq 1' -a " + verb.name + " -d " +
                fish_text(verb.help) + "\n";
    for (const Verb& verb : verbs) text += fish_of(verb, program);
    return text;
}

} // namespace

std::vector<std::string> shells() { return {"bash", "zsh", "fish"}; }

std::string completion(std::string_view shell, const std::string& program, const std::vector<Verb>& verbs) {
    if (shell == "bash") return bash(program, verbs);
    if (shell == "zsh") return zsh(program, verbs);
    return shell == "fish" ? fish(program, verbs) : "";
}

} // namespace orrery::scenarios::command

// Reads the test scripts of Cockroach's library "datadriven", in which etcd's raft keeps its cases:
//
//     # A comment.
//     committed cfg=(1,2,3) idx=(13,_,100)
//     input, any number of lines
//     ----
//     what is expected, up to an empty line
//
// An argument is a word, a key with a value, or a key with a list. What is expected stands between two pairs of dashed
// lines if it has empty lines itself. A backslash at the end of a command continues it on the next line.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "orrery/sim/text.h"

namespace orrery::datadriven {

struct Argument {
    std::string key;
    std::vector<std::string> values;
    bool operator==(const Argument&) const = default;
};

struct Case {
    std::size_t line = 0; // of the command, from 1
    std::string command;
    std::vector<Argument> arguments;
    std::string input;    // without white space at its ends
    std::string expected; // each line ends with a line break

    const std::vector<std::string>* values(std::string_view key) const {
        for (const Argument& each : arguments)
            if (each.key == key) return &each.values;
        return nullptr;
    }
};

struct Script {
    std::vector<Case> cases;
    std::string wrong; // with its line; empty: nothing is
};

inline std::string_view trimmed(std::string_view text) {
    constexpr std::string_view white = " \t\r\n";
    const std::size_t begin = text.find_first_not_of(white);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(white) + 1 - begin);
}

class Reader {
public:
    explicit Reader(std::string_view text) : lines_(sim::split(text, '\n')) {
        if (!lines_.empty() && lines_.back().empty()) lines_.pop_back(); // after the last line break
    }
    Script read() {
        while (next_ < lines_.size() && script_.wrong.empty()) {
            const std::string_view line = trimmed(lines_[next_]);
            if (line.empty() || line.starts_with("#"))
                ++next_;
            else
                read_case();
        }
        return std::move(script_);
    }

private:
    void read_case() {
        Case made;
        made.line = next_ + 1;
        std::string command(trimmed(lines_[next_++]));
        while (command.ends_with('\\') && next_ < lines_.size()) {
            command.back() = ' ';
            command += trimmed(lines_[next_++]);
        }
        read_command(command, made);
        std::string input;
        while (next_ < lines_.size() && lines_[next_] != "----") input += std::string(lines_[next_++]) + "\n";
        made.input = trimmed(input);
        if (next_ == lines_.size()) return complain(made.line, "a case without ----");
        ++next_;
        read_expected(made);
        script_.cases.push_back(std::move(made));
    }
    void read_expected(Case& made) {
        const auto dashes = [this](std::size_t at) { return at < lines_.size() && lines_[at] == "----"; };
        const bool fenced = dashes(next_);
        if (fenced) ++next_;
        for (; next_ < lines_.size(); ++next_) {
            if (fenced ? dashes(next_) && dashes(next_ + 1) : trimmed(lines_[next_]).empty()) {
                next_ += fenced ? 2 : 1;
                return;
            }
            made.expected += std::string(lines_[next_]) + "\n";
        }
        if (fenced) complain(made.line, "an answer without end");
    }
    void read_command(std::string_view text, Case& made) {
        const std::size_t end = std::min(text.find(' '), text.size());
        made.command = text.substr(0, end);
        text = trimmed(text.substr(end));
        while (!text.empty() && script_.wrong.empty()) {
            Argument argument;
            const std::size_t key_end = std::min(text.find_first_of(" ="), text.size());
            if (key_end == 0) return complain(made.line, "an argument without a key");
            argument.key = text.substr(0, key_end);
            text = text.substr(key_end);
            if (text.starts_with("=(")) {
                text = read_list(text.substr(2), argument, made.line);
            } else if (text.starts_with("=")) {
                const std::size_t value_end = std::min(text.find(' '), text.size());
                argument.values.emplace_back(text.substr(1, value_end - 1));
                text = text.substr(value_end);
            }
            made.arguments.push_back(std::move(argument));
            text = trimmed(text);
        }
    }
    // Commas in inner parentheses belong to a value. Returns what follows the list.
    std::string_view read_list(std::string_view text, Argument& argument, std::size_t line) {
        int depth = 0;
        std::size_t begin = 0;
        for (std::size_t at = 0; at < text.size(); ++at) {
            const char c = text[at];
            if (depth == 0 && (c == ',' || c == ')')) {
                argument.values.emplace_back(trimmed(text.substr(begin, at - begin)));
                begin = at + 1;
                if (c == ')') return text.substr(begin);
            }
            if (c == '(') ++depth;
            if (c == ')') --depth;
        }
        complain(line, "a list without end");
        return {};
    }
    void complain(std::size_t line, std::string_view text) {
        if (script_.wrong.empty()) script_.wrong = "line " + std::to_string(line) + ": " + std::string(text);
    }

    std::vector<std::string_view> lines_;
    std::size_t next_ = 0;
    Script script_;
};

inline Script read(std::string_view text) { return Reader(text).read(); }

// Compares each case of each .txt file of the folder with what `answer(case)` gives; `begin()` makes such a function
// anew for each file. Returns how many cases there were.
template <class Begin>
std::size_t expect_answers(const std::filesystem::path& folder, Begin begin) {
    std::vector<std::filesystem::path> files;
    for (const auto& file : std::filesystem::directory_iterator(folder))
        if (file.path().extension() == ".txt") files.push_back(file.path());
    std::sort(files.begin(), files.end());
    std::size_t count = 0;
    for (const std::filesystem::path& file : files) {
        std::ifstream in(file);
        const std::string text(std::istreambuf_iterator<char>(in), {});
        const Script script = read(text);
        EXPECT_EQ(script.wrong, "") << file;
        auto answer = begin();
        for (const Case& each : script.cases)
            EXPECT_EQ(answer(each), each.expected)
                << file.filename() << " line " << each.line << ": " << each.command << " " << each.input;
        count += script.cases.size();
    }
    return count;
}

} // namespace orrery::datadriven

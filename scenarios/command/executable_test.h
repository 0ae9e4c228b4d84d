// The real executable, run as people run it, in a folder of its own: exit codes, what it prints on which channel, and
// which files it leaves. The tests of each idea stand in a file of their own: input_test.cc what it is given,
// histories_test.cc what others recorded, output_test.cc what it prints, verdict_test.cc how it exits, files_test.cc
// what it leaves, annotations_test.cc what a service that runs it is told, trace_test.cc what it shows of a run,
// signal_test.cc how it ends when it must, help_test.cc what it says of itself, live_test.cc scenarios as real
// processes, serve_test.cc one such process, call_test.cc calls to one.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "orrery/scenarios/engine/artifact/files.h"

namespace orrery::scenarios {

namespace files = std::filesystem;

struct Answer {
    int code = 0;
    std::string out;
    std::string err;
    std::string last_line() const {
        const std::size_t end = out.find_last_not_of('\n');
        const std::size_t begin = end == std::string::npos ? 0 : out.find_last_of('\n', end) + 1;
        return end == std::string::npos ? "" : out.substr(begin, end + 1 - begin);
    }
    std::string first_line() const { return out.substr(0, out.find('\n')); }
    std::size_t error_lines() const { return static_cast<std::size_t>(std::count(err.begin(), err.end(), '\n')); }
};

inline bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

inline std::string text_of(const std::string& path) {
    const auto read = engine::read_file(path);
    return read.ok() ? *read : "";
}

inline int code_of(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status); }

inline std::string without_colours(const std::string& text) {
    std::string plain;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (text[at] == '\x1b')
            at = std::min(text.find('m', at), text.size());
        else
            plain += text[at];
    }
    return plain;
}

class Executable : public testing::Test {
protected:
    void SetUp() override {
        const auto* test = testing::UnitTest::GetInstance()->current_test_info();
        unsetenv("GITHUB_ACTIONS"); // which adds to what is printed
        unsetenv("GITHUB_STEP_SUMMARY");
        home_ = testing::TempDir() + "/orrery " + test->name() + "." + std::to_string(getpid());
        files::remove_all(home_);
        files::create_directories(home_ + "/channels");
        files::create_directories(home_ + "/here");
        setenv("ORRERY_NO_SHRINK", "true", 1); // what fails is shrunk where a test is about that
    }
    void TearDown() override { files::remove_all(home_); }

    static std::string with_executable(std::string line) {
        const std::string word = "ORRERY ";
        for (std::size_t at = line.find(word); at != std::string::npos; at = line.find(word))
            line.replace(at, word.size(), ORRERY_EXECUTABLE " ");
        return line;
    }
    // A shell's line within `folder`; ORRERY stands for the executable.
    Answer shell(const std::string& line, const std::string& folder = "here") {
        const std::string script = "cd \"$0\" && " + with_executable(line);
        const std::string out = home_ + "/channels/out";
        const std::string err = home_ + "/channels/err";
        const pid_t process = fork();
        if (process == 0) {
            for (const char* name : {"ORRERY_LAUNCHER", "ORRERY_SEED", "ORRERY_OUT", "ORRERY_JOBS", "ORRERY_SET", "CI"})
                unsetenv(name);
            dup2(open(out.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0666), 1);
            dup2(open(err.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0666), 2);
            execl("/bin/sh", "sh", "-c", script.c_str(), (home_ + "/" + folder).c_str(), static_cast<char*>(nullptr));
            _exit(127);
        }
        int status = 0;
        EXPECT_EQ(waitpid(process, &status, 0), process);
        return {code_of(status), text_of(out), text_of(err)};
    }
    // What a terminal of so many columns gets of a line, both channels.
    std::string on_terminal(const std::string& line, unsigned short columns) {
        const int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        EXPECT_EQ(grantpt(terminal) | unlockpt(terminal), 0);
        const winsize size{24, columns, 0, 0};
        const int end = open(ptsname(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC);
        EXPECT_EQ(ioctl(end, TIOCSWINSZ, &size), 0);
        const std::string script = "cd \"$0\" && " + with_executable(line);
        const pid_t process = fork();
        if (process == 0) {
            for (const int channel : {0, 1, 2}) dup2(end, channel);
            execl("/bin/sh", "sh", "-c", script.c_str(), (home_ + "/here").c_str(), static_cast<char*>(nullptr));
            _exit(127);
        }
        close(end);
        std::string shown;
        char buffer[4096];
        for (ssize_t count = 0; (count = ::read(terminal, buffer, sizeof buffer)) > 0;)
            shown.append(buffer, static_cast<std::size_t>(count));
        close(terminal);
        EXPECT_EQ(waitpid(process, nullptr, 0), process);
        return shown;
    }
    // Runs until the channel has said `sign` - or, without a channel, until a file of that name is in the folder "zoo"
    // - then interrupts it, and waits for its end.
    Answer interrupted(const std::vector<std::string>& words, int channel, const std::string& sign) {
        const std::string err = home_ + "/channels/err";
        int ends[2];
        EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
        std::vector<char*> arguments{const_cast<char*>("orrery")};
        for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
        arguments.push_back(nullptr);
        const pid_t process = fork();
        if (process == 0) {
            const int other = open(err.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666);
            dup2(channel == 2 ? ends[1] : other, 2);
            dup2(channel == 2 ? other : ends[1], 1);
            if (chdir((home_ + "/here").c_str()) != 0) _exit(126);
            execv(ORRERY_EXECUTABLE, arguments.data());
            _exit(127);
        }
        close(ends[1]);
        std::string told;
        char each = 0;
        while (channel >= 0 && told.find(sign) == std::string::npos && ::read(ends[0], &each, 1) == 1) told += each;
        siginfo_t ended{};
        while (channel < 0 && !files::exists(home_ + "/here/" + sign) && ended.si_pid == 0)
            waitid(P_PID, static_cast<id_t>(process), &ended, WEXITED | WNOHANG | WNOWAIT);
        EXPECT_EQ(kill(process, SIGINT), 0);
        while (::read(ends[0], &each, 1) == 1) told += each;
        close(ends[0]);
        int status = 0;
        EXPECT_EQ(waitpid(process, &status, 0), process);
        const std::string rest = text_of(err);
        return {code_of(status), channel == 2 ? rest : told, channel == 2 ? told : rest};
    }
    void write(const std::string& name, const std::string& text) {
        EXPECT_FALSE(engine::write_file(home_ + "/here/" + name, text));
    }
    std::string read(const std::string& name) { return text_of(home_ + "/here/" + name); }
    // Everything that lies in the folder, below it too.
    std::vector<std::string> left() {
        std::vector<std::string> names;
        for (const auto& each : files::recursive_directory_iterator(home_ + "/here"))
            names.push_back(files::relative(each.path(), home_ + "/here").string());
        std::sort(names.begin(), names.end());
        return names;
    }
    // One line that says so, nothing on stdout, nothing left behind.
    void expect_refused(const std::string& line, int code, const std::string& text) {
        const std::vector<std::string> before = left();
        const Answer answer = shell(line);
        EXPECT_EQ(answer.code, code) << line << "\n" << answer.err;
        EXPECT_EQ(answer.out, "") << line;
        EXPECT_EQ(answer.error_lines(), 1u) << answer.err;
        EXPECT_NE(answer.err.find(text), std::string::npos) << line << "\n" << answer.err;
        EXPECT_EQ(left(), before) << line;
    }
    // A repro of the lazy register; its path.
    std::string failure() {
        const Answer answer =
            shell("ORRERY sweep lazy-register --seeds 1..50 --set duration=5s --until-failure --out found");
        EXPECT_EQ(answer.code, 1) << answer.out << answer.err;
        for (const std::string& name : left())
            if (name.ends_with(".repro")) return name;
        return "none";
    }

    std::string home_;
};

inline constexpr const char* quick = "--set duration=1s --set recovery=1s ";

} // namespace orrery::scenarios

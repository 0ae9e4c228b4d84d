#include "orrery/scenarios/engine/live/processes.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "orrery/scenarios/engine/live/log.h"
#include "orrery/scenarios/engine/process/interruption.h"

namespace orrery::scenarios::engine::live {
namespace {

void on_child(int) {} // that it came ends the wait

// What only waiting lets in.
sigset_t awaited_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGCHLD, SIGINT, SIGTERM, SIGHUP}) sigaddset(&set, number);
    return set;
}

// In a process of its own. A Ctrl-C is none of its business, and nobody waits for its channels.
[[noreturn]] void keep(int ends[2], const std::string& folder) {
    ::setpgid(0, 0);
    ::close(ends[1]);
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) std::signal(number, SIG_IGN);
    const int nothing = ::open("/dev/null", O_RDWR);
    for (const int channel : {0, 1, 2}) ::dup2(nothing, channel);
    char byte = 0;
    while (::read(ends[0], &byte, 1) < 0 && errno == EINTR) {
    }
    std::error_code none;
    if (!folder.empty()) std::filesystem::remove_all(folder, none);
    ::_exit(0);
}

} // namespace

Processes::Processes(const std::string& folder) {
    int ends[2];
    const bool is_piped = ::pipe2(ends, O_CLOEXEC) == 0;
    CHECK(is_piped);
    keeper_ = ::fork();
    CHECK(keeper_ >= 0);
    if (keeper_ == 0) keep(ends, folder);
    ::close(ends[0]);
    life_ = ends[1];
    struct sigaction action {};
    action.sa_handler = on_child;
    ::sigaction(SIGCHLD, &action, nullptr);
    const sigset_t awaited = awaited_signals();
    ::sigprocmask(SIG_BLOCK, &awaited, &before_);
}

Processes::~Processes() {
    for (const pid_t process : running_) ::kill(process, SIGKILL);
    for (const pid_t process : running_) ::waitpid(process, nullptr, 0);
    ::close(life_);
    ::waitpid(keeper_, nullptr, 0);
    std::signal(SIGCHLD, SIG_DFL);
    ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

// In the child, between fork and exec.
void Processes::become(const std::vector<std::string>& words, int output, pid_t parent) const {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(127); // it died before it could be asked for
    ::setpgid(0, 0);                         // a Ctrl-C is for the parent, who ends its children in order
    const int nothing = ::open("/dev/null", O_RDONLY);
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::fcntl(life_, F_SETFD, 0);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGCHLD, SIGPIPE}) std::signal(number, SIG_DFL);
    ::sigprocmask(SIG_SETMASK, &before_, nullptr);
    std::vector<char*> arguments{const_cast<char*>("orrery")};
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    ::execv("/proc/self/exe", arguments.data());
    ::_exit(127);
}

sim::Checked<pid_t> Processes::start(const std::vector<std::string>& words, const std::string& output) {
    const int file = ::open(output.c_str(), O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0666);
    if (file < 0) return sim::missing_complaint("cannot write " + output + ": " + std::strerror(errno));
    const pid_t parent = ::getpid();
    const pid_t process = ::fork();
    if (process == 0) become(words, file, parent);
    const int error = errno;
    ::close(file);
    if (process < 0) return sim::missing_complaint(std::string("cannot start a process: ") + std::strerror(error));
    running_.push_back(process);
    return process;
}

void Processes::send(pid_t process, int signal) {
    // Nobody else has that number as long as it is not waited for.
    if (std::find(running_.begin(), running_.end(), process) != running_.end()) ::kill(process, signal);
}

std::vector<Ended> Processes::reap() {
    std::vector<Ended> ended;
    std::erase_if(running_, [&](pid_t process) {
        int status = 0;
        if (::waitpid(process, &status, WNOHANG | WUNTRACED) != process) return false;
        if (WIFSTOPPED(status)) {
            stopped_.push_back(process);
            return false;
        }
        ended.push_back(
            {process, WIFEXITED(status) ? WEXITSTATUS(status) : 0, WIFSIGNALED(status) ? WTERMSIG(status) : 0});
        return true;
    });
    return ended;
}

std::vector<Ended> Processes::wait_until(sim::WorldTime time) {
    while (true) {
        const std::size_t stopped_before = stopped_.size();
        std::vector<Ended> ended = reap();
        const sim::Duration left = time - time_now();
        const bool is_news = !ended.empty() || stopped_.size() > stopped_before;
        if (is_news || interruption() != 0 || left.count() <= 0) return ended;
        const timespec time_left{left.count() / 1'000'000'000, left.count() % 1'000'000'000};
        ::ppoll(nullptr, 0, &time_left, &before_);
    }
}

} // namespace orrery::scenarios::engine::live

#include "orrery/scenarios/engine/live/system_tool.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "orrery/sim/check.h"

namespace orrery::scenarios::engine::live {
namespace {

constexpr int not_there = 127; // as a shell says it

// A file without a name, which holds that text and is read from its beginning.
int nameless_file(const std::string& text) {
    const int file = ::memfd_create("orrery", MFD_CLOEXEC);
    CHECK(file >= 0);
    for (std::size_t at = 0; at < text.size();) {
        const ssize_t written = ::write(file, text.data() + at, text.size() - at);
        CHECK(written > 0);
        at += static_cast<std::size_t>(written);
    }
    const bool is_back = ::lseek(file, 0, SEEK_SET) == 0;
    CHECK(is_back);
    return file;
}

// Where the kernel refuses it, the program will say what it may not do.
void pass_on_rights_over_network() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};
    if (::syscall(SYS_capget, &header, data) != 0) return;
    data[0].inheritable |= 1u << CAP_NET_ADMIN;
    if (::syscall(SYS_capset, &header, data) != 0) return;
    ::prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_ADMIN, 0, 0);
}

// In the child.
[[noreturn]] void become(const std::vector<std::string>& words, int input, int output) {
    pass_on_rights_over_network();
    for (const int channel : {STDOUT_FILENO, STDERR_FILENO}) ::dup2(output, channel);
    ::dup2(input, STDIN_FILENO);
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    ::execvp(arguments[0], arguments.data());
    // A user's shell need not look where the system keeps its tools.
    for (const char* folder : {"/usr/sbin/", "/sbin/"}) ::execv((folder + words[0]).c_str(), arguments.data());
    ::_exit(not_there);
}

// The first line in which the word "Error" stands, else the first.
std::string telling_line(int file) {
    std::string text(4096, '\0');
    const ssize_t count = ::pread(file, text.data(), text.size(), 0);
    text.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    const std::size_t error = text.find("Error");
    const std::size_t begin = error == std::string::npos ? 0 : text.rfind('\n', error) + 1; // npos + 1 is 0
    return text.substr(begin, text.find('\n', begin) - begin);
}

} // namespace

std::string run_system_tool(const std::vector<std::string>& words, const std::string& orders) {
    CHECK(!words.empty());
    const int input = nameless_file(orders);
    const int output = nameless_file("");
    const pid_t process = ::fork();
    if (process == 0) become(words, input, output);
    int status = 0;
    pid_t ended = -1;
    if (process > 0)
        while ((ended = ::waitpid(process, &status, 0)) < 0 && errno == EINTR) {
        }
    const std::string said = telling_line(output);
    ::close(input);
    ::close(output);
    if (process < 0 || ended != process) return words[0] + " cannot be started";
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return "";
    if (WIFEXITED(status) && WEXITSTATUS(status) == not_there && said.empty())
        return "the program " + words[0] + " is not on this machine";
    return words[0] + " says: " + (said.empty() ? "nothing" : said);
}

} // namespace orrery::scenarios::engine::live

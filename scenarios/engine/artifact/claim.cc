// The locks are the kernel's: they end with the process that held them, however it ended.
#include "orrery/scenarios/engine/artifact/claim.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>

#include "orrery/scenarios/engine/artifact/files.h"

namespace orrery::scenarios::engine {
namespace {

constexpr const char* manifest_name = "sweep.manifest";

std::string in(const std::string& folder, const std::string& name) {
    return (std::filesystem::path(folder) / name).string();
}

// A descriptor that holds the lock; -1, and errno EWOULDBLOCK, if another process does.
int lock(const std::string& path, int how) {
    const int descriptor = open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0666);
    if (descriptor < 0) return -1;
    int result = 0;
    do result = flock(descriptor, how);
    while (result != 0 && errno == EINTR);
    if (result == 0) return descriptor;
    const int why = errno;
    close(descriptor);
    errno = why;
    return -1;
}

// The first line that differs: "seeds 1..10" and "seeds 1..20".
std::string difference(std::string_view theirs, std::string_view ours) {
    while (true) {
        const std::string_view a = theirs.substr(0, theirs.find('\n'));
        const std::string_view b = ours.substr(0, ours.find('\n'));
        if (a != b) return "it has '" + std::string(a) + "', this one '" + std::string(b) + "'";
        theirs.remove_prefix(std::min(a.size() + 1, theirs.size()));
        ours.remove_prefix(std::min(b.size() + 1, ours.size()));
    }
}

} // namespace

std::optional<std::string> Claim::take(const std::string& folder, const std::string& manifest,
                                       const std::string& part) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return "cannot make the folder " + folder + ": " + error.message();
    folder_ = folder;
    // Between reading the manifest and writing it nobody else may do so.
    const int door = lock(in(folder, ".sweep.lock"), LOCK_EX);
    if (door < 0) return "cannot write into " + folder + ": " + std::strerror(errno);
    std::optional<std::string> wrong;
    const std::optional<std::string> theirs = read_file(in(folder, manifest_name));
    if (theirs && *theirs != manifest) {
        wrong = folder + " belongs to another sweep: " + difference(*theirs, manifest) + "; choose another --out";
    } else {
        lock_path_ = in(folder, ".sweep." + part + ".lock");
        lock_ = lock(lock_path_, LOCK_EX | LOCK_NB);
        if (lock_ < 0 && errno == EWOULDBLOCK)
            wrong = "the same sweep is running in " + folder + "; wait for it or choose another --out";
        else if (lock_ < 0)
            wrong = "cannot write into " + folder + ": " + std::strerror(errno);
        else if (!theirs)
            wrong = write_file(in(folder, manifest_name), manifest);
    }
    close(door);
    return wrong;
}

void Claim::forsake() {
    const int door = lock(in(folder_, ".sweep.lock"), LOCK_EX);
    if (door < 0) return;
    const auto is_ours = [](const std::filesystem::path& path) {
        const std::string name = path.filename().string();
        return name == manifest_name || name.starts_with(".sweep.");
    };
    std::error_code error;
    std::size_t locks = 0;
    bool empty = true;
    for (const auto& entry : std::filesystem::directory_iterator(folder_, error)) {
        empty = empty && is_ours(entry.path());
        locks += entry.path().filename().string().starts_with(".sweep.");
    }
    // Two locks are the door's and this one's: no other part is or was here.
    if (empty && locks <= 2) std::filesystem::remove_all(folder_, error);
    close(door);
}

Claim::~Claim() {
    if (lock_ >= 0) close(lock_);
}

std::optional<std::string> claimed_by(const std::string& folder) {
    const std::optional<std::string> manifest = read_file(in(folder, manifest_name));
    if (!manifest) return std::nullopt;
    return folder + " belongs to a sweep (" + manifest->substr(0, manifest->find('\n')) + "); choose another --out";
}

} // namespace orrery::scenarios::engine

// The locks are the kernel's: they end with the process that held them, however it ended. A second lock, the door, is
// held only between reading the manifest and writing it, so that no two sweeps do so at once.
#include "orrery/scenarios/engine/artifact/output_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <vector>

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

sim::Problem OutputDirectory::take(const std::string& path, const std::string& manifest, const std::string& part) {
    CHECK(lock_ < 0);
    CHECK(!part.empty());
    const auto cannot_write = [&] {
        return sim::missing_complaint("cannot write into " + path + ": " + std::strerror(errno));
    };
    std::error_code error;
    is_made_ = std::filesystem::create_directories(path, error);
    if (error) return sim::missing_complaint("cannot make the directory " + path + ": " + error.message());
    path_ = path;
    const int door = lock(in(path, ".sweep.lock"), LOCK_EX);
    if (door < 0) return cannot_write();
    sim::Problem problem;
    const sim::Checked<std::string> theirs = read_file(in(path, manifest_name));
    if (theirs.ok() && *theirs != manifest) {
        problem = sim::usage_complaint(path + " belongs to another sweep: " + difference(*theirs, manifest) +
                                       "; choose another --out");
    } else {
        lock_ = lock(in(path, ".sweep." + part + ".lock"), LOCK_EX | LOCK_NB);
        if (lock_ < 0 && errno == EWOULDBLOCK)
            problem =
                sim::usage_complaint("the same sweep is running in " + path + "; wait for it or choose another --out");
        else if (lock_ < 0)
            problem = cannot_write();
        else if (!theirs.ok())
            problem = write_file(in(path, manifest_name), manifest);
    }
    close(door);
    return problem;
}

void OutputDirectory::remove_if_empty() {
    const int door = lock(in(path_, ".sweep.lock"), LOCK_EX);
    if (door < 0) return;
    const auto is_ours = [](const std::filesystem::path& path) {
        const std::string name = path.filename().string();
        return name == manifest_name || name.starts_with(".sweep.");
    };
    std::error_code error;
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(path_, error)) found.push_back(entry.path());
    // Three are the manifest, the door and this part's lock: no other part is or was here.
    const bool is_empty = found.size() <= 3 && std::all_of(found.begin(), found.end(), is_ours);
    for (const std::filesystem::path& each : found)
        if (is_empty) std::filesystem::remove(each, error);
    if (is_empty && is_made_) std::filesystem::remove(path_, error);
    close(door);
}

OutputDirectory::~OutputDirectory() {
    if (lock_ >= 0) close(lock_);
}

sim::Problem refuse_if_held(const std::string& path) {
    const sim::Checked<std::string> manifest = read_file(in(path, manifest_name));
    if (!manifest.ok()) return std::nullopt;
    return sim::usage_complaint(path + " belongs to a sweep (" + manifest->substr(0, manifest->find('\n')) +
                                "); choose another --out");
}

} // namespace orrery::scenarios::engine

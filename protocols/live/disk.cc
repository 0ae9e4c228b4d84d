#include "orrery/protocols/live/disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace orrery::live {
namespace {

using sim::Error;

Error error_of(int number) {
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        return Error::not_found;
    case EEXIST:
        return Error::exists;
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return Error::no_space;
    default: // EIO, EMFILE, EACCES and the like: the disk does not do it
        return Error::input_output;
    }
}

sim::Status status(bool is_done) {
    if (is_done) return sim::success();
    return error_of(errno);
}

// Calls again when a signal came in between.
template <class Call>
auto persist(Call call) {
    auto result = call();
    while (result < 0 && errno == EINTR) result = call();
    return result;
}

// The names of a folder, without "." and "..".
bool names_in(int folder, std::vector<std::string>& names) {
    DIR* stream = ::fdopendir(folder);
    if (stream == nullptr) {
        ::close(folder);
        return false;
    }
    errno = 0;
    while (const dirent* entry = ::readdir(stream)) {
        const std::string name = entry->d_name;
        if (name != "." && name != "..") names.push_back(name);
    }
    const bool is_whole = errno == 0;
    ::closedir(stream);
    return is_whole;
}

// Of every file below `folder`, which is named `path` and ends in '/', or is the root.
bool files_below(int folder, const std::string& path, std::vector<std::string>& files) {
    std::vector<std::string> names;
    const int again = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (again < 0 || !names_in(again, names)) return false;
    for (const std::string& name : names) {
        struct stat about {};
        if (::fstatat(folder, name.c_str(), &about, AT_SYMLINK_NOFOLLOW) != 0) return false;
        if (S_ISREG(about.st_mode)) files.push_back(path + name);
        if (!S_ISDIR(about.st_mode)) continue;
        const int inner = ::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (inner < 0) return false;
        const Descriptor held(inner);
        if (!files_below(inner, path + name + "/", files)) return false;
    }
    return true;
}

} // namespace

// --- the thread --------------------------------------------------------------------------------------

DiskThread::DiskThread() : thread_([this] { run(); }) {}

DiskThread::~DiskThread() {
    {
        const std::lock_guard lock(mutex_);
        ends_ = true;
    }
    submitted_.notify_one();
    thread_.join();
}

void DiskThread::submit(std::function<void()> call) {
    {
        const std::lock_guard lock(mutex_);
        calls_.push_back(std::move(call));
    }
    submitted_.notify_one();
}

void DiskThread::run() {
    std::unique_lock lock(mutex_);
    while (true) {
        submitted_.wait(lock, [this] { return ends_ || !calls_.empty(); });
        if (calls_.empty()) return;
        std::function<void()> call = std::move(calls_.front());
        calls_.pop_front();
        lock.unlock();
        call();
        call = nullptr;
        lock.lock();
    }
}

Descriptor::~Descriptor() {
    if (number_ >= 0) ::close(number_);
}

// --- names -------------------------------------------------------------------------------------------

sim::Checked<std::unique_ptr<Folder>> Folder::own(const std::string& path) {
    const auto cannot = [&](const std::string& what) {
        return sim::missing_complaint("cannot " + what + " the data directory " + path + ": " + std::strerror(errno));
    };
    std::error_code error;
    std::filesystem::create_directories(path, error); // where something is in the way, open says so
    if (error) return sim::missing_complaint("cannot make the data directory " + path + ": " + error.message());
    const int number = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (number < 0) return cannot("open");
    std::unique_ptr<Folder> folder(new Folder(number));
    if (::flock(number, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return cannot("lock");
        return sim::missing_complaint("the data directory " + path + " belongs to another process that runs");
    }
    return folder;
}

bool Folder::is_file(const std::string& path) const {
    struct stat about {};
    if (::fstatat(root_.number(), path.c_str(), &about, AT_SYMLINK_NOFOLLOW) != 0) return false;
    if (S_ISREG(about.st_mode)) return true;
    errno = ENOENT; // a folder has no name of its own
    return false;
}

// Those that lead to `path`.
bool Folder::make_folders(const std::string& path) const {
    for (std::size_t end = path.find('/'); end != std::string::npos; end = path.find('/', end + 1))
        if (::mkdirat(root_.number(), path.substr(0, end).c_str(), 0777) != 0 && errno != EEXIST) return false;
    return true;
}

// False if files are in it.
bool Folder::remove_empty_folder(const std::string& path) const {
    const int number = ::openat(root_.number(), path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (number < 0) return false;
    std::vector<std::string> names;
    if (!names_in(number, names)) return false;
    for (const std::string& name : names)
        if (!remove_empty_folder(path + "/" + name)) return false;
    return ::unlinkat(root_.number(), path.c_str(), AT_REMOVEDIR) == 0;
}

sim::Result<HeldFile> Folder::open(const std::string& path, sim::OpenMode mode) {
    const bool creates = mode == sim::OpenMode::create || mode == sim::OpenMode::create_new;
    int flags = O_CLOEXEC | O_NOFOLLOW | (mode == sim::OpenMode::read ? O_RDONLY : O_RDWR);
    if (creates) flags |= O_CREAT;
    if (mode == sim::OpenMode::create_new) flags |= O_EXCL;
    if (creates) {
        if (!make_folders(path)) return Error::input_output;
        if (!is_file(path)) (void)remove_empty_folder(path);
    }
    const int number = persist([&] { return ::openat(root_.number(), path.c_str(), flags, 0666); });
    const int failure = errno;
    if (number >= 0) {
        HeldFile file = std::make_shared<Descriptor>(number);
        if (is_file(path)) return file;
        return creates ? Error::input_output : Error::not_found;
    }
    if (creates && (failure == ENOTDIR || failure == EISDIR || failure == ENOENT)) return Error::input_output;
    if (failure == EEXIST && !is_file(path)) return Error::input_output;
    if (failure == EISDIR) return Error::not_found;
    return error_of(failure);
}

sim::Status Folder::rename(const std::string& from, const std::string& to) {
    if (!is_file(from)) return error_of(errno);
    if (from == to) return sim::success();
    if (!make_folders(to)) return Error::input_output;
    if (!is_file(to)) (void)remove_empty_folder(to);
    if (::renameat(root_.number(), from.c_str(), root_.number(), to.c_str()) == 0) return sim::success();
    return errno == ENOSPC ? Error::no_space : Error::input_output;
}

sim::Status Folder::remove(const std::string& path) {
    return status(is_file(path) && ::unlinkat(root_.number(), path.c_str(), 0) == 0);
}

sim::Result<std::vector<std::string>> Folder::list(const std::string& prefix) {
    std::vector<std::string> files;
    if (!files_below(root_.number(), "", files)) return Error::input_output;
    std::erase_if(files,
                  [&](const std::string& path) { return !path.starts_with(prefix) || path.starts_with(owner_file); });
    std::sort(files.begin(), files.end());
    return files;
}

sim::Status Folder::sync(const std::string& directory) {
    std::string folder = directory;
    while (true) {
        const char* name = folder.empty() ? "." : folder.c_str();
        const int number = ::openat(root_.number(), name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        const Descriptor held(number);
        if (number < 0 && errno != ENOENT && errno != ENOTDIR) return Error::input_output; // else nothing is in it
        if (number >= 0 && ::fsync(number) != 0) return Error::input_output;
        if (folder.empty()) return sim::success();
        folder.resize(folder.find('/') == std::string::npos ? 0 : folder.rfind('/'));
    }
}

bool Folder::has_nameless_files() const {
    const Descriptor file(::openat(root_.number(), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0666));
    return file.number() >= 0;
}

sim::Result<HeldFile> Folder::place(const std::string& path, const Content& content) {
    if (!make_folders(path)) return Error::input_output;
    if (!is_file(path)) (void)remove_empty_folder(path);
    const int number = ::openat(root_.number(), ".", O_TMPFILE | O_RDWR | O_CLOEXEC, 0666);
    if (number < 0) return error_of(errno);
    auto file = std::make_shared<Descriptor>(number);
    if (const sim::Status written = file->write(0, content); !written.ok()) return written.error();
    if (const sim::Status synced = file->sync(); !synced.ok()) return synced.error();
    const std::string itself = "/proc/self/fd/" + std::to_string(number);
    if (::linkat(AT_FDCWD, itself.c_str(), root_.number(), path.c_str(), AT_SYMLINK_FOLLOW) != 0)
        return Error::input_output;
    return HeldFile(std::move(file));
}

// --- content -----------------------------------------------------------------------------------------

sim::Result<std::uint64_t> Descriptor::size() const {
    struct stat about {};
    if (::fstat(number_, &about) != 0) return Error::input_output;
    return static_cast<std::uint64_t>(about.st_size);
}

sim::Result<Content> Descriptor::read(std::uint64_t offset, std::size_t size) const {
    const sim::Result<std::uint64_t> whole = this->size();
    if (!whole.ok()) return whole.error();
    Content content(offset < *whole ? std::min<std::uint64_t>(size, *whole - offset) : 0);
    std::size_t done = 0;
    while (done < content.size()) {
        const ssize_t count = persist([&] {
            return ::pread(number_, content.data() + done, content.size() - done, static_cast<off_t>(offset + done));
        });
        if (count < 0) return Error::input_output;
        if (count == 0) break; // it became shorter meanwhile
        done += static_cast<std::size_t>(count);
    }
    content.resize(done);
    return content;
}

sim::Status Descriptor::write(std::uint64_t offset, const Content& content) {
    if (offset > INT64_MAX || content.size() > INT64_MAX - offset) return Error::no_space;
    std::size_t done = 0;
    while (done < content.size()) {
        const ssize_t count = persist([&] {
            return ::pwrite(number_, content.data() + done, content.size() - done, static_cast<off_t>(offset + done));
        });
        if (count < 0) return error_of(errno);
        done += static_cast<std::size_t>(count);
    }
    return sim::success();
}

sim::Status Descriptor::truncate(std::uint64_t size) {
    if (size > INT64_MAX) return Error::no_space;
    const int result = persist([&] { return ::ftruncate(number_, static_cast<off_t>(size)); });
    if (result != 0 && errno == EINVAL) return Error::no_space; // beyond what the file system can hold
    return status(result == 0);
}

sim::Status Descriptor::sync() {
    if (is_lost_) return Error::input_output;
    is_lost_ = ::fdatasync(number_) != 0;
    return is_lost_ ? sim::Status(Error::input_output) : sim::success();
}

} // namespace orrery::live

// One descriptor to read, one stream to write; the first error of a stream is the one that is reported.
#include "orrery/scenarios/engine/artifact/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace orrery::scenarios::engine {

bool may_be_replaced(const std::string& path) {
    struct stat status {};
    return lstat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode);
}

sim::Problem problem_of_names(const std::vector<std::pair<std::string, std::string>>& files) {
    const auto is_same = [](const std::string& one, const std::string& other) {
        std::error_code none;
        const auto special = [&](const std::string& path) {
            return std::filesystem::exists(path, none) && !std::filesystem::is_regular_file(path, none);
        };
        if (one.empty() || other.empty() || special(one) || special(other)) return false;
        return std::filesystem::weakly_canonical(std::filesystem::absolute(one), none) ==
               std::filesystem::weakly_canonical(std::filesystem::absolute(other), none);
    };
    for (std::size_t i = 0; i < files.size(); ++i)
        for (std::size_t j = i + 1; j < files.size(); ++j)
            if (is_same(files[i].second, files[j].second))
                return sim::usage_complaint(files[i].first + " and " + files[j].first + " are the same file, " +
                                            files[j].second);
    return std::nullopt;
}

sim::Checked<std::vector<std::string>> files_below(const std::string& folder, std::string_view ending) {
    std::vector<std::string> found;
    std::error_code error;
    for (auto at = std::filesystem::recursive_directory_iterator(folder, error);
         !error && at != std::filesystem::recursive_directory_iterator(); at.increment(error))
        if (at->path().string().ends_with(ending)) found.push_back(at->path().string());
    if (error) return sim::Complaint{sim::Cause::input, {folder}, "cannot be read: " + error.message()};
    std::sort(found.begin(), found.end());
    return found;
}

sim::Checked<std::string> read_file(const std::string& path) {
    if (path.empty()) return sim::usage_complaint("expected the name of a file, got ''");
    const auto cannot_read = [&] {
        return sim::Complaint{sim::Cause::input, {path}, std::string("cannot be read: ") + std::strerror(errno)};
    };
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return cannot_read();
    struct stat about {};
    if (fstat(file, &about) == 0 && S_ISCHR(about.st_mode) && isatty(file) == 0 && path != "/dev/null") {
        close(file);
        return sim::Complaint{sim::Cause::input, {path}, "cannot be read: it is a device, without an end"};
    }
    std::string text;
    if (S_ISREG(about.st_mode)) text.reserve(static_cast<std::size_t>(about.st_size)); // what grows is copied
    char buffer[65536];
    ssize_t count = 0;
    while ((count = read(file, buffer, sizeof buffer)) != 0) {
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) break;
        text.append(buffer, static_cast<std::size_t>(count));
    }
    const int why = errno;
    close(file);
    errno = why;
    if (count < 0) return cannot_read();
    return text;
}

OutputFile::~OutputFile() {
    if (file_ == nullptr) return;
    std::fclose(file_);
    if (!beside_.empty()) unlink(beside_.c_str());
}

sim::Complaint OutputFile::cannot_write(int error) const {
    return sim::missing_complaint("cannot write " + path_ + ": " + std::strerror(error));
}

sim::Problem OutputFile::open(const std::string& path) {
    CHECK(file_ == nullptr);
    path_ = path;
    beside_ = may_be_replaced(path) ? path + ".part." + std::to_string(getpid()) : "";
    error_ = 0;
    file_ = std::fopen(beside_.empty() ? path.c_str() : beside_.c_str(), "we");
    if (file_ == nullptr) return cannot_write(errno);
    return std::nullopt;
}

void OutputFile::write(const std::string& text) {
    CHECK(file_ != nullptr);
    if (std::fwrite(text.data(), 1, text.size(), file_) != text.size() && error_ == 0) error_ = errno;
}

sim::Problem OutputFile::flush() {
    CHECK(file_ != nullptr);
    if (std::fflush(file_) != 0 && error_ == 0) error_ = errno;
    if (error_ != 0) return cannot_write(error_);
    return std::nullopt;
}

sim::Problem OutputFile::complete() {
    sim::Problem problem = flush();
    std::FILE* file = file_;
    file_ = nullptr;
    if (std::fclose(file) != 0 && !problem) problem = cannot_write(errno);
    if (!problem && !beside_.empty() && std::rename(beside_.c_str(), path_.c_str()) != 0) problem = cannot_write(errno);
    if (problem && !beside_.empty()) unlink(beside_.c_str());
    return problem;
}

sim::Problem write_file(const std::string& path, const std::string& text) {
    OutputFile file;
    if (sim::Problem problem = file.open(path)) return problem;
    file.write(text);
    return file.complete();
}

} // namespace orrery::scenarios::engine

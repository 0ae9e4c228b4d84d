#include "orrery/scenarios/engine/artifact/files.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace orrery::scenarios::engine {

std::optional<std::string> read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file || std::filesystem::is_directory(path)) return std::nullopt;
    return std::string{std::istreambuf_iterator<char>(file), {}};
}

std::optional<std::string> write_file(const std::string& path, const std::string& text) {
    const std::string beside = path + ".part." + std::to_string(getpid());
    std::FILE* file = std::fopen(beside.c_str(), "we");
    bool good = file != nullptr;
    if (good) {
        good = std::fwrite(text.data(), 1, text.size(), file) == text.size();
        good = std::fclose(file) == 0 && good;
        good = good && std::rename(beside.c_str(), path.c_str()) == 0;
    }
    if (good) return std::nullopt;
    const std::string why = std::strerror(errno);
    if (file != nullptr) std::remove(beside.c_str());
    return "cannot write " + path + ": " + why;
}

} // namespace orrery::scenarios::engine

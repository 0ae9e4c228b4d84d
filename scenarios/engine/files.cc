#include "orrery/scenarios/engine/files.h"

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace orrery::scenarios {

std::optional<std::string> read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file || std::filesystem::is_directory(path)) return std::nullopt;
    return std::string{std::istreambuf_iterator<char>(file), {}};
}

bool write_file(const std::string& path, const std::string& text) {
    const std::string beside = path + ".part." + std::to_string(getpid());
    {
        std::ofstream file(beside, std::ios::binary);
        file << text;
        if (!file.flush()) return false;
    }
    if (std::rename(beside.c_str(), path.c_str()) == 0) return true;
    std::remove(beside.c_str());
    return false;
}

} // namespace orrery::scenarios

// Files as the command line reads and writes them: whole, or not at all.
#pragma once

#include <optional>
#include <string>

namespace orrery::scenarios::engine {

std::optional<std::string> read_file(const std::string& path);
// Written beside and renamed: never half. What hindered it, if anything: "cannot write PATH: why".
std::optional<std::string> write_file(const std::string& path, const std::string& text);

} // namespace orrery::scenarios::engine

// Nearest: which known name someone meant by a misspelt one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace orrery::scenarios::engine {

// "; did you mean 'raft-kv'?", or nothing if no name is near.
std::string suggestion(std::string_view word, const std::vector<std::string>& names);

} // namespace orrery::scenarios::engine

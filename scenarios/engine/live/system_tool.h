// A program of the system that is given its orders on its standard input, like nft and tc. It may do with the network
// of this process what this process may: a user who has a network of his own has rights there that a program he starts
// would not inherit by itself.
#pragma once

#include <string>
#include <vector>

namespace orrery::scenarios::engine::live {

// Waits for its end. Empty: it did all. Else why not, in a line: what it said, or that it is not there.
std::string run_system_tool(const std::vector<std::string>& words, const std::string& orders);

} // namespace orrery::scenarios::engine::live

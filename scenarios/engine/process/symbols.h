// Symbols: the names of this program's functions by address, from its own symbol table, so that a
// crash has a fingerprint that survives other addresses and other lines.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace orrery::scenarios::engine {

// Is the address within this program's own code, not a library's?
bool is_own_code(std::uintptr_t address);
// Demangled, without parameters; addresses of no function are left out, repetitions too.
std::vector<std::string> function_names(std::span<const std::uintptr_t> addresses);

} // namespace orrery::scenarios::engine

#!/bin/sh
# Writes a C++ file that holds the hash of all compiled sources, named by what they contain.
# source_hash.sh ROOT OUTPUT
set -eu
hash=$(cd "$1" && find sim protocols faults reports scenarios -type f \( -name '*.cc' -o -name '*.h' -o -name '*.def' \) |
    LC_ALL=C sort | xargs sha256sum | sha256sum | cut -c1-16)
cat >"$2" <<END
// Generated: which sources this program was compiled from.
#include "orrery/scenarios/engine/artifact/repro.h"
namespace orrery::scenarios::engine {
std::string_view source_identity() { return "$hash"; }
} // namespace orrery::scenarios::engine
END

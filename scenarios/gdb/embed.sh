#!/bin/sh
# embed.sh SCRIPT OUTPUT: a source file that puts the Python script into the section where gdb looks for one. For each
# script the section holds the byte 4, a line with its name, the text, and a zero byte.
set -eu
{
    cat <<'HEAD'
asm(R"section(
.pushsection ".debug_gdb_scripts", "MS", %progbits, 1
.byte 4
.ascii "orrery\n"
HEAD
    sed 's/[\\"]/\\&/g; s/.*/.ascii "&\\n"/' "$1"
    cat <<'TAIL'
.byte 0
.popsection
)section");
namespace orrery::scenarios::engine {
bool has_gdb_commands();
bool has_gdb_commands() { return true; }
} // namespace orrery::scenarios::engine
TAIL
} >"$2.part"
mv "$2.part" "$2"

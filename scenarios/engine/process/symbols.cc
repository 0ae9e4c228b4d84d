// The symbol table is read once, when the first crash asks for it.
#include "orrery/scenarios/engine/process/symbols.h"

#include <cxxabi.h>
#include <elf.h>
#include <link.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "orrery/scenarios/engine/artifact/files.h"

namespace orrery::scenarios::engine {
namespace {

struct Function {
    std::uintptr_t begin = 0; // relative to where the program was loaded
    std::uintptr_t end = 0;
    std::string name; // mangled
};

struct Program {
    std::uintptr_t base = 0;
    std::uintptr_t code_begin = 0; // absolute
    std::uintptr_t code_end = 0;
};

// The first object that the loader lists is the program itself.
Program loaded_program() {
    Program program;
    dl_iterate_phdr(
        [](dl_phdr_info* object, std::size_t, void* out) {
            auto& found = *static_cast<Program*>(out);
            found.base = object->dlpi_addr;
            for (int i = 0; i < object->dlpi_phnum; ++i) {
                const ElfW(Phdr)& part = object->dlpi_phdr[i];
                if (part.p_type != PT_LOAD || (part.p_flags & PF_X) == 0) continue;
                found.code_begin = found.base + part.p_vaddr;
                found.code_end = found.code_begin + part.p_memsz;
            }
            return 1;
        },
        &program);
    return program;
}

const Program& program() {
    static const Program loaded = loaded_program();
    return loaded;
}

// Copies a record out of the file; false if it lies beyond the end.
template <class T>
bool copy_out(const std::string& file, std::uint64_t offset, T& out) {
    if (offset > file.size() || file.size() - offset < sizeof out) return false;
    std::memcpy(&out, file.data() + offset, sizeof out);
    return true;
}

std::vector<Function> read_functions(const std::string& file) {
    std::vector<Function> functions;
    ElfW(Ehdr) header;
    if (!copy_out(file, 0, header)) return functions;
    for (std::uint64_t i = 0; i < header.e_shnum; ++i) {
        ElfW(Shdr) table;
        ElfW(Shdr) names;
        if (!copy_out(file, header.e_shoff + i * header.e_shentsize, table) || table.sh_type != SHT_SYMTAB) continue;
        if (!copy_out(file, header.e_shoff + std::uint64_t{table.sh_link} * header.e_shentsize, names)) continue;
        for (std::uint64_t at = 0; at + sizeof(ElfW(Sym)) <= table.sh_size; at += sizeof(ElfW(Sym))) {
            ElfW(Sym) symbol;
            if (!copy_out(file, table.sh_offset + at, symbol)) break;
            const std::uint64_t name = names.sh_offset + symbol.st_name;
            if (ELF64_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_size == 0 || name >= file.size()) continue;
            functions.push_back({symbol.st_value, symbol.st_value + symbol.st_size, file.c_str() + name});
        }
    }
    std::sort(functions.begin(), functions.end(), [](const Function& a, const Function& b) {
        return a.begin != b.begin ? a.begin < b.begin : a.name < b.name;
    });
    return functions;
}

// "void orrery::raft::(anonymous namespace)::f<int>(int)::{lambda()#1}::operator()() const" becomes
// "orrery::raft::f": what is left survives other parameters and other lambdas.
std::string plain_name(const std::string& mangled) {
    int status = 0;
    const std::unique_ptr<char, void (*)(void*)> text(abi::__cxa_demangle(mangled.c_str(), nullptr, nullptr, &status),
                                                      std::free);
    std::string name = status == 0 ? text.get() : mangled;
    constexpr std::string_view anonymous = "(anonymous namespace)::";
    for (std::size_t at = name.find(anonymous); at != std::string::npos; at = name.find(anonymous))
        name.erase(at, anonymous.size());
    std::string plain;
    int depth = 0; // of template arguments
    for (const char each : name) {
        if (each == '(' && depth == 0) break;
        depth += each == '<';
        if (each == ' ' && depth == 0) plain.clear(); // before it stood the type it returns
        if (each != ' ' && depth == 0) plain += each;
        depth -= each == '>';
    }
    return plain.substr(0, plain.find('['));
}

} // namespace

bool is_own_code(std::uintptr_t address) { return address >= program().code_begin && address < program().code_end; }

std::vector<std::string> function_names(std::span<const std::uintptr_t> addresses) {
    static const std::vector<Function> functions = [] {
        const sim::Checked<std::string> program_file = read_file("/proc/self/exe");
        return program_file ? read_functions(*program_file) : std::vector<Function>{};
    }();
    std::vector<std::string> names;
    for (const std::uintptr_t address : addresses) {
        if (!is_own_code(address)) continue;
        const std::uintptr_t offset = address - program().base;
        auto after = std::upper_bound(functions.begin(), functions.end(), offset,
                                      [](std::uintptr_t wanted, const Function& each) { return wanted < each.begin; });
        if (after == functions.begin() || (--after)->end <= offset) continue;
        std::string name = plain_name(after->name);
        if (names.empty() || names.back() != name) names.push_back(std::move(name));
    }
    return names;
}

} // namespace orrery::scenarios::engine

#include "orrery/scenarios/command/command_line.h"

#include "orrery/scenarios/command/values.h"
#include "orrery/scenarios/engine/process/child.h"

namespace orrery::scenarios::command {
namespace {

std::string called_as = "orrery"; // this program

// A repro does not say what its run may take.
std::string memory_given() {
    const std::uint64_t bytes = engine::memory_bytes_default;
    return bytes == engine::memory_bytes_standard ? "" : " --memory " + print_memory(bytes);
}

} // namespace

void set_program(const std::string& name) { called_as = name; }
std::string program_name() { return called_as.substr(called_as.find_last_of('/') + 1); }

std::string shell_word(const std::string& word) {
    constexpr const char* plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./,:=+@%";
    if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
    std::string quoted = "'";
    for (const char each : word) {
        if (each == '\'')
            quoted += "'\\''";
        else
            quoted += each;
    }
    return quoted + "'";
}

std::string replay_line(const std::string& file) {
    // A file whose name begins with a dash would be taken for an option.
    return shell_word(called_as) + " replay" + memory_given() + " " + (file.starts_with("-") ? "./" : "") +
           shell_word(file);
}

std::string explain_line(const std::string& file) {
    return shell_word(called_as) + " explain " + (file.starts_with("-") ? "./" : "") + shell_word(file);
}

std::string check_line(const std::vector<std::string>& flags, const std::string& file) {
    std::string line = shell_word(called_as) + " check";
    for (const std::string& each : flags) line += " " + shell_word(each);
    return line + " " + (file.starts_with("-") ? "./" : "") + shell_word(file);
}

std::string hunt_line(const std::string& flaw) {
    return shell_word(called_as) + " zoo" + memory_given() + " " + shell_word(flaw);
}

std::string run_line(const std::string& scenario, std::uint64_t seed, const InputOptions& options) {
    std::string line = shell_word(called_as) + " run" + memory_given() + " " + shell_word(scenario) + " --seed " +
                       std::to_string(seed);
    for (const Given& setting : options.all_settings()) line += " --set " + shell_word(setting.text);
    return options.plan.empty() ? line : line + " --plan " + shell_word(options.plan);
}

} // namespace orrery::scenarios::command

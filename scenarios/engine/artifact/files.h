// Files as the command line reads and writes them: whole, or not at all.
//
// An ordinary file is written beside its name and renamed, so that it is never half. What is no ordinary file - a
// device, a pipe, a link to something - is opened where it stands and never replaced.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/sim/complaint.h"

namespace orrery::scenarios::engine {

sim::Checked<std::string> read_file(const std::string& path);
// Every file of that ending in the folder and below it, in the order of their names.
sim::Checked<std::vector<std::string>> files_below(const std::string& folder, std::string_view ending);
sim::Problem write_file(const std::string& path, const std::string& text);
// Only what is not there yet, or is an ordinary file by that very name, is replaced by another file. A device or the
// file behind a link is written to.
bool may_be_replaced(const std::string& path);
// What a command reads and writes must be different files: {"--trace", "run.jsonl"}. Names that are empty are left out,
// and so are devices and pipes, which may well be used twice.
sim::Problem problem_of_names(const std::vector<std::pair<std::string, std::string>>& files);

// A file that is written piece by piece. Without a call of complete() nothing is left of it.
class OutputFile {
public:
    OutputFile() = default;
    OutputFile(const OutputFile&) = delete;
    OutputFile& operator=(const OutputFile&) = delete;
    ~OutputFile();

    sim::Problem open(const std::string& path);
    bool is_open() const { return file_ != nullptr; }
    // Errors are kept, and are what complete() complains of.
    void write(const std::string& text);
    sim::Problem complete();
    // In a process that was forked while the file was open: its part is written, the rest is the other one's business.
    sim::Problem flush();

private:
    sim::Complaint cannot_write(int error) const;

    std::string path_{};
    std::string beside_{}; // empty: written in place
    std::FILE* file_ = nullptr;
    int error_ = 0; // the first
};

} // namespace orrery::scenarios::engine

// orrery check: judges recorded histories, one line a file.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace orrery::scenarios::command {

struct CheckOptions {
    std::vector<std::string> files;
    std::string judge;  // empty: the model's own
    std::string model;  // empty: what the file names
    std::string format; // empty: by content
    std::string as;     // not empty: the histories are written in this format, and not judged
    std::uint64_t budget = 2'000'000;
    std::uint64_t threads = 0; // for the keys of a history; 0: as many as the machine has
    bool stream = false;       // judge line by line, and keep nothing that is over
    bool json = false;
    bool counterexample = false;
};

// 65 if any file is bad, else 1 if any is violated, else 4 if any holds no operation, else 2 if any is
// undecided, else 0.
int check(const CheckOptions& options);

} // namespace orrery::scenarios::command

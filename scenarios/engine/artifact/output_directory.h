// An output directory, held by one sweep. A manifest in it names the sweep - scenarios, seeds, settings, shards,
// sources; a lock is held while it runs. Another sweep, or the same one while it runs, is refused; the shards of one
// sweep share the directory, and the same sweep may write it again.
#pragma once

#include <string>

#include "orrery/sim/complaint.h"

namespace orrery::scenarios::engine {

class OutputDirectory {
public:
    OutputDirectory() = default;
    OutputDirectory(const OutputDirectory&) = delete;
    OutputDirectory& operator=(const OutputDirectory&) = delete;
    ~OutputDirectory();

    // `part` is the shard, for those of one manifest that may run side by side. If something stands in the way, nothing
    // is written: cause usage if it is another sweep, missing if it is the machine.
    sim::Problem take(const std::string& path, const std::string& manifest, const std::string& part);
    // Takes away what take() wrote and made, if nothing else is in the directory. One that was there before stays.
    void remove_if_empty();

private:
    std::string path_{};
    bool is_made_ = false; // by this
    int lock_ = -1;
};

// Nothing if no sweep holds the directory, or ever did.
sim::Problem refuse_if_held(const std::string& path);

} // namespace orrery::scenarios::engine

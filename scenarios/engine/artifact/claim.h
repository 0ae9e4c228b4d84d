// Claim: a sweep's right to a folder. A manifest in it names the sweep - scenarios, seeds, settings,
// shards, sources; a lock is held while it runs. Another sweep, or the same one while it runs, is
// refused; the shards of one sweep share its folder, and the same sweep may write it again.
#pragma once

#include <optional>
#include <string>

namespace orrery::scenarios::engine {

class Claim {
public:
    Claim() = default;
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;
    ~Claim();

    // `part` is the shard, for those of one manifest that may run side by side. What stands in the
    // way, if anything; nothing is written then.
    std::optional<std::string> take(const std::string& folder, const std::string& manifest, const std::string& part);
    // The sweep left nothing to keep: the folder goes, if there is nothing else in it.
    void forsake();

private:
    std::string folder_{};
    std::string lock_path_{};
    int lock_ = -1;
};

// The sweep that a folder belongs to, as a complaint; nothing if it belongs to none.
std::optional<std::string> claimed_by(const std::string& folder);

} // namespace orrery::scenarios::engine

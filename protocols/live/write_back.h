// WriteBack: a disk that loses what was not synced when its process is killed, like a machine that loses its power.
//
// A kill -9 takes nothing that was written: the operating system still has it. So here it is not given to the operating
// system before it must be. What is written to a file stays in the memory of the process, which reads it there, until
// the file is synced; a file that is created, renamed or removed is so in the folder only when that directory is
// synced. Whatever a killed process leaves, a machine without power could have left: of what was not synced, nothing,
// or what had come as far when the process was killed within a sync.
//
// All files that were opened are kept in memory, whole.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "orrery/protocols/live/disk.h"

namespace orrery::live {

class WriteBack final : public Disk {
public:
    static constexpr std::uint64_t file_max = 1 << 30; // bytes; beyond, there is no_space

    // Over a folder that nobody else changes meanwhile. Complains if its file system has no files without names.
    static sim::Checked<std::unique_ptr<WriteBack>> above(std::unique_ptr<Folder> folder);

    sim::Result<HeldFile> open(const std::string& path, sim::OpenMode mode) override;
    sim::Status rename(const std::string& from, const std::string& to) override;
    sim::Status remove(const std::string& path) override;
    sim::Result<std::vector<std::string>> list(const std::string& prefix) override;
    // What was changed below the directory, and what that needs of changes elsewhere.
    sim::Status sync(const std::string& directory) override;

private:
    class Node;
    struct Change {
        enum class Kind : std::uint8_t { create, rename, remove };
        Kind kind{};
        std::string path;
        std::string to{};             // rename
        std::shared_ptr<Node> node{}; // create
        bool concerns(const std::string& name) const;
        bool is_below(const std::string& directory) const;
    };
    explicit WriteBack(std::unique_ptr<Folder> folder) : folder_(std::move(folder)) {}
    bool is_folder(const std::string& path) const;
    bool leads_through_file(const std::string& path) const;
    // Of each change: whether it is to be made now.
    std::vector<bool> due(const std::string& directory) const;
    sim::Status make(const Change& change);

    std::unique_ptr<Folder> folder_;
    std::map<std::string, std::shared_ptr<Node>> names_{}; // as the process sees them
    std::vector<Change> changes_{};                        // that the folder does not have, in their order
};

} // namespace orrery::live

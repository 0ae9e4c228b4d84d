// The disk of one Env: a folder that it alone owns, and the thread that makes the blocking calls. What goes to the
// thread and comes back is plain memory, never Bytes and never anything of a task: a task may be gone by then.
//
// The functions below run in that thread. Each returns what Env promises, whatever the system calls it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "orrery/sim/complaint.h"
#include "orrery/sim/types.h"

namespace orrery::live {

// One thread, one queue: calls happen in the order in which they were made.
class DiskThread {
public:
    DiskThread();
    ~DiskThread(); // after everything that was submitted
    DiskThread(const DiskThread&) = delete;
    DiskThread& operator=(const DiskThread&) = delete;
    void submit(std::function<void()> call);

private:
    void run();

    std::mutex mutex_;
    std::condition_variable submitted_;
    std::deque<std::function<void()>> calls_;
    bool ends_ = false;
    std::thread thread_;
};

using Content = std::vector<std::uint8_t>;

// An open file.
class DiskFile {
public:
    virtual ~DiskFile() = default;
    virtual sim::Result<Content> read(std::uint64_t offset, std::size_t size) const = 0;
    virtual sim::Status write(std::uint64_t offset, const Content& content) = 0;
    virtual sim::Status truncate(std::uint64_t size) = 0;
    virtual sim::Status sync() = 0;
    virtual sim::Result<std::uint64_t> size() const = 0;
};
using HeldFile = std::shared_ptr<DiskFile>;

// In the root of a folder: no file of the process, whoever runs it says there whose the folder is. Nor is what begins
// like it.
constexpr std::string_view owner_file = ".orrery";

// What a process writes to. Used by one thread at a time.
class Disk {
public:
    virtual ~Disk() = default;
    virtual sim::Result<HeldFile> open(const std::string& path, sim::OpenMode mode) = 0;
    virtual sim::Status rename(const std::string& from, const std::string& to) = 0;
    virtual sim::Status remove(const std::string& path) = 0;
    virtual sim::Result<std::vector<std::string>> list(const std::string& prefix) = 0;
    virtual sim::Status sync(const std::string& directory) = 0;
};

// An open descriptor; closed with its last holder.
class Descriptor final : public DiskFile {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() override;
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number() const { return number_; }

    sim::Result<Content> read(std::uint64_t offset, std::size_t size) const override;
    sim::Status write(std::uint64_t offset, const Content& content) override;
    sim::Status truncate(std::uint64_t size) override;
    sim::Status sync() override;
    sim::Result<std::uint64_t> size() const override;

private:
    int number_;
    // A sync failed. The kernel may take for clean what it could not write, so no later sync of it may succeed.
    bool is_lost_ = false;
};

class Folder final : public Disk {
public:
    // Makes the folder if it is not there, and locks it: no other process, and no other Env, can own it meanwhile.
    static sim::Checked<std::unique_ptr<Folder>> own(const std::string& path);

    sim::Result<HeldFile> open(const std::string& path, sim::OpenMode mode) override;
    sim::Status rename(const std::string& from, const std::string& to) override;
    sim::Status remove(const std::string& path) override;
    sim::Result<std::vector<std::string>> list(const std::string& prefix) override;
    // The folder, and those that lead to it: what stands in them is their content.
    sim::Status sync(const std::string& directory) override;
    // A file that comes to have its name, which no other has, and its content at once, whatever becomes of this
    // process. Needs a file system with files without names.
    sim::Result<HeldFile> place(const std::string& path, const Content& content);

    bool has_nameless_files() const;

private:
    explicit Folder(int number) : root_(number) {}
    bool is_file(const std::string& path) const;
    bool make_folders(const std::string& path) const;
    bool remove_empty_folder(const std::string& path) const;

    Descriptor root_;
};

} // namespace orrery::live

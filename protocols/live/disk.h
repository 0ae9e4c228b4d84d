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

// An open descriptor; closed with its last holder.
class Descriptor {
public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor();
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int number() const { return number_; }
    // A sync failed. The kernel may take for clean what it could not write, so no later sync of it may succeed.
    bool is_lost = false;

private:
    int number_;
};
using HeldDescriptor = std::shared_ptr<Descriptor>;
using Content = std::vector<std::uint8_t>;

class Folder {
public:
    // Makes the folder if it is not there, and locks it: no other process, and no other Env, can own it meanwhile.
    static sim::Checked<std::unique_ptr<Folder>> own(const std::string& path);

    sim::Result<HeldDescriptor> open(const std::string& path, sim::OpenMode mode) const;
    sim::Status rename(const std::string& from, const std::string& to) const;
    sim::Status remove(const std::string& path) const;
    sim::Result<std::vector<std::string>> list(const std::string& prefix) const;
    // The folder, and those that lead to it: what stands in them is their content.
    sim::Status sync(const std::string& path) const;

    static sim::Result<Content> read(const Descriptor& file, std::uint64_t offset, std::size_t size);
    static sim::Status write(const Descriptor& file, std::uint64_t offset, const Content& content);
    static sim::Status truncate(const Descriptor& file, std::uint64_t size);
    static sim::Status sync(Descriptor& file);
    static sim::Result<std::uint64_t> size(const Descriptor& file);

private:
    explicit Folder(int number) : root_(number) {}
    bool is_file(const std::string& path) const;
    bool make_folders(const std::string& path) const;
    bool remove_empty_folder(const std::string& path) const;

    Descriptor root_;
};

} // namespace orrery::live

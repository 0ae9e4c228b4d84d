// The stage of the live world: an Env and a thread for each host, an address of the loopback interface that no other
// host has, and folders that go with the stage. A victim is a child process.
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "orrery/protocols/conformance/stage_test.h"
#include "orrery/protocols/live/env.h"

namespace orrery::conformance {
namespace {

// After this long a main that has not ended is stopped, and the test fails.
constexpr std::chrono::seconds patience{30};

// A folder that goes with it.
class Folder {
public:
    Folder() {
        std::string name =
            (std::filesystem::temp_directory_path() / ("orrery-conformance-" + std::string(6, 'X'))).string();
        CHECK(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~Folder() { std::filesystem::remove_all(path_); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::string path(const std::string& name) const { return path_ + "/" + name; }

private:
    std::string path_;
};

// Two processes of tests at a time have different addresses, and so have two hosts of one process.
std::string own_address() {
    static std::atomic<unsigned> made{0};
    const auto process = static_cast<unsigned>(::getpid());
    return "127." + std::to_string(1 + process % 250) + "." + std::to_string(process / 250 % 250) + "." +
           std::to_string(1 + made++ % 250);
}

class VictimFate final : public Fate {
public:
    VictimFate(std::string name, std::string cluster, std::string data, Loss loss)
        : words_{(std::filesystem::read_symlink("/proc/self/exe").parent_path() / "conformance_victim").string(),
                 std::move(name),
                 "victim",
                 "0",
                 std::move(cluster),
                 std::move(data),
                 loss == Loss::power ? "power" : "process"} {}
    ~VictimFate() override {
        if (process_ != 0) crash();
    }
    void crash() override {
        CHECK(process_ != 0);
        ::kill(process_, SIGKILL);
        int status = 0;
        EXPECT_EQ(::waitpid(process_, &status, 0), process_);
        EXPECT_TRUE(WIFSIGNALED(status)) << "the victim had ended by itself: " << status;
        process_ = 0;
    }
    void restart() override {
        CHECK(process_ == 0);
        std::vector<char*> words;
        for (std::string& word : words_) words.push_back(word.data());
        words.push_back(nullptr);
        EXPECT_EQ(::posix_spawn(&process_, words[0], nullptr, nullptr, words.data(), environ), 0);
    }

private:
    std::vector<std::string> words_;
    pid_t process_ = 0;
};

class LiveStage final : public Stage {
public:
    explicit LiveStage(bool loses_unsynced) : loses_unsynced_(loses_unsynced) {}
    std::vector<Died> run(const std::vector<Part>& parts, const Surroundings& surroundings) override {
        live::Cluster cluster;
        for (const Part& part : parts) cluster.members.push_back(member(part.role, part.index));
        return perform(cluster, parts, surroundings);
    }

    void run_with_victim(const std::string& name, std::function<void(Env&, Fate&)> observer, Loss loss) override {
        const live::Cluster cluster{{member("victim", 0), member("observer", 0)}};
        const std::string file = folder_.path("cluster");
        std::ofstream(file) << live::cluster_text(cluster);
        VictimFate fate(name, file, folder_.path("victim0"), loss);
        fate.restart();
        EXPECT_TRUE(perform(cluster, {{"observer", 0, [&](Env& env) { observer(env, fate); }}}).empty());
    }

private:
    static live::Member member(const std::string& role, std::uint32_t index) {
        return {role, index, own_address(), 7000, {}};
    }

    std::vector<Died> perform(const live::Cluster& cluster, const std::vector<Part>& parts,
                              const Surroundings& surroundings = {}) {
        std::vector<std::unique_ptr<live::Env>> envs;
        std::size_t left = 0; // that are to end by themselves
        for (const Part& part : parts) {
            const std::string data = folder_.path(part.role + std::to_string(part.index));
            auto env = live::Env::make({.role = part.role,
                                        .index = part.index,
                                        .cluster = cluster,
                                        .settings = surroundings.settings,
                                        .data = data,
                                        .loses_unsynced = loses_unsynced_,
                                        .user_timeout = surroundings.user_timeout});
            CHECK(env.ok());
            envs.push_back(std::move(*env));
            left += !part.serves;
        }
        std::vector<live::Ending> endings(parts.size());
        std::mutex mutex;
        std::condition_variable changed;
        std::vector<std::thread> threads;
        for (std::size_t i = 0; i < parts.size(); ++i)
            threads.emplace_back([&, i] {
                live::Ending ending = envs[i]->run(parts[i].main);
                const std::lock_guard lock(mutex);
                endings[i] = std::move(ending);
                left -= !parts[i].serves;
                changed.notify_one();
            });
        std::unique_lock lock(mutex);
        const bool is_over = changed.wait_for(lock, patience, [&] { return left == 0; });
        lock.unlock();
        EXPECT_TRUE(is_over) << "some main has not ended";
        for (std::size_t i = 0; i < envs.size(); ++i) {
            if (parts[i].serves || !is_over) envs[i]->stop();
            if (!is_over) envs[i]->stop();
        }
        for (std::thread& thread : threads) thread.join();
        std::vector<Died> died;
        for (const live::Ending& ending : endings)
            if (ending.kind == live::Ending::Kind::died) died.push_back({ending.rule, ending.text});
        return died;
    }

    bool loses_unsynced_;
    Folder folder_;
};

} // namespace

std::unique_ptr<Stage> live_stage(bool loses_unsynced) { return std::make_unique<LiveStage>(loses_unsynced); }

} // namespace orrery::conformance

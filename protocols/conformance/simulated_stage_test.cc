// The stage of the simulated world.
#include "orrery/protocols/conformance/stage_test.h"
#include "orrery/protocols/conformance/victims_test.h"
#include "orrery/sim/world/world.h"

namespace orrery::conformance {
namespace {

namespace world = sim::world;

class SimulatedStage final : public Stage {
public:
    std::vector<Died> run(const std::vector<Part>& parts, const Surroundings& surroundings) override {
        world::World stage({.seed = 11, .user_timeout = surroundings.user_timeout, .settings = surroundings.settings});
        std::size_t left = 0; // mains that are to end, by themselves or with their process
        for (const Part& part : parts) {
            left += !part.serves;
            stage.add_host({part.role + std::to_string(part.index), part.role, part.index, [&part, &left](Env& env) {
                                part.main(env);
                                left -= !part.serves;
                            }});
        }
        stage.boot_all();
        perform(stage, [&] { return left <= stage.findings().size(); });
        std::vector<Died> died;
        for (const Finding& finding : stage.findings()) died.push_back({finding.rule, finding.text});
        return died;
    }

    void run_with_victim(const std::string& name, std::function<void(Env&, Fate&)> observer, Loss loss) override {
        world::World stage({.seed = 11});
        WorldFate fate(stage, loss == Loss::power ? world::CrashMode::power : world::CrashMode::process);
        bool ended = false;
        stage.add_host({"victim0", "victim", 0, victim_named(name)});
        stage.add_host({"observer0", "observer", 0, [&](Env& env) {
                            observer(env, fate);
                            ended = true;
                        }});
        stage.boot_all();
        perform(stage, [&] { return ended; });
        EXPECT_TRUE(stage.findings().empty());
    }

private:
    class WorldFate final : public Fate {
    public:
        WorldFate(world::World& stage, world::CrashMode mode) : stage_(stage), mode_(mode) {}
        // Each crash is a fault of its own, after which the next boot is named.
        void crash() override {
            ++fault_;
            soon(0, [this] { stage_.crash(0, fault_, mode_); });
        }
        void restart() override {
            soon(1, [this] { stage_.restart(0, fault_); });
        }

    private:
        // Not within the event of the observer that asks for it.
        void soon(std::uint32_t ordinal, std::function<void()> act) {
            stage_.schedule_fault(stage_.now() + 1ms, fault_, ordinal, std::move(act));
        }
        world::World& stage_;
        world::CrashMode mode_;
        world::FaultId fault_ = 0;
    };

    static void perform(world::World& stage, const std::function<bool()>& is_over) {
        for (int second = 0; second < 600 && !is_over(); ++second) stage.run_until(stage.now() + 1s);
        EXPECT_TRUE(is_over()) << "some main has not ended";
    }
};

} // namespace

std::unique_ptr<Stage> simulated_stage() { return std::make_unique<SimulatedStage>(); }

} // namespace orrery::conformance

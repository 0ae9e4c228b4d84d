// The judge alone, without the simulator: three operations on a register, as some other system's clients
// recorded them, and a sentence on why they are impossible. Links orrery_reports and nothing else.
#include <cstdio>

#include "orrery/reports/judges/judge.h"
#include "orrery/reports/models/register.h"
#include "orrery/reports/verdict.h"

using namespace orrery::reports;
using models::Register;

int main() {
    const auto write = [](std::int64_t value) { return Register::Operation::write(value); };
    // Operation, result (none: unknown), invoked, returned in nanoseconds, process.
    const Verdict verdict =
        judges::judge<Register>({{write(1), Register::Result{}, {0}, {10}, 1},
                                 {write(2), Register::Result{}, {20}, {30}, 1},
                                 {Register::Operation::read(), Register::Result{1}, {40}, {50}, 2}});
    std::printf("%s\n", std::string(name(verdict.outcome)).c_str());
    if (verdict.violated()) std::printf("%s\n", verdict.counterexample->story.c_str());
    return verdict.violated() ? 0 : 1;
}

#include "orrery/scenarios/bench/online_work.h"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "orrery/reports/judges/linearizable/frontier.h"
#include "orrery/scenarios/bench/judge_histories.h"

namespace orrery::scenarios::bench {
namespace {

using namespace reports;

// An invocation or a return of operation `which`, with numbers in place of words.
struct Event {
    sim::WorldTime time{};
    bool returns = false;
    std::size_t which = 0;
};

template <class M>
void measure(const std::string& what, const Recorded<M>& made, std::FILE* figures) {
    models::TypedLive<M> live(M::initial());
    std::vector<std::uint32_t> operations;
    std::vector<std::uint32_t> results;
    std::vector<Event> events;
    for (std::size_t each = 0; each < made.size(); ++each) {
        operations.push_back(*live.operation(models::to_words<M>(made[each].operation)));
        results.push_back(
            *live.result(operations.back(), models::result_value<M>(made[each].operation, *made[each].result)));
        events.push_back({made[each].invoked, false, each});
        events.push_back({made[each].returned, true, each});
    }
    std::sort(events.begin(), events.end(), [](const Event& a, const Event& b) { return a.time < b.time; });
    std::size_t widest = 0;
    bool gave_up = false;
    double best = 0;
    for (int i = 0; i < 3; ++i) { // the machine may be shared
        std::vector<judges::linearizable::Frontier::Place> places(made.size());
        const auto begin = std::chrono::steady_clock::now();
        judges::linearizable::Frontier frontier(live);
        for (const Event& each : events) {
            if (each.returns)
                frontier.ok(places[each.which], results[each.which], each.time);
            else
                places[each.which] = frontier.invoke(operations[each.which], each.time);
            widest = std::max(widest, frontier.configurations());
        }
        const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        best = i == 0 ? seconds : std::min(best, seconds);
        gave_up = frontier.standing() == judges::linearizable::Frontier::Standing::gave_up;
    }
    std::fputs(fmt::format("online, {}: {} operations, {:.3f} us each, at most {} nodes{}\n", what, made.size(),
                           best * 1e6 / static_cast<double>(made.size()), widest, gave_up ? ", gave up" : "")
                   .c_str(),
               figures);
}

} // namespace

void judge_online(std::uint64_t operations, std::FILE* figures) {
    measure("unique values, 8 clients", unique_history(operations, 8), figures);
    measure("5 values with cas, 8 clients", swapping_history(operations, 8, 5), figures);
}

} // namespace orrery::scenarios::bench

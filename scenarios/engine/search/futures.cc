// One child a moment: its futures follow one another there, and it only says how many failed.
#include "orrery/scenarios/engine/search/futures.h"

#include <poll.h>

#include <algorithm>
#include <memory>

#include "orrery/sim/text.h"

namespace orrery::scenarios::engine {
namespace {

using std::chrono::milliseconds;

// The same run up to the moment, and then with other luck.
RunInput future(const Summary& failure, sim::WorldTime moment, std::uint64_t number) {
    RunInput input = failure.input;
    input.plan = failure.plan;
    const sim::Duration found = failure.findings.front().time - sim::WorldTime{};
    const sim::Duration end = std::chrono::ceil<milliseconds>(found + found / 2);
    if (input.settings.duration("recovery").count() == 0 && input.settings.duration("duration") < end)
        input.settings.set("duration", sim::duration_text(end));
    input.reseeds.push_back({moment, number});
    return input;
}

struct Moment {
    std::size_t place = 0;
    std::unique_ptr<Child> child{};
};

} // namespace

std::vector<reports::views::Inevitability> futures(const Summary& failure, const FuturesOptions& options) {
    CHECK(!failure.findings.empty());
    CHECK(options.futures > 0);
    CHECK(options.jobs > 0);
    const std::int64_t found = failure.findings.front().time.nanoseconds;
    std::vector<reports::views::Inevitability> all(options.moments);
    for (std::size_t i = 0; i < all.size(); ++i)
        all[i].time = {found / static_cast<std::int64_t>(all.size()) * static_cast<std::int64_t>(i)};
    const auto fails_likewise = [fingerprint = failure.fingerprint()](const Summary& each) {
        return each.verdict == RunVerdict::violated && each.fingerprint() == fingerprint;
    };
    std::vector<Moment> running;
    for (std::size_t next = 0; next < all.size() || !running.empty();) {
        if (options.interrupted && options.interrupted()) break; // what runs is killed by its destructor
        while (next < all.size() && running.size() < options.jobs) {
            ChildOptions child;
            child.detail = Detail::counts;
            child.limits = options.limits;
            child.counts = fails_likewise;
            child.is_enough = [](const Summary&) { return false; };
            for (std::uint64_t number = 2; number <= options.futures; ++number)
                child.more.push_back(future(failure, all[next].time, number));
            Moment moment{next, std::make_unique<Child>()};
            if (!moment.child->start(future(failure, all[next].time, 1), child)) running.push_back(std::move(moment));
            ++next;
        }
        std::vector<pollfd> descriptors;
        for (const Moment& each : running) descriptors.push_back({each.child->descriptor(), POLLIN, 0});
        poll(descriptors.data(), descriptors.size(), 1000);
        std::erase_if(running, [&](Moment& each) {
            if (!each.child->advance()) return false;
            const Summary last = each.child->finish();
            // Where a future ends its process nothing is known of the others.
            if (!each.child->has_died()) all[each.place].tried = options.futures;
            if (!each.child->has_died()) all[each.place].failed = last.counted;
            return true;
        });
        if (options.progress) options.progress((next - running.size()) * options.futures);
    }
    std::erase_if(all, [](const reports::views::Inevitability& each) { return each.tried == 0; });
    return all;
}

} // namespace orrery::scenarios::engine

// A small pool of children, each with some candidates in a row. Where a child dies, each of its candidates gets a child
// of its own: then it is known which of them it was.
#include "orrery/scenarios/engine/search/reproduction.h"

#include <poll.h>

#include <algorithm>
#include <deque>
#include <memory>

namespace orrery::scenarios::engine {
namespace {

constexpr std::size_t row_max = 256; // candidates of a child

} // namespace

// The candidates of one question.
struct Reproduction::Batch {
    // Candidates `begin` to `end` in a child.
    struct Row {
        std::size_t begin = 0;
        std::size_t end = 0;
        std::unique_ptr<Child> child{};
    };
    using Asked = std::function<bool(const Summary&)>;

    const std::vector<RunInput>& candidates;
    const Options& options;
    Asked is_answer;
    std::size_t first; // that is known to be an answer; their number if none is
    std::deque<Row> waiting{};
    std::vector<Row> running{};

    // All before this one are known not to be an answer.
    std::size_t decided() const {
        std::size_t least = first;
        for (const Row& each : waiting) least = std::min(least, each.begin);
        for (const Row& each : running) least = std::min(least, each.begin);
        return least;
    }
    // Those behind the first answer need not be known.
    void forget_those_behind() {
        const auto is_behind = [this](const Row& each) { return each.begin >= first; };
        std::erase_if(waiting, is_behind);
        std::erase_if(running, is_behind);
    }
    void start_next() {
        Row row = std::move(waiting.front());
        waiting.pop_front();
        ChildOptions child;
        child.detail = Detail::counts;
        child.limits = options.limits;
        child.is_enough = is_answer;
        const auto place = candidates.begin() + static_cast<std::ptrdiff_t>(row.begin);
        child.more.assign(place + 1, candidates.begin() + static_cast<std::ptrdiff_t>(row.end));
        row.child = std::make_unique<Child>();
        // Where no child can be started, its candidates count as such that do not reproduce.
        if (!row.child->start(candidates[row.begin], child)) running.push_back(std::move(row));
    }
    void end(Row& row) {
        const Summary summary = row.child->finish();
        if (row.child->has_died() && row.end - row.begin > 1) {
            for (std::size_t i = row.end; i > row.begin; --i) waiting.push_front({i - 1, i});
            return;
        }
        if (is_answer(summary)) first = std::min(first, row.begin + summary.place);
    }
    // Until something has ended, or a second has passed.
    void wait() {
        std::vector<pollfd> descriptors;
        for (const Row& each : running) descriptors.push_back({each.child->descriptor(), POLLIN, 0});
        poll(descriptors.data(), descriptors.size(), 1000);
        std::erase_if(running, [this](Row& each) {
            if (!each.child->advance()) return false;
            end(each);
            return true;
        });
    }
};

bool Reproduction::reproduces(const Summary& summary) const {
    return summary.is_known() && summary.verdict == RunVerdict::violated &&
           summary.fingerprint() == options_.fingerprint;
}

std::optional<Reproduced> Reproduction::first(const std::vector<RunInput>& candidates,
                                              const std::function<bool(const Summary&)>& is_wanted) {
    if (is_spent()) return std::nullopt;
    const std::size_t count = std::min<std::size_t>(candidates.size(), options_.runs_max - runs_);
    const auto is_answer = [&](const Summary& each) { return reproduces(each) && (!is_wanted || is_wanted(each)); };
    Batch batch{candidates, options_, is_answer, count};
    const std::size_t row = std::clamp<std::size_t>(count / options_.jobs, 1, row_max);
    for (std::size_t begin = 0; begin < count; begin += row)
        batch.waiting.push_back({begin, std::min(begin + row, count)});
    while (batch.decided() < batch.first) {
        interrupted_ = interrupted_ || (options_.interrupted && options_.interrupted());
        if (interrupted_) return std::nullopt; // what runs is killed by its destructor
        while (!batch.waiting.empty() && batch.running.size() < options_.jobs) batch.start_next();
        if (!batch.running.empty()) batch.wait();
        batch.forget_those_behind();
        if (options_.progress) options_.progress(runs_ + batch.decided());
    }
    runs_ += std::min(batch.first + 1, count);
    if (batch.first == count) return std::nullopt;
    ChildOptions alone;
    alone.limits = options_.limits;
    Summary summary = run_in_child(candidates[batch.first], alone);
    if (!is_answer(summary)) return std::nullopt;
    return Reproduced{batch.first, std::move(summary)};
}

} // namespace orrery::scenarios::engine

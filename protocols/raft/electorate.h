// Who decides, as monitors know it from what servers say: a majority of the voters, and while the membership changes
// one of the voters until now as well (chapter 4 of the dissertation). Its own reading of the rule: monitors share no
// code with what they judge.
#pragma once

#include <vector>

#include "orrery/protocols/raft/observed.h"
#include "orrery/sim/text.h"

namespace orrery::raft::observed {

using Numbers = std::vector<std::int64_t>; // of members

// "0 2 3", as notes have it. What is no number is nobody: a trace may say anything.
inline Numbers numbers_of(std::string_view words) {
    Numbers numbers;
    for (const std::string_view word : sim::split(words, ' ')) {
        std::int64_t number = 0;
        if (sim::parse_integer(word, number)) numbers.push_back(number);
    }
    return numbers;
}

struct Electorate {
    bool is_everyone = true; // all members of the cluster, as long as nothing else was said
    Numbers incoming{};
    Numbers outgoing{}; // empty unless the membership is changing
    Numbers learners{};

    bool operator==(const Electorate&) const = default;
    bool is_voter(std::int64_t member) const { return is_everyone || has(incoming, member) || has(outgoing, member); }
    bool is_member(std::int64_t member) const { return is_voter(member) || has(learners, member); }

private:
    static bool has(const Numbers& all, std::int64_t member) {
        return std::find(all.begin(), all.end(), member) != all.end();
    }
};

// Of a note raft.configuration.
inline Electorate electorate_of(const Observation& seen) {
    return {false, numbers_of(seen.fields[0].text), numbers_of(seen.fields[1].text), numbers_of(seen.fields[2].text)};
}

template <class Has>
std::int64_t count_of(const Numbers& members, const Has& has) {
    return std::count_if(members.begin(), members.end(), has);
}

// Whether those who have it are enough, in a cluster of `size` members. `has` takes the number of a member.
template <class Has>
bool decides(const Electorate& electorate, std::int64_t size, const Has& has) {
    const auto is_majority = [](std::int64_t count, std::int64_t of) { return count > of / 2; };
    if (electorate.is_everyone) {
        std::int64_t count = 0;
        for (std::int64_t member = 0; member < size; ++member) count += has(member);
        return is_majority(count, size);
    }
    const auto of = [](const Numbers& members) { return static_cast<std::int64_t>(members.size()); };
    const Numbers& until_now = electorate.outgoing;
    return is_majority(count_of(electorate.incoming, has), of(electorate.incoming)) &&
           (until_now.empty() || is_majority(count_of(until_now, has), of(until_now)));
}

// "2 of 3", or "2 of 3 voters and 1 of 3 voters until now".
template <class Has>
std::string share_words(const Electorate& electorate, std::int64_t size, const Has& has) {
    if (electorate.is_everyone) {
        std::int64_t count = 0;
        for (std::int64_t member = 0; member < size; ++member) count += has(member);
        return number(count) + " of " + number(size);
    }
    const auto share = [&](const Numbers& members) {
        return number(count_of(members, has)) + " of " + std::to_string(members.size());
    };
    const std::string voters = share(electorate.incoming) + " voters";
    return electorate.outgoing.empty() ? voters : voters + " and " + share(electorate.outgoing) + " voters until now";
}

} // namespace orrery::raft::observed

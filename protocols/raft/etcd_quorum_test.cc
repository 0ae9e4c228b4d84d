// The cases of etcd's raft for quorums, read where Debian's package golang-etcd-server-dev puts them: a command
// "committed" or "vote"; voters `cfg`, and `cfgj` if they are joint; and an index or a vote for each voter in the order
// in which it is first named, "_" where nothing is known. The answer to "committed" is a picture of the indexes and
// then the index that is committed.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "orrery/protocols/raft/datadriven_test.h"
#include "orrery/protocols/raft/quorum.h"

namespace orrery::raft {
namespace {

constexpr const char* quorum_cases = "/usr/share/gocode/src/go.etcd.io/etcd/raft/quorum/testdata";

std::uint64_t number_of(const std::string& text) {
    std::uint64_t number = 0;
    EXPECT_TRUE(sim::parse_integer(text, number)) << text;
    return number;
}

std::string index_words(Index index) { return index == index_of_nobody ? "∞" : std::to_string(index); }

// A bar for each voter, as long as there are voters below it; without length if a voter named before has the same
// index; a question mark where nothing is known.
std::string picture(const Members& voters, const std::map<Member, std::string>& known) {
    if (voters.empty()) return "<empty majority quorum>";
    const auto index_of = [&](Member member) { return known.contains(member) ? number_of(known.at(member)) : 0; };
    const std::size_t width = voters.size();
    std::string text = std::string(width, ' ') + "    idx\n";
    for (const Member voter : voters) {
        const Index index = index_of(voter);
        std::size_t below = 0;
        bool first = true;
        for (const Member other : voters) {
            below += index_of(other) < index;
            first = first && (other >= voter || index_of(other) != index);
        }
        const std::string bar = known.contains(voter) ? std::string(first ? below : 0, 'x') + ">" : "?";
        const std::string digits = std::to_string(index);
        text += bar + std::string(width + 1 - bar.size(), ' ') + " " +
                std::string(5 - std::min<std::size_t>(5, digits.size()), ' ') + digits +
                "    (id=" + std::to_string(voter) + ")\n";
    }
    return text;
}

struct QuorumCase {
    std::vector<Member> named[2]; // cfg and cfgj as they were written
    bool joint = false;
    std::map<Member, std::string> known; // index or vote; not those of whom nothing is known

    explicit QuorumCase(const datadriven::Case& each) {
        joint = each.values("cfgj") != nullptr;
        const char* keys[] = {"cfg", "cfgj"};
        for (std::size_t half = 0; half < 2; ++half)
            if (const auto* values = each.values(keys[half]); values != nullptr)
                for (const std::string& value : *values)
                    if (value != "zero") named[half].push_back(static_cast<Member>(number_of(value)));
        std::vector<Member> order = named[0];
        for (const Member member : named[1])
            if (std::find(order.begin(), order.end(), member) == order.end()) order.push_back(member);
        const auto* given = each.values(each.command == "vote" ? "votes" : "idx");
        EXPECT_EQ(order.size(), given == nullptr ? 0 : given->size());
        for (std::size_t i = 0; given != nullptr && i < order.size() && i < given->size(); ++i)
            if ((*given)[i] != "_") known[order[i]] = (*given)[i];
    }
    Members half(std::size_t which) const {
        Members members = named[which];
        std::sort(members.begin(), members.end());
        return members;
    }
    Members all() const {
        Members members = half(0);
        for (const Member member : half(1)) members.push_back(member);
        std::sort(members.begin(), members.end());
        members.erase(std::unique(members.begin(), members.end()), members.end());
        return members;
    }
    std::size_t places() const { return all().empty() ? 0 : all().back() + std::size_t{1}; }
};

std::string committed(const QuorumCase& quorum) {
    std::vector<Index> matches(quorum.places(), 0);
    for (const auto& [member, text] : quorum.known) matches.at(member) = number_of(text);
    const Index index = quorum.joint ? committed_index(Voters{quorum.half(0), quorum.half(1)}, matches)
                                     : committed_index(quorum.half(0), matches);
    return picture(quorum.all(), quorum.known) + index_words(index) + "\n";
}

std::string voted(const QuorumCase& quorum) {
    std::vector<Vote> votes(quorum.places(), Vote::none);
    for (const auto& [member, text] : quorum.known) {
        EXPECT_TRUE(text == "y" || text == "n") << text;
        votes.at(member) = text == "y" ? Vote::granted : Vote::refused;
    }
    const VoteResult result =
        quorum.joint ? vote_result(Voters{quorum.half(0), quorum.half(1)}, votes) : vote_result(quorum.half(0), votes);
    constexpr const char* names[] = {"VotePending", "VoteLost", "VoteWon"};
    return names[static_cast<std::size_t>(result)] + std::string("\n");
}

TEST(EtcdQuorum, GivesTheAnswersOfEtcdInItsOwnCases) {
    if (!std::filesystem::exists(quorum_cases))
        GTEST_SKIP() << "etcd's cases are not on this machine; the package golang-etcd-server-dev has them";
    const std::size_t count = datadriven::expect_answers(quorum_cases, [] {
        return [](const datadriven::Case& each) {
            const QuorumCase quorum(each);
            if (each.command == "committed") return committed(quorum);
            EXPECT_EQ(each.command, "vote");
            return voted(quorum);
        };
    });
    std::printf("compared %zu of etcd's cases for quorums\n", count);
    EXPECT_GE(count, 127u);
}

} // namespace
} // namespace orrery::raft

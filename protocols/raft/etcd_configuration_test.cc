// The cases of etcd's raft for changes of the configuration, read where Debian's package golang-etcd-server-dev puts
// them: commands "simple", "enter-joint" and "leave-joint" with changes v, l, r (voter, learner, removed) before the
// number of a member. A file is one history, which begins with nobody.
//
// The answers are rendered here as etcd prints them. It also prints the progress of each member, which is the core's
// and not the configuration's: `next` is the number of the command in the file, from 0, that brought the member in. Two
// of its changes leave its configuration as it is, and are not passed on: u, "update", which carries data of the
// application, and any change of member 0, which stands for no member there.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>

#include "orrery/protocols/raft/configuration.h"
#include "orrery/protocols/raft/datadriven_test.h"

namespace orrery::raft {
namespace {

constexpr const char* configuration_cases = "/usr/share/gocode/src/go.etcd.io/etcd/raft/confchange/testdata";

const char* refusal_words(Refusal refusal, const std::string& command) {
    switch (refusal) {
    case Refusal::already_joint:
        return command == "simple" ? "can't apply simple config change in joint config" : "config is already joint";
    case Refusal::not_joint:
        return "can't leave a non-joint config";
    case Refusal::no_voters:
        return "can't make a zero-voter config joint";
    case Refusal::no_voters_left:
        return "removed all voters";
    case Refusal::many_voters:
        return "more than one voter changed without entering joint config";
    }
    return "";
}

std::string set_words(const Members& members) {
    std::vector<std::string> words;
    for (const Member member : members) words.push_back(std::to_string(member));
    return "(" + sim::join(words, " ") + ")";
}

std::string configuration_words(const Configuration& configuration) {
    std::string text = "voters=" + set_words(configuration.voters.incoming);
    if (configuration.is_joint()) text += "&&" + set_words(configuration.voters.outgoing);
    if (!configuration.learners.empty()) text += " learners=" + set_words(configuration.learners);
    if (!configuration.learners_next.empty()) text += " learners_next=" + set_words(configuration.learners_next);
    return text + (configuration.auto_leave ? " autoleave" : "");
}

std::vector<Change> changes_of(const std::string& input) {
    std::vector<Change> changes;
    for (const std::string_view word : sim::split(input, ' ')) {
        std::uint64_t member = 0;
        EXPECT_TRUE(sim::parse_integer(word.substr(1), member)) << word;
        if (member == 0) continue;
        const std::size_t kind = std::string_view("vlru").find(word[0]);
        EXPECT_NE(kind, std::string_view::npos) << word;
        if (kind < 3) changes.push_back({static_cast<Change::Kind>(kind), static_cast<Member>(member)});
    }
    return changes;
}

class History {
public:
    std::string answer(const datadriven::Case& each) {
        const Changed changed = change(each);
        const std::uint64_t number = number_++;
        if (const Refusal* refusal = std::get_if<Refusal>(&changed); refusal != nullptr)
            return std::string(refusal_words(*refusal, each.command)) + "\n";
        configuration_ = std::get<Configuration>(changed);
        const Members members = everyone(configuration_);
        std::erase_if(since_, [&](const auto& known) {
            return !std::binary_search(members.begin(), members.end(), known.first);
        });
        std::string text = configuration_words(configuration_) + "\n";
        for (const Member member : members) {
            const bool learns =
                std::binary_search(configuration_.learners.begin(), configuration_.learners.end(), member);
            text += std::to_string(member) +
                    ": StateProbe match=0 next=" + std::to_string(since_.try_emplace(member, number).first->second) +
                    (learns ? " learner" : "") + "\n";
        }
        return text;
    }

private:
    Changed change(const datadriven::Case& each) const {
        const std::vector<Change> changes = changes_of(each.input);
        if (each.command == "simple") return change_simply(configuration_, changes);
        if (each.command == "enter-joint") {
            const auto* auto_leave = each.values("autoleave");
            return enter_joint(configuration_, changes, auto_leave != nullptr && auto_leave->at(0) == "true");
        }
        EXPECT_EQ(each.command, "leave-joint");
        EXPECT_TRUE(changes.empty());
        return leave_joint(configuration_);
    }

    Configuration configuration_;
    std::map<Member, std::uint64_t> since_; // the command that brought it in
    std::uint64_t number_ = 0;
};

TEST(EtcdConfiguration, GivesTheAnswersOfEtcdInItsOwnCases) {
    if (!std::filesystem::exists(configuration_cases))
        GTEST_SKIP() << "etcd's cases are not on this machine; the package golang-etcd-server-dev has them";
    const std::size_t count = datadriven::expect_answers(configuration_cases, [] {
        return [history = History()](const datadriven::Case& each) mutable { return history.answer(each); };
    });
    std::printf("compared %zu of etcd's cases for configurations\n", count);
    EXPECT_GE(count, 58u);
}

} // namespace
} // namespace orrery::raft

// The interaction scripts of etcd's raft, read where Debian's package golang-etcd-server-dev puts them. Our cores are
// given the same commands, and after each of them what etcd printed is compared with the state that they are in, not
// with how they came to it: role, term, vote, leader, commit, the end of the log, its entries, what is applied, the
// configuration, what a snapshot holds, what a leader knows of the others, and whether a proposal was taken.
//
// What etcd prints is what changed. So a model of each of its members goes along: what it printed last still holds,
// until a command runs of which it prints nothing. A member is looked at whole when it has processed what was ready;
// before, etcd has printed its role and its term at most.
#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <optional>

#include "orrery/protocols/raft/interaction_test.h"

namespace orrery::raft {
namespace {

constexpr const char* interaction_cases = "/usr/share/gocode/src/go.etcd.io/etcd/raft/testdata";

constexpr std::size_t compared_today = 69; // the others print nothing of any state

enum class Fact { answer, role, term, vote, leader, commit, last, entry, applied, configuration, snapshot, progress };
constexpr const char* fact_names[] = {"answer", "role",  "term",    "vote",          "leader",   "commit",
                                      "last",   "entry", "applied", "configuration", "snapshot", "progress"};

// Where the two rightly differ, from one line of a script to another, and how many facts do so: no more and no fewer.
struct Difference {
    const char* script;
    std::size_t from; // line of a command
    std::size_t to;
    std::uint64_t member; // 0: the command's answer
    std::vector<Fact> facts;
    std::size_t times;
    const char* reason;
};

constexpr const char* without_configuration =
    "who begins with nothing knows here who belonged to the cluster at first; etcd's knows of nobody";
constexpr const char* when_appended =
    "a configuration is in force here when appended, so its own voters commit it; etcd's is when it is applied";
constexpr const char* steps_down =
    "a leader without a vote steps down here once that is committed, and spreads no commit; etcd's goes on";

const std::vector<Difference>& differences() {
    using enum Fact;
    static const std::vector<Difference> all = {
        {"confchange_v1_add_single.txt", 24, 24, 2, {configuration}, 1, without_configuration},
        {"confchange_v1_remove_leader.txt", 73, 120, 1, {commit, applied}, 6, when_appended},
        {"confchange_v1_remove_leader.txt", 99, 99, 2, {commit, applied}, 4, when_appended},
        {"confchange_v1_remove_leader.txt", 128, 203, 1, {commit, applied}, 5, steps_down},
        {"confchange_v1_remove_leader.txt", 128, 203, 2, {commit, applied}, 5, steps_down},
        {"confchange_v1_remove_leader.txt", 128, 203, 3, {commit, applied}, 7, steps_down},
        {"confchange_v2_add_double_auto.txt", 25, 25, 2, {configuration}, 1, without_configuration},
        {"confchange_v2_add_double_auto.txt", 25, 25, 3, {configuration}, 1, without_configuration},
        {"confchange_v2_add_double_auto.txt", 39, 39, 1, {commit, applied}, 3, when_appended},
        {"confchange_v2_add_double_auto.txt", 54, 54, 1, {commit, last, applied, entry}, 4, when_appended},
        {"confchange_v2_add_double_implicit.txt", 27, 27, 2, {configuration}, 1, without_configuration},
        {"confchange_v2_add_single_auto.txt", 26, 26, 2, {configuration}, 1, without_configuration},
        {"confchange_v2_add_single_auto.txt", 114, 180, 1, {commit, last, applied, entry}, 10, when_appended},
        {"confchange_v2_add_single_auto.txt", 175, 175, 0, {answer}, 1, when_appended},
        {"confchange_v2_add_single_auto.txt", 114, 114, 2, {commit, applied}, 4, when_appended},
        {"confchange_v2_add_single_auto.txt", 180, 180, 2, {commit, last, applied, entry}, 5, when_appended},
        {"confchange_v2_add_single_explicit.txt", 26, 26, 2, {configuration}, 1, without_configuration},
        {"snapshot_succeed_via_app_resp.txt", 50, 71, 3, {configuration}, 2, without_configuration},
    };
    return all;
}

// What etcd has said of one of its members, with its terms.
struct Model {
    std::optional<Role> role;
    std::optional<Term> term;
    std::optional<std::uint64_t> vote;   // 0: nobody
    std::optional<std::uint64_t> leader; // 0: nobody
    std::optional<Index> commit;
    std::optional<Index> last;
    std::optional<Index> applied;
    std::optional<Configuration> configuration;
};

// An entry as etcd prints it.
struct Printed {
    Term term = 0;
    bool is_command = false;
    std::string data;
};

// What one command printed of one member.
struct Output {
    std::map<Index, Printed> entries;
    std::map<Index, Printed> committed;
    std::map<Index, Configuration> snapshots;
    std::map<std::uint64_t, std::pair<std::string, Index>> progress; // of whom: the state, and the index that matches
};

// 0 if the key is not there.
std::uint64_t number_after(std::string_view text, std::string_view key) {
    const std::size_t at = text.find(key);
    if (at == std::string_view::npos) return 0;
    text.remove_prefix(at + key.size());
    return Interaction::number_of(text.substr(0, text.find_first_not_of("0123456789")));
}

Members members_after(std::string_view text, std::string_view key) {
    Members members;
    const std::size_t at = text.find(key);
    if (at == std::string_view::npos) return members;
    text.remove_prefix(at + key.size());
    for (const std::string_view word : sim::split(text.substr(0, text.find_first_of(")]")), ' '))
        if (!word.empty()) members.push_back(static_cast<Member>(Interaction::number_of(word) - 1));
    return members;
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// "voters=(1 2 3)&&(1) autoleave"
Configuration configuration_in_line(std::string_view text) {
    return {.voters = {.incoming = members_after(text, "voters=("), .outgoing = members_after(text, "&&(")},
            .learners = members_after(text, "learners=("),
            .learners_next = members_after(text, "learners_next=("),
            .auto_leave = has(text, "autoleave")};
}

// "ConfState:Voters:[1 2 3] VotersOutgoing:[1] Learners:[] LearnersNext:[] AutoLeave:true"
Configuration configuration_in_snapshot(std::string_view text) {
    return {
        .voters = {.incoming = members_after(text, "Voters:["), .outgoing = members_after(text, "VotersOutgoing:[")},
        .learners = members_after(text, "Learners:["),
        .learners_next = members_after(text, "LearnersNext:["),
        .auto_leave = has(text, "AutoLeave:true")};
}

Role role_named(std::string_view word) {
    if (word.starts_with("leader") || word.starts_with("StateLeader")) return Role::leader;
    if (word.starts_with("candidate") || word.starts_with("StateCandidate")) return Role::candidate;
    EXPECT_TRUE(word.starts_with("follower") || word.starts_with("StateFollower")) << word;
    return Role::follower;
}

// Reads what one command printed into the models, and gives what is of this command only.
class Reading {
public:
    explicit Reading(std::map<std::uint64_t, Model>& models) : models_(models) {}

    std::map<std::uint64_t, Output> read(const datadriven::Case& each) {
        section_ = Section::none;
        if (each.command == "process-ready") member_ = Interaction::argument(each, 0);
        for (const std::string_view line : sim::split(each.expected, '\n')) {
            const std::string_view text = datadriven::trimmed(line);
            if (each.command == "status")
                read_status(text, Interaction::argument(each, 0));
            else
                read_line(text);
        }
        return std::move(outputs_);
    }

private:
    enum class Section { none, entries, committed };

    void read_line(std::string_view text) {
        Model& model = models_[member_];
        if (text.starts_with("> ")) {
            member_ = number_after(text, "> ");
            section_ = Section::none;
        } else if (text.starts_with("INFO ") || text.starts_with("DEBUG ")) {
            section_ = Section::none;
            read_information(text);
        } else if (text.starts_with("Lead:")) {
            model.leader = number_after(text, "Lead:");
            model.role = role_named(text.substr(text.find("State:") + 6));
        } else if (text.starts_with("HardState ")) {
            model.term = number_after(text, "Term:");
            model.vote = number_after(text, "Vote:");
            model.commit = number_after(text, "Commit:");
        } else if (text.starts_with("Snapshot ")) {
            const Index index = number_after(text, "Index:");
            outputs_[member_].snapshots[index] = configuration_in_snapshot(text);
            model.last = model.applied = index;
        } else if (text.ends_with("Entries:") || text == "Messages:") {
            section_ = text == "Entries:"            ? Section::entries
                       : text == "CommittedEntries:" ? Section::committed
                                                     : Section::none;
        } else if (section_ != Section::none) {
            read_entry(text, model);
        }
    }
    void read_information(std::string_view text) {
        const std::string_view rest = text.substr(text.find(' ') + 1);
        if (rest.starts_with("newRaft ")) {
            Model& model = models_[number_after(rest, "newRaft ")];
            model.term = number_after(rest, "term: ");
            model.vote = model.leader = 0;
            model.commit = number_after(rest, "commit: ");
            model.applied = number_after(rest, "applied: ");
            model.last = number_after(rest, "lastindex: ");
            return;
        }
        if (rest.empty() || rest[0] < '1' || rest[0] > '9') return;
        Model& model = models_[number_after(rest, "")];
        if (has(rest, " switched to configuration ")) model.configuration = configuration_in_line(rest);
        if (!has(rest, " became ")) return;
        model.role = role_named(rest.substr(rest.find(" became ") + 8));
        const Term term = number_after(rest, " at term ");
        if (model.term && *model.term < term) model.vote = *model.role == Role::candidate ? number_after(rest, "") : 0;
        model.term = term;
    }
    // 1/4 EntryNormal "foo"
    void read_entry(std::string_view text, Model& model) {
        const Index index = number_after(text, "/");
        Printed printed{number_after(text, ""), has(text, "EntryNormal"), {}};
        const std::size_t quote = text.find('"');
        if (quote != std::string_view::npos) printed.data = text.substr(quote + 1, text.size() - quote - 2);
        Output& output = outputs_[member_];
        (section_ == Section::entries ? output.entries : output.committed)[index] = std::move(printed);
        (section_ == Section::entries ? model.last : model.applied) = index;
    }
    // 2: StateReplicate match=11 next=12
    void read_status(std::string_view text, std::uint64_t leader) {
        if (text.empty()) return;
        const std::size_t begin = text.find("State") + 5;
        outputs_[leader].progress[number_after(text, "")] = {
            std::string(text.substr(begin, text.find(' ', begin) - begin)), number_after(text, "match=")};
    }

    std::map<std::uint64_t, Model>& models_;
    std::map<std::uint64_t, Output> outputs_;
    std::uint64_t member_ = 0;
    Section section_ = Section::none;
};

// What the table of differences says is counted, so that it says no more than is so.
struct Tally {
    std::size_t facts = 0;
    std::map<std::size_t, std::size_t> differing; // by the place of the row in the table
};

// One script, ours beside theirs.
class Comparison {
public:
    explicit Comparison(std::string script) : script_(std::move(script)) {}

    // Whether anything was compared.
    bool run(const datadriven::Case& each) {
        case_ = &each;
        compared_ = 0;
        const bool taken = ours_.run(each);
        if (each.command == "log-level") {
            is_quiet_ = each.arguments.at(0).key == "none";
            return false;
        }
        if (is_quiet_) {
            models_.clear(); // it printed nothing of what it did
            return false;
        }
        const std::map<std::uint64_t, Output> outputs = Reading(models_).read(each);
        if (each.command.starts_with("propose")) {
            const bool theirs = !has(each.expected, "dropped") && !has(each.expected, "ignoring conf change");
            compare(0, Fact::answer, taken == theirs);
        }
        for (std::uint64_t number = 1; number <= ours_.count(); ++number) {
            compare_core(number, models_[number]);
            if (ours_.node(number).processed) compare_processed(number, models_[number]);
            if (const auto found = outputs.find(number); found != outputs.end()) compare_output(number, found->second);
        }
        return compared_ > 0;
    }
    const Tally& tally() const { return tally_; }

private:
    void compare_core(std::uint64_t number, const Model& model) {
        const Core& core = ours_.node(number).core;
        if (model.role) compare(number, Fact::role, core.role() == *model.role);
        if (model.term) compare(number, Fact::term, core.term() == *model.term + 1);
    }
    void compare_processed(std::uint64_t number, const Model& model) {
        const Interaction::Node& node = ours_.node(number);
        const Core& core = node.core;
        if (model.vote) compare(number, Fact::vote, core.hard().vote == *model.vote);
        if (model.leader)
            compare(number, Fact::leader, (core.leader() + std::uint64_t{1}) % (core.count() + 1) == *model.leader);
        if (model.commit) compare(number, Fact::commit, core.commit() == *model.commit);
        if (model.last) compare(number, Fact::last, core.log().last_index() == *model.last);
        if (model.applied) compare(number, Fact::applied, node.last_applied == *model.applied);
        if (model.configuration) compare(number, Fact::configuration, core.configuration() == *model.configuration);
    }
    void compare_output(std::uint64_t number, const Output& output) {
        const Interaction::Node& node = ours_.node(number);
        const Log& log = node.core.log();
        for (const auto& [index, printed] : output.entries)
            compare(number, Fact::entry,
                    index >= log.first_index() && index <= log.last_index() && is_same(log.entry(index), printed));
        for (const auto& [index, printed] : output.committed) {
            const auto applied = node.applied.find(index);
            compare(number, Fact::applied, applied != node.applied.end() && is_same(applied->second, printed));
        }
        // Ours may have come by an older snapshot and the entries up to there.
        for (const auto& [index, configuration] : output.snapshots)
            compare(number, Fact::snapshot,
                    log.snapshot_index() <= index && index <= node.last_applied &&
                        node.core.mark(index).configuration == configuration);
        for (const auto& [of, known] : output.progress) {
            if (of == number) continue; // etcd's leader is in its own table, in a state of no use
            constexpr const char* states[] = {"Probe", "Replicate", "Snapshot"};
            if (node.core.role() != Role::leader) {
                compare(number, Fact::progress, false);
                continue;
            }
            const Progress& progress = node.core.progress(static_cast<Member>(of - 1));
            compare(number, Fact::progress, states[static_cast<std::size_t>(progress.state)] == known.first);
            compare(number, Fact::progress, progress.match == known.second);
        }
    }
    static bool is_same(const Entry& entry, const Printed& printed) {
        if (entry.term != printed.term + 1 || (entry.kind == Entry::Kind::command) != printed.is_command) return false;
        return !printed.is_command || entry.command.text() == printed.data;
    }
    void compare(std::uint64_t member, Fact fact, bool is_equal) {
        ++tally_.facts;
        if (is_equal) {
            ++compared_;
            return;
        }
        for (std::size_t i = 0; i < differences().size(); ++i) {
            const Difference& each = differences()[i];
            const bool is_here = script_ == each.script && case_->line >= each.from && case_->line <= each.to;
            if (!is_here || member != each.member) continue;
            if (std::find(each.facts.begin(), each.facts.end(), fact) == each.facts.end()) continue;
            ++tally_.differing[i];
            return;
        }
        ADD_FAILURE() << script_ << " line " << case_->line << ": " << case_->command << ": member " << member
                      << " differs in " << fact_names[static_cast<std::size_t>(fact)];
    }

    std::string script_;
    const datadriven::Case* case_ = nullptr;
    std::size_t compared_ = 0;
    bool is_quiet_ = false;
    Interaction ours_;
    std::map<std::uint64_t, Model> models_;
    Tally tally_;
};

TEST(EtcdInteraction, EndsEachCommandInTheStateThatEtcdPrints) {
    if (!std::filesystem::exists(interaction_cases))
        GTEST_SKIP() << "etcd's scripts are not on this machine; the package golang-etcd-server-dev has them";
    std::size_t files = 0;
    std::size_t scripts = 0;
    std::size_t commands = 0;
    std::size_t compared = 0;
    std::size_t facts = 0;
    std::map<std::size_t, std::size_t> differing;
    for (const auto& file : std::filesystem::directory_iterator(interaction_cases)) {
        if (file.path().extension() != ".txt") continue;
        std::ifstream in(file.path());
        const std::string text(std::istreambuf_iterator<char>(in), {});
        const datadriven::Script script = datadriven::read(text);
        EXPECT_EQ(script.wrong, "") << file.path();
        Comparison comparison(file.path().filename());
        const std::size_t before = compared;
        for (const datadriven::Case& each : script.cases) compared += comparison.run(each);
        ++files;
        scripts += compared > before;
        commands += script.cases.size();
        facts += comparison.tally().facts;
        for (const auto& [row, times] : comparison.tally().differing) differing[row] += times;
    }
    std::size_t rightly = 0;
    for (std::size_t row = 0; row < differences().size(); ++row) {
        const Difference& each = differences()[row];
        EXPECT_EQ(differing[row], each.times) << each.script << " line " << each.from << ", member " << each.member;
        rightly += each.times;
    }
    std::printf(
        "compared %zu of %zu commands in %zu of %zu of etcd's scripts: %zu facts, of which %zu rightly differ\n",
        compared, commands, scripts, files, facts, rightly);
    EXPECT_GE(compared, compared_today);
    EXPECT_EQ(scripts, files);
}

} // namespace
} // namespace orrery::raft

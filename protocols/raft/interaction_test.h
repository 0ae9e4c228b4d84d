// Cores driven by the commands of etcd's interaction scripts. What a command does is what etcd's package rafttest does
// at it: a member's messages leave only when it "processes" what became ready, and arrive when they are delivered.
//
//     add-nodes COUNT voters=(..) learners=(..) index=I    members that begin with a snapshot, or with nothing
//     campaign N        propose N DATA        propose-conf-change N transition=T, and changes as v2 l3 r1
//     process-ready N   deliver-msgs drop=(N) stabilize N...        tick-heartbeat N        compact N INDEX
//
// Numbers of members are etcd's, from 1, and what it numbers so here has the Member before it. Three things differ in
// how, and the driver makes up for them. A leader here spreads its commit with the next heartbeat, so one falls due
// when it has committed. Where etcd's leader refuses a change of the configuration it appends an empty entry, so one
// is proposed. And no member here can be at a lower term than its log, while etcd's begin at term 0 with a snapshot of
// term 1: they begin at term 1 here, and each later term is etcd's and one.
//
// A disk takes no time: all is durable at once.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include "orrery/protocols/raft/core.h"
#include "orrery/protocols/raft/datadriven_test.h"

namespace orrery::raft {

class Interaction {
public:
    static constexpr Member members_max = 5;

    struct Node {
        Core core;
        std::string state = "an empty";   // of the state machine: all that was applied, one after another
        std::map<Index, Entry> applied{}; // but what came by a snapshot
        Index last_applied = 0;
        Index announced = 0; // the commit that it spread as a leader
        bool processed = false;
        Index snapshot_index = 0;
        std::string snapshot = state; // the newest one
        std::string received{};       // of one that comes from another
    };

    // False if a proposal was refused.
    bool run(const datadriven::Case& each) {
        for (Node& node : nodes_) node.processed = false;
        const std::string& command = each.command;
        if (command == "add-nodes") return add(each);
        if (command == "propose") return propose(argument(each, 0), each.arguments.at(1).key);
        if (command == "propose-conf-change") return change(each);
        if (command == "campaign") {
            tick(argument(each, 0), 2 * election_ticks_max);
        } else if (command == "tick-heartbeat") {
            tick(argument(each, 0), 1);
        } else if (command == "process-ready") {
            (void)process(argument(each, 0));
        } else if (command == "deliver-msgs") {
            const std::vector<std::string>* dropped = each.values("drop");
            for (std::size_t i = 0; dropped != nullptr && i < dropped->size(); ++i)
                (void)take(number_of(dropped->at(i)));
            for (const datadriven::Argument& argument : each.arguments)
                if (argument.values.empty()) (void)deliver(number_of(argument.key));
        } else if (command == "compact") {
            compact(argument(each, 0), argument(each, 1));
        } else if (command == "stabilize") {
            stabilize(each);
        } else {
            EXPECT_TRUE(command == "log-level" || command == "status") << command;
        }
        return true;
    }
    std::uint64_t count() const { return nodes_.size(); }
    const Node& node(std::uint64_t number) const { return nodes_.at(number - 1); }
    static std::uint64_t number_of(std::string_view text) {
        std::uint64_t number = 0;
        EXPECT_TRUE(sim::parse_integer(text, number)) << text;
        return number;
    }
    static std::uint64_t argument(const datadriven::Case& each, std::size_t which) {
        return number_of(each.arguments.at(which).key);
    }

private:
    static constexpr std::uint32_t election_ticks_max = 3;

    static Members members_of(const std::vector<std::string>* numbers) {
        Members members;
        if (numbers == nullptr) return members;
        for (const std::string& number : *numbers) members.push_back(static_cast<Member>(number_of(number) - 1));
        return members;
    }
    bool add(const datadriven::Case& each) {
        const std::vector<std::string>* index = each.values("index");
        Mark mark;
        if (index != nullptr) {
            first_ = {.voters = {.incoming = members_of(each.values("voters"))},
                      .learners = members_of(each.values("learners"))};
            mark = {number_of(index->at(0)), 1, first_};
        }
        for (std::uint64_t i = 0; i < argument(each, 0); ++i) {
            CoreOptions options{.self = static_cast<Member>(nodes_.size()), .count = members_max};
            options.election_ticks = election_ticks_max;
            options.heartbeat_ticks = 1;
            options.chunk_bytes = 4;
            options.first = first_;
            nodes_.push_back({.core = Core(options, {1, 0}, mark, {}, 0)});
            nodes_.back().snapshot_index = nodes_.back().last_applied = nodes_.back().announced = mark.index;
            nodes_.back().processed = true;
        }
        return true;
    }
    void tick(std::uint64_t number, std::uint32_t count) {
        nodes_.at(number - 1).core.tick(0, count);
        settle(nodes_.at(number - 1));
    }
    bool propose(std::uint64_t number, std::string_view data) {
        Node& node = nodes_.at(number - 1);
        const Index index = node.core.propose(sim::Bytes(data));
        settle(node);
        return index > 0;
    }
    static Transition transition_of(const datadriven::Case& each) {
        const std::vector<std::string>* named = each.values("transition");
        if (named == nullptr || named->at(0) == "auto") return Transition::automatic;
        if (named->at(0) == "implicit") return Transition::joint_implicit;
        EXPECT_EQ(named->at(0), "explicit");
        return Transition::joint_explicit;
    }
    bool change(const datadriven::Case& each) {
        std::vector<Change> changes;
        for (const std::string_view word : sim::split(each.input, ' ')) {
            if (word.empty()) continue;
            const std::size_t kind = std::string_view("vlr").find(word[0]);
            EXPECT_NE(kind, std::string_view::npos) << word;
            changes.push_back({static_cast<Change::Kind>(kind), static_cast<Member>(number_of(word.substr(1)) - 1)});
        }
        const std::uint64_t number = argument(each, 0);
        Node& node = nodes_.at(number - 1);
        const ChangeAnswer answer = node.core.change(changes, transition_of(each));
        settle(node);
        if (answer == ChangeAnswer::appended) return true;
        EXPECT_TRUE(propose(number, ""));
        return false;
    }
    void compact(std::uint64_t number, Index index) {
        Node& node = nodes_.at(number - 1);
        ASSERT_EQ(index, node.last_applied) << "only the present state can be kept";
        node.snapshot = node.state;
        node.snapshot_index = index;
        node.core.compact(index);
    }
    // Until nothing moves. Nobody named: everybody.
    void stabilize(const datadriven::Case& each) {
        std::vector<std::uint64_t> numbers;
        for (std::size_t i = 0; i < each.arguments.size(); ++i) numbers.push_back(argument(each, i));
        for (std::uint64_t number = 1; each.arguments.empty() && number <= nodes_.size(); ++number)
            numbers.push_back(number);
        bool moves = true;
        for (int i = 0; moves; ++i) {
            ASSERT_LT(i, 100) << "they do not fall silent";
            moves = false;
            for (const std::uint64_t number : numbers) moves = process(number) || moves;
            for (const std::uint64_t number : numbers) moves = deliver(number) || moves;
        }
    }
    // Applies what is committed and sends. False if there was nothing to do.
    bool process(std::uint64_t number) {
        Node& node = nodes_.at(number - 1);
        Core& core = node.core;
        node.processed = true;
        if (core.role() == Role::leader && core.commit() > node.announced) {
            core.tick(0, 1);
            node.announced = core.commit();
        }
        const Index before = node.last_applied;
        while (node.last_applied < core.commit()) {
            const Entry& entry = core.log().entry(++node.last_applied);
            if (entry.kind == Entry::Kind::command) node.state += entry.command.text();
            node.applied.emplace(node.last_applied, entry.copy());
        }
        std::vector<Message> messages;
        core.take_messages(messages);
        for (Message& message : messages) {
            if (message.kind == Message::Kind::snapshot) fill_in(message);
            network_.push_back(std::move(message));
        }
        return !messages.empty() || node.last_applied > before;
    }
    void fill_in(Message& message) const {
        const Node& node = nodes_[message.from];
        EXPECT_EQ(message.index, node.snapshot_index);
        message.chunk->total = node.snapshot.size();
        message.chunk->data = sim::Bytes(std::string_view(node.snapshot).substr(message.chunk->offset, 4));
    }
    bool deliver(std::uint64_t number) {
        std::vector<Message> messages = take(number);
        for (Message& message : messages) {
            nodes_.at(number - 1).core.step(std::move(message), 0);
            settle(nodes_.at(number - 1));
        }
        return !messages.empty();
    }
    // All that is on its way to that member, in the order of sending.
    std::vector<Message> take(std::uint64_t number) {
        const auto arriving = std::stable_partition(network_.begin(), network_.end(), [&](const Message& message) {
            return message.to + std::uint64_t{1} != number;
        });
        std::vector<Message> taken;
        std::move(arriving, network_.end(), std::back_inserter(taken));
        network_.erase(arriving, network_.end());
        return taken;
    }
    // What the core holds is durable.
    static void settle(Node& node) {
        Core& core = node.core;
        while (core.log().stable() < core.log().last_index()) core.persisted(core.log().last_index());
        std::vector<Piece> pieces;
        core.take_pieces(pieces);
        for (const Piece& piece : pieces) {
            if (piece.chunk.offset == 0) node.received.clear();
            node.received += piece.chunk.data.text();
            core.piece_written(piece.index, node.received.size());
            if (node.received.size() < piece.chunk.total) continue;
            if (!core.restore({piece.index, piece.term, piece.chunk.configuration})) continue;
            node.state = node.snapshot = node.received;
            node.snapshot_index = node.last_applied = piece.index;
        }
    }

    std::vector<Node> nodes_;
    std::vector<Message> network_; // in the order of sending
    Configuration first_;          // of those who begin with nothing too
};

} // namespace orrery::raft

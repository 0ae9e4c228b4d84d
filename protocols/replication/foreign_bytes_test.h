// What an engine must not take for its own, whichever it is: datagrams of others, and the disks of others. Each is
// refused, and a note says what was found and what was expected.
//
// `make(env, format)` gives the engine of member 0 of three in the role "server", at port 3, which speaks that format
// at most. `World` is sim::world::World, which no header of a protocol sees.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "orrery/protocols/replication/engine.h"
#include "orrery/protocols/replication/frames.h"
#include "orrery/protocols/replication/wire.h"
#include "orrery/sim/monitor.h"

namespace orrery::replication {

// The notes of one kind, each as its fields with blanks between them.
struct NoteListener final : sim::Monitor {
    NoteListener(std::string_view name, std::vector<std::string>& out) : wanted(name), heard(out) {}
    std::string_view name() const override { return "test.listener"; }
    void observe(const sim::Observation& seen) override {
        if (seen.kind != sim::Observation::Kind::note || seen.name != wanted) return;
        std::string text;
        for (const sim::Field& each : seen.fields) text += (text.empty() ? "" : " ") + sim::to_text(each);
        heard.push_back(text);
    }
    std::string_view wanted;
    std::vector<std::string>& heard;
};

// Runs `body` as member 0 of three; the others do nothing. What it says in notes of that name.
template <class World, class Body>
std::vector<std::string> notes_of_member(std::string_view name, const Body& body) {
    std::vector<std::string> heard;
    World world({.seed = 1});
    world.add_monitor(std::make_unique<NoteListener>(name, heard));
    bool has_ended = false;
    world.add_host({"s0", "server", 0, [&](sim::Env& env) {
                        body(env);
                        has_ended = true;
                    }});
    for (std::uint32_t index = 1; index < 3; ++index)
        world.add_host({"s" + std::to_string(index), "server", index, [](sim::Env& env) { (void)env.park(); }});
    world.boot_all();
    world.run_until(world.now() + std::chrono::seconds(10));
    EXPECT_TRUE(has_ended);
    for (const sim::Finding& finding : world.findings()) ADD_FAILURE() << finding.kind << ": " << finding.text;
    return heard;
}

template <class World, class Message, class Make>
void expect_only_members_are_heard(std::string_view protocol, const Make& make) {
    const auto notes = notes_of_member<World>("replication.refused", [&](sim::Env& env) {
        const std::unique_ptr<Engine> engine = make(env, newest_format);
        EXPECT_TRUE(engine->open());
        const Wire wire(env, protocol, "server", 3, newest_format);
        const sim::Address member = wire.members()[1].at(3);
        const WireHeader header{2, 2, wire.cluster()};
        const auto receives = [&](sim::Address from, sim::Bytes bytes) {
            return engine->receive({from, std::move(bytes)});
        };
        const auto message = [](Member from, Member to) {
            Message made;
            made.from = from;
            made.to = to;
            return made;
        };
        EXPECT_TRUE(receives(member, datagram_of(header, message(1, 0))));
        EXPECT_TRUE(receives(member, datagram_of({1, 1, wire.cluster()}, message(1, 0))));
        EXPECT_FALSE(receives(member, sim::Bytes(std::string_view("hello"))));
        EXPECT_FALSE(
            receives(member, datagram_of({2, 1, wire.cluster()}, message(1, 0)))); // it knows less than it says
        EXPECT_FALSE(receives(member, datagram_of({2, 2, 0xabc}, message(1, 0))));
        EXPECT_FALSE(receives({9999, 3}, datagram_of(header, message(1, 0))));
        EXPECT_FALSE(receives(member.at(4), datagram_of(header, message(1, 0)))); // another socket of that host
        EXPECT_FALSE(receives(member, datagram_of(header, message(2, 0))));
        EXPECT_FALSE(receives(wire.members()[0].at(3), datagram_of(header, message(0, 0))));
        EXPECT_FALSE(receives(member, datagram_of(header, message(1, 2))));
        Message beyond = message(1, 0);
        beyond.kind = static_cast<typename Message::Kind>(200);
        EXPECT_FALSE(receives(member, datagram_of(header, beyond)));
        sim::Bytes newer;
        write_header(newer, {3, 3, wire.cluster()});
        newer.append(sim::view_of("what it means nobody here knows"));
        EXPECT_FALSE(receives(member, std::move(newer)));
        sim::Bytes cut = datagram_of(header, message(1, 0));
        cut.resize(cut.size() - 1);
        EXPECT_FALSE(receives(member, std::move(cut)));
        auto socket = env.bind(3);
        EXPECT_TRUE(engine->round(*socket)); // what it took means nothing, and does no harm
    });
    ASSERT_EQ(notes.size(), 10u);
    const auto says = [&](std::size_t which, const std::string& start, const std::string& end) {
        EXPECT_TRUE(notes[which].starts_with(start)) << notes[which];
        EXPECT_TRUE(notes[which].ends_with(end)) << notes[which];
    };
    says(0, "ill_formed member 1", " 1 5 bytes a message in format 1 to 2");
    says(1, "ill_formed member 1", " bytes a message in format 1 to 2"); // the second, and the fourth further down
    says(2, "other_cluster member 1", " 1 0000000000000abc " + notes[2].substr(notes[2].size() - 16));
    says(3, "stranger host 9999", " 1 no member a member");
    says(4, "stranger port 4 of member 1", " 1 no member a member");
    says(5, "stranger member 1", " 2 member 1 as member 2 each as itself");
    says(6, "stranger member 0", " 1 member 0, which is this one another member");
    says(7, "other_target member 1", " 1 member 2 member 0");
    says(8, "newer_format ", " 1 3 at most 2");
    says(9, "ill_formed ", " bytes a message in format 1 to 2");
}

// A disk that another member, another cluster or a newer program has written. `file` is the first of its journal.
template <class World, class Make, class MakeOfAnotherRole>
void expect_only_its_own_disk_is_opened(const Make& make, const MakeOfAnotherRole& make_of_another_role,
                                        const std::string& file) {
    const auto notes = notes_of_member<World>("replication.damaged", [&](sim::Env& env) {
        EXPECT_TRUE(make(env, newest_format)->open());
        EXPECT_FALSE(make_of_another_role(env)->open());
        EXPECT_TRUE(make(env, newest_format)->open()); // nothing was changed
        sim::Bytes content;
        sim::encode_into(content, std::pair{std::uint64_t{0}, std::uint32_t{2}});
        content.append(sim::view_of("what a newer program says of itself"));
        sim::Bytes segment;
        (void)append_frame(segment, content, std::uint64_t{1} << 40);
        auto opened = env.open(file, sim::OpenMode::create);
        EXPECT_TRUE(opened.ok() && opened->truncate(0).ok() && opened->write_at(0, segment).ok());
        EXPECT_FALSE(make(env, newest_format)->open());
    });
    ASSERT_EQ(notes.size(), 2u);
    const std::string own = "member 0 of server, cluster ";
    const std::size_t found = notes[0].find(own);
    const std::size_t expected = notes[0].find("member 0 of another, cluster ");
    EXPECT_TRUE(notes[0].starts_with("foreign " + file + " ")) << notes[0];
    EXPECT_NE(found, std::string::npos) << notes[0];
    EXPECT_NE(expected, std::string::npos) << notes[0];
    EXPECT_LT(found, expected);
    EXPECT_EQ(notes[1], "newer " + file + " 0 2 1");
}

} // namespace orrery::replication

// Compaction, and snapshots on their way, in dialogues with one core.
#include "orrery/protocols/raft/flaws.def"
#include "orrery/protocols/raft/one_core_test.h"

namespace orrery::raft {
namespace {

constexpr CoreOptions small_chunks{.chunk_bytes = 10, .chunk_window = 3};

Mark mark_of(Index index, Term term) { return {index, term, {.voters = {.incoming = {0, 1, 2}}}}; }

// Leads term 5, with a snapshot up to entry 6 of term 2 and an entry of term 3 after it. Member 1 has everything, and
// member 2 nothing, as it has just said.
Core leading() {
    Core core(small_chunks, {4, 0}, mark_of(6, 2), entries_of({3}), 0);
    elect(core);
    core.persisted(8);
    (void)taken(core);
    replied(core, Message::Kind::append_reply, 1, 5, true, 8, 1);
    EXPECT_EQ(core.commit(), 8u);
    replied(core, Message::Kind::append_reply, 2, 5, false, 0, 2);
    return core;
}
void answered(Core& core, Index index, std::uint64_t held, std::uint64_t total, std::uint64_t round) {
    Message message;
    message.kind = Message::Kind::snapshot_reply;
    message.from = 2;
    message.term = 5;
    message.index = index;
    message.round = round;
    message.chunk.emplace();
    message.chunk->offset = held;
    message.chunk->total = total;
    core.step(std::move(message), 0);
}
void brought(Core& core, Term term, Index index, Term index_term, std::uint64_t offset, std::uint64_t total,
             std::string_view data, Member from = 1) {
    Message message;
    message.kind = Message::Kind::snapshot;
    message.from = from;
    message.term = term;
    message.index = index;
    message.index_term = index_term;
    message.chunk.emplace();
    message.chunk->configuration = mark_of(index, index_term).configuration;
    message.chunk->offset = offset;
    message.chunk->total = total;
    message.chunk->data = sim::Bytes(data);
    core.step(std::move(message), 0);
}
// What it was given to write; all of it is written.
std::string written(Core& core) {
    std::vector<Piece> pieces;
    core.take_pieces(pieces);
    std::string text;
    for (const Piece& piece : pieces) {
        text += std::to_string(piece.chunk.offset) + ":" + std::string(piece.chunk.data.text()) + " ";
        core.piece_written(piece.index, piece.chunk.offset + piece.chunk.data.size());
    }
    return text;
}

TEST(Snapshot, GoesToAMemberThatNeedsEntriesOfIt) {
    Core core = leading();
    EXPECT_EQ(taken(core), Lines{"snapshot to 2 term 5 of 6/2 from byte 0"});
    EXPECT_EQ(taken(core), Lines{}); // how long it is says the answer
    answered(core, 6, 10, 35, 3);
    EXPECT_EQ(taken(core),
              (Lines{"snapshot to 2 term 5 of 6/2 from byte 10", "snapshot to 2 term 5 of 6/2 from byte 20",
                     "snapshot to 2 term 5 of 6/2 from byte 30"}));
    answered(core, 6, 35, 35, 6);
    EXPECT_EQ(taken(core), Lines{}); // it is at work on it
    replied(core, Message::Kind::append_reply, 2, 5, true, 6);
    EXPECT_EQ(taken(core), Lines{"append to 2 term 5 after 6/2 commit 8 +3 +5"});
}

TEST(Snapshot, SendsNoMoreChunksThanTheWindowAndGoesBackToWhatIsHeld) {
    Core core = leading();
    (void)taken(core);
    answered(core, 6, 10, 100, 3);
    EXPECT_EQ(taken(core).size(), 3u); // rounds 4, 5 and 6
    answered(core, 6, 20, 100, 4);
    EXPECT_EQ(taken(core), Lines{"snapshot to 2 term 5 of 6/2 from byte 40"}); // round 7
    answered(core, 6, 20, 100, 6);                                             // the chunk of round 5 was lost
    EXPECT_EQ(taken(core),
              (Lines{"snapshot to 2 term 5 of 6/2 from byte 20", "snapshot to 2 term 5 of 6/2 from byte 30",
                     "snapshot to 2 term 5 of 6/2 from byte 40"})); // rounds 8, 9, 10
    answered(core, 6, 20, 100, 7);                                  // that says nothing new
    EXPECT_EQ(taken(core), Lines{});
    answered(core, 6, 40, 100, 9);
    answered(core, 6, 30, 100, 8); // overtaken
    EXPECT_EQ(taken(core),
              (Lines{"snapshot to 2 term 5 of 6/2 from byte 50", "snapshot to 2 term 5 of 6/2 from byte 60"}));
}

// logcabin issue 174
TEST(Snapshot, BeginsAnewForAMemberThatHasRestarted) {
    Core core = leading();
    (void)taken(core);
    answered(core, 6, 10, 35, 3);
    (void)taken(core);
    answered(core, 6, 30, 35, 5);
    answered(core, 6, 0, 35, 6);
    EXPECT_EQ(taken(core), (Lines{"snapshot to 2 term 5 of 6/2 from byte 0", "snapshot to 2 term 5 of 6/2 from byte 10",
                                  "snapshot to 2 term 5 of 6/2 from byte 20"}));
}

TEST(Snapshot, AsksAgainWhenTheWholeIsHeldAndNothingComesOfIt) {
    Core core = leading();
    (void)taken(core);
    answered(core, 6, 8, 8, 3);
    EXPECT_EQ(taken(core), Lines{});
    ticks(core, 4);
    EXPECT_EQ(taken(core).size(), 2u); // heartbeats
    replied(core, Message::Kind::append_reply, 2, 5, true, 0, 5);
    EXPECT_EQ(taken(core), Lines{"snapshot to 2 term 5 of 6/2 from byte 8"});
    answered(core, 6, 0, 8, 6); // it had restarted
    EXPECT_EQ(taken(core), Lines{"snapshot to 2 term 5 of 6/2 from byte 0"});
}

TEST(Snapshot, IsNotSentAgainToAMemberThatIsSilentButHeartbeatsAre) {
    Core core = leading();
    (void)taken(core);
    for (int i = 0; i < 10; ++i) {
        ticks(core, 2);
        EXPECT_EQ(taken(core),
                  (Lines{"append to 1 term 5 after 8/5 commit 8", "append to 2 term 5 after 0/0 commit 8"}));
    }
    replied(core, Message::Kind::append_reply, 2, 5, true, 0, 23);
    EXPECT_EQ(taken(core), Lines{"snapshot to 2 term 5 of 6/2 from byte 0"});
}

TEST(Snapshot, OfALaterEntryTakesThePlaceOfOneUnderWay) {
    Core core = leading();
    (void)taken(core);
    answered(core, 6, 10, 35, 3);
    (void)taken(core);
    core.compact(8);
    EXPECT_EQ(taken(core), Lines{"snapshot to 2 term 5 of 8/5 from byte 0"});
    answered(core, 6, 20, 35, 4);
    EXPECT_EQ(taken(core), Lines{});
}

TEST(Snapshot, IsTakenInTheOrderOfItsBytesOnly) {
    Core core = made({4, 0}, {});
    brought(core, 5, 6, 2, 3, 9, "def");
    EXPECT_EQ(taken(core), Lines{"snapshotted to 1 term 5 of 6 has 0"});
    brought(core, 5, 6, 2, 0, 9, "abc");
    EXPECT_EQ(taken(core), Lines{}); // not before it is written
    brought(core, 5, 6, 2, 6, 9, "ghi");
    EXPECT_EQ(taken(core), Lines{"snapshotted to 1 term 5 of 6 has 3"});
    brought(core, 5, 6, 2, 3, 9, "def");
    EXPECT_EQ(written(core), "0:abc 3:def ");
    EXPECT_EQ(taken(core), Lines{"snapshotted to 1 term 5 of 6 has 6"});
    brought(core, 6, 6, 2, 6, 9, "ghi", 2); // another leader may have other bytes
    EXPECT_EQ(taken(core), Lines{"snapshotted to 2 term 6 of 6 has 0"});
    EXPECT_EQ(written(core), "");
    brought(core, 6, 6, 2, 0, 9, "uvw", 2);
    EXPECT_EQ(written(core), "0:uvw ");
    brought(core, 7, 6, 2, 3, 9, "xyz", 2); // and so may the same one that was made anew
    EXPECT_EQ(taken(core), (Lines{"snapshotted to 2 term 6 of 6 has 3", "snapshotted to 2 term 7 of 6 has 0"}));
}

TEST(Snapshot, IsAnsweredAtOnceIfTheLogGoesAsFar) {
    Core core = made({4, 0}, {1, 2, 2, 3});
    brought(core, 5, 3, 2, 0, 9, "abc"); // never committed for this member until now
    EXPECT_EQ(core.commit(), 3u);
    brought(core, 5, 2, 2, 0, 9, "abc");
    EXPECT_EQ(taken(core), (Lines{"appended to 1 term 5 yes 3", "appended to 1 term 5 yes 3"}));
    EXPECT_EQ(core.log().last_index(), 4u);
    EXPECT_EQ(written(core), "");
    brought(core, 4, 9, 4, 0, 9, "abc"); // of an earlier leader
    EXPECT_EQ(taken(core), Lines{"appended to 1 term 5 no 0"});
}

TEST(Snapshot, KeepsTheEntriesAfterItIfTheLogHasItsLastOne) {
    Core core = made({4, 0}, {1, 2});
    brought(core, 4, 4, 2, 0, 3, "abc");
    EXPECT_EQ(written(core), "0:abc ");
    appended(core, 1, 4, 2, 2, {2, 2, 3}); // they come after all
    (void)taken(core);
    EXPECT_TRUE(core.restore(mark_of(4, 2)));
    EXPECT_EQ(core.commit(), 4u);
    EXPECT_EQ(core.log().first_index(), 5u);
    EXPECT_EQ(core.log().last_index(), 5u);
    EXPECT_EQ(taken(core), Lines{"appended to 1 term 4 yes 4"});
}

TEST(Snapshot, TakesThePlaceOfALogThatEndsBeforeItOrDiffers) {
    const auto expect_replaced = [](Core core) {
        brought(core, 4, 4, 2, 0, 3, "abc");
        (void)taken(core);
        EXPECT_TRUE(core.restore(mark_of(4, 2)));
        EXPECT_EQ(core.commit(), 4u);
        EXPECT_EQ(core.log().first_index(), 5u);
        EXPECT_EQ(core.log().last_index(), 4u);
        EXPECT_EQ(core.log().last_term(), 2u);
        EXPECT_EQ(core.log().stable(), 4u);
        EXPECT_EQ(taken(core), Lines{"appended to 1 term 4 yes 4"});
        appended(core, 1, 4, 2, 2, {2, 2, 3}); // from before its end on
        EXPECT_EQ(taken(core), Lines{"appended to 1 term 4 yes 5"});
        EXPECT_EQ(core.log().term(5), 3u);
    };
    expect_replaced(made({4, 0}, {1, 2}));
    expect_replaced(made({4, 0}, {1, 1, 1, 1, 1}));
}

TEST(Snapshot, ThatComesLateChangesNothing) {
    Core core = made({4, 0}, {1, 2, 2, 2});
    appended(core, 1, 4, 4, 2, {}, 4);
    (void)taken(core);
    EXPECT_FALSE(core.restore(mark_of(3, 2)));
    EXPECT_EQ(core.commit(), 4u);
    EXPECT_EQ(core.log().first_index(), 1u);
    EXPECT_EQ(taken(core), Lines{});
}

TEST(Snapshot, IsWhereAMemberGoesOnAfterARestart) {
    Core core(small_chunks, {4, 0}, mark_of(6, 2), entries_of({3}), 0);
    EXPECT_EQ(core.commit(), 6u);
    EXPECT_EQ(core.log().last_index(), 7u);
    asked_for_vote(core, 1, 4, 6, 2); // behind by the one entry
    asked_for_vote(core, 1, 4, 7, 3);
    appended(core, 1, 4, 9, 4, {});
    EXPECT_EQ(taken(core), (Lines{"voted to 1 term 4 no", "voted to 1 term 4 yes", "appended to 1 term 4 no 7"}));
    Core bare(small_chunks, {4, 0}, mark_of(6, 2), {}, 0);
    asked_for_vote(bare, 1, 4, 5, 2);
    appended(bare, 1, 4, 9, 4, {});
    appended(bare, 1, 4, 7, 1, {}); // a term that no leader can have there: it says where it knows to agree
    EXPECT_EQ(taken(bare), (Lines{"voted to 1 term 4 no", "appended to 1 term 4 no 6", "appended to 1 term 4 no 6"}));
}

TEST(Snapshot, HoldsWhatWasCommittedAndLeavesTheRestOfTheLog) {
    Core core = made({4, 0}, {1, 2, 2, 3});
    appended(core, 1, 4, 4, 3, {}, 3);
    const Mark mark = core.mark(3);
    EXPECT_EQ(mark.index, 3u);
    EXPECT_EQ(mark.term, 2u);
    EXPECT_EQ(mark.configuration, mark_of(3, 2).configuration);
    core.compact(3);
    core.compact(2); // is in it
    EXPECT_EQ(core.log().first_index(), 4u);
    EXPECT_EQ(core.log().term(3), 2u);
    EXPECT_EQ(core.log().entry(4).term, 3u);
}

#if defined(ORRERY_FLAWS)
TEST(Snapshot, TakesEntriesAwayWhenItAlwaysCutsTheLog) {
    flaws::raft_snapshot_cuts_log.on = true;
    Core core = made({4, 0}, {1, 2});
    brought(core, 4, 2, 2, 0, 3, "abc");
    appended(core, 1, 4, 2, 2, {2});
    EXPECT_EQ(taken(core), Lines{"appended to 1 term 4 yes 3"}); // it has promised that
    EXPECT_TRUE(core.restore(mark_of(2, 2)));
    flaws::raft_snapshot_cuts_log.on = false;
    EXPECT_EQ(core.log().last_index(), 2u);
}

TEST(Snapshot, LowersTheCommitIndexWhenItComesLateAndIsTaken) {
    flaws::raft_restore_lowers_commit.on = true;
    Core core = made({4, 0}, {1, 2, 2, 2});
    appended(core, 1, 4, 4, 2, {}, 4);
    EXPECT_TRUE(core.restore(mark_of(3, 2)));
    flaws::raft_restore_lowers_commit.on = false;
    EXPECT_EQ(core.commit(), 3u);
}

TEST(Snapshot, WedgesWhenTheLeaderKeepsItsOffset) {
    flaws::raft_snapshot_offset_kept.on = true;
    Core core = leading();
    (void)taken(core);
    answered(core, 6, 10, 35, 3);
    (void)taken(core);
    answered(core, 6, 30, 35, 5);
    answered(core, 6, 0, 35, 6);
    flaws::raft_snapshot_offset_kept.on = false;
    EXPECT_EQ(taken(core), Lines{});
}
#endif

} // namespace
} // namespace orrery::raft

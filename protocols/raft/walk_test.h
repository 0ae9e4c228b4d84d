// A cluster of cores without a world, on a random walk: messages are lost, doubled and reordered, members crash and
// forget what was not durable, snapshots are made every few entries and sent in small pieces. After every step the
// properties of figure 3 are compared over all logs and state machines, the slow way.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "orrery/protocols/raft/core.h"

namespace orrery::raft {

class Walk {
public:
    // With changes of the membership there are five members, of which some are voters at first. With a witness that is
    // the last one.
    Walk(std::uint64_t seed, CoreOptions options, bool changes = false, bool has_witness = false)
        : state_(seed * 0x9e3779b97f4a7c15u + 1), options_(std::move(options)), changes_(changes) {
        options_.count = changes ? 5 : 3;
        for (Member member = 0; changes && member <= 1 + state_ % 3; ++member)
            options_.first.voters.incoming.push_back(member);
        if (has_witness) options_.witnesses.push_back(options_.count - 1);
        options_.election_ticks = options_.lease_reads ? 6 : 3;
        options_.heartbeat_ticks = 1;
        options_.append_bytes_max = 8; // of commands, which are about half as long
        options_.uncommitted_bytes_max = 40;
        options_.chunk_bytes = 3;
        options_.chunk_window = 2;
        snapshots_ = below(3);
        away_ = options_.count;
        draw_weights();
        for (Member self = 0; self < options_.count; ++self)
            members_.emplace_back(Core(options_of(self), {}, {}, {}, random()));
    }
    // What is wrong after so many steps; empty: nothing.
    std::string take(int steps) {
        for (int i = 0; i < steps; ++i) {
            step();
            if (wrong_.empty()) wrong_ = objection();
            if (!wrong_.empty()) return wrong_ + " after " + std::to_string(i + 1) + " steps";
        }
        return {};
    }
    std::size_t committed() const { return committed_.size(); }
    std::size_t leaders() const { return leaders_.size(); }
    std::size_t restored() const { return restored_; }
    std::size_t changed() const { return changed_; }
    std::size_t answered() const { return answered_; }
    // Appends that came before what they follow and were used when that had come.
    std::size_t filled() const { return filled_; }

private:
    enum class Step : std::uint8_t { deliver, send, settle, tick, propose, transfer, crash, lose, change, read, cut };

    // A snapshot is the text of what was applied, behind a sign.
    struct Place {
        explicit Place(Core made) : core(std::move(made)) {}
        Core core;
        // durable
        HardState hard;
        Mark mark;
        std::string snapshot = "^";
        std::vector<Entry> entries;
        // in memory
        bool has_moved = false; // it may have something to say since it was last settled
        std::string machine = "^";
        Index applied = 0;
        Index commit = 0;            // seen so far in this life
        std::vector<Message> outbox; // they promise what is not durable yet
        Mark file_mark;              // of the snapshot that it receives
        std::string file;
        std::uint64_t file_total = 0;
    };

    CoreOptions options_of(Member self) const {
        CoreOptions options = options_;
        options.self = self;
        return options;
    }
    std::uint64_t random() {
        state_ ^= state_ << 13;
        state_ ^= state_ >> 7;
        state_ ^= state_ << 17;
        return state_ >> 16;
    }
    std::uint64_t below(std::uint64_t n) { return random() % n; }
    // Each walk has a character: calm or full of accidents, in haste or not.
    void draw_weights() {
        const auto at = [this](Step step) -> std::uint64_t& { return weights_[static_cast<std::size_t>(step)]; };
        at(Step::deliver) = 80 + below(40);
        at(Step::send) = 5;
        at(Step::settle) = 40 + below(30);
        at(Step::tick) = 3 + below(40);
        at(Step::propose) = 2 + below(10);
        at(Step::transfer) = below(3);
        at(Step::crash) = below(2) * below(6);
        at(Step::lose) = below(2) * below(6);
        at(Step::change) = changes_ ? 1 + below(8) : 0;
        at(Step::read) = (options_.lease_reads ? 8 : 0) + below(2) * below(8);
        at(Step::cut) = below(2) * below(2);
        for (const std::uint64_t weight : weights_) weights_sum_ += weight;
    }

    void step() {
        std::uint64_t which = below(weights_sum_);
        std::size_t what = 0;
        for (; which >= weights_[what]; ++what) which -= weights_[what];
        switch (static_cast<Step>(what)) {
        case Step::deliver:
            return deliver();
        case Step::send:
            return send(whose([](const Place& place) { return place.has_moved; }));
        case Step::settle:
            return settle(whose([](const Place& place) { return place.has_moved; }));
        case Step::tick:
            return tick();
        case Step::propose:
            return propose();
        case Step::transfer:
            return hand_over();
        case Step::crash:
            return crash(members_[below(options_.count)]);
        case Step::change:
            return change();
        case Step::read:
            return read();
        case Step::cut: // one hears nothing for a while, or nobody
            away_ = static_cast<Member>(below(2 * options_.count));
            return;
        case Step::lose:
            network_.erase(network_.begin(), network_.begin() + static_cast<std::ptrdiff_t>(network_.size() / 2));
            return;
        }
    }
    // One of those of whom it holds, or anyone if there are none.
    template <class Holds>
    Place& whose(Holds holds) {
        const std::size_t first = below(options_.count);
        for (std::size_t i = 0; i < options_.count; ++i)
            if (Place& place = members_[(first + i) % options_.count]; holds(place)) return place;
        return members_[first];
    }
    Place& leader() {
        return whose([](const Place& place) { return place.core.role() == Role::leader; });
    }
    // With leases the clocks go alike.
    void tick() {
        if (options_.lease_reads) {
            for (Place& place : members_) tick(place);
        } else {
            tick(members_[below(options_.count)]);
        }
    }
    void tick(Place& place) {
        place.core.tick(random());
        place.has_moved = true;
    }
    // Whatever anyone knows to be committed by now, the read must see.
    void read() {
        Place& place = below(2) == 0 ? leader() : members_[below(options_.count)];
        asked_.push_back(committed_.empty() ? 0 : committed_.rbegin()->first);
        place.core.read(asked_.size() - 1);
        place.has_moved = true;
        answer_reads(place);
    }
    void answer_reads(Place& place) {
        std::vector<ReadAnswer> answers;
        place.core.take_reads(answers);
        for (const ReadAnswer& answer : answers) {
            if (answer.index > 0 && answer.index < asked_[answer.token]) wrong_ = "a stale read";
            answered_ += answer.index > 0;
            if (answer.index > 0 && is_witness(place)) wrong_ = "a witness reads";
        }
    }
    void propose() {
        Place& place = leader();
        (void)place.core.propose(sim::Bytes(std::to_string(++proposed_) + std::string(below(4), '.')));
        place.has_moved = true;
    }
    void change() {
        Place& place = leader();
        std::vector<Change> changes;
        for (std::uint64_t count = 1 + below(2); count > 0; --count)
            changes.push_back({static_cast<Change::Kind>(below(3)), static_cast<Member>(below(options_.count))});
        changed_ += place.core.change(changes) == ChangeAnswer::appended;
        place.has_moved = true;
    }
    void hand_over() {
        Place& place = leader();
        (void)place.core.transfer(static_cast<Member>(below(options_.count)));
        place.has_moved = true;
    }
    static Message copy(const Message& message) { return *sim::decode<Message>(sim::encode(message)); }
    void deliver() {
        if (network_.empty()) return;
        const std::size_t which = below(network_.size());
        Message message = copy(network_[which]);
        const std::uint64_t fate = below(8);
        if (fate != 0 || network_.size() > 12) { // 0: it stays, to arrive again
            std::swap(network_[which], network_.back());
            network_.pop_back();
        }
        if (fate == 1 || message.to == away_) return; // lost
        Place& place = members_[message.to];
        place.has_moved = true;
        const std::size_t early = place.core.early().count();
        const Index last = place.core.log().last_index();
        place.core.step(std::move(message), random());
        filled_ += place.core.early().count() < early && place.core.log().last_index() > last;
        answer_reads(place);
    }
    // Only what promises nothing goes out before the log is durable.
    void send(Place& place) {
        place.core.take_messages(place.outbox);
        place.hard = place.core.hard();
        std::vector<Message> waiting;
        for (Message& message : place.outbox)
            if (leaves_early(message))
                send(place, message);
            else
                waiting.push_back(std::move(message));
        place.outbox.swap(waiting);
    }
    void send(const Place& place, Message& message) {
        if (message.kind == Message::Kind::snapshot && !place.core.is_witness(message.to)) {
            if (message.index != place.mark.index || message.chunk->offset > place.snapshot.size()) return;
            message.chunk->total = place.snapshot.size();
            message.chunk->data = sim::Bytes(std::string_view(place.snapshot).substr(message.chunk->offset, 3));
        }
        network_.push_back(std::move(message));
    }
    // The log becomes durable, then every message goes out; then it applies, and makes snapshots.
    void settle(Place& place) {
        place.core.take_messages(place.outbox);
        place.hard = place.core.hard();
        save_entries(place, place.core.log().last_index());
        place.core.persisted(place.core.log().last_index());
        for (Message& message : place.outbox) send(place, message);
        place.outbox.clear();
        place.has_moved = place.file_total > 0;
        answer_reads(place);
        receive_snapshot(place);
        apply(place);
        if (place.applied == place.mark.index || snapshots_ == 0 || below(2 * snapshots_) != 0) return;
        place.mark = place.core.mark(place.applied);
        place.snapshot = place.machine;
        place.core.compact(place.applied);
        save_entries(place, place.core.log().last_index());
    }
    static void save_entries(Place& place, Index last) {
        place.entries.clear();
        for (Index index = place.core.log().first_index(); index <= last; ++index)
            place.entries.push_back(place.core.log().entry(index).copy());
    }
    void receive_snapshot(Place& place) {
        std::vector<Piece> pieces;
        place.core.take_pieces(pieces);
        for (Piece& piece : pieces) {
            if (is_witness(place)) {
                restore(place, {piece.index, piece.term, piece.chunk.configuration}, "^");
                continue;
            }
            if (piece.chunk.offset == 0) {
                place.file.clear();
                place.file_mark = {piece.index, piece.term, piece.chunk.configuration};
                place.file_total = piece.chunk.total;
            }
            if (piece.chunk.offset != place.file.size()) wrong_ = "a piece that does not follow";
            place.file += piece.chunk.data.text();
            place.core.piece_written(piece.index, place.file.size());
            place.has_moved = true;
        }
        if (place.file_total == 0 || place.file.size() != place.file_total || below(3) != 0) return;
        place.file_total = 0;
        restore(place, place.file_mark, place.file);
    }
    void restore(Place& place, const Mark& mark, const std::string& state) {
        if (!place.core.restore(mark)) return;
        ++restored_;
        place.mark = mark;
        place.snapshot = place.machine = state;
        place.applied = place.mark.index;
        save_entries(place, place.core.log().stable());
        see_state(place);
    }
    void apply(Place& place) {
        while (place.applied < place.core.commit()) {
            const Entry& entry = place.core.log().entry(++place.applied);
            see_committed(place.core, place.applied);
            if (is_witness(place)) continue;
            place.machine += std::to_string(entry.term) + ":" + std::string(entry.command.text()) + ",";
            see_state(place);
        }
    }
    static bool is_witness(const Place& place) { return place.core.is_witness(place.core.self()); }
    void see_state(const Place& place) {
        if (is_witness(place)) return; // it has none
        if (states_.try_emplace(place.applied, place.machine).first->second != place.machine)
            wrong_ = "two states at one index";
    }
    void crash(Place& place) {
        std::vector<Entry> entries;
        for (const Entry& entry : place.entries) entries.push_back(entry.copy());
        place.core = Core(options_of(place.core.self()), place.hard, place.mark, std::move(entries), random());
        place.machine = place.snapshot;
        place.applied = place.commit = place.mark.index;
        place.outbox.clear();
        place.file_total = 0;
    }

    std::string objection() {
        for (Place& place : members_) {
            const Core& core = place.core;
            if (core.role() == Role::leader && is_witness(place)) return "a witness leads";
            if (core.role() == Role::leader && core.hard() == place.hard) { // else nobody can know of it
                const auto [leader, fresh] = leaders_.try_emplace(core.term(), core.self());
                if (leader->second != core.self()) return "two leaders";
                if (fresh && lacks_committed(core)) return "a leader lacks a committed entry";
            }
            if (core.commit() < place.commit) return "commit fell";
            place.commit = core.commit();
            for (Index index = core.log().first_index(); index <= core.commit(); ++index) see_committed(core, index);
        }
        if (!is_held_by_majority()) return "a committed entry is not on a majority of the disks";
        if (!is_held_whole()) return "a committed command is on no disk";
        return wrong_.empty() ? matching() : wrong_;
    }
    // The last one is; so all before it are.
    bool is_held_by_majority() const {
        if (committed_.empty() || changes_) return true; // of whom a majority, changes
        const auto& [index, entry] = *committed_.rbegin();
        std::size_t holding = 0;
        for (const Place& place : members_) {
            const Index after = index - std::min(index, place.mark.index);
            holding += after == 0 || (after <= place.entries.size() && place.entries[after - 1].term == entry.first);
        }
        return 2 * holding > options_.count;
    }
    // By one that is no witness; it may have a snapshot of it.
    bool is_held_whole() const {
        if (committed_.empty()) return true;
        const auto& [index, entry] = *committed_.rbegin();
        return std::any_of(members_.begin(), members_.end(), [&, at = index, term = entry.first](const Place& place) {
            if (is_witness(place)) return false;
            if (at <= place.mark.index) return true;
            const Index after = at - place.mark.index;
            if (after > place.entries.size() || place.entries[after - 1].term != term) return false;
            return place.entries[after - 1].kind != Entry::Kind::position;
        });
    }
    bool lacks_committed(const Core& leader) const {
        for (const auto& [index, entry] : committed_) {
            if (during_.at(index) >= leader.term() || index < leader.log().snapshot_index()) continue;
            if (index > leader.log().last_index() || leader.log().term(index) != entry.first) return true;
        }
        return false;
    }
    void see_committed(const Core& core, Index index) {
        if (index > core.log().last_index()) {
            wrong_ = "a committed entry is gone";
            return;
        }
        const Entry& entry = core.log().entry(index);
        const std::pair known{entry.term, digest(entry)};
        if (committed_.try_emplace(index, known).first->second != known) wrong_ = "two commands at one index";
        during_.try_emplace(index, core.term());
    }
    std::string matching() const {
        for (Member a = 0; a < options_.count; ++a)
            for (Member b = 0; b < a; ++b) {
                const Log& one = members_[a].core.log();
                const Log& two = members_[b].core.log();
                const Index first = std::max(one.first_index(), two.first_index());
                bool same = false; // from the end: once two entries agree, all before them do
                for (Index i = std::min(one.last_index(), two.last_index()); i >= first; --i) {
                    const bool equal = one.term(i) == two.term(i) && digest(one.entry(i)) == digest(two.entry(i));
                    if (same && !equal) return "logs differ below an entry they share";
                    same = same || one.term(i) == two.term(i);
                    if (same && !equal) return "two entries of one index and term";
                }
            }
        return {};
    }

    std::uint64_t state_;
    CoreOptions options_;
    std::vector<Place> members_;
    std::vector<Message> network_;
    std::string wrong_;
    std::map<Term, Member> leaders_;
    std::map<Index, std::pair<Term, std::int64_t>> committed_; // the term and the digest
    std::map<Index, Term> during_;                             // the term of the first that knew it to be committed
    std::map<Index, std::string> states_;                      // of the state machine after that entry
    std::uint64_t snapshots_ = 0;                              // seldom or often; 0: never
    std::array<std::uint64_t, 11> weights_{};                  // by Step: how often each is taken
    std::uint64_t weights_sum_ = 0;
    Member away_;
    int proposed_ = 0;
    std::size_t restored_ = 0;
    std::size_t changed_ = 0;
    std::vector<Index> asked_; // by token: what was committed when the read began
    std::size_t answered_ = 0;
    std::size_t filled_ = 0;
    bool changes_;
};

} // namespace orrery::raft

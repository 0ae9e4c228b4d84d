// Between two writes, the longest text that was read is cut into its pieces; the shorter texts are beginnings of it.
#include "orrery/reports/models/read_off.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "orrery/reports/models/fields.h"
#include "orrery/sim/check.h"

namespace orrery::reports::models {

namespace {

constexpr std::uint32_t none = UINT32_MAX;
constexpr std::size_t equal_pieces_max = 64;

// Which operations made a piece of text. Pieces of one length stand in one open table.
class Pieces {
public:
    explicit Pieces(std::size_t expected) : same_(expected, none) {
        std::size_t size = 16;
        while (size < expected * 2) size *= 2;
        slots_.assign(size, {});
    }
    void add(std::string_view piece, std::uint32_t operation) {
        CHECK(operation < same_.size());
        Slot& slot = slots_[place_of(piece)];
        if (slot.operation == none && std::find(lengths_.begin(), lengths_.end(), piece.size()) == lengths_.end())
            lengths_.push_back(piece.size());
        repeat_ = repeat_ || slot.operation != none;
        same_[operation] = slot.operation;
        slot = {piece, operation};
    }
    // Those with which `text` begins: how many, and the last operation that made the one.
    struct Match {
        std::size_t count = 0;
        std::uint32_t operation = none;
    };
    Match first_of(std::string_view text) const {
        Match match;
        for (const std::size_t length : lengths_) {
            if (length > text.size()) continue;
            const Slot& slot = slots_[place_of(text.substr(0, length))];
            if (slot.operation == none) continue;
            ++match.count;
            match.operation = slot.operation;
        }
        return match;
    }
    // Whether any was made twice, and who made the same before.
    bool repeat() const { return repeat_; }
    std::uint32_t same_before(std::uint32_t operation) const { return same_[operation]; }

private:
    struct Slot {
        std::string_view piece;
        std::uint32_t operation = none;
    };
    std::size_t place_of(std::string_view piece) const {
        CHECK((slots_.size() & (slots_.size() - 1)) == 0); // a power of two: places are masked hashes
        std::size_t place = digest(5, piece) & (slots_.size() - 1);
        while (slots_[place].operation != none && slots_[place].piece != piece)
            place = (place + 1) & (slots_.size() - 1);
        return place;
    }
    std::vector<Slot> slots_;
    std::vector<std::size_t> lengths_;
    std::vector<std::uint32_t> same_;
    bool repeat_ = false;
};

// The time between two writes, and the longest text that was seen in it. All that was seen begins alike.
struct Epoch {
    const std::string* longest = nullptr;
    std::size_t root = 0;               // length of the text with which it began
    std::vector<std::size_t> lengths;   // of its versions, ascending, the root first
    std::vector<std::uint32_t> numbers; // of its versions
    std::vector<std::uint32_t> reads;   // only if appends repeat each other
};

class Reading {
public:
    Reading(std::span<const TextEffect> texts, const std::string* initial)
        : texts_(texts), initial_(initial), writes_(texts.size()), appends_(texts.size()), epochs_(texts.size() + 1) {}

    std::optional<RegisterEffects> run() {
        CHECK(effects_.all.empty()); // reads once
        effects_.all.resize(texts_.size());
        if (!collect_pieces() || !collect_texts()) return {};
        epochs_.back().root = initial_ == nullptr ? 0 : initial_->size();
        // The latest first, so that it takes the latest of equal pieces.
        for (std::uint32_t each = first_epoch(); each-- > 0;)
            if (texts_[each].effect == Verb::Effect::sets && !number_versions(each, effects_.values++)) return {};
        if (!number_versions(first_epoch(), 0) || !number_reads()) return {};
        effects_.appended = true;
        effects_.guessed = effects_.guessed || appends_.repeat() || writes_.repeat();
        return std::move(effects_);
    }

private:
    std::uint32_t first_epoch() const { return static_cast<std::uint32_t>(texts_.size()); }

    bool collect_pieces() {
        for (std::uint32_t each = 0; each < texts_.size(); ++each) {
            const TextEffect& text = texts_[each];
            const bool writes = text.effect == Verb::Effect::sets;
            if (text.effect == Verb::Effect::reads) continue;
            if (!writes && text.effect != Verb::Effect::appends) return false;
            if (text.piece->empty()) return false;
            (writes ? writes_ : appends_).add(*text.piece, each);
            if (writes) epochs_[each].root = text.piece->size();
            effects_.all[each].kind = writes ? RegisterEffect::Kind::write : RegisterEffect::Kind::append;
        }
        return true;
    }
    // The longest text of each epoch.
    bool collect_texts() {
        epoch_of_.assign(texts_.size(), none);
        for (std::uint32_t each = 0; each < texts_.size(); ++each) {
            const std::string* seen = texts_[each].seen;
            if (texts_[each].effect != Verb::Effect::reads || texts_[each].unknown) continue;
            std::uint32_t epoch = first_epoch();
            if (seen != nullptr && !find_epoch(texts_[each], epoch)) return false;
            epoch_of_[each] = epoch;
            if (seen != nullptr && appends_.repeat()) epochs_[epoch].reads.push_back(each);
        }
        return true;
    }
    // False if the text could begin with two pieces that are not equal.
    bool find_epoch(const TextEffect& read, std::uint32_t& epoch) {
        const std::string& seen = *read.seen;
        const Pieces::Match write = writes_.first_of(seen);
        const bool from_nothing = initial_ == nullptr || initial_->empty();
        std::size_t starts = 0; // ways in which the text may have been so before any write
        if (from_nothing)
            starts = seen.empty() ? 1 : appends_.first_of(seen).count;
        else
            starts = seen.starts_with(*initial_) ? 1 : 0;
        if (write.count > 1 || starts > 1 || write.count + starts == 0) return false;
        if (write.count == 1) epoch = latest(writes_, write.operation, read.returned);
        if (write.count + starts == 2) {
            effects_.guessed = true;
            if (epoch == none || texts_[epoch].invoked > read.returned) epoch = first_epoch();
        }
        if (epoch == none) return false;
        Epoch& found = epochs_[epoch];
        if (found.longest == nullptr || found.longest->size() < seen.size()) found.longest = &seen;
        return true;
    }
    // Of all that made the same piece the one that was invoked last by then, and whose piece was not found yet.
    // Among very many it is not looked for.
    std::uint32_t latest(const Pieces& pieces, std::uint32_t maker, sim::WorldTime until) const {
        if (!pieces.repeat()) return maker;
        std::uint32_t best = none;
        std::size_t weighed = 0;
        for (; maker != none; maker = pieces.same_before(maker)) {
            if (++weighed > equal_pieces_max) return none;
            if (texts_[maker].invoked > until || effects_.all[maker].kind == RegisterEffect::Kind::swap) continue;
            if (best == none || texts_[best].invoked < texts_[maker].invoked) best = maker;
        }
        return best;
    }
    // Cuts the longest text of an epoch into pieces; each end of a piece is a version.
    bool number_versions(std::uint32_t which, std::uint32_t version) {
        Epoch& epoch = epochs_[which];
        if (which != first_epoch()) effects_.all[which].value = version;
        epoch.lengths.push_back(epoch.root);
        epoch.numbers.push_back(version);
        if (epoch.longest == nullptr) return true;
        std::vector<std::uint32_t> appends;
        for (std::size_t at = epoch.root; at < epoch.longest->size(); epoch.lengths.push_back(at)) {
            const auto [ways, append] = appends_.first_of(std::string_view(*epoch.longest).substr(at));
            if (ways != 1) return false;
            appends.push_back(append);
            at += texts_[append].piece->size();
        }
        CHECK(epoch.lengths.back() == epoch.longest->size()); // the pieces fill the text
        const std::uint32_t first = effects_.values;
        effects_.values += static_cast<std::uint32_t>(appends.size());
        const std::vector<sim::WorldTime> shown = first_shown(epoch);
        for (std::size_t place = appends.size(); place-- > 0;) {
            const std::uint32_t append =
                shown.empty() ? appends[place] : latest(appends_, appends[place], shown[place + 1]);
            if (append == none || effects_.all[append].kind != RegisterEffect::Kind::append) return false;
            const auto made = static_cast<std::uint32_t>(first + place);
            effects_.all[append] = {RegisterEffect::Kind::swap, made, place == 0 ? version : made - 1};
        }
        for (std::uint32_t made = first; made < effects_.values; ++made) epoch.numbers.push_back(made);
        CHECK(epoch.numbers.size() == epoch.lengths.size()); // each version has both
        return true;
    }
    // When an operation that had seen that version, or a later one, first returned. Empty if it is not needed.
    std::vector<sim::WorldTime> first_shown(const Epoch& epoch) const {
        if (!appends_.repeat()) return {};
        std::vector<sim::WorldTime> shown(epoch.lengths.size(), sim::WorldTime{INT64_MAX});
        for (const std::uint32_t read : epoch.reads) {
            const auto found = std::lower_bound(epoch.lengths.begin(), epoch.lengths.end(), texts_[read].seen->size());
            if (found == epoch.lengths.end()) continue;
            sim::WorldTime& earliest = shown[static_cast<std::size_t>(found - epoch.lengths.begin())];
            earliest = std::min(earliest, texts_[read].returned);
        }
        for (std::size_t place = shown.size(); place-- > 1;)
            shown[place - 1] = std::min(shown[place - 1], shown[place]);
        return shown;
    }
    bool number_reads() {
        for (std::uint32_t each = 0; each < texts_.size(); ++each) {
            if (epoch_of_[each] == none) continue;
            const Epoch& epoch = epochs_[epoch_of_[each]];
            const std::string* seen = texts_[each].seen;
            if (seen == nullptr) { // there was nothing: only ever at the start
                if (initial_ != nullptr) return false;
                continue;
            }
            const auto place = std::lower_bound(epoch.lengths.begin(), epoch.lengths.end(), seen->size());
            if (place == epoch.lengths.end() || *place != seen->size()) return false;
            if (!epoch.longest->starts_with(*seen)) return false;
            // The empty text is not the same as none.
            if (initial_ == nullptr && seen->empty()) return false;
            effects_.all[each].value = epoch.numbers[static_cast<std::size_t>(place - epoch.lengths.begin())];
        }
        return true;
    }

    std::span<const TextEffect> texts_;
    const std::string* initial_;
    Pieces writes_;
    Pieces appends_;
    std::vector<Epoch> epochs_; // one a write, by its operation; the last is the one before all writes
    std::vector<std::uint32_t> epoch_of_;
    RegisterEffects effects_;
};

} // namespace

std::optional<RegisterEffects> read_off(std::span<const TextEffect> texts, const std::string* initial) {
    return Reading(texts, initial).run();
}

} // namespace orrery::reports::models

#include "orrery/reports/models/read_off.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "orrery/reports/models/fields.h"

namespace orrery::reports::models {

namespace {

constexpr std::uint32_t none = UINT32_MAX;

// Which operation made a piece of text. Pieces of one length stand in one open table.
class Pieces {
public:
    explicit Pieces(std::size_t expected) {
        std::size_t size = 16;
        while (size < expected * 2) size *= 2;
        slots_.assign(size, {});
    }
    // False if it is there already.
    bool add(std::string_view piece, std::uint32_t operation) {
        Slot& slot = slots_[place_of(piece)];
        if (slot.operation != none) return false;
        slot = {piece, operation};
        if (std::find(lengths_.begin(), lengths_.end(), piece.size()) == lengths_.end()) lengths_.push_back(piece.size());
        return true;
    }
    // Those with which `text` begins: how many, and one of them.
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

private:
    struct Slot {
        std::string_view piece;
        std::uint32_t operation = none;
    };
    std::size_t place_of(std::string_view piece) const {
        std::size_t place = digest(5, piece) & (slots_.size() - 1);
        while (slots_[place].operation != none && slots_[place].piece != piece)
            place = (place + 1) & (slots_.size() - 1);
        return place;
    }
    std::vector<Slot> slots_;
    std::vector<std::size_t> lengths_;
};

// The time between two writes, and the longest text that was seen in it. All that was seen begins alike.
struct Epoch {
    const std::string* longest = nullptr;
    std::size_t root = 0;               // length of the text with which it began
    std::vector<std::size_t> lengths;   // of its versions, ascending, the root first
    std::vector<std::uint32_t> numbers; // of its versions
};

class Reading {
public:
    Reading(std::span<const TextDeed> texts, const std::string* initial)
        : texts_(texts), initial_(initial), writes_(texts.size()), appends_(texts.size()), epochs_(texts.size() + 1) {}

    std::optional<Deeds> run() {
        deeds_.all.resize(texts_.size());
        if (!collect_pieces() || !collect_texts()) return {};
        epochs_.back().root = initial_ == nullptr ? 0 : initial_->size();
        for (std::uint32_t each = 0; each < epochs_.size(); ++each)
            if (!number_versions(each)) return {};
        if (!number_reads()) return {};
        return std::move(deeds_);
    }

private:
    std::uint32_t first_epoch() const { return static_cast<std::uint32_t>(texts_.size()); }

    bool collect_pieces() {
        for (std::uint32_t each = 0; each < texts_.size(); ++each) {
            const TextDeed& text = texts_[each];
            const bool writes = text.effect == Verb::Effect::sets;
            if (text.effect == Verb::Effect::reads) continue;
            if (!writes && text.effect != Verb::Effect::appends) return false;
            if (text.piece->empty() || !(writes ? writes_ : appends_).add(*text.piece, each)) return false;
            if (writes) epochs_[each].root = text.piece->size();
            deeds_.all[each].kind = writes ? Deed::Kind::write : Deed::Kind::append;
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
            if (seen != nullptr && !find_epoch(*seen, epoch)) return false;
            epoch_of_[each] = epoch;
        }
        return true;
    }
    // False if the text could belong to two.
    bool find_epoch(const std::string& seen, std::uint32_t& epoch) {
        const Pieces::Match write = writes_.first_of(seen);
        const bool from_nothing = initial_ == nullptr || initial_->empty();
        std::size_t ways = write.count;
        if (from_nothing)
            ways += seen.empty() ? 1 : appends_.first_of(seen).count;
        else
            ways += seen.starts_with(*initial_) ? 1 : 0;
        if (ways != 1) return false;
        if (write.count == 1) epoch = write.operation;
        Epoch& found = epochs_[epoch];
        if (found.longest == nullptr || found.longest->size() < seen.size()) found.longest = &seen;
        return true;
    }
    // Cuts the longest text of an epoch into pieces; each end of a piece is a version.
    bool number_versions(std::uint32_t which) {
        Epoch& epoch = epochs_[which];
        const bool first = which == first_epoch();
        if (!first && texts_[which].effect != Verb::Effect::sets) return true;
        std::uint32_t version = first ? 0 : deeds_.values++;
        if (!first) deeds_.all[which].value = version;
        epoch.lengths.push_back(epoch.root);
        epoch.numbers.push_back(version);
        if (epoch.longest == nullptr) return true;
        for (std::size_t at = epoch.root; at < epoch.longest->size();) {
            const auto [ways, append] = appends_.first_of(std::string_view(*epoch.longest).substr(at));
            if (ways != 1 || deeds_.all[append].kind != Deed::Kind::append) return false;
            deeds_.all[append] = {Deed::Kind::swap, deeds_.values, version};
            version = deeds_.values++;
            at += texts_[append].piece->size();
            epoch.lengths.push_back(at);
            epoch.numbers.push_back(version);
        }
        return true;
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
            deeds_.all[each].value = epoch.numbers[static_cast<std::size_t>(place - epoch.lengths.begin())];
        }
        return true;
    }

    std::span<const TextDeed> texts_;
    const std::string* initial_;
    Pieces writes_;
    Pieces appends_;
    std::vector<Epoch> epochs_; // one a write, by its operation; the last is the one before all writes
    std::vector<std::uint32_t> epoch_of_;
    Deeds deeds_;
};

} // namespace

std::optional<Deeds> read_off(std::span<const TextDeed> texts, const std::string* initial) {
    return Reading(texts, initial).run();
}

} // namespace orrery::reports::models

// Keys stand in an open hash table; the bags of one key in a list of those that none of the others covers.
#include "orrery/reports/judges/linearizable/memo.h"

#include <algorithm>

#include "orrery/reports/models/fields.h"
#include "orrery/sim/check.h"

namespace orrery::reports::judges::linearizable {

Memo::Memo(std::size_t words, bool dominance, std::size_t bytes_max)
    : words_(words), dominance_(dominance), bytes_max_(bytes_max) {
    CHECK(words > 0);
    grow();
}

bool Memo::visit(std::span<const std::uint64_t> key, const Bag& spent) {
    CHECK(key.size() == words_);
    std::size_t place = place_of(key);
    if (keys_[place * words_] != empty) return visit_bags(first_[place], spent);
    const bool crowded = count_ * 8 >= capacity_ * 5;
    if (bytes() + (crowded ? capacity_ * (words_ * 8 + 4) : 0) > bytes_max_) return true;
    if (crowded) {
        grow();
        place = place_of(key);
    }
    std::copy(key.begin(), key.end(), keys_.begin() + static_cast<std::ptrdiff_t>(place * words_));
    ++count_;
    CHECK(count_ < capacity_);
    first_[place] = none;
    if (!is_free(spent)) {
        first_[place] = static_cast<std::uint32_t>(links_.size());
        links_.push_back({none, spent});
        bytes_ += sizeof(Link) + spent.size() * sizeof(Spent);
    }
    return true;
}

void Memo::forget() { *this = Memo(words_, dominance_, bytes_max_); }

std::size_t Memo::place_of(std::span<const std::uint64_t> key) const {
    std::uint64_t hash = 0x4f72726572790004u;
    for (const std::uint64_t word : key) hash = models::fold(hash, word);
    for (std::size_t place = hash & (capacity_ - 1);; place = (place + 1) & (capacity_ - 1)) {
        const std::uint64_t* here = &keys_[place * words_];
        if (here[0] == empty || std::equal(key.begin(), key.end(), here)) return place;
    }
}

bool Memo::covers(const Bag& cheaper, const Bag& other) const {
    if (!dominance_) return cheaper == other;
    auto at = other.begin();
    for (const Spent& each : cheaper) {
        while (at != other.end() && at->unknown_class < each.unknown_class) ++at;
        if (at == other.end() || at->unknown_class != each.unknown_class || at->count < each.count) return false;
    }
    return true;
}

bool Memo::visit_bags(std::uint32_t& first, const Bag& spent) {
    if (first == none) return false;
    std::uint32_t* link = &first;
    while (*link != none) {
        Link& here = links_[*link];
        if (covers(here.bag, spent)) return false;
        if (covers(spent, here.bag)) {
            *link = here.next; // what is kept stays minimal
            continue;
        }
        link = &here.next;
    }
    if (is_free(spent)) {
        first = none;
        return true;
    }
    if (bytes() > bytes_max_) return true;
    *link = static_cast<std::uint32_t>(links_.size());
    links_.push_back({none, spent});
    bytes_ += sizeof(Link) + spent.size() * sizeof(Spent);
    return true;
}

void Memo::grow() {
    CHECK((capacity_ & (capacity_ - 1)) == 0); // a power of two: places are masked hashes
    const std::size_t capacity = capacity_;
    const std::vector<std::uint64_t> keys = std::move(keys_);
    const std::vector<std::uint32_t> first = std::move(first_);
    capacity_ = capacity == 0 ? 64 : capacity * 2;
    keys_.assign(capacity_ * words_, empty);
    first_.assign(capacity_, none);
    for (std::size_t place = 0; place < capacity; ++place) {
        if (keys[place * words_] == empty) continue;
        const std::span<const std::uint64_t> key(&keys[place * words_], words_);
        const std::size_t fresh = place_of(key);
        std::copy(key.begin(), key.end(), keys_.begin() + static_cast<std::ptrdiff_t>(fresh * words_));
        first_[fresh] = first[place];
    }
}

} // namespace orrery::reports::judges::linearizable

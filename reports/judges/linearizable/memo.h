// Memo: the configurations a search has been in. A configuration is a key - how many returns are
// passed, the state, which operations under way are done - and a bag of the unknown operations that
// were spent to get there.
//
// Two configurations with the same key differ only in what was spent, and the one that spent less can
// do all that the other can. So only the cheapest bags of a key are kept. Keys lie flat in an open
// table and are compared in full: a hash alone would once in a while prune what it must not.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace orrery::reports::judges::linearizable {

class Memo {
public:
    // Number of a class of unknown operations, and how many of it were spent. Sorted, no zero counts.
    struct Spent {
        std::uint32_t unknown_class = 0;
        std::uint32_t count = 0;
        bool operator==(const Spent&) const = default;
    };
    using Bag = std::vector<Spent>;

    // Keys have `words` words. Beyond `bytes_max` nothing more is remembered: the search gets slower,
    // not wrong. With `dominance` off only equal bags match.
    Memo(std::size_t words, bool dominance, std::size_t bytes_max);

    // False if the key was visited before at the same or less expense. Key word 0 is never ~0.
    bool visit(std::span<const std::uint64_t> key, const Bag& spent);

    std::size_t bytes() const { return bytes_ + capacity_ * (words_ * 8 + 4); }
    // As if nothing had been visited.
    void forget();

private:
    static constexpr std::uint64_t empty = ~std::uint64_t{0};
    static constexpr std::uint32_t none = UINT32_MAX;
    // Bags of one key are chained.
    struct Link {
        std::uint32_t next = none;
        Bag bag;
    };

    std::size_t place_of(std::span<const std::uint64_t> key) const;
    // An empty bag covers every other, and needs no link.
    bool is_free(const Bag& spent) const { return dominance_ && spent.empty(); }
    bool covers(const Bag& cheaper, const Bag& other) const;
    bool visit_bags(std::uint32_t& first, const Bag& spent);
    void grow();

    std::size_t words_;
    bool dominance_;
    std::size_t bytes_max_;
    std::size_t bytes_ = 0; // what bags take
    std::size_t count_ = 0;
    std::size_t capacity_ = 0; // a power of two
    std::vector<std::uint64_t> keys_;
    std::vector<std::uint32_t> first_; // of each key: its first bag; `none` is the empty bag, which covers all
    std::vector<Link> links_;
};

} // namespace orrery::reports::judges::linearizable

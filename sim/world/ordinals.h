// Ordinals: how often each key was asked within the running event - children of one kind and target, draws at one
// site. Identities and draws are numbered by it, so that no counter outside of the running event enters them.
#pragma once

#include <cstdint>
#include <vector>

namespace orrery::sim::world {

// Keys are hashes: their low bits choose the cell. Cleared in O(1) by a new epoch.
class Ordinals {
public:
    void clear() {
        ++epoch_;
        used_ = 0;
        first_count_ = 0;
    }
    // Most events ask with one key: it has a place of its own.
    [[gnu::always_inline]] std::uint32_t next(std::uint64_t key) {
        if (first_count_ == 0) [[likely]] {
            first_key_ = key;
            first_count_ = 1;
            return 0;
        }
        if (key == first_key_) return first_count_++;
        return next_of_others(key);
    }

private:
    struct Cell {
        std::uint64_t key = 0;
        std::uint64_t epoch = 0;
        std::uint32_t count = 0;
    };
    [[gnu::always_inline]] std::uint32_t next_of_others(std::uint64_t key) {
        std::size_t index = key & mask_;
        while (true) {
            Cell& cell = cells_[index];
            if (cell.epoch != epoch_) {
                cell = {key, epoch_, 1};
                if (++used_ * 2 > mask_) [[unlikely]]
                    grow();
                return 0;
            }
            if (cell.key == key) return cell.count++;
            index = (index + 1) & mask_;
        }
    }
    [[gnu::noinline]] void grow() {
        std::vector<Cell> old(2 * cells_.size());
        old.swap(cells_);
        mask_ = cells_.size() - 1;
        for (const Cell& cell : old) {
            if (cell.epoch != epoch_) continue;
            std::size_t index = cell.key & mask_;
            while (cells_[index].epoch == epoch_) index = (index + 1) & mask_;
            cells_[index] = cell;
        }
    }
    std::uint64_t first_key_ = 0;
    std::uint32_t first_count_ = 0;
    std::uint64_t epoch_ = 1;
    std::size_t used_ = 0;
    std::size_t mask_ = 63;
    std::vector<Cell> cells_ = std::vector<Cell>(64);
};

} // namespace orrery::sim::world

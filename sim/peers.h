// Peers: the hosts of a role, without the one that asks. A view of a list that all hosts share, so a role of 5,000
// costs 5,000 addresses and not 5,000 times as many. It stays valid as long as the world does.
//
//     role "node": node1 node2 node3      seen by node2: size() == 2, [0] is node1, [1] is node3
#pragma once

#include <cstddef>
#include <iterator>
#include <span>

#include "orrery/sim/check.h"
#include "orrery/sim/types.h"

namespace orrery::sim {

class Peers {
public:
    class Iterator {
    public:
        using iterator_category = std::input_iterator_tag;
        using value_type = Address;
        using difference_type = std::ptrdiff_t;
        using reference = Address;
        using pointer = void;

        Iterator() = default;
        Iterator(const Address* at, const Address* skipped) : at_(at), skipped_(skipped) {}
        Address operator*() const { return *at_; }
        Iterator& operator++() {
            if (++at_ == skipped_) ++at_;
            return *this;
        }
        Iterator operator++(int) {
            const Iterator before = *this;
            ++*this;
            return before;
        }
        bool operator==(const Iterator& other) const { return at_ == other.at_; }

    private:
        const Address* at_ = nullptr;
        const Address* skipped_ = nullptr; // null: nobody
    };

    Peers() = default;
    // `skipped`: the place in `role` of the one that asks; none of its places: it has another role.
    Peers(std::span<const Address> role, std::size_t skipped) : role_(role), skipped_(skipped) {}

    std::size_t size() const { return role_.size() - (is_among() ? 1 : 0); }
    bool empty() const { return size() == 0; }
    Address operator[](std::size_t i) const {
        CHECK(i < size());
        return role_[i + (i >= skipped_ ? 1 : 0)];
    }
    Iterator begin() const {
        return {role_.data() + (is_among() && skipped_ == 0 ? 1 : 0), is_among() ? role_.data() + skipped_ : nullptr};
    }
    Iterator end() const { return {role_.data() + role_.size(), nullptr}; }

private:
    bool is_among() const { return skipped_ < role_.size(); }

    std::span<const Address> role_;
    std::size_t skipped_ = 0;
};

} // namespace orrery::sim

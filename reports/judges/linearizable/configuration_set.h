// ConfigurationSet: configurations of equal width, in the order in which they were added, found again by a hash.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

namespace orrery::reports::judges::linearizable {

class ConfigurationSet {
public:
    static constexpr std::uint32_t none = UINT32_MAX;

    // Empty, of configurations so many words wide.
    void reset(std::size_t width) {
        width_ = width;
        words_.clear();
        links_.clear();
        if (heads_.size() > heads_small)
            heads_.assign(heads_small, none);
        else
            std::fill(heads_.begin(), heads_.end(), none);
    }
    std::uint32_t size() const { return static_cast<std::uint32_t>(links_.size()); }
    // Valid until the next is added.
    const std::uint64_t* at(std::uint32_t number) const { return words_.data() + number * width_; }
    std::uint64_t* at(std::uint32_t number) { return words_.data() + number * width_; }

    // Those of this hash, the latest first.
    std::uint32_t first(std::uint64_t hash) const { return of_hash(heads_[hash & (heads_.size() - 1)], hash); }
    std::uint32_t next(std::uint32_t number) const { return of_hash(links_[number].next, links_[number].hash); }

    void add(const std::uint64_t* configuration, std::uint64_t hash) {
        if (links_.size() >= heads_.size()) grow();
        words_.insert(words_.end(), configuration, configuration + width_);
        link(hash);
    }

private:
    static constexpr std::size_t heads_small = 16;
    struct Link {
        std::uint64_t hash = 0;
        std::uint32_t next = none;
    };

    std::uint32_t of_hash(std::uint32_t number, std::uint64_t hash) const {
        while (number != none && links_[number].hash != hash) number = links_[number].next;
        return number;
    }
    void link(std::uint64_t hash) {
        std::uint32_t& head = heads_[hash & (heads_.size() - 1)];
        links_.push_back({hash, head});
        head = static_cast<std::uint32_t>(links_.size() - 1);
    }
    void grow() {
        heads_.assign(heads_.size() * 4, none);
        for (std::uint32_t number = 0; number < links_.size(); ++number) {
            std::uint32_t& head = heads_[links_[number].hash & (heads_.size() - 1)];
            links_[number].next = head;
            head = number;
        }
    }

    std::size_t width_ = 1;
    std::vector<std::uint64_t> words_;
    std::vector<Link> links_;
    std::vector<std::uint32_t> heads_ = std::vector<std::uint32_t>(heads_small, none);
};

} // namespace orrery::reports::judges::linearizable

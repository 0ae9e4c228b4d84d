// Shared: a constant that all its copies share; the last of them takes it away. A copy costs a count, whatever the
// content holds, so histories are copied, cut and paired without copying what was written in them.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

namespace orrery::reports {

template <class Content>
class Shared {
public:
    explicit Shared(Content&& content) : node_(new Node{{1}, std::move(content)}) {}
    Shared(const Shared& other) noexcept : node_(other.node_) {
        if (node_ != nullptr) node_->owners.fetch_add(1, std::memory_order_relaxed);
    }
    Shared(Shared&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
    Shared& operator=(Shared other) noexcept {
        std::swap(node_, other.node_);
        return *this;
    }
    ~Shared() {
        if (node_ != nullptr && node_->owners.fetch_sub(1, std::memory_order_acq_rel) == 1) delete node_;
    }

    // Not of one that was moved from.
    const Content& operator*() const { return node_->content; }

private:
    struct Node {
        std::atomic<std::uint64_t> owners; // threads copy too
        const Content content;
    };
    Node* node_;
};

} // namespace orrery::reports

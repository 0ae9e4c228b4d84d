// Precedence: which writes must come before which, each with the reason, and a cycle among them if there is one.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace orrery::reports::judges::sessions {

class Precedence {
public:
    struct Edge {
        std::uint32_t from = 0;
        std::uint32_t to = 0;
        std::string_view reason; // why, in fixed words; empty: it needs no reason
    };

    // Nodes up to `count` are accesses; others are made by `node`.
    explicit Precedence(std::uint32_t count) : count_(count) {}
    std::uint32_t node() { return count_++; }
    void add(std::uint32_t from, std::uint32_t to, std::string_view reason) {
        if (from != to) edges_.push_back({from, to, reason});
    }
    // A short cycle, edge after edge; empty if there is none.
    std::vector<Edge> cycle() const;
    // All nodes, each after those that come before it; short if there is a cycle.
    std::vector<std::uint32_t> order() const;

private:
    std::vector<std::size_t> starts() const;
    std::vector<Edge> sorted() const;

    std::uint32_t count_;
    std::vector<Edge> edges_;
};

} // namespace orrery::reports::judges::sessions

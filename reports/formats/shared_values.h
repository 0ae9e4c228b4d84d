// SharedValues: what a large file says again and again is kept once. Copies of a Value share what they hold, but two
// that are read apart do not, however equal they are.
#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "orrery/reports/large_pages.h"
#include "orrery/reports/models/fields.h"

namespace orrery::reports::formats {

class SharedValues {
public:
    // Is not copied if it is known already.
    Value text(std::string_view text) {
        return find(
            models::digest(1, text), [&](const Value& each) { return each.is_text() && each.text() == text; },
            [&] { return Value(text); });
    }
    // The parts are shared themselves.
    Value list(Value::List parts) {
        return find(
            models::digest(2, parts), [&](const Value& each) { return each.is_list() && each.list() == parts; },
            [&] { return Value(std::move(parts)); });
    }
    // The one with that hash that is the `same`; else what `make` makes, without looking for anything here.
    template <class Same, class Make>
    Value find(std::uint64_t hash, const Same& same, const Make& make) {
        if (kept_.size() * 2 >= places_.size()) grow();
        std::size_t place = hash & (places_.size() - 1); // open addressing
        for (; places_[place] != none; place = (place + 1) & (places_.size() - 1))
            if (const Kept& each = kept_[places_[place]]; each.hash == hash && same(each.value)) return each.value;
        places_[place] = static_cast<std::uint32_t>(kept_.size());
        kept_.push_back({hash, make()});
        return kept_.back().value;
    }

private:
    struct Kept {
        std::uint64_t hash = 0;
        Value value{};
    };
    static constexpr std::uint32_t none = UINT32_MAX;

    void grow() {
        CHECK(kept_.size() < none); // their numbers fit
        const std::size_t size = places_.empty() ? 64 : places_.size() * 2;
        places_.clear();
        reserve_large(places_, size); // they are read all over
        reserve_large(kept_, size / 2);
        places_.assign(size, none);
        for (std::uint32_t number = 0; number < kept_.size(); ++number) {
            std::size_t place = kept_[number].hash & (places_.size() - 1);
            while (places_[place] != none) place = (place + 1) & (places_.size() - 1);
            places_[place] = number;
        }
    }

    std::vector<std::uint32_t> places_;
    std::vector<Kept> kept_;
};

} // namespace orrery::reports::formats

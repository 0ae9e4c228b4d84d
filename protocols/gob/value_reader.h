// Reads one value into an object, after a plan. Templates, like the writer: a field costs a call through a table.
#pragma once

#include <limits>

#include "orrery/protocols/gob/plan.h"
#include "orrery/protocols/gob/skip.h"

namespace orrery::gob {

class ValueReader {
public:
    ValueReader(Input& in, Skipper& skipper, const Limits& limits)
        : in_(in), skipper_(skipper), memory_left_(limits.memory_max), depth_left_(limits.depth_max) {}

    template <class T>
    void read(T& value, const Plan& plan) {
        if constexpr (sim::codec::is_optional<T>) {
            if (!value.has_value()) value.emplace();
            read(*value, plan);
        } else if constexpr (std::is_enum_v<T>) {
            std::underlying_type_t<T> number{};
            read(number, plan);
            value = static_cast<T>(number);
        } else if constexpr (std::same_as<T, bool>) {
            value = in_.natural() != 0;
        } else if constexpr (std::signed_integral<T>) {
            assign(value, in_.integer(), plan);
        } else if constexpr (std::unsigned_integral<T>) {
            assign(value, in_.natural(), plan);
        } else if constexpr (std::floating_point<T>) {
            value = floating<T>(plan);
        } else if constexpr (type::is_complex<T>) {
            const auto real = floating<typename T::value_type>(plan);
            const auto imaginary = floating<typename T::value_type>(plan);
            value = T(real, imaginary);
        } else if constexpr (std::same_as<T, std::string>) {
            value = sim::text_of(in_.counted(Input::Counted::text));
        } else if constexpr (std::same_as<T, sim::Bytes>) {
            const sim::ByteView content = in_.counted(Input::Counted::bytes);
            value.clear();
            value.append(content);
        } else if constexpr (type::ListOfBytes<T>) {
            const sim::ByteView content = in_.counted(Input::Counted::bytes);
            value.assign(content.begin(), content.end());
        } else if constexpr (sim::codec::is_array<T>) {
            read_array(value, plan);
        } else if constexpr (sim::codec::is_map<T>) {
            read_map(value, plan);
        } else if constexpr (type::is_list<T>) {
            read_list(value, plan);
        } else {
            read_structure(value, plan);
        }
    }

private:
    template <class T, class Wide>
    void assign(T& value, Wide wide, const Plan& plan) {
        if (wide < std::numeric_limits<T>::min() || wide > std::numeric_limits<T>::max()) [[unlikely]]
            return out_of_range(plan);
        value = static_cast<T>(wide);
    }

    // Infinity fits into a float, and what is too small for it becomes zero.
    template <class T>
    T floating(const Plan& plan) {
        const double wide = in_.floating();
        if constexpr (std::same_as<T, float>) {
            const double size = wide < 0 ? -wide : wide;
            if (size > std::numeric_limits<float>::max() && size <= std::numeric_limits<double>::max()) {
                out_of_range(plan);
                return 0;
            }
        }
        return static_cast<T>(wide);
    }

    template <class T>
    void read_array(T& values, const Plan& plan) {
        if (in_.natural() != values.size()) return in_.fail(ErrorKind::corrupt, "gob: length mismatch in decodeArray");
        for (auto& each : values) {
            if (in_.left() == 0) return too_few(plan, values.size());
            read(each, *plan.element);
        }
    }

    // Elements that are there already are read over, as Go does if the new list is no longer than the old one. The
    // count is not believed: no more room is set aside than the bytes that are left can fill.
    template <class T>
    void read_list(T& values, const Plan& plan) {
        const std::uint64_t count = in_.natural();
        if (!afford(plan, count)) return;
        if (count > values.size()) values.clear();
        while (values.size() > count) values.pop_back();
        if constexpr (requires { values.reserve(count); }) values.reserve(std::min<std::uint64_t>(count, in_.left()));
        const std::size_t kept = values.size();
        for (std::size_t i = 0; i < count && in_.ok(); ++i) {
            if (in_.left() == 0) return too_few(plan, count);
            if constexpr (std::same_as<T, std::vector<bool>>) {
                bool each = false;
                read(each, *plan.element);
                if (i < kept)
                    values[i] = each;
                else
                    values.push_back(each);
            } else {
                auto& each = i < kept ? values[i] : values.emplace_back();
                if constexpr (std::same_as<typename T::value_type, std::string>)
                    each = sim::text_of(in_.counted(Input::Counted::text_in_list));
                else
                    read(each, *plan.element);
            }
        }
    }

    // Into the map as it is; of equal keys the last one counts. Go, too, takes an absurd count for none.
    template <class T>
    void read_map(T& values, const Plan& plan) {
        const std::uint64_t count = in_.natural();
        if (count > INT64_MAX || !afford(plan, count)) return;
        for (std::uint64_t i = 0; i < count && in_.ok(); ++i) {
            if (in_.left() == 0) return in_.end();
            typename T::key_type key{};
            read(key, *plan.key);
            typename T::mapped_type element{};
            read(element, *plan.element);
            if (in_.ok()) values.insert_or_assign(std::move(key), std::move(element));
        }
    }

    template <class T>
    void read_structure(T& value, const Plan& plan) {
        if (depth_left_ == 0) return too_deep();
        --depth_left_;
        FieldNumbers numbers;
        for (std::size_t number; (number = numbers.next(in_, plan.steps.size())) != FieldNumbers::none;) {
            const Plan::Step& step = plan.steps[number];
            if (step.field == Plan::nowhere)
                skipper_.skip(in_, *step.sender);
            else
                read_field<T>(step, value);
        }
        ++depth_left_;
    }

    template <class T>
    using ReadField = void (*)(ValueReader&, T&, const Plan&);
    template <class T, std::size_t index>
    static void read_one(ValueReader& reader, T& value, const Plan& plan) {
        reader.read(value.*(std::get<index>(T::members()).pointer), plan);
    }
    template <class T, std::size_t... index>
    static constexpr auto table(std::index_sequence<index...>) {
        return std::array<ReadField<T>, sizeof...(index)>{&read_one<T, index>...};
    }
    template <class T>
    void read_field(const Plan::Step& step, T& value) {
        static constexpr auto fields = table<T>(std::make_index_sequence<type::fields<T>.size()>());
        if constexpr (!fields.empty()) fields[step.field](*this, value, *step.plan);
    }

    // Whether so many elements may be held.
    bool afford(const Plan& plan, std::uint64_t count);
    void out_of_range(const Plan& plan);
    void too_few(const Plan& plan, std::uint64_t count);
    void too_deep();

    Input& in_;
    Skipper& skipper_;
    std::size_t memory_left_;
    std::size_t depth_left_;
};

} // namespace orrery::gob

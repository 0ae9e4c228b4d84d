// Writing and reading what codec_structs.h takes apart.
#include "orrery/scenarios/engine/process/codec.h"

#include <algorithm>
#include <concepts>

#include "orrery/scenarios/engine/process/codec_structs.h"

namespace orrery::scenarios::engine {
namespace {

template <class T>
concept Plain = std::integral<T> || std::is_enum_v<T> || std::same_as<T, std::string> || std::same_as<T, sim::Duration>;
template <class T>
concept Optional = requires(T& value) {
    value.has_value();
};
template <class T>
concept Pair = requires(T& value) {
    value.second;
};
template <class T>
concept Sequence = requires(T& value) {
    value.emplace_back();
};
template <class T>
concept Map = requires {
    typename T::mapped_type;
};
template <class T>
concept Set = requires {
    typename T::key_type;
}
&&!Map<T>;

// Writes whatever it is called with, in the order of the calls.
class Packer {
public:
    explicit Packer(sim::Bytes& out) : writer_(out) {}
    template <class... Parts>
    void operator()(Parts&... parts) {
        (write(parts), ...);
    }

private:
    template <class T>
    void write(T& value);
    void write_value(reports::Value& value);
    void write_parameters(faults::Parameters& parameters);
    sim::Writer writer_;
};

// Reads it back. What the other end did not write leaves it incomplete, and everything after that at zero.
class Unpacker {
public:
    explicit Unpacker(sim::ByteView bytes) : reader_(bytes) {}
    template <class... Parts>
    void operator()(Parts&... parts) {
        (read(parts), ...);
    }
    bool is_complete() const { return ok_ && reader_.ok() && reader_.at_end(); }

private:
    template <class T>
    void read(T& value);
    void read_value(reports::Value& value);
    void read_parameters(faults::Parameters& parameters);
    template <std::size_t type = 0>
    void read_alternative(std::size_t wanted, faults::Value& value);
    std::uint32_t read_count();
    sim::Reader reader_;
    bool ok_ = true;
};

// --- writing and reading ---

void Packer::write_value(reports::Value& value) {
    reports::Value::Kind kind = value.kind();
    write(kind);
    if (value.is_boolean()) writer_(value.boolean());
    if (value.is_integer()) writer_(value.integer());
    if (value.is_text()) writer_(value.text());
    if (value.is_list()) {
        reports::Value::List list = value.list();
        write(list);
    }
    if (value.is_map()) {
        reports::Value::Map map = value.map();
        write(map);
    }
}

// A name, the place of the value's type among those that there are, and the value.
void Packer::write_parameters(faults::Parameters& parameters) {
    writer_(static_cast<std::uint32_t>(parameters.values().size()));
    for (const auto& [each, stored] : parameters.values()) {
        std::string name = each;
        faults::Value value = stored;
        write(name);
        writer_(static_cast<std::uint8_t>(value.index()));
        std::visit([&](auto& alternative) { write(alternative); }, value);
    }
}

template <class T>
void Packer::write(T& value) {
    if constexpr (Plain<T>) {
        writer_(value);
    } else if constexpr (std::same_as<T, reports::Value>) {
        write_value(value);
    } else if constexpr (std::same_as<T, faults::Parameters>) {
        write_parameters(value);
    } else if constexpr (Optional<T>) {
        writer_(value.has_value());
        if (value.has_value()) write(*value);
    } else if constexpr (Pair<T>) {
        write(value.first);
        write(value.second);
    } else if constexpr (Sequence<T> || Map<T> || Set<T>) {
        CHECK(value.size() <= UINT32_MAX);
        writer_(static_cast<std::uint32_t>(value.size()));
        for (auto& each : value) {
            if constexpr (Map<T>) {
                auto key = each.first;
                write(key);
                write(each.second);
            } else {
                auto& element = const_cast<typename T::value_type&>(each); // a set's; it is only read
                write(element);
            }
        }
    } else {
        fields(*this, value);
    }
}

// Every element takes a byte at least: a count beyond the rest is damage, and would eat the memory.
std::uint32_t Unpacker::read_count() {
    const auto count = reader_.number<std::uint32_t>();
    ok_ = ok_ && reader_.ok() && count <= reader_.rest().size();
    return ok_ ? count : 0;
}

void Unpacker::read_value(reports::Value& value) {
    auto kind = reports::Value::Kind::nil;
    bool truth = false;
    std::int64_t integer = 0;
    std::string text;
    reports::Value::List list;
    reports::Value::Map map;
    read(kind);
    switch (kind) {
    case reports::Value::Kind::nil:
        value = {};
        return;
    case reports::Value::Kind::boolean:
        read(truth);
        value = truth;
        return;
    case reports::Value::Kind::integer:
        read(integer);
        value = integer;
        return;
    case reports::Value::Kind::text:
        read(text);
        value = std::move(text);
        return;
    case reports::Value::Kind::list:
        read(list);
        value = std::move(list);
        return;
    case reports::Value::Kind::map:
        read(map);
        value = std::move(map);
        return;
    }
    ok_ = false;
}

template <std::size_t type>
void Unpacker::read_alternative(std::size_t wanted, faults::Value& value) {
    if constexpr (type < std::variant_size_v<faults::Value>) {
        if (wanted == type)
            read(value.emplace<type>());
        else
            read_alternative<type + 1>(wanted, value);
    } else {
        ok_ = false;
    }
}

void Unpacker::read_parameters(faults::Parameters& parameters) {
    std::vector<std::pair<std::string, faults::Value>> values;
    std::vector<faults::Parameter> declared;
    for (std::uint32_t left = read_count(); ok_ && left > 0; --left) {
        auto& [name, value] = values.emplace_back();
        std::uint8_t type = 0;
        read(name);
        read(type);
        read_alternative(type, value);
        faults::Parameter parameter;
        parameter.name = name;
        parameter.standard = value;
        declared.push_back(std::move(parameter));
    }
    parameters = faults::Parameters(declared);
}

template <class T>
void Unpacker::read(T& value) {
    if constexpr (Plain<T>) {
        reader_(value);
    } else if constexpr (std::same_as<T, reports::Value>) {
        read_value(value);
    } else if constexpr (std::same_as<T, faults::Parameters>) {
        read_parameters(value);
    } else if constexpr (Optional<T>) {
        bool present = false;
        reader_(present);
        value.reset();
        if (present) read(value.emplace());
    } else if constexpr (Pair<T>) {
        read(value.first);
        read(value.second);
    } else if constexpr (Sequence<T>) {
        value.clear();
        for (std::uint32_t left = read_count(); ok_ && left > 0; --left) read(value.emplace_back());
    } else if constexpr (Map<T>) {
        value.clear();
        for (std::uint32_t left = read_count(); ok_ && left > 0; --left) {
            typename T::key_type key{};
            read(key);
            read(value[key]);
        }
    } else if constexpr (Set<T>) {
        value.clear();
        for (std::uint32_t left = read_count(); ok_ && left > 0; --left) {
            typename T::key_type key{};
            read(key);
            value.insert(std::move(key));
        }
    } else {
        fields(*this, value);
    }
}

} // namespace

sim::Bytes encode(const RunInput& input) {
    CHECK(input.scenario != nullptr);
    sim::Bytes bytes;
    Packer pack(bytes);
    RunInput copy = input;
    std::string scenario = input.scenario->name;
    auto settings = input.settings.values();
    pack(scenario, settings);
    fields(pack, copy);
    return bytes;
}

std::optional<RunInput> decode_input(sim::ByteView bytes) {
    Unpacker unpack(bytes);
    RunInput input;
    std::string scenario;
    std::map<std::string, std::string> settings;
    unpack(scenario, settings);
    fields(unpack, input);
    input.scenario = find_scenario(scenario);
    if (!unpack.is_complete() || input.scenario == nullptr) return std::nullopt;
    for (auto& [name, value] : settings) input.settings.set(name, value);
    return input;
}

sim::Bytes encode(Summary summary, Detail detail) {
    if (summary.verdict != RunVerdict::passed) detail = std::max(detail, Detail::repeat);
    if (detail < Detail::repeat) summary.checkpoints.clear();
    if (detail < Detail::repeat) summary.hosts.clear();
    if (detail < Detail::history) summary.history = {};
    if (detail < Detail::history) summary.judgement = {};
    if (detail < Detail::events) summary.recording = {};
    sim::Bytes bytes;
    Packer pack(bytes);
    RunResult& result = summary;
    pack(result, summary.problem, summary.lost, summary.place, summary.counted, summary.left_undone);
    return bytes;
}

std::optional<Summary> decode_summary(sim::ByteView bytes) {
    Unpacker unpack(bytes);
    Summary summary;
    RunResult& result = summary;
    unpack(result, summary.problem, summary.lost, summary.place, summary.counted, summary.left_undone);
    if (!unpack.is_complete()) return std::nullopt;
    return summary;
}

} // namespace orrery::scenarios::engine

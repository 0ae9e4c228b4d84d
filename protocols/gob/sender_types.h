// The types of the other side, as its definitions describe them. They are kept as long as the stream.
//
// A definition names other types by id, and may come before theirs: a type can contain itself. `closed` resolves the
// ids once, when the first value comes, and from then on types point to each other.
#pragma once

#include <map>
#include <memory>

#include "orrery/protocols/gob/stream_limits.h"
#include "orrery/protocols/gob/type.h"
#include "orrery/protocols/gob/wire.h"

namespace orrery::gob {

struct Plan;
struct Entry;
struct SenderType;

struct SenderReference {
    std::int64_t id = 0;
    const SenderType* type = nullptr; // once the type that refers to it is closed
};

struct SenderField {
    std::string name;
    SenderReference type;
};

struct SenderType {
    Kind kind = Kind::structure;
    std::string name;
    std::vector<SenderField> fields; // of a structure
    SenderReference key;             // of a map
    SenderReference element;         // of an array, slice or map
    std::uint64_t length = 0;        // of an array
    bool is_closed = false;

    // How values of it become values of ours, by our type: see plan.h. What is remembered there does not change what
    // the type is.
    mutable std::vector<std::pair<const Type*, std::unique_ptr<Plan>>> plans; // of structures only
    mutable std::vector<std::pair<const Type*, std::unique_ptr<Entry>>> entries;

    SenderType();
    SenderType(SenderType&&) noexcept;
    ~SenderType();
};

class SenderTypes {
public:
    explicit SenderTypes(std::size_t definitions_max);

    // One definition, whose bytes are all that is left of the message.
    void define(Input& in, std::int64_t id);
    // Null if there is no such type. Fails if it is made of one that has not been defined.
    const SenderType* closed(Input& in, std::int64_t id);

private:
    bool resolve(Input& in, SenderReference& reference, std::vector<SenderType*>& found);
    void close(Input& in, SenderType& type);

    std::map<std::int64_t, SenderType> types_;
    std::size_t room_; // for definitions
};

} // namespace orrery::gob

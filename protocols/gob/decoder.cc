#include "orrery/protocols/gob/decoder.h"

namespace orrery::gob {

bool ValueReader::afford(const Plan& plan, std::uint64_t count) {
    const Type& type = *plan.type;
    if (count > memory_left_ / type.element_size) {
        in_.fail(ErrorKind::limit, "gob: " + go_text(type.element.type(), type.element.pointers) +
                                       " slice too big: " + std::to_string(count) + " elements of " +
                                       std::to_string(type.element_size) + " bytes");
        return false;
    }
    memory_left_ -= count * type.element_size;
    return true;
}

void ValueReader::out_of_range(const Plan& plan) {
    in_.fail(ErrorKind::range, "value for \"" + plan.name + "\" out of range");
}

// Go names the elements if they are simple.
void ValueReader::too_few(const Plan& plan, std::uint64_t count) {
    const Reference element = plan.type->element;
    const Kind kind = element.type().kind;
    const bool is_simple = kind <= Kind::complex && kind != Kind::bytes && element.pointers == 0;
    in_.fail(ErrorKind::corrupt, "gob: decoding " + (is_simple ? go_text(element.type()) + " " : std::string()) +
                                     "array or slice: length exceeds input size (" + std::to_string(count) +
                                     " elements)");
}

void ValueReader::too_deep() { in_.fail(ErrorKind::limit, "gob: value nested too deeply"); }

void Decoder::feed(sim::ByteView bytes) {
    if (error_) return;
    if (taken_ == buffer_.size()) {
        buffer_.reset();
        taken_ = 0;
    } else if (taken_ > buffer_.size() / 2) {
        const std::size_t left = buffer_.size() - taken_;
        std::memmove(buffer_.data(), buffer_.data() + taken_, left);
        buffer_.resize(left);
        if (value_) value_->begin -= taken_;
        taken_ = 0;
    }
    buffer_.append(bytes);
}

// Looks at the length only as far as it has come.
std::optional<Decoder::Message> Decoder::whole_message() {
    const sim::ByteView rest = buffer_.view().subspan(taken_);
    if (rest.empty()) return std::nullopt;
    const std::size_t width = rest[0] <= 0x7f ? 1 : 257U - rest[0];
    if (width > 9) {
        fail({ErrorKind::framing, "gob: encoded unsigned integer out of range"});
        return std::nullopt;
    }
    if (rest.size() < width) return std::nullopt;
    Input in(rest.first(width));
    const std::uint64_t size = in.natural();
    if (size > limits_.message_max) {
        fail({ErrorKind::limit, "invalid message length"});
        return std::nullopt;
    }
    if (rest.size() - width < size) return std::nullopt;
    return Message{taken_ + width, size};
}

bool Decoder::fail(Error error) {
    error_ = std::move(error);
    buffer_.reset();
    taken_ = 0;
    return false;
}

bool Decoder::ready() {
    while (!value_ && !error_) {
        const std::optional<Message> message = whole_message();
        if (!message) return false;
        Input in(buffer_.view().subspan(message->begin, message->size));
        const std::int64_t id = in.integer();
        if (id >= 0 && in.ok()) {
            value_ = message;
            break;
        }
        types_.define(in, id == INT64_MIN ? 0 : -id);
        if (Problem problem = std::move(in).problem()) return fail(std::move(*problem));
        taken_ = message->begin + message->size;
        definitions_pending_ = true;
    }
    return value_.has_value();
}

// What is left of the message behind the type's id is for the caller; it stands in the buffer until the next feed.
Input Decoder::take_message() {
    CHECK(ready());
    const Input in(buffer_.view().subspan(value_->begin, value_->size));
    taken_ = value_->begin + value_->size;
    definitions_pending_ = false;
    value_.reset();
    return in;
}

const Plan* Decoder::begin(Input& in, const Type& ours) {
    const SenderType* sender = types_.closed(in, in.integer());
    if (sender == nullptr && in.ok()) {
        Error error = unknown_type(ours);
        in.fail(error.kind, std::move(error.text));
    }
    if (!in.ok()) return nullptr;
    const Entry& entry = find_entry(ours, *sender);
    if (entry.problem) {
        in.fail(entry.problem->kind, entry.problem->text);
        return nullptr;
    }
    if (ours.kind != Kind::structure && in.natural() != 0)
        in.fail(ErrorKind::corrupt, "gob: decode: corrupted data: non-zero delta for singleton");
    return in.ok() ? entry.plan : nullptr;
}

const SenderType* Decoder::begin_as_sent(Input& in) {
    const SenderType* sender = types_.closed(in, in.integer());
    if (sender == nullptr && in.ok()) in.fail(ErrorKind::corrupt, "gob: bad data: undefined type <nil>");
    if (in.ok() && sender->kind != Kind::structure && in.natural() != 0)
        in.fail(ErrorKind::corrupt, "gob: decode: corrupted data: non-zero delta for singleton");
    return in.ok() ? sender : nullptr;
}

} // namespace orrery::gob

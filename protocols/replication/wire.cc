#include "orrery/protocols/replication/wire.h"

#include <algorithm>

#include "orrery/protocols/replication/flaws.def"
#include "orrery/sim/chance.h"

namespace orrery::replication {
namespace {

constexpr sim::NoteKind note_refused{"replication.refused", {"why", "sender", "times", "found", "expected"}};
constexpr sim::NoteKind note_older{"replication.older_format", {"member", "format"}, true};
constexpr sim::Label label_greeting{"replication.greeting"};
// Of so many senders and reasons each is counted for itself; those that come later are counted as one.
constexpr std::size_t senders_max = 256;

std::string hexadecimal(std::uint64_t number) {
    std::string text(16, '0');
    for (std::size_t i = 16; i > 0; number >>= 4) text[--i] = "0123456789abcdef"[number & 15];
    return text;
}

std::string member_words(Member member) { return "member " + std::to_string(member); }

std::uint64_t cluster_of(const sim::Env& env, std::string_view protocol, std::string_view role,
                         const std::vector<sim::Address>& members) {
    std::uint64_t number = sim::mix(env.self().cluster, sim::mix(sim::name_hash(protocol), sim::name_hash(role)));
    for (const sim::Address& each : members) number = sim::mix(number, each.host);
    return number;
}

bool is_power_of_two(std::uint64_t number) { return (number & (number - 1)) == 0; }

} // namespace

void write_header(sim::Bytes& out, const WireHeader& header) {
    std::uint8_t* const at = out.extend(WireHeader::bytes);
    at[0] = header.format;
    at[1] = header.known;
    for (std::size_t i = 0; i < 8; ++i) at[2 + i] = static_cast<std::uint8_t>(header.cluster >> (8 * i));
}

std::optional<WireHeader> header_of(sim::ByteView datagram) {
    sim::Reader reader(datagram);
    WireHeader header;
    header.format = reader.number<Format>();
    header.known = reader.number<Format>();
    header.cluster = reader.number<std::uint64_t>();
    return reader.ok() ? std::optional(header) : std::nullopt;
}

Wire::Wire(sim::Env& env, std::string_view protocol, std::string_view role, std::uint64_t port, Format format)
    : env_(env), role_(role), port_(port), format_(format), members_(members_of(env, role)), self_(env.self().index),
      cluster_(cluster_of(env, protocol, role, members_)), known_(members_.size(), 0) {
    CHECK(format_ >= 1);
    CHECK(format_ <= newest_format);
}

std::string Wire::owner() const { return member_words(self_) + " of " + role_ + ", cluster " + hexadecimal(cluster_); }

Format Wire::format_to(Member to) const {
    CHECK(to < members_.size());
    if (FLAW(replication_format_not_agreed)) return format_;
    return std::clamp<Format>(known_[to], 1, format_);
}

// What every format has in front. Empty: the datagram is dropped, or was a greeting.
std::optional<Wire::Admitted> Wire::admit(const sim::Datagram& datagram) {
    const std::optional<WireHeader> header = header_of(datagram.bytes);
    if (!header || header->format == 0 || header->known < header->format) {
        refuse_bytes(datagram);
        return std::nullopt;
    }
    if (header->cluster != cluster_) {
        refuse(Refused::other_cluster, datagram.from, hexadecimal(header->cluster), hexadecimal(cluster_));
        return std::nullopt;
    }
    const auto sender = std::find_if(members_.begin(), members_.end(),
                                     [&](const sim::Address& each) { return each.at(port_) == datagram.from; });
    if (sender == members_.end()) {
        refuse(Refused::stranger, datagram.from, "no member", "a member");
        return std::nullopt;
    }
    const auto member = static_cast<Member>(sender - members_.begin());
    if (member == self_) {
        refuse(Refused::stranger, datagram.from, member_words(member) + ", which is this one", "another member");
        return std::nullopt;
    }
    if (known_[member] != header->known && header->known < format_) env_.note(note_older, member, header->known);
    known_[member] = header->known;
    if (header->format > format_) {
        if (std::find(greeted_.begin(), greeted_.end(), member) == greeted_.end()) greeted_.push_back(member);
        refuse(Refused::newer_format, datagram.from, std::to_string(header->format),
               "at most " + std::to_string(format_));
        return std::nullopt;
    }
    if (datagram.bytes.size() == WireHeader::bytes) return std::nullopt;
    return Admitted{member, header->format};
}

bool Wire::is_spoken(sim::Address address, Member sender, Member from, Member to) {
    CHECK(sender < members_.size());
    if (from != sender) {
        refuse(Refused::stranger, address, member_words(sender) + " as " + member_words(from), "each as itself");
        return false;
    }
    if (to == self_) return true;
    refuse(Refused::other_target, address, member_words(to), member_words(self_));
    return false;
}

void Wire::refuse_bytes(const sim::Datagram& datagram) {
    refuse(Refused::ill_formed, datagram.from, std::to_string(datagram.bytes.size()) + " bytes",
           "a message in format 1 to " + std::to_string(format_));
}

void Wire::refuse(Refused why, sim::Address from, const std::string& found, const std::string& expected) {
    constexpr std::string_view reasons[] = {"ill_formed", "newer_format", "other_cluster", "stranger", "other_target"};
    static_assert(std::size(reasons) == refused_kinds);
    const auto reason = static_cast<std::size_t>(why);
    CHECK(reason < refused_kinds);
    ++refused_[reason];
    auto place = by_sender_.find({from.host, why});
    if (place == by_sender_.end()) {
        const bool is_full = by_sender_.size() >= senders_max;
        place = by_sender_.try_emplace({is_full ? 0 : from.host, why}, 0).first;
    }
    if (!is_power_of_two(++place->second)) return;
    env_.note(note_refused, reasons[reason], sender_words(from), place->second, found, expected);
}

std::string Wire::sender_words(sim::Address from) const {
    const auto host = std::find_if(members_.begin(), members_.end(),
                                   [&](const sim::Address& each) { return each.host == from.host; });
    if (host == members_.end()) return "host " + std::to_string(from.host);
    const std::string member = member_words(static_cast<Member>(host - members_.begin()));
    return from.port == port_ ? member : "port " + std::to_string(from.port) + " of " + member;
}

void Wire::greet(sim::Socket& socket) {
    if (greeted_.empty()) return;
    std::sort(greeted_.begin(), greeted_.end());
    for (const Member member : greeted_) {
        sim::Bytes out;
        write_header(out, header(1));
        (void)socket.send(members_[member].at(port_), label_greeting, std::move(out));
    }
    greeted_.clear();
}

} // namespace orrery::replication

// The wire between the members of a cluster: what every datagram of theirs begins with, which of them are taken, and in
// which format each member is spoken to.
//
//     [format: 1][known: 1][cluster: 8] message
//
// `format` is that of the message behind it, `known` the newest that its sender understands, `cluster` the number that
// all members share. This much stays as it is in every format. Format 1 writes a message as sim/codec.h does, format 2
// as compact.h. A member is spoken to in format 1 until it was heard, then in the newest that both know; so servers of
// two versions work side by side while a cluster is upgraded, or taken back. Who is sent a format that it does not know
// answers with a greeting, a datagram without a message: its sender had it for a newer one.
//
// What is not taken is dropped and counted, and said in a note: the first of a sender and reason, the second, the
// fourth, the eighth and so on, so that nobody can fill the log.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "orrery/protocols/replication/compact.h"
#include "orrery/protocols/replication/inbox.h"
#include "orrery/protocols/replication/members.h"

namespace orrery::replication {

using Format = std::uint8_t;
constexpr Format newest_format = 2;

struct WireHeader {
    Format format = 0;
    Format known = 0;
    std::uint64_t cluster = 0;
    static constexpr std::size_t bytes = 10;
};

void write_header(sim::Bytes& out, const WireHeader& header);
// A message behind its header, in the format that this names.
template <class Message>
sim::Bytes datagram_of(const WireHeader& header, const Message& message) {
    CHECK(header.format >= 1);
    CHECK(header.format <= newest_format);
    sim::Bytes out;
    write_header(out, header);
    if (header.format == 1)
        sim::encode_into(out, message);
    else
        encode_compactly_into(out, message);
    return out;
}
// Nothing if the datagram is shorter than that.
std::optional<WireHeader> header_of(sim::ByteView datagram);
// What is behind the header, whatever the message held. False, and it holds anything, unless that is one in the format,
// which this program knows.
template <class Message>
bool read_message(sim::ByteView datagram, Format format, Message& message) {
    const sim::ByteView rest = datagram.subspan(WireHeader::bytes);
    const bool is_whole = format == 1 ? sim::decode_into(rest, message) : decode_compactly_into(rest, message);
    return is_whole && message.kind <= Message::last_kind_of(format);
}
// Nothing unless it is one in a format that this program knows. Whoever reads a trace takes it of any cluster.
template <class Message>
std::optional<Message> message_of(sim::ByteView datagram) {
    const std::optional<WireHeader> header = header_of(datagram);
    if (!header || header->format < 1 || header->format > newest_format) return std::nullopt;
    std::optional<Message> message(std::in_place);
    if (!read_message(datagram, header->format, *message)) message.reset();
    return message;
}

// Why a datagram is dropped.
enum class Refused : std::uint8_t {
    ill_formed,
    newer_format,
    other_cluster,
    stranger,     // no member, or one that speaks as another
    other_target, // meant for another member
};
constexpr std::size_t refused_kinds = 5;

class Wire {
public:
    // `protocol`: what is spoken, in words that are the same at all members. Those of another one are of another
    // cluster. `format`: the newest that is spoken here, at most newest_format (CHECK).
    Wire(sim::Env& env, std::string_view protocol, std::string_view role, std::uint64_t port, Format format);

    const std::vector<sim::Address>& members() const { return members_; } // by Member
    std::uint64_t cluster() const { return cluster_; }
    // "member 1 of server, cluster 00a1...": whose disk it is.
    std::string owner() const;
    // In which that member is spoken to.
    Format format_to(Member to) const;

    // `message.to` is a member (CHECK), which need not get it.
    template <class Message>
    void send(sim::Socket& socket, const sim::Label& label, const Message& message) {
        const Format format = format_to(message.to);
        CHECK(message.kind <= Message::last_kind_of(format));
        (void)socket.send(members_[message.to].at(port_), label, datagram_of(header(format), message));
    }
    // The message is put at the end of `inbox`. False if there is none: it was a greeting, or refused.
    template <class Message>
    bool receive(const sim::Datagram& datagram, Inbox<Message>& inbox) {
        const std::optional<Admitted> admitted = admit(datagram);
        if (!admitted) return false;
        Message& message = inbox.add();
        if (!read_message(datagram.bytes, admitted->format, message))
            refuse_bytes(datagram);
        else if (is_spoken(datagram.from, admitted->sender, message.from, message.to))
            return true;
        inbox.remove_last();
        return false;
    }
    // Greets those who spoke in a newer format since the last time.
    void greet(sim::Socket& socket);
    // Datagrams that were dropped in this boot.
    std::uint64_t refused(Refused why) const { return refused_[static_cast<std::size_t>(why)]; }

private:
    WireHeader header(Format format) const { return {format, format_, cluster_}; }
    struct Admitted {
        Member sender = 0;
        Format format = 0;
    };
    std::optional<Admitted> admit(const sim::Datagram& datagram);
    bool is_spoken(sim::Address address, Member sender, Member from, Member to);
    void refuse_bytes(const sim::Datagram& datagram);
    void refuse(Refused why, sim::Address from, const std::string& found, const std::string& expected);
    // "member 2", "port 7 of member 2", or "host 9999" that is none's.
    std::string sender_words(sim::Address from) const;

    sim::Env& env_;
    std::string role_;
    std::uint64_t port_;
    Format format_;
    std::vector<sim::Address> members_;
    Member self_;
    std::uint64_t cluster_;
    std::vector<Format> known_;   // by Member: what it last said that it knows; 0: it was not heard
    std::vector<Member> greeted_; // those who are to be
    std::array<std::uint64_t, refused_kinds> refused_{};
    std::map<std::pair<std::uint64_t, Refused>, std::uint64_t> by_sender_; // hosts; bounded
};

} // namespace orrery::replication

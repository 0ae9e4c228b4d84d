// Rules are asked in the order of their priorities. The one that finds local addresses stands first in a new network;
// it is moved behind the place where cuts stand.
#include "orrery/scenarios/engine/live/links.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/fib_rules.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "orrery/sim/check.h"

namespace orrery::scenarios::engine::live {
namespace {

constexpr std::uint32_t priority_of_cuts = 10;
constexpr std::uint32_t priority_of_local = 20;

// A request to the kernel about one rule, grown attribute by attribute.
class RuleRequest {
public:
    RuleRequest(std::uint16_t type, std::uint8_t action, std::uint8_t table) {
        header_.nlmsg_len = NLMSG_LENGTH(sizeof rule_);
        header_.nlmsg_type = type;
        header_.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
        if (type == RTM_NEWRULE) header_.nlmsg_flags |= NLM_F_CREATE | NLM_F_EXCL;
        rule_.family = AF_INET;
        rule_.action = action;
        rule_.table = table;
    }
    void add(std::uint16_t type, std::uint32_t value) {
        CHECK(used_ + RTA_SPACE(sizeof value) <= sizeof attributes_);
        rtattr attribute{static_cast<std::uint16_t>(RTA_LENGTH(sizeof value)), type};
        std::memcpy(attributes_ + used_, &attribute, sizeof attribute);
        std::memcpy(attributes_ + used_ + RTA_LENGTH(0), &value, sizeof value);
        used_ += RTA_SPACE(sizeof value);
        header_.nlmsg_len += static_cast<std::uint32_t>(RTA_SPACE(sizeof value));
    }
    void between(const std::string& from, const std::string& to) {
        std::uint32_t address = 0;
        for (const auto& [type, text] : {std::pair(FRA_SRC, from), std::pair(FRA_DST, to)}) {
            const bool is_address = ::inet_pton(AF_INET, text.c_str(), &address) == 1;
            CHECK(is_address);
            add(static_cast<std::uint16_t>(type), address);
        }
        rule_.src_len = rule_.dst_len = 32;
    }
    // 0, or the number of an error.
    int ask(int kernel) {
        unsigned char buffer[sizeof header_ + sizeof rule_ + sizeof attributes_ + NLMSG_ALIGNTO];
        std::memcpy(buffer, &header_, sizeof header_);
        std::memcpy(buffer + NLMSG_HDRLEN, &rule_, sizeof rule_);
        std::memcpy(buffer + NLMSG_LENGTH(sizeof rule_), attributes_, used_);
        if (::send(kernel, buffer, header_.nlmsg_len, 0) < 0) return errno;
        struct {
            nlmsghdr header;
            nlmsgerr error;
            char rest[256];
        } answer{};
        if (::recv(kernel, &answer, sizeof answer, 0) < 0) return errno;
        return answer.header.nlmsg_type == NLMSG_ERROR ? -answer.error.error : EPROTO;
    }

private:
    nlmsghdr header_{};
    fib_rule_hdr rule_{};
    unsigned char attributes_[128] = {};
    std::size_t used_ = 0;
};

int set_local_rule(int kernel, std::uint16_t type, std::uint32_t priority) {
    RuleRequest request(type, FR_ACT_TO_TBL, RT_TABLE_LOCAL);
    request.add(FRA_PRIORITY, priority);
    return request.ask(kernel);
}

int set_cut(int kernel, std::uint16_t type, const std::string& from, const std::string& to) {
    RuleRequest request(type, FR_ACT_BLACKHOLE, RT_TABLE_UNSPEC);
    request.add(FRA_PRIORITY, priority_of_cuts);
    request.between(from, to);
    return request.ask(kernel);
}

// Whose namespace it is says nothing of files: this user is the same user in it.
bool write_line(const char* file, const std::string& text) {
    const int descriptor = ::open(file, O_WRONLY | O_CLOEXEC);
    const bool is_written =
        descriptor >= 0 && ::write(descriptor, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    if (descriptor >= 0) ::close(descriptor);
    return is_written;
}

bool map_user(const std::string& user, const std::string& group) {
    return write_line("/proc/self/setgroups", "deny") && write_line("/proc/self/uid_map", user + " " + user + " 1") &&
           write_line("/proc/self/gid_map", group + " " + group + " 1");
}

bool switch_on_loopback() {
    const int any = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ifreq interface {};
    std::strcpy(interface.ifr_name, "lo");
    interface.ifr_flags = IFF_UP | IFF_RUNNING;
    const bool is_on = any >= 0 && ::ioctl(any, SIOCSIFFLAGS, &interface) == 0;
    if (any >= 0) ::close(any);
    return is_on;
}

sim::Problem cannot(const std::string& what, const std::string& from, const std::string& to, int error) {
    return sim::missing_complaint("cannot " + what + " the link from " + from + " to " + to + ": " +
                                  std::strerror(error));
}

} // namespace

sim::Checked<std::unique_ptr<Links>> Links::make() {
    const auto lacks = [](int error) {
        return sim::missing_complaint(std::string("cannot have a network of its own: ") + std::strerror(error));
    };
    const std::string user = std::to_string(::geteuid());
    const std::string group = std::to_string(::getegid());
    if (::unshare(CLONE_NEWNET) != 0) {
        if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return std::unique_ptr<Links>();
        if (!map_user(user, group)) return lacks(errno);
    }
    if (!switch_on_loopback()) return lacks(errno);
    const int kernel = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (kernel < 0) return lacks(errno);
    std::unique_ptr<Links> links(new Links(kernel));
    if (const int error = set_local_rule(kernel, RTM_NEWRULE, priority_of_local)) return lacks(error);
    if (const int error = set_local_rule(kernel, RTM_DELRULE, 0)) return lacks(error);
    return links;
}

Links::~Links() { ::close(kernel_); }

sim::Problem Links::cut(const std::string& from, const std::string& to) {
    if (layers_[{from, to}]++ > 0) return std::nullopt;
    const int error = set_cut(kernel_, RTM_NEWRULE, from, to);
    return error == 0 ? std::nullopt : cannot("cut", from, to, error);
}

sim::Problem Links::mend(const std::string& from, const std::string& to) {
    int& layers = layers_[{from, to}];
    CHECK(layers > 0);
    if (--layers > 0) return std::nullopt;
    const int error = set_cut(kernel_, RTM_DELRULE, from, to);
    return error == 0 ? std::nullopt : cannot("mend", from, to, error);
}

} // namespace orrery::scenarios::engine::live

// Links: a network for this process and its children alone, in which a link from one host to another can be cut.
//
// It is a network namespace with nothing in it but a loopback interface. A cut is a rule of its routing that lets what
// goes from one address to another end nowhere: datagrams are lost, streams keep what they have and go on when the cut
// is over. It needs no filter of packets, and privileges only if the kernel asks for them where it gives a user a
// namespace of his own.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "orrery/sim/complaint.h"

namespace orrery::scenarios::engine::live {

class Links {
public:
    // Takes this process, which must have one thread, into the new network for good. Null: the kernel gives it none.
    static sim::Checked<std::unique_ptr<Links>> make();
    ~Links();
    Links(const Links&) = delete;
    Links& operator=(const Links&) = delete;

    // Of two IPv4 addresses, in one direction. Cuts of one link are layers: it is whole when all have been taken back.
    // A problem if the kernel refuses, as it does when it has no memory left: then the link is as it was.
    sim::Problem cut(const std::string& from, const std::string& to);
    sim::Problem mend(const std::string& from, const std::string& to);

private:
    explicit Links(int kernel) : kernel_(kernel) {}

    int kernel_; // a socket that its routing is set by
    std::map<std::pair<std::string, std::string>, int> layers_{};
};

} // namespace orrery::scenarios::engine::live

// The report of a run of etcd's robustness tests, to measure with how fast such reports are read and judged: clients
// that share one real store ask for ranges, puts, deletes, transactions and leases, and some are never answered.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace orrery::scenarios::bench {

struct EtcdReportText {
    std::vector<std::string> operations; // of each client, as operations.json has them
    std::string watch;                   // of one client that saw every change, as watch.json has it
};
// With `stale`, one range after three quarters shows a value that was overwritten long ago.
EtcdReportText etcd_report_text(std::uint64_t requests, std::uint64_t clients, bool stale = false);

} // namespace orrery::scenarios::bench

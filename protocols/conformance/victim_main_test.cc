// The program in which a process of the live world runs that is to be killed:
//     victim NAME ROLE INDEX CLUSTER-FILE DATA-DIRECTORY process|power
#include <cstdio>
#include <fstream>
#include <sstream>

#include "orrery/protocols/conformance/victims_test.h"
#include "orrery/protocols/live/env.h"
#include "orrery/sim/text.h"

int main(int count, char** words) {
    using namespace orrery;
    std::uint64_t index = 0;
    if (count != 7 || !sim::parse_integer(words[3], index)) return 64;
    std::ifstream file(words[4]);
    std::stringstream text;
    text << file.rdbuf();
    const sim::Checked<live::Cluster> cluster = live::parse_cluster(text.str(), words[4]);
    if (!cluster.ok()) return 65;
    sim::Checked<std::unique_ptr<live::Env>> env =
        live::Env::make({.role = words[2],
                         .index = static_cast<std::uint32_t>(index),
                         .cluster = *cluster,
                         .data = words[5],
                         .loses_unsynced = std::string_view(words[6]) == "power"});
    if (!env.ok()) {
        std::fprintf(stderr, "victim: %s\n", env.complaint().text().c_str());
        return 69;
    }
    const live::Ending ending = (*env)->run(conformance::victim_named(words[1]));
    if (ending.kind != live::Ending::Kind::died) return 0;
    std::fprintf(stderr, "victim: %s: %s\n", ending.rule.c_str(), ending.text.c_str());
    return 70;
}

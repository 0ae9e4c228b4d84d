// Narrator: tells what members of Paxos do in the words of the paper.
#pragma once

#include <memory>

#include "orrery/sim/narrator.h"

namespace orrery::paxos {

std::unique_ptr<sim::Narrator> narrator();

} // namespace orrery::paxos

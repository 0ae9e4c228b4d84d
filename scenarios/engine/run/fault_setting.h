// The setting `faults`: from which profile a seed draws its faults. "default" is the scenario's own, "none" has none,
// and KIND=COUNT changes the most of one kind in a seed. Words are taken in their order:
//
//     crash=0,cut=4    the scenario's own profile, without crashes and with more partitions
//     none,power=1     losses of power alone
#pragma once

#include <string_view>

#include "orrery/faults/profile.h"
#include "orrery/sim/complaint.h"

namespace orrery::scenarios::engine {

// `standard`: the scenario's own profile. A complaint's place has the column of the wrong word, from 1.
sim::Checked<faults::Profile> profile_of(const faults::Profile& standard, std::string_view setting);

} // namespace orrery::scenarios::engine

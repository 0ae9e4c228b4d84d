// Codec: what crosses a pipe between two processes of one program. A RunInput goes in, with its scenario by name; a
// Summary comes out. Both ends are the same executable, so that there is no format to keep.
#pragma once

#include "orrery/scenarios/engine/process/summary.h"
#include "orrery/sim/codec.h"

namespace orrery::scenarios::engine {

sim::Bytes encode(const RunInput& input);
// Nothing unless the bytes are exactly one input whose scenario this program has.
std::optional<RunInput> decode_input(sim::ByteView bytes);

// As much of it as the detail says. The input and the plan do not cross: whoever asked knows the one, and the other
// follows from it.
sim::Bytes encode(Summary summary, Detail detail);
// All but the input and the plan. Nothing unless the bytes are exactly one summary.
std::optional<Summary> decode_summary(sim::ByteView bytes);

} // namespace orrery::scenarios::engine

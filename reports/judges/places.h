// Places: a verdict names operations by their place in a list. Here it is carried over from the list that was judged
// to the one that it was taken from.
#pragma once

#include <vector>

#include "orrery/reports/verdict.h"

namespace orrery::reports::judges {

// `places` says for each operation that was judged where it stands in the other list.
void renumber(Verdict& verdict, const std::vector<std::size_t>& places);

} // namespace orrery::reports::judges

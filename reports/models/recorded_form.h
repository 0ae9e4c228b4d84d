// The recorded form of a model: how histories of it are read by its name. A register of whole numbers, as scenarios use
// it, is read as one of whatever a history holds; every other model is read as itself.
#pragma once

#include "orrery/reports/models/registry.h"

namespace orrery::reports::models {

const Language& recorded_form(const Language& language);

} // namespace orrery::reports::models

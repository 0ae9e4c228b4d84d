#include "orrery/scenarios/command/check.h"
namespace orrery::scenarios::command {
int check(const CheckOptions&) { return 70; }
} // namespace orrery::scenarios::command

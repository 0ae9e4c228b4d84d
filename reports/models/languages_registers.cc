// The languages of the registers, compiled here once.
#include "orrery/reports/models/cas_register.h"
#include "orrery/reports/models/completed.h"
#include "orrery/reports/models/kv.h"
#include "orrery/reports/models/register.h"

namespace orrery::reports::models {

template const Language& language_of<Register>();
template const Language& language_of<AnyRegister>();
template const Language& language_of<CasRegister>();
template const Language& language_of<AnyCasRegister>();
template const Language& language_of<Kv>();

} // namespace orrery::reports::models

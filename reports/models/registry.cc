#include "orrery/reports/models/registry.h"

#include "orrery/reports/models/cas_register.h"
#include "orrery/reports/models/kv.h"
#include "orrery/reports/models/register.h"

namespace orrery::reports::models {

const std::vector<const Language*>& languages() {
    static const TypedLanguage<Register> register_language;
    static const TypedLanguage<CasRegister> cas_register_language;
    static const TypedLanguage<Kv> kv_language;
    static const std::vector<const Language*> all = {&register_language, &cas_register_language, &kv_language};
    return all;
}

const Language* language(std::string_view name) {
    for (const Language* each : languages())
        if (each->name() == name) return each;
    return nullptr;
}

} // namespace orrery::reports::models

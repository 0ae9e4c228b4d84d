// The built-in models, in the order in which they are listed.
#include "orrery/reports/models/registry.h"

#include "orrery/reports/models/bank.h"
#include "orrery/reports/models/cas_register.h"
#include "orrery/reports/models/counter.h"
#include "orrery/reports/models/etcd.h"
#include "orrery/reports/models/kv.h"
#include "orrery/reports/models/mutex.h"
#include "orrery/reports/models/register.h"
#include "orrery/reports/models/semaphore.h"
#include "orrery/reports/models/sequence.h"
#include "orrery/reports/models/set.h"
#include "orrery/reports/models/transaction.h"

namespace orrery::reports::models {

namespace {

template <Model... All>
std::vector<const Language*> list_languages() {
    static const std::tuple<TypedLanguage<All>...> owned;
    return {&std::get<TypedLanguage<All>>(owned)...};
}

} // namespace

const std::vector<const Language*>& languages() {
    static const std::vector<const Language*> all =
        list_languages<Register, CasRegister, Kv, MultiRegister, Mutex, Semaphore, Set, Queue, Stack, Counter,
                       ListAppend, RwRegister, LongFork, Bank, Etcd>();
    return all;
}

const Language* language(std::string_view name) {
    for (const Language* each : languages())
        if (each->name() == name) return each;
    return nullptr;
}

} // namespace orrery::reports::models

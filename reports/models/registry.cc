// The built-in models, in the order in which they are listed.
#include "orrery/reports/models/registry.h"

#include "orrery/reports/models/bank.h"
#include "orrery/reports/models/cas_register.h"
#include "orrery/reports/models/counter.h"
#include "orrery/reports/models/etcd.h"
#include "orrery/reports/models/kv.h"
#include "orrery/reports/models/mutex.h"
#include "orrery/reports/models/recorded_form.h"
#include "orrery/reports/models/reentrant_mutex.h"
#include "orrery/reports/models/register.h"
#include "orrery/reports/models/semaphore.h"
#include "orrery/reports/models/sequence.h"
#include "orrery/reports/models/set.h"
#include "orrery/reports/models/transaction.h"
#include "orrery/sim/check.h"

namespace orrery::reports::models {

namespace {

template <class... All>
std::vector<const Language*> list_languages() {
    return {&language_of<All>()...};
}

std::vector<const Language*>& known() {
    static std::vector<const Language*> all =
        list_languages<AnyRegister, AnyCasRegister, Kv, MultiRegister, Mutex, ReentrantMutex, Semaphore, Set, Queue,
                       Stack, PriorityQueue, Counter, ListAppend, RwRegister, LongFork, Bank, Etcd>();
    return all;
}

} // namespace

const std::vector<const Language*>& languages() { return known(); }

void add_language(const Language& added) {
    CHECK(!added.name().empty());
    if (language(added.name()) == nullptr) known().push_back(&added);
}

const Language& recorded_form(const Language& language) {
    if (&language == &language_of<Register>()) return language_of<AnyRegister>();
    if (&language == &language_of<CasRegister>()) return language_of<AnyCasRegister>();
    return language;
}

const Language* language(std::string_view name) {
    for (const Language* each : languages())
        if (each->name() == name) return each;
    return nullptr;
}

} // namespace orrery::reports::models

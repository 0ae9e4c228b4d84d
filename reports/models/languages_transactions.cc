// The languages of transactions, compiled here once.
#include "orrery/reports/models/bank.h"
#include "orrery/reports/models/completed.h"
#include "orrery/reports/models/etcd.h"
#include "orrery/reports/models/transaction.h"

namespace orrery::reports::models {

template const Language& language_of<Bank>();
template const Language& language_of<Etcd>();
template const Language& language_of<ListAppend>();
template const Language& language_of<LongFork>();
template const Language& language_of<MultiRegister>();
template const Language& language_of<RwRegister>();

} // namespace orrery::reports::models

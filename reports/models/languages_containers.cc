// The languages of what holds many values, and of locks, compiled here once.
#include "orrery/reports/models/completed.h"
#include "orrery/reports/models/counter.h"
#include "orrery/reports/models/mutex.h"
#include "orrery/reports/models/reentrant_mutex.h"
#include "orrery/reports/models/semaphore.h"
#include "orrery/reports/models/sequence.h"
#include "orrery/reports/models/set.h"

namespace orrery::reports::models {

template const Language& language_of<Counter>();
template const Language& language_of<Mutex>();
template const Language& language_of<ReentrantMutex>();
template const Language& language_of<Semaphore>();
template const Language& language_of<Set>();
template const Language& language_of<Queue>();
template const Language& language_of<Stack>();
template const Language& language_of<PriorityQueue>();

} // namespace orrery::reports::models

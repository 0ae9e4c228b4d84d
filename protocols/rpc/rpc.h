// All of rpc in one include: servers, calls, outcomes.
#pragma once

#include "orrery/protocols/rpc/client.h"
#include "orrery/protocols/rpc/connection.h"
#include "orrery/protocols/rpc/server.h"

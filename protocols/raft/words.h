// The messages of raft on the wire: labels that name them, and words for people.
#pragma once

#include "orrery/protocols/raft/message.h"

namespace orrery::raft {

const sim::Label& label_of(Message::Kind kind);

} // namespace orrery::raft

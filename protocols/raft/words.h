// The messages of raft on the wire: labels that name them, and words for people.
#pragma once

#include <string>

#include "orrery/protocols/raft/message.h"

namespace orrery::raft {

const sim::Label& label_of(Message::Kind kind);
// "0 2 3".
std::string members_words(const Members& members);

} // namespace orrery::raft

#include "orrery/scenarios/engine/run/recording_driver.h"

namespace orrery::scenarios::engine {

void RecordingDriver::add(reports::Entry::Type type, const reports::Value& value) {
    take({type, process_, words_.f, words_.key, value, time(), 0});
}

void RecordingDriver::close() {
    CHECK(is_open_);
    is_open_ = false;
}

void RecordingDriver::abandon() {
    close();
    retire();
}

void RecordingDriver::invoke(const reports::models::Words& words) {
    CHECK(!is_open_);
    CHECK(next_ > 0); // next() came before
    is_open_ = true;
    words_ = words;
    opened();
    add(reports::Entry::Type::invoke, words.argument);
}

void RecordingDriver::ok(const reports::Value& value) {
    close();
    add(reports::Entry::Type::ok, value);
    answered();
}

void RecordingDriver::fail() {
    close();
    add(reports::Entry::Type::fail, {});
}

void RecordingDriver::info() {
    close();
    gave_up();
    add(reports::Entry::Type::info, {});
    retire();
}

} // namespace orrery::scenarios::engine

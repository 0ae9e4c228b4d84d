#include "orrery/scenarios/engine/live/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>

#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/sim/chance.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::engine::live {

sim::WorldTime time_now() {
    timespec now{};
    CHECK(::clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return {std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec};
}

LineFile::~LineFile() {
    if (file_ >= 0) ::close(file_);
}

sim::Problem LineFile::open(const std::string& path) {
    CHECK(file_ < 0);
    path_ = path;
    file_ = ::open(path.c_str(), O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0666);
    if (file_ >= 0) return std::nullopt;
    error_ = errno;
    return problem();
}

void LineFile::write(const std::string& line) {
    if (file_ < 0 || error_ != 0) return;
    for (std::size_t at = 0; at < line.size();) {
        const ssize_t written = ::write(file_, line.data() + at, line.size() - at);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            error_ = errno;
            return;
        }
        at += static_cast<std::size_t>(written);
    }
}

sim::Problem LineFile::problem() const {
    if (error_ == 0) return std::nullopt;
    return sim::missing_complaint("cannot write " + path_ + ": " + std::strerror(error_));
}

sim::Checked<std::string> read_whole_lines(const std::string& path) {
    sim::Checked<std::string> text = read_file(path);
    if (text) text->resize(text->rfind('\n') + 1); // npos + 1 is 0
    return text;
}

sim::Problem Log::open(const std::string& path, const TraceHead& head, std::uint32_t host) {
    CHECK(host <= head.hosts.size());
    hosts_ = head.hosts;
    host_ = host;
    if (may_be_replaced(path) && ::unlink(path.c_str()) != 0 && errno != ENOENT)
        return sim::missing_complaint("cannot replace " + path + ": " + std::strerror(errno));
    if (sim::Problem problem = file_.open(path)) return problem;
    file_.write(trace_line(head));
    return file_.problem();
}

Log::Row Log::row_of(Row::Kind kind, std::string_view name) const {
    Row row;
    row.kind = kind;
    row.host = host_;
    row.name = name;
    return row;
}

void Log::write(Row row) {
    if (!file_.is_open()) return;
    row.time = time_now();
    row.event = sim::mix(origin_, ++events_);
    row.origin = origin_;
    file_.write(trace_line(row, hosts_));
}

void Log::booted(const sim::Identity& who) {
    origin_ = who.boot;
    write(row_of(Row::Kind::boot, who.name + "/" + sim::hexadecimal(who.boot)));
}

void Log::died(const std::string& rule) { write(row_of(Row::Kind::crash, rule)); }

void Log::noted(const sim::Identity&, const sim::NoteKind& kind, std::span<const sim::Field> fields) {
    Row row = row_of(Row::Kind::note, kind.name);
    row.goal = kind.goal;
    for (std::size_t i = 0; i < fields.size(); ++i)
        row.fields.push_back(reports::trace::field_of(kind.fields[i], fields[i]));
    write(std::move(row));
}

void Log::stated(const sim::Identity&, const sim::StateKey& key, const sim::Field& value) {
    Row row = row_of(Row::Kind::state, key.name);
    row.fields.push_back(reports::trace::field_of("value", value));
    write(std::move(row));
}

} // namespace orrery::scenarios::engine::live

#include "orrery/scenarios/engine/live/log.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <filesystem>

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

sim::Checked<WholeLines> read_whole_lines(const std::string& path) {
    sim::Checked<std::string> text = read_file(path);
    if (!text) return text.complaint();
    const std::size_t whole = text->rfind('\n') + 1; // npos + 1 is 0
    const bool was_cut = whole < text->size();
    text->resize(whole);
    return WholeLines{std::move(*text), was_cut};
}

sim::Problem problem_of_log(const std::string& text, const std::string& path, const TraceHead& head) {
    const sim::Checked<TraceHead> found = read_trace_head(text, path);
    if (!found) return found.complaint();
    if (found->scenario != head.scenario || found->hosts != head.hosts)
        return sim::Complaint{sim::Cause::input,
                              {path, 1, 1},
                              "expected a log of " + head.scenario + " with the hosts " + sim::join(head.hosts) +
                                  ", to go on in it; got one of " + found->scenario + " with " +
                                  sim::join(found->hosts)};
    const std::size_t last = text.rfind('\n', text.size() - 2) + 1; // npos + 1 is 0
    sim::WorldTime time{INT64_MIN};
    const std::string ends = text.substr(0, text.find('\n') + 1) + (last == 0 ? "" : text.substr(last));
    if (sim::Problem problem = read_trace(
            ends, path, [&](const reports::trace::Row& row) { time = row.time; }, [](const reports::trace::Step&) {}))
        return problem;
    if (time <= time_now()) return std::nullopt;
    return sim::Complaint{sim::Cause::input,
                          {path},
                          "is of before this machine was started, and its times are of no use with new ones; "
                          "name another file"};
}

sim::Problem Log::open(const std::string& path, const TraceHead& head, std::uint32_t host) {
    CHECK(host <= head.hosts.size());
    hosts_ = head.hosts;
    host_ = host;
    std::error_code error;
    bool is_new = true;
    if (std::filesystem::is_regular_file(path, error)) {
        const sim::Checked<WholeLines> before = read_whole_lines(path);
        if (!before) return before.complaint();
        is_new = before->text.empty();
        if (!is_new)
            if (sim::Problem problem = problem_of_log(before->text, path, head)) return problem;
        has_cut_line_ = before->was_cut;
        if (has_cut_line_) std::filesystem::resize_file(path, before->text.size(), error);
        if (error) return sim::missing_complaint("cannot write " + path + ": " + error.message());
    }
    if (sim::Problem problem = file_.open(path)) return problem;
    if (is_new) file_.write(trace_line(head));
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

// Of the fields those that say something.
static std::string words_of(const sim::NoteKind& kind, std::span<const sim::Field> fields) {
    std::vector<std::string> words;
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (const std::string text = sim::to_text(fields[i]); !text.empty() && text != "0")
            words.push_back(std::string(kind.fields[i]) + " " + text);
    return std::string(kind.name) + ": " + sim::join(words);
}

void Log::noted(const sim::Identity&, const sim::NoteKind& kind, std::span<const sim::Field> fields) {
    if (kind.refuses_disk && refusal_.empty()) refusal_ = words_of(kind, fields);
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

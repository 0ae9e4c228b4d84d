// A file becomes a history by the format that its content shows, or by the one that is named.
#include "orrery/scenarios/engine/artifact/history_file.h"

#include <algorithm>
#include <filesystem>

#include "orrery/reports/formats/etcd_report.h"
#include "orrery/reports/formats/session_transactions.h"
#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::engine {

namespace formats = reports::formats;

namespace {

// What a live run of ours keeps; what Jepsen keeps of a run: whole first, then what was meant for people.
constexpr std::string_view kept_histories[] = {"history.jsonl", "history.edn", "history.json", "history.txt",
                                               "jepsen.log"};

sim::Checked<std::string> history_in(const std::string& folder) {
    for (const std::string_view name : kept_histories) {
        const std::filesystem::path file = std::filesystem::path(folder) / name;
        std::error_code none;
        if (std::filesystem::is_regular_file(file, none)) return file.string();
    }
    return sim::Complaint{
        sim::Cause::input, {folder}, "a folder without a history: it holds none of " + sim::join(kept_histories)};
}

sim::Complaint in_file(const std::string& file, sim::Complaint complaint) {
    complaint.place.file = file;
    return complaint;
}

// The logs of Cobra in a folder, one session each, in the order of their names. None if there are none.
std::vector<std::string> cobra_logs(const std::string& folder) {
    std::vector<std::string> logs;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
        if (entry.path().extension() != ".log" || !entry.is_regular_file(none)) continue;
        const sim::Checked<std::string> text = read_file(entry.path().string());
        if (text && formats::is_cobra_log(*text)) logs.push_back(entry.path().string());
    }
    std::sort(logs.begin(), logs.end());
    return logs;
}

sim::Checked<reports::History> read_cobra_logs(const std::vector<std::string>& logs) {
    std::vector<formats::SessionTransaction> all;
    for (std::size_t session = 0; session < logs.size(); ++session) {
        const sim::Checked<std::string> text = read_file(logs[session]);
        if (!text) return text.complaint();
        auto read = formats::cobra_session(*text, static_cast<std::int64_t>(session));
        if (!read) return in_file(logs[session], read.complaint());
        for (auto& each : *read) all.push_back(std::move(each));
    }
    return formats::history_of(all, reports::Value());
}

// The files of that name in the folders client-... of a run of etcd's robustness tests, in the order of the folders.
std::vector<std::string> etcd_files(const std::string& folder, const char* name) {
    std::vector<std::string> files;
    std::error_code none;
    for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
        const std::filesystem::path file = entry.path() / name;
        if (entry.path().filename().string().starts_with("client-") && std::filesystem::is_regular_file(file, none))
            files.push_back(file.string());
    }
    std::sort(files.begin(), files.end());
    return files;
}

sim::Checked<reports::History> read_etcd_report(const std::string& folder) {
    formats::EtcdReport report;
    constexpr const char* names[] = {"operations.json", "watch.json"};
    std::size_t bytes = 0;
    std::error_code none;
    for (const char* name : names)
        for (const std::string& file : etcd_files(folder, name))
            if (const std::uintmax_t size = std::filesystem::file_size(file, none); !none) bytes += size;
    report.expect(bytes);
    for (const char* name : names)
        for (const std::string& file : etcd_files(folder, name)) {
            const sim::Checked<std::string> text = read_file(file);
            if (!text) return text.complaint();
            const bool watches = name == std::string_view("watch.json");
            const auto wrong = watches ? report.add_watches(*text) : report.add_operations(*text);
            if (wrong) return in_file(file, *wrong);
        }
    sim::Checked<reports::History> history = report.finish();
    if (!history) return in_file(folder, history.complaint());
    return history;
}

} // namespace

sim::Checked<reports::History> read_history(const std::string& given, const std::string& format,
                                            const formats::ReadOptions& options) {
    std::string file = given;
    std::error_code none;
    if (std::filesystem::is_directory(given, none)) {
        if (const std::vector<std::string> logs = cobra_logs(given); !logs.empty()) return read_cobra_logs(logs);
        if (!etcd_files(given, "operations.json").empty()) return read_etcd_report(given);
        sim::Checked<std::string> found = history_in(given);
        if (!found) return found.complaint();
        file = *std::move(found);
    }
    const sim::Checked<std::string> text = read_file(file);
    if (!text) return text.complaint();
    const formats::Format* found = format.empty() ? formats::detect(*text) : formats::find_format(format);
    if (found == nullptr)
        return sim::Complaint{
            sim::Cause::input, {file, 1, 1}, "expected a history in a known format; see orrery check --format list"};
    formats::ReadResult read = found->read(*text, options);
    if (!read) return in_file(file, read.complaint());
    return *std::move(read);
}

} // namespace orrery::scenarios::engine

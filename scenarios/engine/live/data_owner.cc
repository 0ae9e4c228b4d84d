#include "orrery/scenarios/engine/live/data_owner.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "orrery/protocols/live/disk.h"
#include "orrery/scenarios/engine/artifact/files.h"
#include "orrery/sim/text.h"

namespace orrery::scenarios::engine::live {
namespace {

constexpr std::string_view first_line = "orrery data ";
constexpr std::uint64_t version = 1;

std::string text_of(const DataOwner& owner) {
    return std::string(first_line) + std::to_string(version) + "\n" + owner.name + "\n" +
           sim::join(owner.members, "\n") + "\n";
}

sim::Checked<DataOwner> parse(const std::string& text, const std::string& file) {
    const auto wrong = [&](std::size_t line, const std::string& what) {
        return sim::Complaint{sim::Cause::input, {file, line, 1}, what};
    };
    std::vector<std::string> lines;
    for (const std::string_view line : sim::split(text, '\n'))
        if (!line.empty()) lines.emplace_back(line);
    const std::string head = lines.empty() ? "" : lines[0];
    std::uint64_t found = 0;
    if (!head.starts_with(first_line) || !sim::parse_integer(head.substr(first_line.size()), found))
        return wrong(1, "expected '" + std::string(first_line) + std::to_string(version) + "', got '" + head + "'");
    if (found != version)
        return wrong(1, "the data directory is of format " + std::to_string(found) + "; this program knows format " +
                            std::to_string(version));
    if (lines.size() < 3) return wrong(lines.size() + 1, "expected whose it is, and who the members are");
    return DataOwner{lines[1], {lines.begin() + 2, lines.end()}};
}

// The first thing that tells one from the other.
sim::Problem difference(const DataOwner& found, const DataOwner& expected, const std::string& folder) {
    const auto of = [&](const std::string& one, const std::string& other) {
        return sim::Complaint{sim::Cause::input,
                              {folder},
                              "is the data directory of " + one + "; expected that of " + other + " (" +
                                  std::string(world::owner_file) + " in it says so)"};
    };
    if (found.name != expected.name) return of(found.name, expected.name);
    const auto member = [](const DataOwner& owner, std::size_t place) {
        return place < owner.members.size() ? "'" + owner.members[place] + "'" : std::string("no such member");
    };
    for (std::size_t i = 0; i < std::max(found.members.size(), expected.members.size()); ++i)
        if (member(found, i) != member(expected, i))
            return of("a cluster with " + member(found, i), "one with " + member(expected, i));
    return std::nullopt;
}

// A file of whoever was here before, and did not say who that is; empty: there is none.
sim::Checked<std::string> nobodys_file(const std::string& folder) {
    std::error_code error;
    std::string found;
    for (auto at = std::filesystem::directory_iterator(folder, error);
         !error && at != std::filesystem::directory_iterator(); at.increment(error)) {
        const std::string name = at->path().filename().string();
        const bool is_own = name.starts_with(world::owner_file);
        if (!is_own && name != "lost+found" && (found.empty() || name < found)) found = name;
    }
    if (error) return sim::missing_complaint("cannot read the data directory " + folder + ": " + error.message());
    return found;
}

bool sync(const std::string& path, int flags) {
    const int file = ::open(path.c_str(), flags | O_RDONLY | O_CLOEXEC);
    const bool is_synced = file >= 0 && ::fsync(file) == 0;
    if (file >= 0) ::close(file);
    return is_synced;
}

} // namespace

DataOwner data_owner(const RunInput& input, const world::Member& self, const world::Cluster& cluster) {
    DataOwner owner{self.role + " " + std::to_string(self.index) + " of " + input.scenario->name, {}};
    for (const Setting& each : input.scenario->settings)
        if (each.binds_data && input.settings.text(each.name) != each.standard)
            owner.name += ", " + each.name + "=" + input.settings.text(each.name);
    for (const world::Member& each : cluster.members)
        if (each.role != "client")
            owner.members.push_back(each.role + " " + std::to_string(each.index) + " " + each.address());
    return owner;
}

sim::Problem take_data_directory(const std::string& folder, const DataOwner& owner) {
    const std::string path = folder + "/" + std::string(world::owner_file);
    std::error_code none;
    if (std::filesystem::exists(path, none)) {
        const sim::Checked<std::string> text = read_file(path);
        if (!text) return text.complaint();
        const sim::Checked<DataOwner> found = parse(*text, path);
        return found ? difference(*found, owner, folder) : sim::Problem(found.complaint());
    }
    const sim::Checked<std::string> foreign = nobodys_file(folder);
    if (!foreign) return foreign.complaint();
    if (!foreign->empty())
        return sim::Complaint{sim::Cause::input,
                              {folder},
                              "holds " + *foreign + ", and no " + std::string(world::owner_file) +
                                  " that says whose it is; expected an empty directory, or that of " + owner.name};
    if (sim::Problem problem = write_file(path, text_of(owner))) return problem;
    if (sync(path, 0) && sync(folder, O_DIRECTORY)) return std::nullopt;
    return sim::missing_complaint("cannot sync " + path + ": " + std::strerror(errno));
}

} // namespace orrery::scenarios::engine::live

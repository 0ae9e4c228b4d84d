// The disk against a model that keeps every version of a file whole and enumerates what a loss of
// power may leave. Slow, obvious, and without a line in common with the disk.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "orrery/sim/chance.h"
#include "orrery/sim/world/disk.h"

namespace orrery::sim::world {
namespace {

using Content = std::string;

std::string sector_of_text(const Content& content, std::size_t number) {
    Content sector = content.size() > number * sector_bytes ? content.substr(number * sector_bytes, sector_bytes) : "";
    sector.resize(sector_bytes, '\0');
    return sector;
}

// All versions of one file; a completed sync makes the version that stood when it began durable.
struct FileModel {
    std::vector<Content> versions = {""};
    std::size_t durable = 0;

    const Content& now() const { return versions.back(); }
    void write(std::size_t offset, const std::string& bytes) {
        Content next = now();
        next.resize(std::max(next.size(), offset + bytes.size()), '\0');
        next.replace(offset, bytes.size(), bytes);
        versions.push_back(next);
    }
    void truncate(std::size_t size) {
        Content next = now();
        next.resize(size, '\0');
        versions.push_back(next);
    }
    // Why the content cannot be what a loss of power left; empty if it can.
    std::string objection(const Content& left, bool torn) const {
        const Content& old = versions[durable];
        if (left.size() != now().size() && left.size() != old.size()) return "a size it never had";
        for (std::size_t i = 0; i * sector_bytes < left.size(); ++i) {
            const std::size_t length = std::min(sector_bytes, left.size() - i * sector_bytes);
            const std::string got = left.substr(i * sector_bytes, length);
            const std::string fresh = sector_of_text(now(), i).substr(0, length);
            const std::string before = sector_of_text(old, i).substr(0, length);
            if (got == fresh || got == before) continue;
            if (!torn) return "sector " + std::to_string(i) + " is neither the old one nor the new one";
            std::size_t edge = 0;
            while (edge < length && got[edge] == fresh[edge]) ++edge;
            if (got.substr(edge) != before.substr(edge))
                return "sector " + std::to_string(i) + " is no prefix of the new";
        }
        return {};
    }
};

std::string drawn_text(std::size_t size_max) {
    const auto size = *rc::gen::inRange<std::size_t>(1, size_max);
    const auto letter = *rc::gen::inRange('a', 'z');
    return std::string(size, letter);
}

std::uint64_t lose_power(Disk& disk, bool torn) {
    Chance chance(*rc::gen::arbitrary<std::uint64_t>());
    std::uint32_t asked = 0;
    return disk.lose_unsynced({[&](Site site, std::uint64_t n) { return chance.draw(1, site, asked++, n); }, torn});
}

// Writes, truncations and syncs that overlap, then a loss of power.
RC_GTEST_PROP(DiskModel, KeepsWhatWasSyncedAndInventsNothing, ()) {
    Disk disk;
    FileModel model;
    const FileReference file = *disk.open("f", OpenMode::create);
    disk.complete_sync_directory("", disk.begin_sync_directory());
    std::vector<std::pair<SyncTicket, std::size_t>> syncs; // and the version that each covers
    const auto steps = *rc::gen::inRange(1, 25);
    for (int i = 0; i < steps; ++i) {
        const auto action = *rc::gen::inRange(0, 6);
        if (action <= 2) {
            const auto offset = *rc::gen::inRange<std::size_t>(0, 3 * sector_bytes);
            const std::string text = drawn_text(2 * sector_bytes);
            RC_ASSERT(disk.write(*file, offset, view_of(text)).ok());
            model.write(offset, text);
        } else if (action == 3) {
            const auto size = *rc::gen::inRange<std::size_t>(0, 4 * sector_bytes);
            RC_ASSERT(disk.truncate(*file, size).ok());
            model.truncate(size);
        } else if (action == 4) {
            syncs.emplace_back(disk.begin_sync(file), model.versions.size() - 1);
        } else if (!syncs.empty()) {
            const auto which = *rc::gen::inRange<std::size_t>(0, syncs.size());
            Disk::complete_sync(syncs[which].first);
            model.durable = std::max(model.durable, syncs[which].second);
            syncs.erase(syncs.begin() + static_cast<std::ptrdiff_t>(which));
        }
        RC_ASSERT(disk.read(*file, 0, 10 * sector_bytes)->text() == model.now());
    }
    const bool torn = *rc::gen::arbitrary<bool>();
    const std::uint64_t changed = lose_power(disk, torn);
    const Result<FileReference> after = disk.open("f", OpenMode::read);
    RC_ASSERT(after.ok());
    const Content left(disk.read(**after, 0, 10 * sector_bytes)->text());
    RC_ASSERT(model.objection(left, torn) == "");
    RC_ASSERT((changed == 0) == (left == model.now()));
    // What is left is durable: a second loss takes nothing.
    RC_ASSERT(disk.lose_unsynced({[](Site, std::uint64_t) { return std::uint64_t{0}; }, torn}) == 0u);
    RC_ASSERT(disk.read(**after, 0, 10 * sector_bytes)->text() == left);
}

// Names: operations in order, each durable or not.
struct NameModel {
    struct Operation {
        std::string from; // empty: a new file
        std::string to;   // empty: removed
        int file = 0;
        bool durable = false;
        std::string directory() const {
            const std::string& path = to.empty() ? from : to;
            const std::size_t slash = path.rfind('/');
            return slash == std::string::npos ? "" : path.substr(0, slash);
        }
    };
    using Names = std::map<std::string, int>;
    std::vector<Operation> operations;

    // The names after those operations that `kept` tells, in order.
    template <class Kept>
    Names replay(Kept kept) const {
        Names names;
        for (std::size_t i = 0; i < operations.size(); ++i) {
            const Operation& each = operations[i];
            if (!kept(i)) continue;
            if (each.from.empty()) {
                names[each.to] = each.file;
            } else if (const auto found = names.find(each.from); found != names.end()) {
                const int file = found->second;
                names.erase(found);
                if (!each.to.empty()) names[each.to] = file;
            }
        }
        return names;
    }
    Names now() const {
        return replay([](std::size_t) { return true; });
    }
    // Every set of names that a loss of power may leave.
    std::set<Names> possible() const {
        std::vector<std::size_t> open;
        for (std::size_t i = 0; i < operations.size(); ++i)
            if (!operations[i].durable) open.push_back(i);
        std::set<Names> all;
        for (std::uint64_t bits = 0; bits < std::uint64_t{1} << open.size(); ++bits)
            all.insert(replay([&](std::size_t i) {
                const auto found = std::find(open.begin(), open.end(), i);
                return found == open.end() || (bits >> (found - open.begin()) & 1) != 0;
            }));
        return all;
    }
};

const std::vector<std::string> paths = {"a", "b", "d/a", "d/b"};

NameModel::Names names_of(Disk& disk) {
    NameModel::Names names;
    for (const std::string& path : disk.list("")) {
        const Result<FileReference> file = disk.open(path, OpenMode::read);
        names[path] = std::stoi("0" + std::string(disk.read(**file, 0, 9)->text()));
    }
    return names;
}

void create_file(Disk& disk, NameModel& model, const std::string& path) {
    const bool is_new = !model.now().contains(path);
    const Result<FileReference> file = disk.open(path, OpenMode::create_new);
    RC_ASSERT(file.ok() == is_new);
    if (!is_new) return;
    model.operations.push_back({"", path, static_cast<int>(model.operations.size()) + 1, false});
    (void)disk.write(**file, 0, view_of(std::to_string(model.operations.size())));
    Disk::complete_sync(disk.begin_sync(*file));
}

RC_GTEST_PROP(DiskModel, KeepsOrLosesEachOperationOnNamesInOrder, ()) {
    Disk disk;
    NameModel model;
    const auto steps = *rc::gen::inRange(1, 10);
    for (int i = 0; i < steps; ++i) {
        const std::string path = *rc::gen::elementOf(paths);
        const std::string other = *rc::gen::elementOf(paths);
        const auto action = *rc::gen::inRange(0, 6);
        const bool exists = model.now().contains(path);
        if (action <= 1) {
            create_file(disk, model, path);
        } else if (action == 2) {
            RC_ASSERT(disk.rename(path, other).ok() == exists);
            if (exists && path != other) model.operations.push_back({path, other});
        } else if (action == 3) {
            RC_ASSERT(disk.remove(path).ok() == exists);
            if (exists) model.operations.push_back({path, ""});
        } else {
            const std::string directory = action == 4 ? "" : "d";
            disk.complete_sync_directory(directory, disk.begin_sync_directory());
            for (auto& each : model.operations) each.durable = each.durable || each.directory() == directory;
        }
        RC_ASSERT(names_of(disk) == model.now());
    }
    (void)lose_power(disk, false);
    RC_ASSERT(model.possible().contains(names_of(disk)));
}

} // namespace
} // namespace orrery::sim::world

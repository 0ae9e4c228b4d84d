#include "orrery/protocols/live/write_back.h"

#include <algorithm>

namespace orrery::live {

using sim::Error;

namespace {

// "a" and "a/b": the one is there only if the other is no file.
bool is_related(const std::string& one, const std::string& other) {
    const std::string& shorter = one.size() < other.size() ? one : other;
    const std::string& longer = one.size() < other.size() ? other : one;
    return longer.starts_with(shorter) && (longer.size() == shorter.size() || longer[shorter.size()] == '/');
}

} // namespace

// The content of a file, whatever its names are. What lies in [changed_from_, changed_to_) is not on the disk, nor that
// the file is shorter than there.
class WriteBack::Node final : public DiskFile {
public:
    // A new file, or one that is on the disk.
    Node() : is_loaded_(true) {}
    explicit Node(HeldFile file) : file_(std::move(file)) {}

    sim::Status load() {
        if (is_loaded_) return sim::success();
        const sim::Result<std::uint64_t> size = file_->size();
        if (!size.ok()) return size.error();
        sim::Result<Content> content = file_->read(0, *size);
        if (!content.ok()) return content.error();
        content_ = std::move(*content);
        size_on_disk_ = content_.size();
        is_loaded_ = true;
        return sim::success();
    }
    // A name of it reaches the disk for the first time, with what was synced.
    sim::Status place(Folder& folder, const std::string& path) {
        CHECK(file_ == nullptr);
        sim::Result<HeldFile> placed = folder.place(path, synced_);
        if (!placed.ok()) return placed.error();
        file_ = std::move(*placed);
        size_on_disk_ = synced_.size();
        synced_ = {};
        return sim::success();
    }

    sim::Result<Content> read(std::uint64_t offset, std::size_t size) const override {
        if (offset >= content_.size()) return Content{};
        const auto begin = content_.begin() + static_cast<std::ptrdiff_t>(offset);
        const std::size_t left = content_.size() - static_cast<std::size_t>(offset);
        return Content(begin, begin + static_cast<std::ptrdiff_t>(std::min(size, left)));
    }
    sim::Status write(std::uint64_t offset, const Content& content) override {
        if (offset > file_max || content.size() > file_max - offset) return Error::no_space;
        if (content.empty()) return sim::success();
        const auto begin = static_cast<std::size_t>(offset);
        const std::size_t end = begin + content.size();
        if (end > content_.size()) extend(end);
        std::copy(content.begin(), content.end(), content_.begin() + static_cast<std::ptrdiff_t>(begin));
        mark(begin, end);
        return sim::success();
    }
    sim::Status truncate(std::uint64_t size) override {
        if (size > file_max) return Error::no_space;
        if (size > content_.size()) extend(static_cast<std::size_t>(size));
        content_.resize(static_cast<std::size_t>(size));
        return sim::success();
    }
    // In place: what was synced before is never away meanwhile.
    sim::Status sync() override {
        if (file_ == nullptr) {
            synced_ = content_;
            changed_from_ = changed_to_ = 0;
            return sim::success();
        }
        const std::size_t end = std::min(changed_to_, content_.size());
        if (changed_from_ < end) {
            const auto begin = content_.begin();
            const Content changed(begin + static_cast<std::ptrdiff_t>(changed_from_),
                                  begin + static_cast<std::ptrdiff_t>(end));
            if (const sim::Status written = file_->write(changed_from_, changed); !written.ok()) return written;
        }
        if (size_on_disk_ > content_.size())
            if (const sim::Status cut = file_->truncate(content_.size()); !cut.ok()) return cut;
        if (const sim::Status synced = file_->sync(); !synced.ok()) return synced;
        size_on_disk_ = content_.size();
        changed_from_ = changed_to_ = 0;
        return sim::success();
    }
    sim::Result<std::uint64_t> size() const override { return std::uint64_t{content_.size()}; }

private:
    void extend(std::size_t size) {
        mark(content_.size(), size);
        content_.resize(size);
    }
    // Of what lies between two changes the disk gets again what it has.
    void mark(std::size_t from, std::size_t to) {
        const bool is_first = changed_from_ == changed_to_;
        changed_from_ = is_first ? from : std::min(changed_from_, from);
        changed_to_ = is_first ? to : std::max(changed_to_, to);
    }

    HeldFile file_{}; // null: it has no name on the disk
    bool is_loaded_ = false;
    Content content_{};
    Content synced_{}; // without a file: what it will have when it gets a name
    std::size_t size_on_disk_ = 0;
    std::size_t changed_from_ = 0;
    std::size_t changed_to_ = 0;
};

// --- names -------------------------------------------------------------------------------------------

sim::Checked<std::unique_ptr<WriteBack>> WriteBack::above(std::unique_ptr<Folder> folder) {
    if (!folder->has_nameless_files())
        return sim::missing_complaint("the file system of the data directory has no files without names (O_TMPFILE)");
    std::unique_ptr<WriteBack> disk(new WriteBack(std::move(folder)));
    const sim::Result<std::vector<std::string>> names = disk->folder_->list("");
    if (!names.ok()) return sim::missing_complaint("cannot read the data directory");
    for (const std::string& name : *names) {
        sim::Result<HeldFile> file = disk->folder_->open(name, sim::OpenMode::read_write);
        if (!file.ok()) return sim::missing_complaint("cannot open " + name + " of the data directory");
        disk->names_[name] = std::make_shared<Node>(std::move(*file));
    }
    return disk;
}

bool WriteBack::is_folder(const std::string& path) const {
    const auto below = names_.lower_bound(path + "/");
    return below != names_.end() && below->first.starts_with(path + "/");
}

bool WriteBack::leads_through_file(const std::string& path) const {
    for (std::size_t end = path.find('/'); end != std::string::npos; end = path.find('/', end + 1))
        if (names_.contains(path.substr(0, end))) return true;
    return false;
}

sim::Result<HeldFile> WriteBack::open(const std::string& path, sim::OpenMode mode) {
    const bool creates = mode == sim::OpenMode::create || mode == sim::OpenMode::create_new;
    if (const auto found = names_.find(path); found != names_.end()) {
        if (mode == sim::OpenMode::create_new) return Error::exists;
        if (const sim::Status loaded = found->second->load(); !loaded.ok()) return loaded.error();
        return HeldFile(found->second);
    }
    if (!creates) return Error::not_found;
    if (is_folder(path) || leads_through_file(path)) return Error::input_output;
    const auto node = std::make_shared<Node>();
    names_[path] = node;
    changes_.push_back({Change::Kind::create, path, {}, node});
    return HeldFile(node);
}

sim::Status WriteBack::rename(const std::string& from, const std::string& to) {
    const auto found = names_.find(from);
    if (found == names_.end()) return Error::not_found;
    if (from == to) return sim::success();
    if (is_folder(to) || leads_through_file(to)) return Error::input_output;
    names_[to] = found->second;
    names_.erase(found);
    changes_.push_back({Change::Kind::rename, from, to, {}});
    return sim::success();
}

sim::Status WriteBack::remove(const std::string& path) {
    if (names_.erase(path) == 0) return Error::not_found;
    changes_.push_back({Change::Kind::remove, path, {}, {}});
    return sim::success();
}

sim::Result<std::vector<std::string>> WriteBack::list(const std::string& prefix) {
    std::vector<std::string> names;
    for (const auto& [name, node] : names_)
        if (name.starts_with(prefix)) names.push_back(name);
    return names;
}

bool WriteBack::Change::concerns(const std::string& name) const {
    return is_related(path, name) || (kind == Kind::rename && is_related(to, name));
}

bool WriteBack::Change::is_below(const std::string& directory) const {
    const std::string& name = kind == Kind::rename ? to : path;
    return directory.empty() || name.starts_with(directory + "/");
}

// From the last to the first: a change needs the earlier ones of the same names.
std::vector<bool> WriteBack::due(const std::string& directory) const {
    std::vector<bool> due(changes_.size(), false);
    std::vector<std::string> needed;
    for (std::size_t i = changes_.size(); i-- > 0;) {
        const Change& change = changes_[i];
        const bool is_needed =
            std::any_of(needed.begin(), needed.end(), [&](const std::string& name) { return change.concerns(name); });
        if (!is_needed && !change.is_below(directory)) continue;
        due[i] = true;
        needed.push_back(change.path);
        if (change.kind == Change::Kind::rename) needed.push_back(change.to);
    }
    return due;
}

sim::Status WriteBack::make(const Change& change) {
    switch (change.kind) {
    case Change::Kind::create:
        return change.node->place(*folder_, change.path);
    case Change::Kind::rename:
        return folder_->rename(change.path, change.to);
    case Change::Kind::remove:
        return folder_->remove(change.path);
    }
    CHECK(false);
}

sim::Status WriteBack::sync(const std::string& directory) {
    const std::vector<bool> due = this->due(directory);
    std::vector<Change> left;
    sim::Status status = sim::success();
    for (std::size_t i = 0; i < changes_.size(); ++i) {
        if (status.ok() && due[i]) status = make(changes_[i]);
        if (!status.ok() || !due[i]) left.push_back(std::move(changes_[i]));
    }
    changes_ = std::move(left);
    return status.ok() ? folder_->sync(directory) : status;
}

} // namespace orrery::live

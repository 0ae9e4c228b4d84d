#include "orrery/protocols/replication/journal.h"

#include <algorithm>
#include <charconv>

#include "orrery/protocols/replication/flaws.def"
#include "orrery/protocols/replication/frames.h"

namespace orrery::replication {
namespace {

constexpr sim::NoteKind note_damaged{
    "replication.damaged", {"cause", "file", "offset", "found", "expected"}, false, true};

struct Header {
    std::uint32_t format = 0;
    std::string owner;
    static constexpr auto members() {
        return std::tuple{sim::member("format", &Header::format), sim::member("owner", &Header::owner)};
    }
};

// The checksum of a frame covers where it stands, so that what was there before is never taken for it.
std::uint64_t place_of(std::uint64_t segment, std::uint64_t offset) { return segment << 40 ^ offset; }

struct Frame {
    std::uint64_t durable = 0;
    sim::ByteView record;
    std::uint64_t end = 0;
};

std::optional<Frame> frame_at(sim::ByteView all, std::uint64_t segment, std::uint64_t offset) {
    CHECK(offset <= all.size());
    std::uint64_t checksum = place_of(segment, offset);
    const sim::ByteView content = read_frame(all.subspan(offset), checksum);
    sim::Reader reader(content);
    const auto durable = reader.number<std::uint64_t>();
    if (!reader.ok() || reader.rest().empty()) return std::nullopt;
    return Frame{durable, reader.rest(), offset + frame_header_bytes + content.size()};
}

// Whether anything behind `offset` says that what stands there had been durable.
bool was_durable(sim::ByteView all, std::uint64_t segment, std::uint64_t offset) {
    for (std::uint64_t later = offset + 1; later < all.size(); ++later)
        if (const auto frame = frame_at(all, segment, later); frame && frame->durable > offset) return true;
    return false;
}

std::string eight_digits(std::uint64_t number) {
    const std::string digits = std::to_string(number);
    return std::string(digits.size() < 8 ? 8 - digits.size() : 0, '0') + digits;
}

// Of a path as `segment_path` makes it; empty for any other.
std::optional<std::uint64_t> number_of(std::string_view path, std::string_view name) {
    if (path.size() < name.size() + 9) return std::nullopt;
    const std::string_view digits = path.substr(name.size() + 1);
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return number;
}

} // namespace

Journal::Journal(sim::Env& env, std::string name, std::string owner)
    : env_(env), name_(std::move(name)), owner_(std::move(owner)) {
    CHECK(!owner_.empty());
}

std::string Journal::path_of(std::uint64_t number) const { return name_ + "." + eight_digits(number); }

sim::Result<Journal::Opened> Journal::open() {
    CHECK(segment_ == 0);
    const auto paths = env_.list(name_ + ".");
    if (!paths.ok()) return paths.error();
    std::vector<std::uint64_t> numbers;
    for (const std::string& path : *paths)
        if (const auto number = number_of(path, name_)) numbers.push_back(*number);
    std::sort(numbers.begin(), numbers.end());
    first_segment_ = numbers.empty() ? 1 : numbers.front();
    Opened opened;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        const std::uint64_t number = numbers[i];
        if (number != numbers.front() + i)
            opened.damage = Damage{Damage::Cause::missing, path_of(numbers.front() + i)};
        else if (const auto read = read_segment(number, i + 1 == numbers.size(), opened); !read.ok())
            return read.error();
        if (!opened.damage) continue;
        opened.records.clear();
        return opened;
    }
    if (numbers.empty() || end_ == 0) {
        if (const auto begun = begin_segment(numbers.empty() ? 1 : numbers.back()); !begun.ok()) return begun.error();
    }
    if (const auto written = write(); !written.ok()) return written.error();
    if (!FLAW(replication_directory_not_synced))
        if (const auto synced = env_.sync_directory(""); !synced.ok()) return synced.error();
    if (const auto synced = sync(); !synced.ok()) return synced.error();
    return opened;
}

// The file stays open if it is the last.
sim::Status Journal::read_segment(std::uint64_t number, bool is_last, Opened& opened) {
    const std::string path = path_of(number);
    auto file = env_.open(path, sim::OpenMode::read_write);
    if (!file.ok()) return file.error();
    const sim::Result<sim::Bytes> all = read_whole(*file);
    if (!all.ok()) return all.error();
    std::uint64_t end = 0;
    while (const auto frame = frame_at(*all, number, end)) {
        if (end == 0) {
            opened.damage = damage_of_header(path, frame->record);
            if (opened.damage) return sim::success();
        } else {
            opened.records.emplace_back(frame->record);
        }
        end = frame->end;
    }
    if (end == 0 && number == first_segment_ && number > 1) { // those before it went when it was durable
        opened.damage =
            all->empty() ? Damage{Damage::Cause::missing, path_of(number - 1)} : Damage{Damage::Cause::corrupt, path};
        return sim::success();
    }
    const bool is_cut = end == 0 || end < all->size();
    if (is_cut && (!is_last || was_durable(*all, number, end))) {
        opened.damage = Damage{Damage::Cause::corrupt, path, end};
        return sim::success();
    }
    if (!is_last) return sim::success();
    opened.torn = all->size() - end;
    segment_ = number;
    end_ = end;
    durable_ = 0; // until it is synced
    file_ = std::move(*file);
    return opened.torn == 0 ? sim::success() : file_.truncate(end);
}

std::optional<Journal::Damage> Journal::damage_of_header(const std::string& path, sim::ByteView record) const {
    using Cause = Damage::Cause;
    sim::Reader reader(record);
    const auto written = reader.number<std::uint32_t>(); // a newer format may have more behind it
    if (!reader.ok()) return Damage{Cause::corrupt, path};
    if (written > format) return Damage{Cause::newer, path, 0, std::to_string(written), std::to_string(format)};
    const auto header = sim::decode<Header>(record);
    if (!header) return Damage{Cause::corrupt, path};
    if (header->owner != owner_) return Damage{Cause::foreign, path, 0, header->owner, owner_};
    return std::nullopt;
}

sim::Status Journal::begin_segment(std::uint64_t number) {
    auto file = env_.open(path_of(number), sim::OpenMode::create);
    if (!file.ok()) return file.error();
    file_ = std::move(*file);
    segment_ = number;
    end_ = 0;
    durable_ = 0;
    CHECK(pending_.empty());
    append(sim::encode(Header{format, owner_}));
    return sim::success();
}

sim::Writer Journal::begin_record() {
    CHECK(segment_ > 0);
    CHECK(!is_syncing_);
    CHECK(durable_ <= end_);
    record_ = begin_frame(pending_);
    sim::Writer writer(pending_);
    writer.number(durable_);
    return writer;
}

void Journal::end_record() {
    CHECK(pending_.size() > record_ + frame_header_bytes + sizeof durable_);
    (void)end_frame(pending_, record_, place_of(segment_, end_ + record_));
}

void Journal::append(sim::ByteView record) {
    (void)begin_record();
    pending_.append(record);
    end_record();
}

sim::Status Journal::roll() {
    CHECK(pending_.empty());
    if (const auto synced = sync(); !synced.ok()) return synced;
    if (const auto begun = begin_segment(segment_ + 1); !begun.ok()) return begun;
    return env_.sync_directory("");
}

// From the oldest on, one by one: of several names that go at once any may be kept by a crash, and a gap is damage.
sim::Status Journal::drop_before(std::uint64_t segment) {
    CHECK(segment <= segment_);
    CHECK(segment < segment_ || durable_ > 0);
    for (; first_segment_ < segment; ++first_segment_) {
        if (const auto removed = env_.remove(path_of(first_segment_)); !removed.ok()) return removed;
        if (const auto synced = env_.sync_directory(""); !synced.ok()) return synced;
    }
    return sim::success();
}

void note_damage(sim::Env& env, const Journal::Damage& damage) {
    constexpr std::string_view causes[] = {"corrupt", "missing", "foreign", "newer"};
    env.note(note_damaged, causes[static_cast<std::size_t>(damage.cause)], damage.file, damage.offset, damage.found,
             damage.expected);
}

} // namespace orrery::replication

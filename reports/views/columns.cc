// The drawing follows the recording beside the rows, so that each lane shows how its host stood at the row.
#include "orrery/reports/views/columns.h"

#include <algorithm>
#include <map>
#include <set>

#include "orrery/reports/views/timeline.h"
#include "orrery/sim/check.h"
#include "orrery/sim/text.h"

namespace orrery::reports::views {
namespace {

constexpr std::size_t time_columns = 12;
constexpr std::size_t lanes_max = 12;
constexpr std::size_t words_min = 18; // columns for the words at the right
constexpr std::size_t faults_max = 6; // shown by a column of their own

struct Lane {
    std::uint32_t host = 0;
    std::string group;  // "replica"
    std::string number; // "0"
    std::size_t column = 0;
};

std::pair<std::string, std::string> split(const std::string& name) {
    const std::size_t digits = name.find_last_not_of("0123456789") + 1;
    return {name.substr(0, digits), name.substr(digits)};
}

// The letter that stands for a role; a role may be any text that a program noted.
char capital(const std::string& role) {
    const char first = role[0];
    if (first >= 'a' && first <= 'z') return static_cast<char>(first - 'a' + 'A');
    return first > ' ' && first <= '~' ? first : '?';
}

class Drawing {
public:
    Drawing(const Scene& scene, std::vector<Row> rows, const Style& style)
        : scene_(scene), rows_(std::move(rows)), style_(style), roles_(scene.participants.hosts.size()),
          up_(scene.participants.hosts.size(), true) {
        choose_faults();
        choose_lanes();
    }

    std::string run() {
        std::string text = head();
        std::string body;
        for (const Row& row : rows_) body += draw(row) + "\n";
        return text + body + legend();
    }

private:
    // Faults that begin or are in force in the rows get a column each.
    void choose_faults() {
        for (const Row& row : rows_)
            if (row.fault != 0 && faults_.size() < faults_max) faults_.emplace(row.fault, 0);
        std::size_t column = time_columns;
        for (auto& [fault, at] : faults_) {
            at = column;
            column += 2;
        }
        lanes_from_ = std::max(column + 1, time_columns + (faults_.empty() ? 0 : 8));
    }
    // All servers if they fit, and the clients of the story; in the order of the world.
    void choose_lanes() {
        std::set<std::uint32_t> acting;
        for (const Row& row : rows_) {
            if (row.shape == Row::Shape::across || row.shape == Row::Shape::gap) continue;
            acting.insert(row.host);
            if (row.shape != Row::Shape::point) acting.insert(row.to);
        }
        const auto& clients = scene_.participants.clients;
        const std::size_t servers =
            scene_.participants.hosts.size() - std::min(clients.size(), scene_.participants.hosts.size());
        for (std::uint32_t host = 0; host < scene_.participants.hosts.size() && lanes_.size() < lanes_max; ++host) {
            const std::string& name = scene_.participants.hosts[host];
            const bool client = std::find(clients.begin(), clients.end(), name) != clients.end();
            if (!acting.contains(host) && (client || servers > 7)) continue;
            const auto [group, number] = split(name);
            lanes_.push_back({host, group, number, 0});
        }
        place_lanes();
        while (text_from_ + words_min > style_.width && lanes_.size() > 1) {
            lanes_.pop_back();
            place_lanes();
        }
    }
    void place_lanes() {
        const std::size_t width = lanes_.size() > 8 ? 4 : 5;
        std::size_t column = lanes_from_;
        group_from_ = column;
        for (std::size_t i = 0; i < lanes_.size(); ++i) {
            const bool starts = i == 0 || lanes_[i].group != lanes_[i - 1].group;
            if (starts && i > 0) column = std::max(column + 1, group_from_ + columns_of(lanes_[i - 1].group) + 2);
            if (starts) group_from_ = column;
            lanes_[i].column = column;
            column += width;
        }
        if (!lanes_.empty()) column = std::max(column, group_from_ + columns_of(lanes_.back().group) + 2);
        text_from_ = column;
    }
    const Lane* lane(std::uint32_t host) const {
        for (const Lane& each : lanes_)
            if (each.host == host) return &each;
        return nullptr;
    }

    std::string head() const {
        Line groups;
        Line numbers;
        numbers.put(4, "time ms", Colour::dim);
        if (!faults_.empty()) groups.put(time_columns, "faults", Colour::dim);
        for (std::size_t i = 0; i < lanes_.size(); ++i) {
            if (i == 0 || lanes_[i].group != lanes_[i - 1].group) groups.put(lanes_[i].column, lanes_[i].group);
            numbers.put(lanes_[i].column, lanes_[i].number);
        }
        return groups.text(style_) + "\n" + numbers.text(style_) + "\n";
    }

    // Follows the recording up to what had happened with this row.
    void advance(std::size_t after) {
        CHECK(after <= scene_.recording.rows.size());
        for (; position_ < after; ++position_) {
            const trace::Row& recorded = scene_.recording.rows[position_];
            if (recorded.kind == trace::Row::Kind::fault_begin) active_.insert(recorded.fault);
            if (recorded.kind == trace::Row::Kind::fault_end) active_.erase(recorded.fault);
            if (recorded.is_fault() || recorded.host >= up_.size()) continue;
            if (recorded.kind == trace::Row::Kind::crash) roles_[recorded.host].clear();
            if (recorded.kind == trace::Row::Kind::crash || recorded.kind == trace::Row::Kind::boot)
                up_[recorded.host] = recorded.kind == trace::Row::Kind::boot;
            if (recorded.kind == trace::Row::Kind::state && recorded.name.ends_with("role"))
                roles_[recorded.host] = recorded.words();
        }
    }
    // The letter of the question that is open at a client.
    std::string open_question(std::uint32_t host, sim::WorldTime time) const {
        for (std::size_t place = 0; place < scene_.minimal.calls.size(); ++place) {
            const Call& call = scene_.minimal.calls[place];
            if (call.invoked > time || call.returned <= time) continue;
            if (scene_.participants.client(call.process) == scene_.participants.hosts[host])
                return std::string(1, static_cast<char>(letter(place) - 'A' + 'a'));
        }
        return {};
    }
    std::string standing(std::uint32_t host, sim::WorldTime time) {
        if (!up_[host]) return down_ = true, " ";
        if (std::string open = open_question(host, time); !open.empty()) return open;
        const std::string& role = roles_[host];
        if (role.empty() || role == "follower") return style_.unicode ? "│" : "|";
        seen_roles_.insert(role);
        return std::string(1, capital(role));
    }

    std::string draw(const Row& row) {
        Line line;
        if (row.shape == Row::Shape::gap) {
            line.put(lanes_from_, row.text, row.colour);
            return line.text(style_);
        }
        advance(row.after);
        const std::string time = in_milliseconds(row.time);
        line.put(time_columns - 1 - std::min(time.size(), time_columns - 1), time, Colour::dim);
        stand(line, row);
        if (row.shape == Row::Shape::across) return across(line, row);
        if (row.shape == Row::Shape::point)
            point(line, row);
        else
            arrow(line, row);
        return with_words(line, row);
    }
    // How all stand at that instant.
    void stand(Line& line, const Row& row) {
        for (const auto& [fault, column] : faults_)
            if (active_.contains(fault) || row.fault == fault)
                line.put(column, row.fault == fault ? "+" : style_.unicode ? "│" : "|", Colour::yellow);
        for (const Lane& each : lanes_) line.put(each.column, standing(each.host, row.time));
    }
    // The words at the right, on as many lines as they need.
    std::string with_words(Line& line, const Row& row) {
        const std::size_t room = std::max(style_.width, text_from_ + words_min) - text_from_;
        std::string text;
        std::string_view indent;
        for (const std::string& piece : pieces(row.text, room, room - 2, style_)) {
            if (!text.empty()) {
                line = Line();
                stand(line, row);
            }
            line.put(text_from_, std::string(indent) + piece, row.colour);
            text += (text.empty() ? "" : "\n") + line.text(style_);
            indent = "  ";
        }
        return text;
    }
    std::string across(Line& line, const Row& row) const {
        const std::size_t room = std::max(style_.width, lanes_from_ + words_min) - lanes_from_;
        const std::vector<std::string> lines = pieces(row.text, room - 6, room - 3, style_);
        const std::string_view dash = style_.unicode ? "─" : "-";
        const std::size_t end = lines.size() == 1 ? columns_of(lines[0]) + 6 : 2;
        line.fill(lanes_from_, std::max(text_from_ - 1, lanes_from_ + end), dash, row.colour);
        line.put(lanes_from_ + 2, " " + lines[0] + " ", row.colour);
        std::string text = line.text(style_);
        for (std::size_t i = 1; i < lines.size(); ++i) {
            Line next;
            next.put(lanes_from_ + 3, lines[i], row.colour);
            text += "\n" + next.text(style_);
        }
        return text;
    }
    void point(Line& line, const Row& row) const {
        if (const Lane* at = lane(row.host)) line.put(at->column, row.mark, row.colour);
    }
    void arrow(Line& line, const Row& row) const {
        const Lane* from = lane(row.host);
        const Lane* to = lane(row.to);
        if (from != nullptr && to != nullptr && from != to) {
            const bool right = from->column < to->column;
            const std::size_t low = std::min(from->column, to->column);
            const std::size_t high = std::max(from->column, to->column);
            line.fill(low, high, style_.unicode ? "─" : "-", row.colour);
            const bool lost = row.shape == Row::Shape::lost;
            line.put(to->column, lost ? "x" : right ? ">" : "<", row.colour);
            line.put(from->column, row.mark, row.colour == Colour::none ? Colour::cyan : row.colour);
        }
    }
    std::string legend() const {
        std::vector<std::string> entries;
        for (const std::string& role : seen_roles_)
            entries.push_back(std::string(1, capital(role)) + " " + shown(role, style_));
        if (down_) entries.push_back("no line: down");
        return entries.empty() ? "" : painted("  " + sim::join(entries), Colour::dim, style_) + "\n";
    }

    const Scene& scene_;
    std::vector<Row> rows_;
    const Style& style_;
    std::vector<Lane> lanes_;
    std::map<std::uint64_t, std::size_t> faults_; // to their column
    std::set<std::uint64_t> active_;
    std::vector<std::string> roles_; // by host
    std::vector<bool> up_;
    std::set<std::string> seen_roles_;
    bool down_ = false;
    std::size_t position_ = 0;
    std::size_t group_from_ = 0;
    std::size_t lanes_from_ = 0;
    std::size_t text_from_ = 0;
};

} // namespace

std::string columns(const Scene& scene, const Style& style) {
    std::vector<Row> all = rows(scene);
    return all.empty() ? "" : Drawing(scene, std::move(all), style).run();
}

} // namespace orrery::reports::views

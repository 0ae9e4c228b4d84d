// Cobra's logs: what one client of Cobra recorded, one session, in big-endian numbers of eight bytes.
//
//     'S' transaction              it begins
//     'W' write, key, value        it writes; the number of the write is unique
//     'R' transaction, write, key, value    it reads what that write left
//     'C' transaction              it is committed
//
// Some versions write a time behind the number of 'S' and of 'C'. Registers hold the numbers of writes here, for
// values may repeat; they start at nothing, which Cobra writes as certain numbers. A transaction at the end of a log
// without a 'C' is unknown.
#include "orrery/reports/formats/session_transactions.h"

namespace orrery::reports::formats {
namespace {

constexpr std::uint64_t never_written[] = {0xbebeebee, 0xdeadbeef};
constexpr std::uint64_t collected[] = {0x23332333, 0x66666666}; // reads of Cobra's own, of what it has thrown away

template <std::size_t count>
bool is_one_of(std::uint64_t number, const std::uint64_t (&all)[count]) {
    for (const std::uint64_t each : all)
        if (number == each) return true;
    return false;
}

class Log {
public:
    Log(std::string_view text, std::int64_t session, bool times) : text_(text), session_(session), times_(times) {}

    // False where the log is something else: problem() says what was expected.
    bool read() {
        while (at_ < text_.size())
            if (!record(text_[at_++])) return false;
        if (open_) close(Entry::Type::info);
        return true;
    }
    sim::Complaint problem() const {
        return expected_at(1, begin_ + 1, "a record of a Cobra log: S, W, R or C and its numbers");
    }
    std::vector<SessionTransaction> take() { return std::move(all_); }

private:
    bool record(char kind) {
        begin_ = at_ - 1;
        const std::size_t numbers = kind == 'S' || kind == 'C' ? (times_ ? 2u : 1u) : kind == 'W' ? 3u : 4u;
        if (std::string_view("SCWR").find(kind) == std::string_view::npos) return false;
        if (text_.size() - at_ < numbers * 8 || open_ == (kind == 'S')) return false;
        if (kind == 'S') return begin();
        if (kind == 'C') return commit();
        const std::uint64_t transaction = kind == 'R' ? number() : 0;
        const std::uint64_t write = number();
        const Value key(static_cast<std::int64_t>(number()));
        (void)number(); // the value: the number of the write stands for it
        Value content(static_cast<std::int64_t>(write));
        if (kind == 'W') {
            now_.steps.push_back(write_step(key, std::move(content)));
            return true;
        }
        if (is_one_of(transaction, never_written)) {
            if (is_one_of(write, collected)) return true;
            content = Value();
        }
        now_.steps.push_back(read_step(key, std::move(content)));
        return true;
    }
    bool begin() {
        now_ = {};
        now_.session = session_;
        now_.place = {1, static_cast<std::uint32_t>(begin_ + 1)};
        id_ = number();
        now_.index = id_;
        if (times_) (void)number();
        return open_ = true;
    }
    bool commit() {
        if (number() != id_) return false;
        if (times_) (void)number();
        close(Entry::Type::ok);
        return true;
    }
    void close(Entry::Type end) {
        now_.end = end;
        all_.push_back(std::move(now_));
        open_ = false;
    }
    std::uint64_t number() {
        std::uint64_t number = 0;
        for (std::size_t i = 0; i < 8; ++i) number = number << 8 | static_cast<unsigned char>(text_[at_++]);
        return number;
    }

    std::string_view text_;
    std::int64_t session_;
    bool times_;
    std::size_t at_ = 0;
    std::size_t begin_ = 0; // of the record
    bool open_ = false;
    std::uint64_t id_ = 0;
    SessionTransaction now_{};
    std::vector<SessionTransaction> all_;
};

} // namespace

bool is_cobra_log(std::string_view text) {
    return text.size() >= 9 && text[0] == 'S' && text.substr(0, 9).find('\0') != std::string_view::npos;
}

sim::Checked<std::vector<SessionTransaction>> cobra_session(std::string_view log, std::int64_t session) {
    Log without(log, session, false);
    if (without.read()) return without.take();
    Log with(log, session, true);
    if (with.read()) return with.take();
    return without.problem();
}

ReadResult read_cobra(std::string_view text, const ReadOptions&) {
    auto session = cobra_session(text, 0);
    if (!session) return session.complaint();
    return history_of(*session, Value());
}

} // namespace orrery::reports::formats

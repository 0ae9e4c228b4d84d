// Streams that were good once, with bytes changed, cut out, doubled and moved, and bytes that never were a stream: the
// decoder gives values or problems, and takes no more memory than its limits say. What it accepts can be sent again.
#include <cstdlib>

#include "orrery/protocols/gob/stream_test.h"

namespace orrery::gob {
namespace {

using namespace shapes;

std::string any_stream(Draws& draws) {
    Encoder encoder;
    sim::Bytes out;
    const auto add = [&](const auto& value) { EXPECT_FALSE(encoder.encode(out, value)); };
    for (std::uint64_t left = 1 + draws.below(3); left > 0; --left) {
        switch (draws.below(8)) {
        case 0:
            add(any<Args>(draws));
            break;
        case 1:
            add(any<Nest>(draws));
            break;
        case 2:
            add(any<Tree>(draws));
            break;
        case 3:
            add(any<MapsOfMaps>(draws));
            break;
        case 4:
            add(any<Outer>(draws));
            break;
        case 5:
            add(any<std::vector<KV>>(draws));
            break;
        case 6:
            add(any<Texts>(draws));
            break;
        default:
            add(any<Widths>(draws));
        }
    }
    return std::string(out.text());
}

void damage(std::string& stream, Draws& draws) {
    const std::size_t at = draws.below(stream.size() + 1);
    const std::size_t length = std::min<std::size_t>(draws.below(8), stream.size() - at);
    const auto byte = static_cast<char>(draws.below(2) == 0 ? draws.below(8) : draws.below(256));
    switch (draws.below(5)) {
    case 0:
        stream.erase(at, length);
        break;
    case 1:
        stream.insert(at, 1, byte);
        break;
    case 2:
        stream.insert(draws.below(stream.size() + 1), stream.substr(at, length));
        break;
    default:
        if (at < stream.size()) stream[at] = byte;
    }
}

struct Tally {
    std::uint64_t values = 0;
    std::uint64_t problems = 0;
    std::uint64_t broken = 0;
};

template <class T>
void take(Decoder& decoder, Tally& tally) {
    T value{};
    if (decoder.take(value)) {
        ++tally.problems;
        return;
    }
    ++tally.values;
    without_nil(value); // a nil pointer where Go sends none
    EXPECT_EQ(taken<T>(stream_of(value)), text_of(value));
}

void read_all(Decoder& decoder, Draws& draws, Tally& tally) {
    while (decoder.ready()) {
        switch (draws.below(8)) {
        case 0:
            take<Args>(decoder, tally);
            break;
        case 1:
            take<Nest>(decoder, tally);
            break;
        case 2:
            take<Tree>(decoder, tally);
            break;
        case 3:
            take<MapsOfMaps>(decoder, tally);
            break;
        case 4:
            take<Outer>(decoder, tally);
            break;
        case 5:
            take<std::vector<KV>>(decoder, tally);
            break;
        case 6:
            take<Texts>(decoder, tally);
            break;
        default:
            (decoder.discard() ? tally.problems : tally.values) += 1;
        }
    }
    tally.broken += decoder.error().has_value();
}

TEST(Fuzzed, AnyStreamGivesValuesOrProblems) {
    const std::uint64_t streams = std::getenv("ORRERY_NIGHTLY") == nullptr ? 20'000 : 5'000'000;
    Tally tally;
    for (std::uint64_t i = 0; i < streams; ++i) {
        Draws draws(i);
        std::string stream = any_stream(draws);
        if (draws.below(16) == 0) {
            for (char& each : stream) each = static_cast<char>(draws.below(16));
        }
        for (std::uint64_t edits = draws.below(5); edits > 0; --edits) damage(stream, draws);
        Decoder decoder(Limits{.memory_max = 1 << 20, .definitions_max = 1 << 12});
        for (std::string_view rest = stream; !rest.empty() && !decoder.error();) {
            const std::size_t piece = std::min<std::size_t>(1 + draws.below(200), rest.size());
            decoder.feed(sim::view_of(rest.substr(0, piece)));
            rest.remove_prefix(piece);
            read_all(decoder, draws, tally);
        }
        if (HasFailure()) break;
    }
    EXPECT_GT(tally.values, streams / 8);
    EXPECT_GT(tally.problems, streams / 8);
    EXPECT_GT(tally.broken, streams / 8);
}

} // namespace
} // namespace orrery::gob

// Drawn values of every shape come back as they were, in whatever pieces their bytes arrive, and damaged bytes never do
// more than give another value or a problem.
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "orrery/protocols/gob/stream_test.h"

namespace orrery::gob {
namespace {

using namespace shapes;

// All shapes on one stream, twice, so that the second value finds its types known.
RC_GTEST_PROP(RoundTrip, ValuesComeBackAsTheyWere, (std::uint64_t seed)) {
    Draws draws(seed);
    Encoder encoder;
    Decoder decoder;
    for (int round = 0; round < 2; ++round) {
        for_each_shape(AllShapes(), [&](std::size_t, auto* shape) {
            using T = std::remove_pointer_t<decltype(shape)>;
            const T value = any<T>(draws);
            const sim::Bytes sent = message_of(encoder, value);
            decoder.feed(sent);
            RC_ASSERT(taken<T>(decoder) == text_of(value));
            RC_ASSERT(decoder.is_between_values());
        });
    }
}

RC_GTEST_PROP(RoundTrip, BytesMayComeInAnyPieces, (std::uint64_t seed)) {
    Draws draws(seed);
    Encoder encoder;
    sim::Bytes sent;
    std::vector<std::string> expected;
    for (int i = 0; i < 6; ++i) {
        const Nest value = any<Nest>(draws);
        RC_ASSERT(!encoder.encode(sent, value));
        expected.push_back(text_of(value));
    }
    Decoder decoder;
    std::vector<std::string> got;
    for (sim::ByteView rest = sent; !rest.empty();) {
        const std::size_t piece = std::min<std::size_t>(1 + draws.below(40), rest.size());
        decoder.feed(rest.first(piece));
        rest = rest.subspan(piece);
        // Sometimes later, so that several wait.
        while (draws.below(3) > 0 && decoder.ready()) got.push_back(taken<Nest>(decoder));
    }
    while (decoder.ready()) got.push_back(taken<Nest>(decoder));
    RC_ASSERT(got == expected);
}

// A stream that ends too early has said nothing wrong, and gives nothing for what is not whole.
RC_GTEST_PROP(RoundTrip, ACutStreamGivesNothing, (std::uint64_t seed)) {
    Draws draws(seed);
    for_each_shape(AllShapes(), [&](std::size_t, auto* shape) {
        using T = std::remove_pointer_t<decltype(shape)>;
        const sim::Bytes sent = stream_of(any<T>(draws));
        const std::size_t size = draws.below(sent.size());
        Decoder decoder;
        decoder.feed(sent.view().first(size));
        RC_ASSERT(!decoder.ready());
        RC_ASSERT(!decoder.error());
        RC_ASSERT(decoder.is_between_values() == (size == 0));
    });
}

RC_GTEST_PROP(RoundTrip, AnySenderCanBeDiscarded, (std::uint64_t seed)) {
    Draws draws(seed);
    Encoder encoder;
    Decoder decoder;
    for_each_shape(AllShapes(), [&](std::size_t, auto* shape) {
        using T = std::remove_pointer_t<decltype(shape)>;
        decoder.feed(message_of(encoder, any<T>(draws)));
        RC_ASSERT(decoder.ready());
        RC_ASSERT(!decoder.discard());
        RC_ASSERT(decoder.is_between_values());
    });
}

// Each shape's value, read as each other shape: a problem, or a value from what the two have in common.
RC_GTEST_PROP(RoundTrip, AnyShapeMeetsAnyOther, (std::uint64_t seed)) {
    Draws draws(seed);
    std::size_t read = 0;
    std::size_t refused = 0;
    for_each_shape(AllShapes(), [&](std::size_t, auto* sent_shape) {
        using Sent = std::remove_pointer_t<decltype(sent_shape)>;
        const sim::Bytes stream = stream_of(any<Sent>(draws));
        for_each_shape(Shapes<Args, KV, Nest, Out, Tree, Sparse, Widths, Pointers, Maps, std::string, std::vector<KV>,
                              std::map<std::string, In>>(),
                       [&](std::size_t, auto* read_shape) {
                           std::remove_pointer_t<decltype(read_shape)> value{};
                           Decoder decoder;
                           decoder.feed(stream);
                           RC_ASSERT(decoder.ready());
                           const Problem problem = decoder.take(value);
                           (problem ? refused : read) += 1;
                           RC_ASSERT(decoder.is_between_values());
                       });
    });
    RC_ASSERT(read > 0u);
    RC_ASSERT(refused > 0u);
}

} // namespace
} // namespace orrery::gob

// Against Go itself: a Go program decodes what we send, says what it saw, and sends it back; and says what it thinks of
// values that do not fit or are damaged.
#include "orrery/protocols/gob/go_peer_test.h"

namespace orrery::gob {
namespace {

using namespace shapes;

// The answer is "value TEXT STREAM", or "problem TEXT".
class GoTest : public GoPeer<GoTest> {
public:
    using Types = AllShapes;
    // clang-format off
    static constexpr const char* source = R"go(
package main

import (
	"bytes"
	"encoding/gob"
	"encoding/hex"
	"reflect"
)

func answer(value reflect.Value, stream []byte) string {
	if err := gob.NewDecoder(bytes.NewReader(stream)).Decode(value.Interface()); err != nil {
		return "problem " + err.Error()
	}
	var out bytes.Buffer
	gob.NewEncoder(&out).Encode(value.Interface())
	return "value " + text(value.Elem()) + " " + hex.EncodeToString(out.Bytes())
}

)go";
    // clang-format on
};

// What Go should answer, if it sees what we see: without the stream at its end.
template <class T>
std::string our_answer(sim::ByteView stream) {
    Decoder decoder(Limits{.memory_max = std::size_t{8} << 30}); // Go's
    decoder.feed(stream);
    if (!decoder.ready()) return "problem " + (decoder.error() ? decoder.error()->text : "unexpected EOF");
    T value{};
    const Problem problem = decoder.take(value);
    return problem ? "problem " + problem->text : "value " + text_of(value);
}
std::string without_stream(const std::string& answer) {
    return answer.starts_with("value ") ? answer.substr(0, answer.rfind(' ')) : answer;
}
// Go looks up the sender's types by number among its own, so that their names in complaints are a matter of luck.
std::string without_remote_type(const std::string& answer) {
    for (const std::string_view before_name : {", received remote type ", "undefined type "})
        if (const std::size_t at = answer.find(before_name); at != std::string::npos) return answer.substr(0, at);
    return answer;
}
void expect_alike(const std::string& go, const std::string& ours, const std::string& stream) {
    EXPECT_EQ(without_remote_type(without_stream(go)), without_remote_type(ours)) << stream;
}

// 48 shapes, 25 values of each: ours to Go, and Go's to us.
TEST_F(GoTest, ValuesGoThereAndBack) {
    Draws draws(1);
    std::vector<std::string> expected;
    std::vector<std::string (*)(sim::ByteView)> read_back;
    for (int round = 0; round < 25; ++round) {
        for_each_shape(AllShapes(), [&](std::size_t number, auto* shape) {
            using T = std::remove_pointer_t<decltype(shape)>;
            const T value = any<T>(draws);
            ask(number, stream_of(value));
            expected.push_back("value " + text_of(value));
            read_back.push_back(&our_answer<T>);
        });
    }
    const std::vector<std::string> all = answers();
    ASSERT_EQ(all.size(), expected.size());
    for (std::size_t i = 0; i < all.size(); ++i) {
        ASSERT_EQ(without_stream(all[i]), expected[i]);
        const std::string returned = bytes_of(all[i].substr(all[i].rfind(' ') + 1));
        ASSERT_EQ(read_back[i](sim::view_of(returned)), expected[i]);
    }
}

// Each shape read as each other one.
TEST_F(GoTest, ComplaintsOfTypesAreTheSame) {
    Draws draws(2);
    std::vector<std::string> expected;
    std::size_t problems = 0;
    for_each_shape(AllShapes(), [&](std::size_t, auto* sent_shape) {
        using Sent = std::remove_pointer_t<decltype(sent_shape)>;
        const sim::Bytes stream = stream_of(any<Sent>(draws));
        for_each_shape(AllShapes(), [&](std::size_t number, auto* read_shape) {
            using Read = std::remove_pointer_t<decltype(read_shape)>;
            ask(number, stream);
            expected.push_back(our_answer<Read>(stream));
            problems += expected.back().starts_with("problem");
        });
    });
    EXPECT_GT(problems, 1000u);
    const std::vector<std::string> all = answers();
    ASSERT_EQ(all.size(), expected.size());
    for (std::size_t i = 0; i < all.size(); ++i) expect_alike(all[i], expected[i], {});
}

// Where the value of a stream begins: behind the definitions, the length of its message and its type.
struct Value {
    std::size_t message = 0;
    std::size_t content = 0;
};
Value find_value(const sim::Bytes& stream) {
    Value value;
    for (std::size_t next = 0; next < stream.size();) {
        value.message = next;
        Input in(stream.view().subspan(next));
        const std::uint64_t size = in.natural();
        next = stream.size() - in.left() + size;
        in.integer();
        value.content = stream.size() - in.left();
    }
    return value;
}

void damage(sim::Bytes& stream, std::size_t begin, std::size_t end, Draws& draws) {
    for (std::uint64_t edits = 1 + draws.below(2); edits > 0; --edits) {
        const std::size_t at = begin + draws.below(end - begin);
        stream.data()[at] = static_cast<std::uint8_t>(draws.below(2) == 0 ? draws.next() % 12 : draws.next());
    }
}

// Both sides make the same of a damaged value.
TEST_F(GoTest, DamagedValuesAreReadAlike) {
    Draws draws(3);
    std::vector<std::string> expected;
    std::vector<std::string> streams;
    std::size_t values = 0;
    for (int round = 0; round < 60; ++round) {
        for_each_shape(AllShapes(), [&](std::size_t number, auto* shape) {
            using T = std::remove_pointer_t<decltype(shape)>;
            sim::Bytes stream = stream_of(any<T>(draws));
            damage(stream, find_value(stream).content, stream.size(), draws);
            ask(number, stream);
            expected.push_back(our_answer<T>(stream));
            streams.push_back(hexadecimal(stream));
            values += expected.back().starts_with("value");
        });
    }
    EXPECT_GT(values, 500u);
    EXPECT_LT(values, expected.size() - 500);
    const std::vector<std::string> all = answers();
    ASSERT_EQ(all.size(), expected.size());
    for (std::size_t i = 0; i < all.size(); ++i) expect_alike(all[i], expected[i], streams[i]);
}

// Of damaged definitions we refuse more than Go does: those that are of two kinds, or lead to a type that is never
// defined. We do not take what Go refuses.
TEST_F(GoTest, DamagedDefinitionsThatGoRefusesAreRefused) {
    Draws draws(4);
    std::vector<std::string> expected;
    std::vector<std::string> streams;
    for (int round = 0; round < 60; ++round) {
        for_each_shape(AllShapes(), [&](std::size_t number, auto* shape) {
            using T = std::remove_pointer_t<decltype(shape)>;
            sim::Bytes stream = stream_of(any<T>(draws));
            const std::size_t end = find_value(stream).message;
            if (end == 0) return;
            damage(stream, 0, end, draws);
            ask(number, stream);
            expected.push_back(our_answer<T>(stream));
            streams.push_back(hexadecimal(stream));
        });
    }
    const std::vector<std::string> all = answers();
    ASSERT_EQ(all.size(), expected.size());
    std::size_t values = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (expected[i].starts_with("value")) {
            EXPECT_EQ(without_stream(all[i]), expected[i]) << streams[i];
        }
        values += expected[i].starts_with("value");
    }
    EXPECT_GT(values, all.size() / 10);
}

} // namespace
} // namespace orrery::gob

// Against Go itself: its encoding/json reads what we write, says what it saw, and writes it again; and says what it
// thinks of values that do not fit or are damaged.
#include "orrery/protocols/gob/go_peer_test.h"
#include "orrery/protocols/jsonrpc/json_values_test.h"

namespace orrery::jsonrpc {
namespace {

using namespace shapes;

// The answer is "value TEXT JSON", the JSON in hexadecimal, or "problem TEXT".
class JsonGoTest : public GoPeer<JsonGoTest> {
public:
    using Types = JsonShapes;
    // clang-format off
    static constexpr const char* source = R"go(
package main

import (
	"encoding/hex"
	"encoding/json"
	"reflect"
)

func answer(value reflect.Value, content []byte) string {
	if err := json.Unmarshal(content, value.Interface()); err != nil {
		return "problem " + err.Error()
	}
	out, err := json.Marshal(value.Interface())
	if err != nil {
		return "problem " + err.Error()
	}
	return "value " + text(value.Elem()) + " " + hex.EncodeToString(out)
}
)go";
    // clang-format on
};

// Words on one line, as the Go program prints them.
std::string in_one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}
template <class T>
std::string our_answer(std::string_view json) {
    if (const Problem problem = check_whole(json)) return "problem " + in_one_line(problem->text);
    T value{};
    if (const Problem problem = read_value(json, value)) return "problem " + in_one_line(problem->text);
    return "value " + text_of(value) + " " + hexadecimal(sim::view_of(json_of(value)));
}
// Go writes an empty list or map as null if it is nil; ours are never nil.
std::string without_json(const std::string& answer) {
    return answer.starts_with("value ") ? answer.substr(0, answer.rfind(' ')) : answer;
}

TEST_F(JsonGoTest, ValuesGoThereAndBack) {
    Draws draws(1, 255);
    std::vector<std::string> expected;
    for (int round = 0; round < 25; ++round) {
        for_each_shape(JsonShapes(), [&](std::size_t number, auto* shape) {
            using T = std::remove_pointer_t<decltype(shape)>;
            const std::string json = json_of(any_for_json<T>(draws));
            ask(number, sim::view_of(json));
            expected.push_back(our_answer<T>(json));
            EXPECT_TRUE(expected.back().starts_with("value")) << json;
        });
    }
    // To the byte.
    EXPECT_EQ(answers(), expected);
}

// Each shape read as each other one.
TEST_F(JsonGoTest, ComplaintsOfTypesAreTheSame) {
    Draws draws(2, 127);
    std::vector<std::string> expected;
    std::size_t problems = 0;
    for_each_shape(JsonShapes(), [&](std::size_t, auto* sent_shape) {
        using Sent = std::remove_pointer_t<decltype(sent_shape)>;
        const std::string json = json_of(any_for_json<Sent>(draws));
        for_each_shape(JsonShapes(), [&](std::size_t number, auto* read_shape) {
            using Read = std::remove_pointer_t<decltype(read_shape)>;
            ask(number, sim::view_of(json));
            expected.push_back(our_answer<Read>(json));
            problems += expected.back().starts_with("problem");
        });
    });
    EXPECT_GT(problems, 500u);
    const std::vector<std::string> all = answers();
    ASSERT_EQ(all.size(), expected.size());
    for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(without_json(all[i]), without_json(expected[i]));
}

TEST_F(JsonGoTest, DamagedJsonIsReadAlike) {
    Draws draws(3, 127);
    std::vector<std::string> expected;
    std::vector<std::string> texts;
    for (int round = 0; round < 40; ++round) {
        for_each_shape(JsonShapes(), [&](std::size_t number, auto* shape) {
            using T = std::remove_pointer_t<decltype(shape)>;
            std::string json = json_of(any_for_json<T>(draws));
            for (std::uint64_t edits = 1 + draws.below(2); edits > 0; --edits) {
                constexpr std::string_view bytes = "{}[]\",:\\0179-+.eE nutrfalsX\xe2\x80\xff";
                json[draws.below(json.size())] = bytes[draws.below(bytes.size())];
            }
            ask(number, sim::view_of(json));
            expected.push_back(our_answer<T>(json));
            texts.push_back(json);
        });
    }
    const std::vector<std::string> all = answers();
    ASSERT_EQ(all.size(), expected.size());
    for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(without_json(all[i]), without_json(expected[i])) << texts[i];
}

} // namespace
} // namespace orrery::jsonrpc

// Against Go itself, where it is installed: a Go program, written and built here, decodes what we send, says what it
// saw, and sends it back; and says what it thinks of values that do not fit or are damaged. Elsewhere the tests are
// skipped.
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "orrery/protocols/gob/stream_test.h"

namespace orrery::gob {
namespace {

using namespace shapes;

// One question a line: a number of a type, and a stream in hexadecimal. The answer: "value TEXT STREAM", or
// "problem TEXT".
// clang-format off
constexpr const char* program = R"go(
package main

import (
	"bufio"
	"bytes"
	"encoding/gob"
	"encoding/hex"
	"fmt"
	"math"
	"os"
	"reflect"
	"sort"
	"strings"
)

func floating(f float64) string {
	if f == 0 {
		return "f0"
	}
	return fmt.Sprintf("f%d", math.Float64bits(f))
}

func parts(v reflect.Value) []string {
	var all []string
	switch v.Kind() {
	case reflect.Slice, reflect.Array:
		for i := 0; i < v.Len(); i++ {
			all = append(all, text(v.Index(i)))
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			all = append(all, text(key)+":"+text(v.MapIndex(key)))
		}
		sort.Strings(all)
	case reflect.Struct:
		for i := 0; i < v.NumField(); i++ {
			all = append(all, text(v.Field(i)))
		}
	}
	return all
}

func text(v reflect.Value) string {
	inside := strings.Join(parts(v), " ")
	switch v.Kind() {
	case reflect.Float32, reflect.Float64:
		return floating(v.Float())
	case reflect.Complex64, reflect.Complex128:
		return "(" + floating(real(v.Complex())) + " " + floating(imag(v.Complex())) + ")"
	case reflect.String:
		return fmt.Sprintf("'%x'", v.String())
	case reflect.Ptr:
		if v.IsNil() {
			return "nil"
		}
		return text(v.Elem())
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return fmt.Sprintf("'%x'", v.Bytes())
		}
		return "[" + inside + "]"
	case reflect.Array:
		return "[" + inside + "]"
	case reflect.Map:
		return "{" + inside + "}"
	case reflect.Struct:
		return "<" + inside + ">"
	}
	return fmt.Sprint(v.Interface())
}

func answer(number int, stream []byte) string {
	value := reflect.New(types[number])
	if err := gob.NewDecoder(bytes.NewReader(stream)).Decode(value.Interface()); err != nil {
		return "problem " + err.Error()
	}
	var out bytes.Buffer
	gob.NewEncoder(&out).Encode(value.Interface())
	return "value " + text(value.Elem()) + " " + hex.EncodeToString(out.Bytes())
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		words := strings.Split(lines.Text(), " ")
		var number int
		fmt.Sscan(words[0], &number)
		stream, _ := hex.DecodeString(words[1])
		fmt.Println(answer(number, stream))
	}
}
)go";
// clang-format on

// Calls visit(number, null pointer to the shape).
template <class... Shape, class Visit>
void for_each_shape(Shapes<Shape...>, Visit visit) {
    std::size_t number = 0;
    (visit(number++, static_cast<Shape*>(nullptr)), ...);
}

// A type as our package's source spells it.
std::string source_text(Reference reference) {
    std::string text = go_text(reference.type(), reference.pointers);
    for (std::size_t at; (at = text.find("main.")) != std::string::npos;) text.erase(at, 5);
    return text;
}

void declare(const Type& type, std::set<std::string>& declared, std::string& out) {
    if (type.key.is_set()) declare(type.key.type(), declared, out);
    if (type.element.is_set()) declare(type.element.type(), declared, out);
    if (type.kind != Kind::structure || !declared.insert(std::string(type.name)).second) return;
    out += "type " + std::string(type.name) + " struct {\n";
    for (const Field& field : type.fields) out += "\t" + exported(field.name) + " " + source_text(field.type) + "\n";
    out += "}\n";
    for (const Field& field : type.fields) declare(field.type.type(), declared, out);
}

std::string declarations() {
    std::set<std::string> declared;
    std::string structs;
    std::string list = "var types = []reflect.Type{\n";
    for_each_shape(AllShapes(), [&](std::size_t, auto* shape) {
        using T = std::remove_pointer_t<decltype(shape)>;
        declare(describe<T>(), declared, structs);
        list += "\treflect.TypeOf(*new(" + source_text({&describe<T>, 0}) + ")),\n";
    });
    return structs + list + "}\n";
}

class GoTest : public testing::Test {
protected:
    static void SetUpTestSuite() {
        if (std::system("go version > /dev/null 2>&1") != 0) return;
        folder_ = testing::TempDir() + "gob_go_test." + std::to_string(getpid());
        std::filesystem::create_directory(folder_);
        std::ofstream(folder_ + "/peer.go") << program << declarations();
        const std::string build = "cd " + folder_ + " && GO111MODULE=off go build -o peer peer.go > build.log 2>&1";
        ASSERT_EQ(std::system(build.c_str()), 0) << "see " << folder_ << "/build.log";
        is_built_ = true;
    }
    static void TearDownTestSuite() {
        if (is_built_) std::filesystem::remove_all(folder_);
    }
    void SetUp() override {
        if (!is_built_) GTEST_SKIP() << "Go is not installed: values were not exchanged with it";
    }

    void ask(std::size_t type, sim::ByteView stream) {
        questions_ += std::to_string(type) + " " + hexadecimal(stream) + "\n";
    }
    // The answers to all questions, in order.
    std::vector<std::string> answers() {
        std::ofstream(folder_ + "/questions") << questions_;
        const std::string run = "cd " + folder_ + " && ./peer < questions > answers";
        EXPECT_EQ(std::system(run.c_str()), 0);
        std::ifstream file(folder_ + "/answers");
        std::vector<std::string> all;
        for (std::string line; std::getline(file, line);) all.push_back(line);
        EXPECT_EQ(all.size(), static_cast<std::size_t>(std::count(questions_.begin(), questions_.end(), '\n')));
        return all;
    }

    static inline std::string folder_;
    static inline bool is_built_ = false;
    std::string questions_;
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

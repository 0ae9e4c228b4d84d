// A Go program to talk to, where Go is installed: it is written and built here, from what all such tests have in
// common, from declarations of our shapes in Go, and from one function that a test brings along. Elsewhere its tests
// are skipped.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "orrery/protocols/gob/stream_test.h"

namespace orrery::gob::shapes {

// Reads questions, one a line: the number of a type, and bytes in hexadecimal. `answer`, of the test, gets a new value
// of the type and the bytes, and gives the answer, which is one line too. `text` writes a value as our `text_of` does.
// clang-format off
constexpr const char* common_source = R"go(
package main

import (
	"bufio"
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

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		words := strings.Split(lines.Text(), " ")
		var number int
		fmt.Sscan(words[0], &number)
		content, _ := hex.DecodeString(words[1])
		fmt.Println(answer(reflect.New(types[number]), content))
	}
}
)go";
// clang-format on

// A type as our package's source spells it.
inline std::string source_text(Reference reference) {
    std::string text = go_text(reference.type(), reference.pointers);
    for (std::size_t at; (at = text.find("main.")) != std::string::npos;) text.erase(at, 5);
    return text;
}

inline void declare(const Type& type, std::set<std::string>& declared, std::string& out) {
    if (type.key.is_set()) declare(type.key.type(), declared, out);
    if (type.element.is_set()) declare(type.element.type(), declared, out);
    if (type.kind != Kind::structure || !declared.insert(std::string(type.name)).second) return;
    out += "type " + std::string(type.name) + " struct {\n";
    for (const Field& field : type.fields) out += "\t" + exported(field.name) + " " + source_text(field.type) + "\n";
    out += "}\n";
    for (const Field& field : type.fields) declare(field.type.type(), declared, out);
}

template <class List>
std::string declarations(List list_of_shapes) {
    std::set<std::string> declared;
    std::string structs = "package main\n\nimport \"reflect\"\n\n";
    std::string list = "var types = []reflect.Type{\n";
    for_each_shape(list_of_shapes, [&](std::size_t, auto* shape) {
        using T = std::remove_pointer_t<decltype(shape)>;
        declare(describe<T>(), declared, structs);
        list += "\treflect.TypeOf(*new(" + source_text({&describe<T>, 0}) + ")),\n";
    });
    return structs + list + "}\n";
}

// A test's fixture derives from it. `Derived` has the static members `source`, the file with `answer`, and `Types`.
template <class Derived>
class GoPeer : public testing::Test {
protected:
    static void SetUpTestSuite() {
        if (std::system("go version > /dev/null 2>&1") != 0) return;
        folder_ = testing::TempDir() + "go_peer." + std::to_string(getpid());
        std::filesystem::create_directory(folder_);
        std::ofstream(folder_ + "/common.go") << common_source;
        std::ofstream(folder_ + "/types.go") << declarations(typename Derived::Types());
        std::ofstream(folder_ + "/answer.go") << Derived::source;
        const std::string build = "cd " + folder_ + " && GO111MODULE=off go build -o peer *.go > build.log 2>&1";
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

} // namespace orrery::gob::shapes

// What C++ types are called in Go. The tests run under g++ and clang, which spell types differently.
#include "orrery/protocols/gob/stream_test.h"

namespace orrery::gob {
namespace named {
struct Plain {
    static constexpr auto members() { return std::tuple{}; }
};
template <class T>
struct Box {
    T content{};
    static constexpr auto members() { return std::tuple{sim::member("content", &Box::content)}; }
};
} // namespace named

namespace {

using namespace shapes;

struct Hidden {
    static constexpr auto members() { return std::tuple{}; }
};
struct Renamed {
    static constexpr std::string_view go_name = "Order";
    static constexpr auto members() { return std::tuple{}; }
};

TEST(Type, AStructIsCalledAsInCppWithoutItsNamespace) {
    EXPECT_EQ(type::name_of<named::Plain>(), "Plain");
    EXPECT_EQ(type::name_of<Hidden>(), "Hidden");
    EXPECT_EQ((type::name_of<named::Box<std::map<std::string, Hidden>>>()), "Box");
    EXPECT_EQ(type::name_of<Renamed>(), "Order");
    struct Local {
        static constexpr auto members() { return std::tuple{}; }
    };
    EXPECT_EQ(type::name_of<Local>(), "Local");
}

TEST(Type, IsSpelledAsGoSpellsIt) {
    EXPECT_EQ(go_text(describe<std::int64_t>()), "int");
    EXPECT_EQ(go_text(describe<std::int32_t>()), "int32");
    EXPECT_EQ(go_text(describe<std::uint64_t>()), "uint");
    EXPECT_EQ(go_text(describe<std::uint8_t>()), "uint8");
    EXPECT_EQ(go_text(describe<Colour>()), "int16");
    EXPECT_EQ(go_text(describe<float>()), "float32");
    EXPECT_EQ(go_text(describe<std::complex<double>>()), "complex128");
    EXPECT_EQ(go_text(describe<sim::Bytes>()), "[]uint8");
    EXPECT_EQ(go_text(describe<std::array<bool, 3>>()), "[3]bool");
    EXPECT_EQ((go_text(describe<std::map<std::string, std::vector<std::optional<Args>>>>())),
              "map[string][]*main.Args");
    EXPECT_EQ(go_text(describe<Args>(), 2), "**main.Args");
}

TEST(Type, AFieldBeginsWithACapital) {
    EXPECT_EQ(exported("seq"), "Seq");
    EXPECT_EQ(exported("Seq"), "Seq");
    EXPECT_TRUE(is_exported_as("seq", "Seq"));
    EXPECT_TRUE(is_exported_as("Seq", "Seq"));
    EXPECT_FALSE(is_exported_as("seq", "seq"));
    EXPECT_FALSE(is_exported_as("seq", "SEQ"));
    EXPECT_FALSE(is_exported_as("", ""));
    named::Box<std::int64_t> box;
    box.content = 5;
    EXPECT_NE(stream_of(box).text().find("Content"), std::string_view::npos);
    EXPECT_EQ(taken<named::Box<std::int64_t>>(stream_of(box)), "<5>");
}

} // namespace
} // namespace orrery::gob

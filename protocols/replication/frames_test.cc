// Whatever is cut off or changed, what is read back is the frames before that.
#include "orrery/protocols/replication/frames.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace orrery::replication {
namespace {

sim::Bytes framed(const std::vector<std::string>& contents) {
    sim::Bytes bytes;
    std::uint64_t last = 0;
    for (const std::string& each : contents) last = append_frame(bytes, sim::Bytes(each), last);
    return bytes;
}

std::vector<std::string> read_all(sim::ByteView bytes) {
    std::vector<std::string> contents;
    std::uint64_t last = 0;
    for (sim::ByteView content = read_frame(bytes, last); !content.empty(); content = read_frame(bytes, last)) {
        contents.emplace_back(sim::text_of(content));
        bytes = bytes.subspan(frame_header_bytes + content.size());
    }
    return contents;
}

rc::Gen<std::vector<std::string>> contents() {
    return rc::gen::container<std::vector<std::string>>(rc::gen::nonEmpty<std::string>());
}

RC_GTEST_PROP(Frames, AreReadBack, ()) {
    const auto written = *contents();
    RC_ASSERT(read_all(framed(written)) == written);
}

RC_GTEST_PROP(Frames, OfAFileThatWasCutAreThoseThatAreWhole, ()) {
    const auto written = *contents();
    const sim::Bytes bytes = framed(written);
    const auto left = *rc::gen::inRange<std::size_t>(0, bytes.size() + 1);
    std::size_t whole = 0;
    std::size_t end = 0;
    while (whole < written.size() && (end += frame_header_bytes + written[whole].size()) <= left) ++whole;
    RC_ASSERT(read_all(bytes.view().first(left)) ==
              std::vector<std::string>(written.begin(), written.begin() + static_cast<std::ptrdiff_t>(whole)));
}

RC_GTEST_PROP(Frames, OfAFileInWhichAByteChangedEndBeforeIt, ()) {
    const auto written = *rc::gen::nonEmpty(contents());
    sim::Bytes bytes = framed(written);
    const auto place = *rc::gen::inRange<std::size_t>(0, bytes.size());
    bytes.data()[place] = static_cast<std::uint8_t>(bytes.data()[place] ^ 1u);
    std::size_t whole = 0;
    std::size_t end = 0;
    while ((end += frame_header_bytes + written[whole].size()) <= place) ++whole;
    RC_ASSERT(read_all(bytes) ==
              std::vector<std::string>(written.begin(), written.begin() + static_cast<std::ptrdiff_t>(whole)));
}

TEST(Frames, LeftOverFromBeforeATruncationDoNotFollow) {
    sim::Bytes bytes = framed({"one"});
    const sim::Bytes old = framed({"one", "old"});
    bytes.append(old.view().subspan(bytes.size()));
    EXPECT_EQ(read_all(bytes), (std::vector<std::string>{"one", "old"}));
    sim::Bytes other = framed({"two"});
    other.append(old.view().subspan(other.size()));
    EXPECT_EQ(read_all(other), (std::vector<std::string>{"two"}));
}

TEST(Frames, ZerosAreNone) {
    EXPECT_TRUE(read_all(sim::Bytes(std::string_view("\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 14))).empty());
}

} // namespace
} // namespace orrery::replication

// Senders who mean harm: lengths that are lies, types and values without an end. Each costs memory and stack within
// `Limits`, and ends in a problem. The tests count what is allocated, and run on a stack as small as a fiber's.
#include <pthread.h>

#include <cstdlib>
#include <functional>
#include <new>

#include "orrery/protocols/gob/stream_test.h"
#include "orrery/sim/stack.h"

namespace {
std::size_t largest_allocation = 0;
std::size_t allocated = 0; // bytes, ever
} // namespace

// Not inlined: g++ would see what malloc gave freed by delete.
[[gnu::noinline]] void* operator new(std::size_t size) {
    largest_allocation = std::max(largest_allocation, size);
    allocated += size;
    if (void* memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
[[gnu::noinline]] void operator delete(void* memory) noexcept { std::free(memory); }
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace orrery::gob {
namespace {

using namespace shapes;

void on_a_small_stack(std::function<void()> work) {
    const auto run = [](void* argument) -> void* {
        (*static_cast<std::function<void()>*>(argument))();
        sim::Bytes::release_pool(); // it is this thread's
        return nullptr;
    };
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    // What a thread itself takes from its stack is counted on top.
    ASSERT_EQ(pthread_attr_setstacksize(&attributes, sim::stack_bytes + 16 * 1024), 0);
    pthread_t thread;
    ASSERT_EQ(pthread_create(&thread, &attributes, run, &work), 0);
    ASSERT_EQ(pthread_join(thread, nullptr), 0);
    pthread_attr_destroy(&attributes);
}

void append_message(sim::Bytes& out, const sim::Bytes& content) { append_counted(out, content); }

// The definition of the type `id`: a list of `element`; `what` is 2, or 3 for a struct with one field of that type.
void append_definition(sim::Bytes& out, std::int64_t id, int what, std::int64_t element) {
    sim::Bytes content;
    append_integer(content, -id);
    for (const int each : {what, 1, 2}) append_natural(content, static_cast<std::uint64_t>(each));
    append_integer(content, id);
    for (const int each : {0, 1}) append_natural(content, static_cast<std::uint64_t>(each));
    if (what == 3) {
        for (const int each : {1, 1, 1, int{'X'}, 1}) append_natural(content, static_cast<std::uint64_t>(each));
    }
    append_integer(content, element);
    for (int i = 0; i < (what == 3 ? 3 : 2); ++i) append_natural(content, 0);
    append_message(out, content);
}
void append_value(sim::Bytes& out, std::int64_t id, const std::function<void(sim::Bytes&)>& write) {
    sim::Bytes content;
    append_integer(content, id);
    write(content);
    append_message(out, content);
}

// Feeds and takes; what is allocated at once stays below `bytes`.
template <class T>
std::string taken_within(std::size_t bytes, const sim::Bytes& stream) {
    largest_allocation = 0;
    const std::string text = taken<T>(stream);
    EXPECT_LE(largest_allocation, bytes);
    return text;
}

TEST(Hostile, AMessageOfAnAbsurdLength) {
    EXPECT_EQ(taken_within<Args>(1000, sim::Bytes(bytes_of("f8 1000000000000000 ff82"))), "invalid message length");
    EXPECT_EQ(taken_within<Args>(1000, sim::Bytes(bytes_of("fc 04000001"))), "invalid message length"); // 64 MiB and 1
    EXPECT_EQ(taken_within<Args>(1000, sim::Bytes(bytes_of("fc 04000000"))),
              "not ready"); // nothing is set aside for it
}

TEST(Hostile, CountsBeyondTheBytesThatAreLeft) {
    for (const std::uint64_t count :
         {std::uint64_t{1} << 60, UINT64_MAX, std::uint64_t{1} << 31, std::uint64_t{100'000}}) {
        const auto stream = [&](std::int64_t element) {
            sim::Bytes out;
            append_definition(out, 65, 2, element);
            append_value(out, 65, [&](sim::Bytes& value) {
                append_natural(value, 0);
                append_natural(value, count);
                append_natural(value, 1);
            });
            return out;
        };
        EXPECT_NE(taken_within<std::vector<std::int64_t>>(2000, stream(2)).find("gob: "), std::string::npos);
        EXPECT_NE(taken_within<std::vector<std::string>>(2000, stream(6)).find("gob: "), std::string::npos);
        Decoder decoder;
        decoder.feed(stream(2));
        ASSERT_TRUE(decoder.ready());
        EXPECT_TRUE(decoder.discard());
        for (const int type : {5, 6}) { // bytes and text
            sim::Bytes out;
            append_value(out, type, [&](sim::Bytes& value) {
                append_natural(value, 0);
                append_natural(value, count);
            });
            EXPECT_NE((type == 5 ? taken_within<sim::Bytes>(2000, out) : taken_within<std::string>(2000, out))
                          .find("slice length"),
                      std::string::npos);
        }
    }
    EXPECT_EQ(taken<std::vector<std::int64_t>>(sim::view_of(bytes_of("0c ff81 02 01 02 ff82 00 01 04 00 00"
                                                                     "0c ff82 00 f8 1000000000000000"))),
              "gob: int slice too big: 1152921504606846976 elements of 8 bytes");
}

// A struct may end with the message, and then takes no byte: a count of such structs is endless.
TEST(Hostile, AnEndlessMapOfStructs) {
    for (const bool wanted : {false, true}) {
        sim::Bytes stream = stream_of(std::map<Point, Point>());
        sim::Bytes content;
        append_integer(content, 66);
        append_natural(content, 0);
        append_natural(content, 1'000'000);
        append_message(stream, content);
        Decoder decoder;
        decoder.feed(stream);
        EXPECT_EQ((taken<std::map<Point, Point>>(decoder)), "{}");
        ASSERT_TRUE(decoder.ready());
        std::map<Point, Point> value;
        const Problem problem = wanted ? decoder.take(value) : decoder.discard();
        ASSERT_TRUE(problem);
        EXPECT_EQ(problem->text, "EOF");
    }
}

struct Large {
    std::array<std::int64_t, 1000> numbers{};
    static constexpr auto members() { return std::tuple{sim::member("Numbers", &Large::numbers)}; }
};

// A zero struct is one byte on the wire, and can be large in memory.
TEST(Hostile, ManySmallElementsThatAreLargeInMemory) {
    std::vector<In> many(100'000);
    Decoder decoder(Limits{.memory_max = 1 << 20});
    sim::Bytes stream;
    append_definition(stream, 66, 3, 2);
    append_definition(stream, 65, 2, 66);
    append_value(stream, 65, [&](sim::Bytes& value) {
        append_natural(value, 0);
        append_natural(value, many.size());
        for (std::size_t i = 0; i < many.size(); ++i) append_natural(value, 0);
    });
    decoder.feed(stream);
    largest_allocation = 0;
    EXPECT_EQ(taken<std::vector<Large>>(decoder), "gob: main.Large slice too big: 100000 elements of 8000 bytes");
    EXPECT_LE(largest_allocation, 10'000u);
}

// Many lists that are each small enough are counted together.
TEST(Hostile, ManyListsTogether) {
    const std::vector<std::vector<std::string>> many(1000, std::vector<std::string>(10));
    Decoder decoder(Limits{.memory_max = 200'000});
    decoder.feed(stream_of(many));
    EXPECT_EQ(taken<std::vector<std::vector<std::string>>>(decoder),
              "gob: string slice too big: 10 elements of 32 bytes");
}

// type T []T, and type T struct { X T }: to Go, a value of the second cannot exist, but it can be sent.
TEST(Hostile, ATypeThatContainsItself) {
    on_a_small_stack([] {
        for (const int what : {2, 3}) {
            sim::Bytes stream;
            append_definition(stream, 65, what, 65);
            append_value(stream, 65, [&](sim::Bytes& value) {
                if (what == 2) append_natural(value, 0);
                for (int i = 0; i < 1'000'000; ++i) append_natural(value, 1);
            });
            for (const bool wanted : {false, true}) {
                Decoder decoder;
                decoder.feed(stream);
                ASSERT_TRUE(decoder.ready());
                largest_allocation = 0;
                if (wanted) {
                    Args value;
                    EXPECT_TRUE(decoder.take(value));
                } else {
                    const Problem problem = decoder.discard();
                    ASSERT_TRUE(problem);
                    EXPECT_EQ(problem->text, "invalid nesting depth");
                }
                EXPECT_LE(largest_allocation, 1u << 20);
            }
        }
    });
}

// Our own types, however deep they are sent.
TEST(Hostile, AValueThatIsDeeplyNested) {
    on_a_small_stack([] {
        sim::Bytes stream = stream_of(Tree{});
        for (const int depth : {31, 32, 100'000}) {
            sim::Bytes content;
            append_integer(content, 65);
            for (int i = 0; i < depth; ++i)
                for (const int each : {2, 1}) append_natural(content, static_cast<std::uint64_t>(each));
            for (int i = 0; i < depth + 1; ++i) append_natural(content, 0);
            append_message(stream, content);
        }
        Decoder decoder;
        decoder.feed(stream);
        EXPECT_EQ(taken<Tree>(decoder), "<0 []>");
        Tree tree;
        ASSERT_TRUE(decoder.ready());
        EXPECT_FALSE(decoder.take(tree));
        for (int i = 0; i < 2; ++i) {
            ASSERT_TRUE(decoder.ready());
            const Problem problem = decoder.take(tree);
            ASSERT_TRUE(problem);
            EXPECT_EQ(problem->kind, ErrorKind::limit);
            EXPECT_EQ(problem->text, "gob: value nested too deeply");
        }
    });
}

TEST(Hostile, OurOwnValueThatIsDeeplyNestedIsNotSent) {
    on_a_small_stack([] {
        Tree tree;
        for (Tree* at = &tree; at != nullptr;) {
            static int depth = 0;
            at->children.resize(1);
            at = ++depth < 32 ? &at->children[0] : nullptr;
        }
        Encoder encoder;
        sim::Bytes out;
        const Problem problem = encoder.encode(out, tree);
        ASSERT_TRUE(problem);
        EXPECT_EQ(problem->text, "gob: encoder: value nested too deeply");
    });
}

// A million types, each made of the next.
TEST(Hostile, AMillionTypes) {
    on_a_small_stack([] {
        for (const int what : {2, 3}) {
            Decoder decoder;
            const std::size_t before = allocated;
            std::int64_t id = 65;
            for (; id < 1'000'065 && !decoder.error(); ++id) {
                sim::Bytes definition;
                append_definition(definition, id, what, id + 1);
                decoder.feed(definition);
                EXPECT_FALSE(decoder.ready());
            }
            ASSERT_TRUE(decoder.error());
            EXPECT_EQ(decoder.error()->text, "gob: too many type definitions");
            EXPECT_EQ(decoder.error()->kind, ErrorKind::limit);
            EXPECT_LE(allocated - before, 4u << 20);
            decoder.feed(sim::Bytes("more")); // is not kept
        }
    });
}

// As deep as definitions may be, and then a value: it is skipped or compared with a type of ours that has no end
// either.
TEST(Hostile, AValueOfManyNestedTypes) {
    on_a_small_stack([] {
        struct Endless {
            std::vector<Endless> x;
            static constexpr auto members() { return std::tuple{sim::member("X", &Endless::x)}; }
        };
        Decoder decoder;
        sim::Bytes stream;
        std::int64_t id = 65;
        for (; id < 2665; id += 2) {
            append_definition(stream, id, 3, id + 1);
            append_definition(stream, id + 1, 2, id + 2);
        }
        append_definition(stream, id, 3, 2);
        const auto append_nest = [&] {
            append_value(stream, 65, [&](sim::Bytes& value) {
                for (int i = 0; i < 2600; ++i) append_natural(value, 1);
            });
        };
        append_nest();
        append_nest();
        decoder.feed(stream);
        ASSERT_TRUE(decoder.ready());
        EXPECT_TRUE(decoder.discard());
        Endless value;
        ASSERT_TRUE(decoder.ready());
        const Problem problem = decoder.take(value);
        ASSERT_TRUE(problem);
        EXPECT_EQ(problem->text, "gob: wrong type ([]main.Endless) for received field .X");
    });
}

TEST(Hostile, AFieldWithoutAName) {
    // A struct with two fields of which each is two bytes.
    EXPECT_EQ(taken<Args>(sim::view_of(bytes_of("0e ff81 03 01 02 ff82 00 01 02 02 04 00 02"))),
              "gob: empty name for remote field of type ");
}

TEST(Hostile, AMessageOfOursThatIsTooLong) {
    Encoder encoder(Limits{.message_max = 100});
    sim::Bytes out;
    const Problem problem = encoder.encode(out, std::string(200, 'x'));
    ASSERT_TRUE(problem);
    EXPECT_EQ(problem->text, "gob: encoder: message too big");
    EXPECT_EQ(problem->kind, ErrorKind::limit);
    EXPECT_TRUE(out.empty());
}

// A connection that is idle holds no buffer, however much has passed through it.
TEST(Hostile, WhatWasTakenIsNotKept) {
    Encoder encoder;
    Decoder decoder;
    const std::size_t before = allocated;
    for (int i = 0; i < 1000; ++i) {
        decoder.feed(message_of(encoder, std::string(10'000, 'x')));
        ASSERT_TRUE(decoder.ready());
        ASSERT_FALSE(decoder.discard());
    }
    EXPECT_LE(allocated - before, 1000u * 21'000u); // the texts; blocks of Bytes come from their pool
}

// Known types cost no allocation beyond the value itself.
TEST(Allocations, AKnownTypeAllocatesNothing) {
    Encoder encoder;
    Decoder decoder;
    sim::Bytes out;
    Request request{"Arith.Multiply", 0};
    for (int i = 0; i < 10; ++i) {
        const std::size_t before = allocated;
        out.clear();
        request.seq = static_cast<std::uint64_t>(i);
        Request got{"Arith.Multiply", 0};
        Args args;
        const Problem problems[] = {encoder.encode(out, request), encoder.encode(out, Args{i, 8})};
        decoder.feed(out);
        ASSERT_TRUE(decoder.ready());
        ASSERT_FALSE(decoder.take(got));
        ASSERT_TRUE(decoder.ready());
        ASSERT_FALSE(decoder.take(args));
        ASSERT_FALSE(problems[0] || problems[1]);
        if (i > 0) {
            ASSERT_EQ(allocated, before);
        }
        ASSERT_EQ(args.a, i);
        ASSERT_EQ(got.seq, request.seq);
    }
}

} // namespace
} // namespace orrery::gob

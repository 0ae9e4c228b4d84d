// With programs in Go, which the test writes and builds: Go's own client calls our server, and our client calls Go's
// server; by net/rpc, with HTTP and without, and by net/rpc/jsonrpc. Our side is an Env of the live world. Where Go is
// not installed, the tests are skipped.
#include <cstdio>

#include "orrery/protocols/gob/go_peer_test.h"
#include "orrery/protocols/rpc/arith_test.h"
#include "orrery/protocols/rpc/go_client.h"
#include "orrery/protocols/rpc/go_session.h"
#include "orrery/protocols/rpc/live_server_test.h"

namespace orrery::rpc {
namespace {

using namespace std::chrono_literals;
namespace shapes = gob::shapes;

// clang-format off
constexpr const char* go_source = R"go(
package main

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/rpc"
	"net/rpc/jsonrpc"
	"os"
	"reflect"
	"strings"
	"time"
)

type Arith int

func (Arith) Multiply(args *Args, product *int) error {
	*product = args.A * args.B
	return nil
}

func (Arith) Divide(args *Args, quotient *Quotient) error {
	if args.B == 0 {
		return errors.New("divide by zero")
	}
	*quotient = Quotient{args.A / args.B, args.A % args.B}
	return nil
}

func (Arith) Slow(milliseconds int, same *int) error {
	time.Sleep(time.Duration(milliseconds) * time.Millisecond)
	*same = milliseconds
	return nil
}

func (Echo) Text(text string, same *string) error {
	*same = text
	return nil
}

func must(err error) {
	if err != nil {
		fmt.Println("unexpected:", err)
		os.Exit(1)
	}
}

func listen(port int, serve func(io.ReadWriteCloser)) {
	listener, err := net.Listen("tcp", fmt.Sprintf("%s:%d", os.Getenv("HOST"), port))
	must(err)
	go func() {
		for {
			connection, err := listener.Accept()
			must(err)
			go serve(connection)
		}
	}()
}

// Until the other end closes our input.
func serve() {
	rpc.Register(new(Arith))
	rpc.Register(new(Echo))
	rpc.HandleHTTP()
	listen(7001, rpc.ServeConn)
	listen(7002, jsonrpc.ServeConn)
	listener, err := net.Listen("tcp", os.Getenv("HOST")+":7000")
	must(err)
	go http.Serve(listener, nil)
	io.ReadAll(os.Stdin)
}

// As soon as the server is up.
func dial(protocol string) *rpc.Client {
	address := os.Getenv("HOST") + ":7000"
	for try := 0; ; try++ {
		var client *rpc.Client
		var err error
		switch protocol {
		case "http":
			client, err = rpc.DialHTTP("tcp", address)
		case "gob":
			client, err = rpc.Dial("tcp", address)
		case "json":
			client, err = jsonrpc.Dial("tcp", address)
		}
		if err == nil {
			return client
		}
		if try == 1000 {
			must(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func call(protocol string) {
	client := dial(protocol)
	var product int
	must(client.Call("Arith.Multiply", &Args{7, 8}, &product))
	fmt.Println("product", product)
	var quotient Quotient
	must(client.Call("Arith.Divide", Args{7, 2}, &quotient))
	fmt.Println("quotient", quotient.Quo, quotient.Rem)
	for _, method := range []string{"Arith.Divide", "Arith.Nope", "Nope.Nope", "Nope"} {
		fmt.Println("error", client.Call(method, Args{7, 0}, &quotient))
	}
	fmt.Println("goes on", client.Call("Arith.Multiply", Args{7, 9}, &product), product)

	done := make(chan *rpc.Call, 2)
	var slow int
	client.Go("Arith.Slow", 1000, &slow, done)
	client.Go("Arith.Multiply", Args{2, 3}, &product, done)
	first, second := <-done, <-done
	fmt.Println("first", first.ServiceMethod, product, "then", second.ServiceMethod, slow)

	calls := make(chan *rpc.Call, 64)
	for i := 0; i < 64; i++ {
		client.Go("Arith.Multiply", Args{i, i}, new(int), calls)
	}
	right := 0
	for i := 0; i < 64; i++ {
		each := <-calls
		if each.Error == nil && *each.Reply.(*int) == each.Args.(Args).A*each.Args.(Args).B {
			right++
		}
	}
	fmt.Println("at once", right)

	answers := make(chan bool)
	for i := 0; i < 50; i++ {
		go func(i int) {
			for j := 0; j < 20; j++ {
				var product int
				err := client.Call("Arith.Multiply", Args{i, j}, &product)
				answers <- err == nil && product == i*j
			}
		}(i)
	}
	right = 0
	for i := 0; i < 1000; i++ {
		if <-answers {
			right++
		}
	}
	fmt.Println("concurrently", right)

	text := strings.Repeat("0123456789", 1<<20)
	var same string
	must(client.Call("Echo.Text", text, &same))
	fmt.Println("large", len(same), same == text)

	pending := client.Go("Arith.Slow", 1000, &slow, nil)
	fmt.Println("close", client.Close(), (<-pending.Done).Error != nil)
	fmt.Println("closed", client.Call("Arith.Multiply", Args{1, 2}, &product), client.Close())
}

// The answer to a call comes also after our side of the connection was closed.
func half(protocol string) {
	connection, err := net.Dial("tcp", os.Getenv("HOST")+":7000")
	must(err)
	var client *rpc.Client
	if protocol == "json" {
		client = jsonrpc.NewClient(connection)
	} else {
		client = rpc.NewClient(connection)
	}
	var slow, product int
	pending := client.Go("Arith.Slow", 100, &slow, nil)
	must(client.Call("Arith.Multiply", Args{7, 8}, &product))
	connection.(*net.TCPConn).CloseWrite()
	fmt.Println("half", (<-pending.Done).Error, slow)
}

func init() {
	protocol := os.Getenv("PROTOCOL")
	switch os.Getenv("WHAT") {
	case "serve":
		serve()
	case "call":
		dial(protocol).Close()
		call(protocol)
		if protocol != "http" {
			half(protocol)
		}
	default:
		return
	}
	os.Exit(0)
}

var echo *rpc.Client

// Sends the value to our server, and tells what came back.
func answer(value reflect.Value, stream []byte) string {
	if echo == nil {
		echo = dial(os.Getenv("PROTOCOL"))
	}
	must(gob.NewDecoder(bytes.NewReader(stream)).Decode(value.Interface()))
	for number, each := range types {
		if each == value.Type().Elem() {
			same := reflect.New(each)
			must(echo.Call(fmt.Sprintf("Echo.Shape%d", number), value.Interface(), same.Interface()))
			return text(same.Elem())
		}
	}
	return "unknown type"
}

type Echo int
)go";
// clang-format on

// A method of Echo for each shape.
std::string go_echoes() {
    std::string all = "\n";
    shapes::for_each_shape(shapes::AllShapes(), [&](std::size_t number, auto* shape) {
        using T = std::remove_pointer_t<decltype(shape)>;
        const std::string type = shapes::source_text({&gob::type::get<T>, 0});
        all += "func (Echo) Shape" + std::to_string(number) + "(value " + type + ", same *" + type +
               ") error {\n\t*same = value\n\treturn nil\n}\n";
    });
    return all;
}

class GoPeers : public shapes::GoPeer<GoPeers> {
public:
    using Types = shapes::AllShapes;
    static inline const std::string source = go_source + go_echoes();

protected:
    static std::string command(const std::string& what, const std::string& protocol = {}) {
        return "HOST=" + server_host() + " WHAT=" + what + " PROTOCOL=" + protocol + " " + folder_ + "/peer";
    }
    // What Go's client prints of a round of calls.
    static std::string told_by_client(const std::string& protocol) {
        std::FILE* output = ::popen(command("call", protocol).c_str(), "re");
        std::string told;
        char part[4096];
        for (std::size_t size; (size = std::fread(part, 1, sizeof part, output)) > 0;) told.append(part, size);
        EXPECT_EQ(::pclose(output), 0);
        return told;
    }
};

// Go's server: it ends when it cannot read from us any more.
class GoServer {
public:
    explicit GoServer(const std::string& command) : input_(::popen(command.c_str(), "we")) {}
    ~GoServer() { EXPECT_EQ(::pclose(input_), 0); }
    GoServer(const GoServer&) = delete;
    GoServer& operator=(const GoServer&) = delete;

private:
    std::FILE* input_;
};

const std::string told_of_calls = "product 56\n"
                                  "quotient 3 1\n"
                                  "error divide by zero\n"
                                  "error rpc: can't find method Arith.Nope\n"
                                  "error rpc: can't find service Nope.Nope\n"
                                  "error rpc: service/method request ill-formed: Nope\n"
                                  "goes on <nil> 63\n"
                                  "first Arith.Multiply 6 then Arith.Slow 1000\n"
                                  "at once 64\n"
                                  "concurrently 1000\n"
                                  "large 10485760 true\n"
                                  "close <nil> true\n"
                                  "closed connection is shut down connection is shut down\n";

TEST_F(GoPeers, ClientOfGoCallsOurServer) {
    const LiveServer here([](sim::Env& env) {
        Server server(env);
        publish_arith(server, env);
        server.serve();
    });
    EXPECT_EQ(told_by_client("http"), told_of_calls);
    EXPECT_EQ(told_by_client("gob"), told_of_calls + "half <nil> 100\n");
    EXPECT_EQ(told_by_client("json"), told_of_calls + "half <nil> 100\n");
}

// A server with a method for each shape. (This tree's own codec has no floating point, so that Server cannot have
// them.)
void serve_shapes(sim::Env& env) {
    Published published;
    shapes::for_each_shape(shapes::AllShapes(), [&](std::size_t number, auto* shape) {
        using T = std::remove_pointer_t<decltype(shape)>;
        const auto handler = [](T value) { return value; };
        using Echo = std::remove_const_t<decltype(handler)>;
        published["Echo.Shape" + std::to_string(number)] =
            std::make_unique<MethodOf<Echo>>(std::make_shared<Echo>(handler));
    });
    sim::Result<sim::Socket> socket = env.bind(port_default);
    ASSERT_TRUE(socket.ok());
    sim::TaskGroup tasks(env);
    while (true) {
        sim::Result<sim::Stream> stream = env.accept(*socket);
        if (!stream.ok()) return;
        const auto session = std::make_shared<GoSession>(
            env, std::move(*stream), published,
            [](auto call) {
                call();
                return sim::success();
            },
            [&env](auto write) { env.spawn("rpc.write", std::move(write)); });
        tasks.spawn("session", [session] { session->serve(Wire::gob, {}); });
    }
}

constexpr int rounds = 21; // of 48 shapes: 1,008 values

TEST_F(GoPeers, ValuesOfAllShapesComeBackFromOurServer) {
    const LiveServer here(serve_shapes);
    shapes::Draws draws(1);
    std::vector<std::string> expected;
    for (int round = 0; round < rounds; ++round)
        shapes::for_each_shape(shapes::AllShapes(), [&](std::size_t number, auto* shape) {
            const auto value = shapes::any<std::remove_pointer_t<decltype(shape)>>(draws);
            ask(number, shapes::stream_of(value));
            expected.push_back(shapes::text_of(value));
        });
    ::setenv("HOST", server_host().c_str(), 1);
    ::setenv("PROTOCOL", "gob", 1);
    EXPECT_EQ(answers(), expected);
}

// Until the server is up, it is refused.
void open(sim::Env& env, GoClient& client, GoProtocol protocol) {
    const std::uint64_t port = protocol == GoProtocol::gob_over_http ? 1 : protocol == GoProtocol::gob ? 2 : 3;
    std::optional<GoError> error;
    for (int tries = 0; tries < 1000; ++tries) {
        if (!(error = client.open(env.peers("server")[0].at(port), protocol, env.deadline(10s)))) return;
        ASSERT_TRUE(env.sleep(10ms).ok());
    }
    FAIL() << error->text;
}

void call_all(sim::Env& env, GoProtocol protocol) {
    GoClient client(env);
    open(env, client, protocol);
    const auto soon = [&] { return env.deadline(20s); };
    EXPECT_EQ(client.call<std::int64_t>("Arith.Multiply", Args{7, 8}, soon()).value(), 56);
    EXPECT_EQ(client.call<Quotient>("Arith.Divide", Args{7, 2}, soon()).value(), (Quotient{3, 1}));
    const auto error = [&](const char* method) {
        return client.call<Quotient>(method, Args{7, 0}, soon()).error().text;
    };
    EXPECT_EQ(error("Arith.Divide"), "divide by zero");
    EXPECT_EQ(error("Arith.Nope"), "rpc: can't find method Arith.Nope");
    EXPECT_EQ(error("Nope.Nope"), "rpc: can't find service Nope.Nope");
    EXPECT_EQ(error("Nope"), "rpc: service/method request ill-formed: Nope");

    GoPending<std::int64_t> slow = client.start<std::int64_t>("Arith.Slow", std::int64_t{1000});
    EXPECT_EQ(client.call<std::int64_t>("Arith.Multiply", Args{2, 3}, soon()).value(), 6);
    EXPECT_EQ(slow.wait(env.deadline(1ms)).error().kind, GoError::Kind::waiting); // it was overtaken
    EXPECT_EQ(slow.wait(soon()).value(), 1000);

    std::vector<GoPending<std::int64_t>> calls;
    for (std::int64_t i = 0; i < 64; ++i) calls.push_back(client.start<std::int64_t>("Arith.Multiply", Args{i, i}));
    for (std::int64_t i = 0; i < 64; ++i) EXPECT_EQ(calls[static_cast<std::size_t>(i)].wait(soon()).value(), i * i);

    const std::string text(10 << 20, 'x');
    EXPECT_TRUE(client.call<std::string>("Echo.Text", text, soon()).value() == text);
    EXPECT_FALSE(client.close());
    EXPECT_EQ(client.call<std::int64_t>("Arith.Multiply", Args{1, 2}).error().text, "connection is shut down");
}

TEST_F(GoPeers, OurClientCallsServerOfGo) {
    const GoServer there(command("serve"));
    run_client([](sim::Env& env) {
        for (const GoProtocol protocol : {GoProtocol::gob_over_http, GoProtocol::gob, GoProtocol::json}) {
            SCOPED_TRACE(static_cast<int>(protocol));
            call_all(env, protocol);
        }
    });
}

TEST_F(GoPeers, ServerOfGoAnswersOnceWeHaveClosedOurSide) {
    const GoServer there(command("serve"));
    run_client([](sim::Env& env) {
        GoClient first(env);
        open(env, first, GoProtocol::json); // the server is up
        sim::Result<sim::Stream> stream = env.connect(env.peers("server")[0].at(3), env.deadline(10s));
        ASSERT_TRUE(stream.ok());
        const std::string_view request = R"({"method":"Arith.Slow","params":[100],"id":7})";
        ASSERT_TRUE(stream->write(sim::view_of(request), label_go_calls).ok());
        ASSERT_TRUE(stream->shutdown().ok());
        std::string answer;
        for (sim::Result<sim::Bytes> more = stream->read(4096); more.ok() && !more->empty(); more = stream->read(4096))
            answer += more->text();
        EXPECT_EQ(answer, "{\"id\":7,\"result\":100,\"error\":null}\n");
    });
}

TEST_F(GoPeers, ValuesOfAllShapesComeBackFromServerOfGo) {
    const GoServer there(command("serve"));
    run_client([](sim::Env& env) {
        GoClient client(env);
        open(env, client, GoProtocol::gob);
        shapes::Draws draws(2);
        for (int round = 0; round < rounds; ++round)
            shapes::for_each_shape(shapes::AllShapes(), [&](std::size_t number, auto* shape) {
                using T = std::remove_pointer_t<decltype(shape)>;
                const T value = shapes::any<T>(draws);
                const GoReply<T> reply =
                    client.call<T>("Echo.Shape" + std::to_string(number), value, env.deadline(20s));
                ASSERT_TRUE(reply.ok()) << number << ": " << reply.error().text;
                ASSERT_EQ(shapes::text_of(reply.value()), shapes::text_of(value)) << number;
            });
    });
}

} // namespace
} // namespace orrery::rpc

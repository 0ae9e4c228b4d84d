// peer.cc in Go, with Go's own net/rpc.
package main

import (
	"fmt"
	"net"
	"net/rpc"
	"os"
	"strconv"
	"time"
)

type Args struct{ A, B int }

type Arith int

func (Arith) Multiply(args *Args, product *int) error {
	*product = args.A * args.B
	return nil
}

func must(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func serve(address string) {
	rpc.Register(new(Arith))
	listener, err := net.Listen("tcp", address)
	must(err)
	rpc.Accept(listener)
}

func call(address string, count, inFlight int) {
	var client *rpc.Client
	for try := 0; ; try++ {
		var err error
		if client, err = rpc.Dial("tcp", address); err == nil {
			break
		}
		if try == 1000 {
			must(err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	begin := time.Now()
	if inFlight == 1 {
		var product int
		for i := 0; i < count; i++ {
			must(client.Call("Arith.Multiply", &Args{7, 8}, &product))
		}
	} else {
		done := make(chan *rpc.Call, inFlight)
		products := make([]int, inFlight)
		for i := 0; i < inFlight; i++ {
			client.Go("Arith.Multiply", &Args{7, 8}, &products[i], done)
		}
		for i := 0; i < count; i++ {
			each := <-done
			must(each.Error)
			if i+inFlight < count {
				client.Go("Arith.Multiply", &Args{7, 8}, each.Reply, done)
			}
		}
	}
	fmt.Printf("%.0f\n", float64(count)/time.Since(begin).Seconds())
}

func main() {
	if os.Args[1] == "serve" {
		serve(os.Args[2])
		return
	}
	count, _ := strconv.Atoi(os.Args[3])
	inFlight, _ := strconv.Atoi(os.Args[4])
	call(os.Args[2], count, inFlight)
}

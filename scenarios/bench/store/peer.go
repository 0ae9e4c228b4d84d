// The load of peer.cc, on etcd.
package main

import (
	"context"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.etcd.io/etcd/clientv3"
)

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func milliseconds(took time.Duration) float64 { return float64(took.Microseconds()) / 1000 }

func main() {
	clients, err := strconv.Atoi(os.Args[2])
	check(err)
	seconds, err := strconv.Atoi(os.Args[3])
	check(err)
	client, err := clientv3.New(clientv3.Config{Endpoints: strings.Split(os.Args[1], ","), DialTimeout: 5 * time.Second})
	check(err)
	_, err = client.Put(context.Background(), "key1", "value 1")
	check(err)
	end := time.Now().Add(time.Duration(seconds) * time.Second)
	took := make([][]time.Duration, clients)
	var all sync.WaitGroup
	for i := range took {
		all.Add(1)
		go func(i int) {
			defer all.Done()
			for sequence := 2; time.Now().Before(end); sequence++ {
				since := time.Now()
				_, err := client.Put(context.Background(), fmt.Sprintf("key%d", 2+i), fmt.Sprintf("value %d", sequence))
				check(err)
				took[i] = append(took[i], time.Since(since))
			}
		}(i)
	}
	all.Wait()
	var sorted []time.Duration
	for _, each := range took {
		sorted = append(sorted, each...)
	}
	sort.Slice(sorted, func(a, b int) bool { return sorted[a] < sorted[b] })
	fmt.Printf("%d %.2f %.2f\n", len(sorted)/seconds, milliseconds(sorted[len(sorted)/2]),
		milliseconds(sorted[len(sorted)*99/100]))
}

#!/bin/sh
# Calls a second of Arith.Multiply on loopback, one core for each side: Go to Go, Go to us, us to Go, us to us; with 1
# call in flight and with 64. Each figure is the best of some rounds, in which all are measured in turn; what else the
# machine does then spoils none of them alone. Behind it, processor time of the server for one call.
#
#     scenarios/bench/rpc/compare.sh build-release/scenarios/rpc_bench_peer [ROUNDS [CALLS]]
set -eu
peer=$1
rounds=${2:-5}
calls=${3:-100000}
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
GO111MODULE=off go build -o "$scratch/go" "$here/peer.go"
cp "$peer" "$scratch/our"
port=17000

# SERVER CLIENT IN_FLIGHT: a line with calls a second and microseconds a call
measure() {
    port=$((port + 20))
    taskset -c 0 "$scratch/$1" serve 127.0.0.1:$port &
    server=$!
    rate=$(GOMAXPROCS=1 taskset -c 1 "$scratch/$2" call 127.0.0.1:$port "$calls" "$3")
    used=$(awk -v calls="$calls" -v hertz="$(getconf CLK_TCK)" \
        '{ sub(/.*\) /, ""); printf "%.2f", ($12 + $13) / hertz / calls * 1e6 }' /proc/$server/stat)
    kill $server
    wait $server 2>/dev/null || true
    echo "$2-$1 $3 $rate $used" >>"$scratch/figures"
}

export GOMAXPROCS=1
for round in $(seq "$rounds"); do
    for in_flight in 1 64; do
        measure go go $in_flight
        measure our go $in_flight
        measure go our $in_flight
        measure our our $in_flight
    done
done
awk '{ name = $1 " " $2
       if (!(name in rate)) order[++n] = name
       if ($3 + 0 > rate[name] + 0) rate[name] = $3
       if (!(name in used) || $4 + 0 < used[name]) used[name] = $4 }
     END { print "client-server in flight  calls a second  times Go to Go  server, us a call"
           for (i = 1; i <= n; ++i) {
               split(order[i], part, " ")
               printf "%-13s %9s %15d %15.2f %18.2f\n", part[1], part[2], rate[order[i]],
                      rate[order[i]] / rate["go-go " part[2]], used[order[i]] } }' "$scratch/figures"

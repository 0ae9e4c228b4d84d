#!/bin/sh
# Puts a second on three servers on loopback, each with a data folder on the same disk: etcd's and ours; with 1 client
# and with 64. The two take turns. Wants Debian's etcd-server, golang-go and golang-etcd-server-dev.
#
#     scenarios/bench/store/compare.sh build-release/scenarios [ROUNDS [SECONDS [FOLDER]]]
set -eu
build=$1
rounds=${2:-3}
seconds=${3:-10}
scratch=$(mktemp -d -p "${4:-/var/tmp}")
here=$(cd "$(dirname "$0")" && pwd)
servers=""
finish() {
    [ -z "$servers" ] || kill $servers 2>/dev/null || true
    wait
    rm -rf "$scratch"
}
trap finish EXIT
GO111MODULE=off GOPATH=/usr/share/gocode go build -o "$scratch/etcd-load" "$here/peer.go"

start_etcd() {
    cluster="s0=http://127.0.0.1:21000,s1=http://127.0.0.1:21010,s2=http://127.0.0.1:21020"
    for i in 0 1 2; do
        etcd --name s$i --data-dir "$scratch/etcd$i" --listen-peer-urls http://127.0.0.1:210${i}0 \
            --initial-advertise-peer-urls http://127.0.0.1:210${i}0 --listen-client-urls http://127.0.0.1:210${i}1 \
            --advertise-client-urls http://127.0.0.1:210${i}1 --initial-cluster "$cluster" --log-level error \
            >"$scratch/etcd$i.log" 2>&1 &
        servers="$servers $!"
    done
}

start_ours() {
    for i in 0 1 2; do echo "server $i 127.0.0.1:220${i}0"; done >"$scratch/cluster"
    echo "client 0 127.0.0.1:0" >>"$scratch/cluster"
    for i in 0 1 2; do
        "$build/orrery" serve raft-kv --role server --index $i --cluster "$scratch/cluster" --data "$scratch/our$i" \
            --quiet >"$scratch/our$i.log" 2>&1 &
        servers="$servers $!"
    done
}

stop() {
    kill $servers
    wait $servers 2>/dev/null || true
    servers=""
    rm -rf "$scratch"/etcd? "$scratch"/our?
}

for round in $(seq "$rounds"); do
    for clients in 1 64; do
        start_etcd
        echo "etcd $clients $("$scratch/etcd-load" 127.0.0.1:21001,127.0.0.1:21011,127.0.0.1:21021 $clients "$seconds")"
        stop
        start_ours
        echo "ours $clients $("$build/store_bench_peer" 127.0.0.1:22000,127.0.0.1:22010,127.0.0.1:22020 $clients \
            "$seconds")"
        stop
    done
done >"$scratch/figures"
sort "$scratch/figures" | awk '
    { name = $1 " " $2
      if (!(name in best)) order[++n] = name
      if ($3 + 0 > best[name] + 0) { best[name] = $3; median[name] = $4; most[name] = $5 } }
    END { print "store  clients  puts a second  median, ms  99th of 100, ms"
          for (i = 1; i <= n; ++i) {
              split(order[i], part, " ")
              printf "%-5s %8s %14d %11.2f %16.2f\n", part[1], part[2], best[order[i]], median[order[i]],
                     most[order[i]] } }'

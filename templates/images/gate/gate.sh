#!/bin/sh
# Loads the nftables rules in the file given first, waits for TERM, and deletes the table named by GATE_TABLE
# ("inet name", or a name alone for the inet family).
set -eu

: "${1:?name the file with the rules}"
: "${GATE_TABLE:?set GATE_TABLE to the table that the rules define}"

case "$GATE_TABLE" in
*" "*) family=${GATE_TABLE%% *} table=${GATE_TABLE#* } ;;
*) family=inet table=$GATE_TABLE ;;
esac

trap 'nft delete table "$family" "$table"; exit 0' TERM INT
nft -f "$1"
echo "gate: table $family $table is loaded" >&2
while :; do
    sleep 2147483647 &
    wait $!
done

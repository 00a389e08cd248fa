#!/bin/sh
# Loads the nftables rules in GATE_RULES, waits for TERM, and deletes the tables of the name in GATE_TABLE.
# Killed in any other way it leaves the rules in force.
set -eu

: "${GATE_RULES:?set GATE_RULES to the rules}"
: "${GATE_TABLE:?set GATE_TABLE to the name of the tables that the rules define}"

leave() {
    for family in bridge inet; do
        nft delete table "$family" "$GATE_TABLE" 2>/dev/null || true
    done
    exit 0
}

trap leave TERM INT
printf '%s\n' "$GATE_RULES" | nft -f -
echo "gate: $GATE_TABLE is in force" >&2
while :; do
    sleep 2147483647 &
    wait $!
done

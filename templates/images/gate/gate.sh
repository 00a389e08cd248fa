#!/bin/sh
# Keeps the nftables rules in GATE_RULES in force as long as it runs; `@` in them stands for GATE_TABLE.
# The tables belong to the process that makes them, so the kernel removes them when it ends, in whatever way.
set -eu

: "${GATE_RULES:?set GATE_RULES to the commands}"
: "${GATE_TABLE:?set GATE_TABLE to the name of the tables that the commands make}"

rm -f /tmp/in-force /tmp/commands /tmp/errors
mkfifo /tmp/commands
nft --interactive </tmp/commands >/dev/null 2>/tmp/errors &
keeper=$!
trap 'kill "$keeper" 2>/dev/null; exit 0' TERM INT
exec 3>/tmp/commands
printf '%s\n' "$GATE_RULES" | sed "s/@/$GATE_TABLE/" >&3

# The last command is done when its chain is there, and then all of them are.
printf 'add chain inet %s complete\n' "$GATE_TABLE" >&3
until nft list chain inet "$GATE_TABLE" complete >/dev/null 2>&1; do
    kill -0 "$keeper" 2>/dev/null || break
    [ ! -s /tmp/errors ] || break
    sleep 0.02
done
if [ -s /tmp/errors ] || ! kill -0 "$keeper" 2>/dev/null; then
    echo "gate: the kernel does not take the rules; draw with \`network: pairs\` to do without them" >&2
    cat /tmp/errors >&2
    exit 1
fi
: >/tmp/in-force
echo "gate: $GATE_TABLE is in force" >&2
wait "$keeper"
echo "gate: the process that keeps the rules has ended" >&2
exit 1

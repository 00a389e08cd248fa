#!/bin/sh
# Runs nats-server with the flags given; any other command as it is.
set -eu

case "${1:-}" in
"" | -*) set -- nats-server "$@" ;;
esac
exec "$@"

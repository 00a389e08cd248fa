#!/bin/sh
# Runs haproxy as master and worker in the foreground; any other command as it is.
set -eu

case "${1:-}" in
-*) set -- haproxy "$@" ;;
esac

if [ "$1" = haproxy ]; then
    shift
    set -- haproxy -W -db "$@"
fi
exec "$@"

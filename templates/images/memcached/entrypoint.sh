#!/bin/sh
# Runs memcached, which needs no more than its flags; any other command as it is.
set -eu

case "${1:-}" in
"" | -*) set -- memcached "$@" ;;
esac

if [ "$1" = memcached ] && [ "$(id -u)" = 0 ]; then
    exec setpriv --reuid=memcache --regid=memcache --init-groups "$@"
fi
exec "$@"

#!/bin/sh
# Runs redis-server as user redis; any other command as it is.
set -eu

case "${1:-}" in
"" | -* | *.conf) set -- redis-server "$@" ;;
esac

if [ "$1" = redis-server ]; then
    if [ "$(id -u)" = 0 ]; then
        find . \! -user redis -exec chown redis:redis {} +
        exec setpriv --reuid=redis --regid=redis --init-groups "$0" "$@"
    fi
    # Who may connect is a matter of networks and passwords here; a configuration that says otherwise is kept.
    chosen=no
    for argument in "$@"; do
        case "$argument" in
        --protected-mode) chosen=yes ;;
        *.conf) ! grep -qi '^[[:space:]]*protected-mode' "$argument" || chosen=yes ;;
        esac
    done
    [ "$chosen" = yes ] || set -- "$@" --protected-mode no
fi
exec "$@"

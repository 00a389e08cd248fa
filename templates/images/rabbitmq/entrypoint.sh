#!/bin/bash
# Runs a RabbitMQ command as user rabbitmq; any other command as it is.
set -euo pipefail

main() {
    case "${1:-}" in
    "" | -*) set -- rabbitmq-server "$@" ;;
    esac
    if [[ $1 == rabbitmq* ]] && [ "$(id -u)" = 0 ]; then
        find /var/lib/rabbitmq \! -user rabbitmq -exec chown rabbitmq:rabbitmq {} +
        exec setpriv --reuid=rabbitmq --regid=rabbitmq --init-groups "$0" "$@"
    fi
    if [ "$1" = rabbitmq-server ]; then
        read_file RABBITMQ_DEFAULT_USER
        read_file RABBITMQ_DEFAULT_PASS
        read_file RABBITMQ_DEFAULT_VHOST
    fi
    exec "$@"
}

# NAME_FILE names a file that holds the value of NAME, which the broker reads from its environment.
read_file() {
    local file=$1_FILE
    [ -n "${!file:-}" ] || return 0
    export "$1=$(<"${!file}")"
    unset "$file"
}

main "$@"

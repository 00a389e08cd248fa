#!/bin/bash
# Runs PostgreSQL, creating its cluster on the first start.
#
# The cluster is created in a folder inside PGDATA, where it listens on a unix socket only, and moved into place
# when it is complete and on disk. So a start that is killed halfway is simply repeated, and an open TCP port means
# that the database is ready.
set -Eeuo pipefail

main() {
    case "${1:-}" in
    "" | -*) set -- postgres "$@" ;;
    esac
    if [ "$1" = postgres ] && ! only_asks "$@"; then
        if [ "$(id -u)" = 0 ]; then
            own_directories
            HOME=/var/lib/postgresql exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
        fi
        mkdir -p /run/postgresql
        [ -s "$PGDATA/PG_VERSION" ] || create_cluster
        unset "${!POSTGRES_@}" # the server has no use for the password
    fi
    exec "$@"
}

only_asks() {
    local argument
    for argument in "$@"; do
        case "$argument" in
        -'?' | --help | --describe-config | -V | --version) return 0 ;;
        esac
    done
    return 1
}

own_directories() {
    mkdir -p "$PGDATA" /run/postgresql
    chmod 0700 "$PGDATA"
    chmod 3777 /run/postgresql
    find "$PGDATA" /run/postgresql \! -user postgres -exec chown postgres:postgres {} +
}

create_cluster() {
    local final=$PGDATA method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}
    read_file POSTGRES_PASSWORD
    read_file POSTGRES_USER
    read_file POSTGRES_DB
    local user=${POSTGRES_USER:-postgres}
    local database=${POSTGRES_DB:-$user}
    if [ -z "${POSTGRES_PASSWORD:-}" ] && [ "$method" != trust ]; then
        fail "POSTGRES_PASSWORD is not set; set it, or POSTGRES_HOST_AUTH_METHOD=trust to admit everybody"
    fi
    make_room "$final"

    export PGDATA=$final/.initialising
    local arguments=(--username="$user" --no-sync)
    [ -z "${POSTGRES_PASSWORD:-}" ] || arguments+=(--pwfile=/dev/fd/3)
    eval "arguments+=(${POSTGRES_INITDB_ARGS:-})"
    say "creating the cluster"
    initdb "${arguments[@]}" 3< <(printf '%s\n' "${POSTGRES_PASSWORD:-}") >/tmp/initdb.log 2>&1 ||
        { cat /tmp/initdb.log >&2; fail "initdb failed"; }
    rm -f /tmp/initdb.log
    printf '\nhost all all all %s\n' "$method" >>"$PGDATA/pg_hba.conf"

    [ "$database" = postgres ] || create_database "$user" "$database"
    if compgen -G "/docker-entrypoint-initdb.d/*" >/dev/null; then
        run_scripts "$user" "$database"
    fi
    initdb --sync-only >/dev/null

    # PG_VERSION goes last: where it stands, the cluster is complete.
    find "$PGDATA" -mindepth 1 -maxdepth 1 \! -name PG_VERSION -exec mv -t "$final" {} +
    sync -- "$final"
    mv "$PGDATA/PG_VERSION" "$final/"
    rmdir "$PGDATA"
    sync -- "$final"
    PGDATA=$final
    say "the cluster is complete"
}

make_room() {
    mkdir -p "$1"
    [ ! -O "$1" ] || chmod 0700 "$1"
    if [ -d "$1/.initialising" ]; then
        say "an earlier first start was cut short; beginning anew"
        find "$1" -mindepth 1 -maxdepth 1 \! -name lost+found -exec rm -rf {} +
    fi
    if [ -n "$(find "$1" -mindepth 1 -maxdepth 1 \! -name lost+found -print -quit)" ]; then
        fail "$1 is not empty and holds no cluster; give PostgreSQL a volume of its own, or set PGDATA to a folder in it"
    fi
    mkdir -m 0700 "$1/.initialising"
}

# Single-user mode spares a start and a stop of the server.
create_database() {
    local name=${2//\"/\"\"}
    case "$2" in template0 | template1) return ;; esac # initdb has made these
    printf 'CREATE DATABASE "%s"\n' "$name" | single postgres >/dev/null
}

single() {
    postgres --single -D "$PGDATA" -c fsync=off -c log_min_messages=error -c log_checkpoints=off "$1"
}

run_scripts() {
    export PGHOST=/run/postgresql PGUSER=$1 PGDATABASE=$2 POSTGRES_USER=$1 POSTGRES_DB=$2
    pg_ctl --wait --silent --options="-c listen_addresses='' -c fsync=off -p ${PGPORT:-5432}" start
    local file
    for file in /docker-entrypoint-initdb.d/*; do
        say "running $file"
        case "$file" in
        *.sh) if [ -x "$file" ]; then "$file"; else . "$file"; fi ;;
        *.sql) sql -f "$file" ;;
        *.sql.gz) gunzip -c "$file" | sql ;;
        *.sql.xz) xz -dc "$file" | sql ;;
        *) say "ignoring $file" ;;
        esac
    done
    pg_ctl --wait --silent --mode=fast stop
    unset PGHOST PGUSER PGDATABASE
}

sql() {
    psql --no-psqlrc --no-password --quiet -v ON_ERROR_STOP=1 "$@"
}

# NAME_FILE names a file that holds the value of NAME.
read_file() {
    local name=$1 file=$1_FILE
    [ -n "${!file:-}" ] || return 0
    [ -z "${!name:-}" ] || fail "both $name and $file are set"
    export "$name=$(<"${!file}")"
    unset "$file"
}

say() {
    printf 'postgres: %s\n' "$1" >&2
}

fail() {
    say "$1"
    exit 1
}

main "$@"

#!/bin/bash
# Runs MariaDB, creating its databases on the first start.
#
# During the first start the server listens on a unix socket only. A marker stands in the data directory until all is
# complete and on disk: a start that is killed halfway is simply repeated.
set -Eeuo pipefail

data=/var/lib/mysql
marker=$data/.initialising
socket=/run/mysqld/mysqld.sock

main() {
    case "${1:-}" in
    "" | -*) set -- mariadbd "$@" ;;
    mysqld) shift && set -- mariadbd "$@" ;;
    esac
    if [ "$1" = mariadbd ] && ! only_asks "$@"; then
        if [ "$(id -u)" = 0 ]; then
            mkdir -p "$data" /run/mysqld
            find "$data" /run/mysqld \! -user mysql -exec chown mysql:mysql {} +
            exec setpriv --reuid=mysql --regid=mysql --init-groups "$0" "$@"
        fi
        mkdir -p /run/mysqld
        if [ ! -d "$data/mysql" ] || [ -e "$marker" ]; then
            create_databases "${@:2}"
        fi
        unset "${!MARIADB_@}" "${!MYSQL_@}" # the server has no use for the passwords
    fi
    exec "$@"
}

only_asks() {
    local argument
    for argument in "$@"; do
        case "$argument" in
        -'?' | --help | -V | --version) return 0 ;;
        esac
    done
    return 1
}

create_databases() {
    local name
    for name in ROOT_PASSWORD USER PASSWORD DATABASE ALLOW_EMPTY_ROOT_PASSWORD RANDOM_ROOT_PASSWORD ROOT_HOST; do
        read_setting "$name"
    done
    if [ -z "$ROOT_PASSWORD$ALLOW_EMPTY_ROOT_PASSWORD$RANDOM_ROOT_PASSWORD" ]; then
        fail "MARIADB_ROOT_PASSWORD is not set; set it, or MARIADB_RANDOM_ROOT_PASSWORD=1, or MARIADB_ALLOW_EMPTY_ROOT_PASSWORD=1"
    fi
    if [ -n "$RANDOM_ROOT_PASSWORD" ]; then
        ROOT_PASSWORD=$(head -c 24 /dev/urandom | base64 | tr -d '/+=')
        say "the generated root password is $ROOT_PASSWORD"
    fi
    if [ -e "$marker" ]; then
        say "an earlier first start was cut short; beginning anew"
        find "$data" -mindepth 1 -maxdepth 1 \! -path "$marker" \! -name lost+found -exec rm -rf {} +
    fi
    touch "$marker"

    say "creating the system tables"
    mariadb-install-db --datadir="$data" --skip-test-db --skip-name-resolve --cross-bootstrap \
        --auth-root-authentication-method=normal >/tmp/install-db.log 2>&1 ||
        { cat /tmp/install-db.log >&2; fail "mariadb-install-db failed"; }
    rm -f /tmp/install-db.log

    start_privately "$@"
    first_statements | sql mysql
    DATABASE=${DATABASE:-}
    run_scripts
    stop_private_server
    sync -f "$data"
    rm "$marker"
    sync -- "$data"
    say "the databases are complete"
}

# Without durability: nothing counts until the sync at the end.
start_privately() {
    mariadbd "$@" --skip-networking --socket="$socket" --loose-innodb-flush-log-at-trx-commit=0 --sync-binlog=0 \
        --skip-log-bin --innodb-fast-shutdown=1 >/tmp/mariadbd.log 2>&1 &
    server=$!
    until mariadb-admin --no-defaults --socket="$socket" --user=root --silent ping >/dev/null 2>&1; do
        kill -0 "$server" 2>/dev/null || { cat /tmp/mariadbd.log >&2; fail "the server did not start"; }
        sleep 0.05
    done
}

stop_private_server() {
    kill -TERM "$server"
    wait "$server" || { cat /tmp/mariadbd.log >&2; fail "the server did not stop cleanly"; }
    rm -f /tmp/mariadbd.log
}

first_statements() {
    local password user_password host=${ROOT_HOST:-%}
    password=$(quoted "$ROOT_PASSWORD")
    printf 'SET @@SESSION.SQL_LOG_BIN = 0;\n'
    if [ -n "$DATABASE" ]; then
        printf 'CREATE DATABASE IF NOT EXISTS `%s`;\n' "${DATABASE//\`/\`\`}"
    fi
    if [ -n "$USER" ]; then
        user_password=$(quoted "$PASSWORD")
        printf "CREATE USER %s@'%%' IDENTIFIED BY %s;\n" "$(quoted "$USER")" "$user_password"
        if [ -n "$DATABASE" ]; then
            printf "GRANT ALL ON \`%s\`.* TO %s@'%%';\n" "$(database_pattern)" "$(quoted "$USER")"
        fi
    fi
    if [ "$host" != localhost ]; then
        printf 'CREATE USER root@%s IDENTIFIED BY %s;\n' "$(quoted "$host")" "$password"
        printf 'GRANT ALL ON *.* TO root@%s WITH GRANT OPTION;\n' "$(quoted "$host")"
    fi
    printf 'SET PASSWORD FOR root@localhost = PASSWORD(%s);\n' "$password"
}

# In a GRANT an underscore or a percent sign stands for other characters, unless escaped.
database_pattern() {
    local name=${DATABASE//\`/\`\`}
    name=${name//_/\\_}
    printf '%s' "${name//%/\\%}"
}

quoted() {
    local text=${1//\\/\\\\}
    printf "'%s'" "${text//\'/\\\'}"
}

run_scripts() {
    local file
    for file in /docker-entrypoint-initdb.d/*; do
        [ -e "$file" ] || continue
        say "running $file"
        case "$file" in
        *.sh) if [ -x "$file" ]; then "$file"; else . "$file"; fi ;;
        *.sql) sql "$DATABASE" <"$file" ;;
        *.sql.gz) gunzip -c "$file" | sql "$DATABASE" ;;
        *.sql.xz) xz -dc "$file" | sql "$DATABASE" ;;
        *) say "ignoring $file" ;;
        esac
    done
}

# The password travels in the environment: arguments are for everybody to read.
sql() {
    local password=''
    [ "${1:-}" = mysql ] || password=$ROOT_PASSWORD
    MYSQL_PWD=$password mariadb --no-defaults --socket="$socket" --user=root --default-character-set=utf8mb4 ${1:+"$1"}
}

# Sets NAME from MARIADB_NAME or MYSQL_NAME, or from the file that MARIADB_NAME_FILE or MYSQL_NAME_FILE names.
read_setting() {
    local name=$1 prefix value='' variable
    for prefix in MARIADB MYSQL; do
        variable=${prefix}_${name}
        value=${value:-${!variable:-}}
        variable=${variable}_FILE
        [ -z "${!variable:-}" ] || value=${value:-$(<"${!variable}")}
    done
    printf -v "$name" '%s' "$value"
}

say() {
    printf 'mariadb: %s\n' "$1" >&2
}

fail() {
    say "$1"
    exit 1
}

main "$@"

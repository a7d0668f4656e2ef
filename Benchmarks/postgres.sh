# Sourced: a PostgreSQL of a benchmark's own.

# postgres_server FOLDER: starts one in FOLDER/data on a free port, and stops it and removes FOLDER when the script ends.
# Sets PGHOST, PGPORT and PGUSER for its clients.
postgres_server() {
    postgres_folder=$1
    local programs port
    programs=$(ls -d /usr/lib/postgresql/*/bin | tail -1)
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    rm -rf "$postgres_folder"
    mkdir -p "$postgres_folder"
    [ "$(id -u)" = 0 ] && chown postgres "$postgres_folder"
    as_postgres "$programs/initdb -D $postgres_folder/data -A trust -U postgres >/dev/null"
    printf "port=%s\nlisten_addresses='127.0.0.1'\nunix_socket_directories=''\nshared_buffers=1GB\nmax_wal_size=4GB\n" "$port" |
        as_postgres "cat >>$postgres_folder/data/postgresql.conf"
    as_postgres "$programs/pg_ctl -D $postgres_folder/data -l $postgres_folder/log -w start >/dev/null"
    trap "as_postgres '$programs/pg_ctl -D $postgres_folder/data -m fast stop >/dev/null'; rm -rf '$postgres_folder'" EXIT
    export PGHOST=127.0.0.1 PGPORT=$port PGUSER=postgres
}

as_postgres() { if [ "$(id -u)" = 0 ]; then su postgres -c "$1"; else bash -c "$1"; fi; }

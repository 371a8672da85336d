# Sourced by docker-entrypoint.sh: makes a data directory, or upgrades one.
# shellcheck shell=bash
# shellcheck disable=SC2016  # backticks quote names in SQL
# shellcheck disable=SC2154  # datadir, socket, port, allow_empty and random_root are the entrypoint's

# A data directory is made in $datadir/.frappectl-init, where nobody takes it for one (the server ignores names with a
# leading dot). When its server has been shut down cleanly the file `finished` is written and everything moves up by
# renames, the directory `mysql` last, because it is by `mysql` that this and the official entrypoint tell an
# initialised directory. So a kill at any moment leaves one of these:
#   no `finished`                  nothing is kept: start again from nothing
#   `finished`, `mysql` not moved  all data is complete: go on moving
#   `mysql` moved                  done, an empty staging directory may remain
staging_of() { printf '%s/.frappectl-init' "$datadir"; }

move_into_place() {
  local staging entry
  staging=$(staging_of)
  for entry in "$staging"/data/* "$staging"/data/.[!.]*; do
    [[ -e $entry && $entry != */mysql ]] || continue
    rm -rf "${datadir:?}/${entry##*/}"
    mv -T "$entry" "$datadir/${entry##*/}"
  done
  mv -T "$staging/data/mysql" "$datadir/mysql"
  rm -rf "$staging"
}

finish_interrupted_initialisation() {
  local staging
  staging=$(staging_of)
  [[ -d $staging ]] || return 0
  if [[ -d $datadir/mysql || ! -f $staging/finished ]]; then
    note "Removing what an interrupted initialisation left"
    rm -rf "$staging"
  else
    note "Finishing an interrupted initialisation"
    move_into_place
  fi
}

literal() { # text: as an SQL string literal
  local text=${1//\\/\\\\}
  text=${text//$'\n'/\\n}
  printf "'%s'" "${text//\'/\\\'}"
}

identified_by() { # password hash
  printf 'IDENTIFIED BY %s%s' "${2:+PASSWORD }" "$(literal "${2:-$1}")"
}

# Statements that make the users of healthcheck.sh, and the option file it reads its password from.
healthcheck_users() { # directory
  local host password
  password=$(pwgen --numerals --capitalize -1 32)
  (
    umask 0077
    printf '[mariadb-client]\nport=%s\nsocket=%s\nuser=healthcheck\npassword=%s\n\n' "$port" "$socket" "$password" \
      >"$1/.my-healthcheck.cnf"
  )
  for host in 127.0.0.1 ::1 localhost; do
    printf "CREATE USER IF NOT EXISTS healthcheck@'%s' IDENTIFIED BY '%s';\n" "$host" "$password"
    printf "SET PASSWORD FOR healthcheck@'%s' = PASSWORD('%s');\n" "$host" "$password"
    printf "GRANT %s ON *.* TO healthcheck@'%s';\n" "${MARIADB_HEALTHCHECK_GRANTS:-USAGE}" "$host"
  done
}

first_users() { # directory
  local root by
  printf "SET @@SESSION.SQL_LOG_BIN=0;\n"
  printf "SET @@SESSION.SQL_MODE=REPLACE(@@SESSION.SQL_MODE, 'NO_BACKSLASH_ESCAPES', '');\n"
  printf "DROP USER IF EXISTS root@'127.0.0.1', root@'::1';\n"
  printf "EXECUTE IMMEDIATE CONCAT('DROP USER IF EXISTS root@\\\\'', @@hostname, '\\\\'');\n"
  by=$(identified_by "$MARIADB_ROOT_PASSWORD" "$MARIADB_ROOT_PASSWORD_HASH")
  if [[ -n $MARIADB_ROOT_HOST && $MARIADB_ROOT_HOST != localhost ]]; then
    root="root@$(literal "$MARIADB_ROOT_HOST")"
    printf "CREATE USER %s %s;\n" "$root" "$by"
    printf "GRANT ALL ON *.* TO %s WITH GRANT OPTION;\n" "$root"
    printf "GRANT PROXY ON ''@'%%' TO %s WITH GRANT OPTION;\n" "$root"
  fi
  healthcheck_users "$1"
  printf 'SET @@SESSION.SQL_LOG_BIN=1;\n'
  if [[ -n $MARIADB_DATABASE ]]; then printf 'CREATE DATABASE IF NOT EXISTS `%s`;\n' "$MARIADB_DATABASE"; fi
  if [[ -n $MARIADB_USER && -n $MARIADB_PASSWORD$MARIADB_PASSWORD_HASH ]]; then
    printf "CREATE USER %s@%s %s;\n" "$(literal "$MARIADB_USER")" "$(literal "$MARIADB_USER_HOST")" \
      "$(identified_by "$MARIADB_PASSWORD" "$MARIADB_PASSWORD_HASH")"
    if [[ -n $MARIADB_DATABASE ]]; then
      printf 'GRANT ALL ON `%s`.* TO %s@%s;\n' "${MARIADB_DATABASE//_/\\_}" "$(literal "$MARIADB_USER")" \
        "$(literal "$MARIADB_USER_HOST")"
    fi
  fi
}

# Scripts in docker-entrypoint-initdb.d may call this name: it is the official one.
docker_process_sql() {
  if [[ ${1:-} == --dont-use-mysql-root-password ]]; then shift; fi
  MYSQL_PWD=${client_password:-} mariadb --protocol=socket -uroot -hlocalhost --socket="$socket" \
    ${MARIADB_DATABASE:+--database="$MARIADB_DATABASE"} "$@"
}

start_temporary_server() { # mariadbd arguments...
  "$@" --skip-networking --socket="$socket" --expire-logs-days=0 --skip-slave-start \
    --loose-innodb_buffer_pool_load_at_startup=0 &
  server=$!
  local tries
  for tries in {1..600}; do
    if MYSQL_PWD='' mariadb-admin --protocol=socket --socket="$socket" -uroot ping &>/dev/null; then return; fi
    kill -0 "$server" 2>/dev/null || fail "The temporary server stopped. Its messages are above."
    sleep 0.05
  done
  fail "Unable to start server: no answer after $((tries / 20)) s."
}

stop_temporary_server() {
  kill "$server"
  wait "$server"
}

run_initdb_files() {
  local file
  # shellcheck disable=SC1090  # whatever is there
  for file in /docker-entrypoint-initdb.d/*; do
    note "Running $file"
    case $file in
      *.sh) if [[ -x $file ]]; then "$file"; else . "$file"; fi ;;
      *.sql) docker_process_sql <"$file" ;;
      *.sql.gz) gunzip -c "$file" | docker_process_sql ;;
      *.sql.xz) xzcat "$file" | docker_process_sql ;;
      *.sql.zst) zstd -dc "$file" | docker_process_sql ;;
      *) note "Ignoring $file" ;;
    esac
  done
}

initialise() { # mariadbd arguments...
  local staging data argument arguments=()
  if [[ -n $random_root && -z $MARIADB_ROOT_PASSWORD ]]; then
    MARIADB_ROOT_PASSWORD=$(pwgen --numerals --capitalize -1 32)
    note "GENERATED ROOT PASSWORD: $MARIADB_ROOT_PASSWORD"
  fi
  [[ -n $MARIADB_ROOT_PASSWORD$MARIADB_ROOT_PASSWORD_HASH$allow_empty ]] ||
    fail "Database is uninitialized and password option is not specified. You need to specify one of" \
      "MARIADB_ROOT_PASSWORD, MARIADB_ROOT_PASSWORD_HASH, MARIADB_ALLOW_EMPTY_ROOT_PASSWORD and MARIADB_RANDOM_ROOT_PASSWORD"
  shopt -s nullglob
  staging=$(staging_of) data=$staging/data
  mkdir -p "$data"

  # Until `finished` is written a crash throws everything away: nothing in between needs to reach the disk.
  local unsafe=(--datadir="$data" --innodb-flush-log-at-trx-commit=0 --sync-binlog=0 --skip-innodb-doublewrite
    --innodb-fast-shutdown=1 --skip-log-bin --loose-innodb_buffer_pool_dump_at_shutdown=0)
  for argument in "${@:2}"; do
    [[ $argument == *[[:space:]]* || $argument == --datadir=* ]] || arguments+=("$argument")
  done
  note "Initializing database files"
  mariadb-install-db --rpm --auth-root-authentication-method=normal --skip-test-db --cross-bootstrap \
    "${arguments[@]}" "${unsafe[@]}" --default-time-zone=SYSTEM --enforce-storage-engine= >/dev/null
  note "Starting temporary server"
  start_temporary_server "$@" "${unsafe[@]}" --default-time-zone=SYSTEM
  if [[ -z $MARIADB_INITDB_SKIP_TZINFO ]]; then
    mariadb-tzinfo-to-sql --skip-write-binlog /usr/share/zoneinfo | docker_process_sql --database=mysql
  fi
  # Root's own password comes last: until then this very client logs in without one.
  first_users "$data" | MARIADB_DATABASE='' docker_process_sql --database=mysql --binary-mode
  {
    printf "SET @@SESSION.SQL_MODE=REPLACE(@@SESSION.SQL_MODE, 'NO_BACKSLASH_ESCAPES', '');\n"
    printf "ALTER USER root@localhost %s;\n" "$(identified_by "$MARIADB_ROOT_PASSWORD" "$MARIADB_ROOT_PASSWORD_HASH")"
  } | MARIADB_DATABASE='' docker_process_sql --database=mysql --binary-mode
  client_password=$MARIADB_ROOT_PASSWORD
  run_initdb_files
  note "Stopping temporary server"
  stop_temporary_server
  sync -f "$data"
  touch "$staging/finished"
  sync -f "$staging"
  move_into_place
  note "MariaDB init process done. Ready for start up."
}

upgrade() { # mariadbd arguments...
  note "Starting mariadb-upgrade"
  start_temporary_server "$@" --skip-grant-tables
  if [[ ! -f $datadir/.my-healthcheck.cnf ]]; then
    { printf 'SET @@SESSION.SQL_LOG_BIN=0; FLUSH PRIVILEGES;\n'; healthcheck_users "$datadir"; } | docker_process_sql
    stop_temporary_server
    start_temporary_server "$@" --skip-grant-tables
  fi
  mariadb-dump --skip-lock-tables --replace --databases mysql --socket="$socket" |
    zstd >"$datadir/system_mysql_backup_$(version_of_data || echo unknown).sql.zst"
  mariadb-upgrade --upgrade-system-tables --socket="$socket"
  stop_temporary_server
  note "Finished mariadb-upgrade"
}

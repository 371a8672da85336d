#!/bin/bash
# Initialises an empty data directory, then becomes the server.
#
# The environment, the files and the arguments are those of the official image. The one difference is how a new data
# directory is made: inside it, in .frappectl-init, and moved into place when it is complete (see initialise.sh), so
# that a container killed half-way leaves nothing that looks like a database. The result is the same for both images.
# shellcheck disable=SC2034  # initialise.sh reads the settings
set -euo pipefail

note() { printf '%s [Note] [Entrypoint]: %s\n' "$(date --rfc-3339=seconds)" "$*"; }
fail() { printf '%s [ERROR] [Entrypoint]: %s\n' "$(date --rfc-3339=seconds)" "$*" >&2; exit 1; }

# Sets MARIADB_x from MARIADB_x, MARIADB_x_FILE or their older MYSQL_ names.
setting() { # x [default]
  local name value=${2:-} file
  for name in "MYSQL_$1" "MARIADB_$1"; do
    file=${name}_FILE
    [[ -z ${!name:-} || -z ${!file:-} ]] || fail "Both $name and $file are set (but are exclusive)"
    if [[ -n ${!name:-} ]]; then value=${!name}; elif [[ -n ${!file:-} ]]; then value=$(<"${!file}"); fi
    unset "$name" "$file"
  done
  printf -v "MARIADB_$1" %s "$value"
}

# The server's own answers, once for all: every call costs a start of the binary.
read_configuration() {
  local answers
  answers=$("$@" --verbose --help 2>/dev/null) ||
    fail "mariadbd failed while attempting to check config: $("$@" --verbose --help 2>&1 >/dev/null)"
  value_of() { awk -v name="$1" '$1 == name && /^[^ \t]/ { sub(/^[^ \t]+[ \t]+/, ""); print; exit }' <<<"$answers"; }
  datadir=$(value_of datadir) socket=$(value_of socket) port=$(value_of port)
  datadir=${datadir%/}
}

stops_at_once() {
  local argument
  for argument; do
    case $argument in -'?' | --help | --print-defaults | -V | --version) return 0 ;; esac
  done
  return 1
}

# The file's name changed in MariaDB 11.
version_of_data() { cat "$datadir"/{mariadb,mysql}_upgrade_info 2>/dev/null | grep -oE '^[0-9]+\.[0-9]+' | head -n 1; }

upgrade_needed() {
  local had has
  has=$(mariadbd --version | grep -oE '[0-9]+\.[0-9]+' | head -n 1)
  [[ -f $datadir/.my-healthcheck.cnf ]] && had=$(version_of_data) || return 0
  [[ $had != "$has" && $(printf '%s\n' "$had" "$has" | sort -V | tail -n 1) == "$has" ]]
}

[[ ${1:-} != -* ]] || set -- mariadbd "$@"

if [[ ${1:-} =~ ^(mariadbd|mysqld)$ ]] && ! stops_at_once "$@"; then
  read_configuration "$@"
  mkdir -p "$datadir"
  if [[ $EUID -eq 0 ]]; then
    find "$datadir" ! -user mysql -exec chown mysql: {} +
    exec setpriv --reuid=mysql --regid=mysql --init-groups "$0" "$@"
  fi
  for name in DATABASE USER PASSWORD PASSWORD_HASH ROOT_PASSWORD ROOT_PASSWORD_HASH; do setting "$name"; done
  setting ROOT_HOST %
  setting USER_HOST %
  setting INITDB_SKIP_TZINFO
  allow_empty=${MARIADB_ALLOW_EMPTY_ROOT_PASSWORD:-${MYSQL_ALLOW_EMPTY_PASSWORD:-}}
  random_root=${MARIADB_RANDOM_ROOT_PASSWORD:-${MYSQL_RANDOM_ROOT_PASSWORD:-}}

  # shellcheck source=initialise.sh
  . "$(dirname "$0")/initialise.sh"
  finish_interrupted_initialisation
  if [[ ! -d $datadir/mysql ]]; then
    initialise "$@"
  elif upgrade_needed; then
    if [[ ${MARIADB_AUTO_UPGRADE:-0} == 0 ]]; then
      note "MariaDB upgrade (mariadb-upgrade or creating healthcheck users) required, but skipped due to" \
        "\$MARIADB_AUTO_UPGRADE setting"
    else
      upgrade "$@"
    fi
  fi
fi
exec "$@"
